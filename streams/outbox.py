"""One socket's way out: frames made once, handed over without waiting, and a bound on what waits.

A server that offers the ASGI extension `matchpoint.wire` (see `tournament_site.servers`) takes
bytes that are ready for the network. Any other ASGI server gets `websocket.send`, from a queue.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from .metrics import traffic

EXTENSION = "matchpoint.wire"
#: A reader with more than this waiting is slow; with `FULL_BYTES` it is closed at once.
SLOW_BYTES = 64 * 1024
FULL_BYTES = 4 * 1024 * 1024
SLOW_SECONDS = 10.0
#: SO_SNDBUF for a server's sockets. Left alone, the kernel takes megabytes for a peer that reads
#: nothing, and it is long before anything waits here.
KERNEL_BYTES = 64 * 1024
_TEXT, _BINARY = 0x81, 0x82  # FIN and opcode 1 or 2, RFC 6455 section 5.2

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Receiver(Protocol):
    """Who receives what comes on an open socket, without ASGI's task and queue."""

    def take_text(self, text: str) -> None:
        """A text message came."""

    def take_bytes(self, data: bytes) -> None:
        """A binary message came."""

    def gone(self, code: int) -> None:
        """The socket is closed; called once, and last."""


class Wire(Protocol):
    """An open socket of a server, spoken to in whole frames."""

    def write(self, frames: bytes) -> None:
        """Send finished frames; never waits, and does nothing on a closed socket."""

    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what waits, and drop the peer if it takes nothing."""

    def pause(self) -> None:
        """Read no more, until `resume`."""

    def resume(self) -> None:
        """Read on."""


class Handover(Protocol):
    """What the extension offers on a socket that has been accepted."""

    def hand_over(self, receiver: Receiver) -> Wire | None:
        """Give the socket to its receiver, which it outlives ASGI with.

        None when the server cannot now, since it is in the midst of a message.
        """


def wire_frame(message: str | bytes) -> bytes:
    """A server's unmasked frame, of text or binary (RFC 6455 section 5.2)."""
    kind, payload = (_TEXT, message.encode()) if isinstance(message, str) else (_BINARY, message)
    size = len(payload)
    if size < 126:
        return bytes((kind, size)) + payload
    if size < 1 << 16:
        return bytes((kind, 126)) + size.to_bytes(2, "big") + payload
    return bytes((kind, 127)) + size.to_bytes(8, "big") + payload


class Frames:
    """Messages made ready once, for any number of sockets; bytes are sent as binary frames.

    `wire` is all of them as bytes for the network. It is read for every socket, so it is a plain
    attribute.
    """

    __slots__ = ("messages", "wire")

    def __init__(self, messages: Sequence[str | bytes]) -> None:
        self.messages = messages
        self.wire = b"".join(map(wire_frame, messages))


class Outbox(ABC):
    """Where a socket's frames go; nothing here waits."""

    #: When the peer was first seen to take less than it is sent; 0.0 while it keeps up.
    slow_since = 0.0
    closing = False
    #: Messages that this socket alone was sent; those of its feed, the feed counts.
    frames_sent = 0

    def send(self, frames: Frames) -> None:
        """Hand over frames, in order."""
        count = len(frames.messages)
        traffic.sent += count
        self.frames_sent += count
        self.put(frames)

    @abstractmethod
    def put(self, frames: Frames) -> None:
        """Hand over frames that have been counted."""

    @abstractmethod
    def buffered(self) -> int:
        """Bytes handed over that the peer has not taken yet."""

    @abstractmethod
    def close(self, code: int, reason: str = "") -> None:
        """Close the socket after what was handed over."""

    def send_text(self, text: str) -> None:
        """Hand over one message."""
        self.send(Frames((text,)))

    def is_too_slow(self, now: float) -> bool:
        """Whether the peer has had its chance, by a monotonic clock; ask about once a second."""
        waiting = self.buffered()
        if waiting <= SLOW_BYTES:
            self.slow_since = 0.0
            return False
        self.slow_since = self.slow_since or now
        return waiting > FULL_BYTES or now - self.slow_since > SLOW_SECONDS


class WireOutbox(Outbox):
    """Straight to the server's transport."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def put(self, frames: Frames) -> None:
        self._wire.write(frames.wire)

    def buffered(self) -> int:
        return self._wire.buffered()

    def close(self, code: int, reason: str = "") -> None:
        self.closing = True
        self._wire.close(code, reason)


class QueueOutbox(Outbox):
    """Through ASGI's `send`, which may wait: one task empties a bounded queue."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[dict[str, Any]] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, frames: Frames) -> None:
        if self.closing:
            return
        for message in frames.messages:
            self._bytes += len(message)
            kind = "text" if isinstance(message, str) else "bytes"
            self._put({"type": "websocket.send", kind: message})

    def buffered(self) -> int:
        return self._bytes

    def close(self, code: int, reason: str = "") -> None:
        if not self.closing:
            self.closing = True
            self._put({"type": "websocket.close", "code": code, "reason": reason})

    def _put(self, message: dict[str, Any]) -> None:
        self._queue.append(message)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            message = self._queue.popleft()
            try:
                await self._send(message)
                self._bytes -= len(message.get("text") or message.get("bytes") or "")
            except Exception:
                # The peer is gone; the server notifies the consumer later.
                self.closing = True
                self._queue.clear()
                self._bytes = 0


def wire_of(scope: dict[str, Any], receiver: Receiver) -> Wire | None:
    """The accepted socket, handed over by a server that offers the extension."""
    handover: Handover | None = scope.get("extensions", {}).get(EXTENSION)
    return None if handover is None else handover.hand_over(receiver)
