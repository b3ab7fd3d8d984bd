"""A web socket after its handshake, the same on every server (RFC 6455).

The servers and ASGI keep for each socket a task, a queue, the request and a dozen frames of
coroutines: three times the memory of what is here, which has nothing but the connection, the parser
and whoever receives. `websockets` parses, and answers pings and closes.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from weakref import WeakKeyDictionary

from django.conf import settings
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import SERVER, Protocol

from streams.outbox import Receiver

log = logging.getLogger(__name__)

PING_SECONDS = 20.0
#: So many groups of sockets are pinged one after another, so that none waits for the others.
_GROUPS = 100
#: An empty ping (RFC 6455 section 5.5.2).
_PING = b"\x89\x00"
#: How long a peer may take for what it was sent before the close.
_DRAIN_SECONDS = 2.0


def new_parser() -> Protocol:
    """A parser of a client's frames."""
    return Protocol(SERVER, max_size=settings.MATCHPOINT_BODY_MAX_BYTES, logger=log)


class OpenSocket(ABC):
    """An open socket; a server's subclass moves the bytes."""

    __slots__ = (
        "__weakref__",
        "_drain_timer",
        "_fragments",
        "_group",
        "_is_closing",
        "_is_waited_for",
        "_parser",
        "_receiver",
    )

    def __init__(self, receiver: Receiver, parser: Protocol) -> None:
        self._receiver: Receiver | None = receiver
        self._parser = parser
        self._fragments: list[Frame] = []
        self._is_closing = self._is_waited_for = False
        self._drain_timer: asyncio.TimerHandle | None = None
        self._group = _pinger().enter(self)

    # How a server moves bytes.

    @abstractmethod
    def _put(self, data: bytes) -> None:
        """Send bytes; does nothing on a connection that is gone."""

    @abstractmethod
    def _end(self) -> None:
        """Close the connection after what was sent."""

    @abstractmethod
    def _abort(self) -> None:
        """Close the connection now."""

    @abstractmethod
    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""

    @abstractmethod
    def pause(self) -> None:
        """Read no more, until `resume`."""

    @abstractmethod
    def resume(self) -> None:
        """Read on."""

    # For whoever sends.

    def write(self, frames: bytes) -> None:
        """Send finished frames."""
        if not self._is_closing:
            self._put(frames)

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what waits; a peer that takes nothing is dropped."""
        if self._is_closing:
            return
        self._parser.send_close(code, reason)
        self._send_replies()
        self._close_soon(code)
        self.resume()  # else the peer's answer would not be seen

    def ping(self) -> None:
        """Ask whether the peer lives; one that has said nothing since the last time is dropped."""
        if self._is_waited_for:
            self._fail(CloseCode.INTERNAL_ERROR, "keepalive ping timeout")
        elif not self._is_closing:
            self._is_waited_for = True
            self._put(_PING)

    # For the connection.

    def received(self, data: bytes) -> None:
        """Bytes came."""
        self._is_waited_for = False
        parser = self._parser
        parser.receive_data(data)
        self._take_events()

    def _take_events(self) -> None:
        parser = self._parser
        for event in parser.events_received():
            if isinstance(event, Frame):
                self._take(event)
        self._send_replies()
        if parser.parser_exc is not None and parser.close_sent is not None:
            self._close_soon(parser.close_sent.code)
            self._end()
        elif parser.close_rcvd is not None:
            self._close_soon(parser.close_rcvd.code)
            self._end()

    def lost(self) -> None:
        """The connection is gone; without a close frame before, that is 1006."""
        if self._drain_timer is not None:
            self._drain_timer.cancel()
        if not self._is_closing:
            self._is_closing = True
            self._say_gone(CloseCode.ABNORMAL_CLOSURE)

    def _take(self, frame: Frame) -> None:
        if self._is_closing or frame.opcode not in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            return
        if not frame.fin:
            self._fragments.append(frame)
            return
        fragments, self._fragments = [*self._fragments, frame], []
        data = frame.data if len(fragments) == 1 else b"".join(each.data for each in fragments)
        receiver = self._receiver
        if receiver is None:
            return
        if fragments[0].opcode is Opcode.BINARY:
            receiver.take_bytes(bytes(data))
            return
        try:
            text = bytes(data).decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA, "This is not UTF-8.")
        else:
            receiver.take_text(text)

    def _send_replies(self) -> None:
        if replies := b"".join(self._parser.data_to_send()):
            self._put(replies)

    def _fail(self, code: int, reason: str) -> None:
        if not self._is_closing:
            self._parser.fail(code, reason)
            self._send_replies()
            self._close_soon(code)
            self._end()

    def _close_soon(self, code: int) -> None:
        """Send no more; the receiver hears of it on the loop's next turn."""
        if not self._is_closing:
            self._is_closing = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self._say_gone, code)
            self._drain_timer = loop.call_later(_DRAIN_SECONDS, self._abort)

    def _say_gone(self, code: int) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            self._group.discard(self)
            receiver.gone(code)


class Pinger:
    """Pings the open sockets of one event loop, each every `PING_SECONDS`, by a single timer."""

    def __init__(self) -> None:
        self._groups: list[set[OpenSocket]] = [set() for _ in range(_GROUPS)]
        self._next = 0
        self._is_ringing = False

    def enter(self, socket: OpenSocket) -> set[OpenSocket]:
        """Ping a socket from now on, until it is taken out of the group that is returned."""
        group = self._groups[self._next - 1]
        group.add(socket)
        if not self._is_ringing:
            self._is_ringing = True
            self._ring_later()
        return group

    def _ring_later(self) -> None:
        asyncio.get_running_loop().call_later(PING_SECONDS / _GROUPS, self._ring)

    def _ring(self) -> None:
        for socket in tuple(self._groups[self._next]):
            socket.ping()
        self._next = (self._next + 1) % _GROUPS
        self._is_ringing = any(self._groups)
        if self._is_ringing:
            self._ring_later()


_pingers: WeakKeyDictionary[asyncio.AbstractEventLoop, Pinger] = WeakKeyDictionary()


def _pinger() -> Pinger:
    loop = asyncio.get_running_loop()
    if (pinger := _pingers.get(loop)) is None:
        pinger = _pingers[loop] = Pinger()
    return pinger
