"""What every socket of this site shares: who may open it, how messages are read and refused.

A Channels consumer, but without a channel of its own (the relay listens for it) and without a
thread hop for each message.
"""

import asyncio
import logging
import random
from collections import deque
from typing import Any

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import Error as DatabaseError

from lib.database.faults import UNREACHABLE, log_outage, outage_of
from lib.errors import RateLimited, Refusal, Unauthenticated
from lib.heavy.pacing import evenly
from lib.limits import Bucket
from lib.tracing.trace import Trace, context_of, current

from . import limits, metrics
from .frames import Error, ServerMessage
from .origins import origin_is_good
from .outbox import Outbox, QueueOutbox, Wire, WireOutbox, wire_of

logger = logging.getLogger(__name__)

MALFORMED, NOT_SIGNED_IN, NOT_YOURS, NOT_FOUND = 4400, 4401, 4403, 4404
SIGNED_OUT, TOO_FAST = 4410, 4429
NO_STATUS, INTERNAL_ERROR, RESTARTING = 1005, 1011, 1012
#: Texts that wait until those before them are read; then the socket is not read for a while.
MOST_UNREAD = 8


_open: set["SocketConsumer"] = set()


def open_sockets() -> tuple["SocketConsumer", ...]:
    """The sockets of this process."""
    return tuple(_open)


def close_sockets() -> None:
    """Close every socket of this process with 1012: the server restarts."""
    for socket in open_sockets():
        socket.restart()


async def close_sockets_in_turn(seconds: float) -> None:
    """Close them within a time, evenly and in any order, so that not all come back at once."""
    sockets = [socket for socket in open_sockets() if not socket.outbox.closing]
    random.shuffle(sockets)
    async for socket in evenly(sockets, seconds):
        socket.restart()


class SocketConsumer(AsyncConsumer):
    """One socket: subclasses say what happens once it is open, and with each message.

    A server that offers the extension hands the open socket over, and is its way in as well as out;
    otherwise both are ASGI's.
    """

    #: What it is for, in one word, for those who run the site.
    kind = "other"
    scope: dict[str, Any]
    outbox: Outbox
    address = ""
    close_code: int | None = None
    is_restarting = is_counted = False
    #: Where a handed over socket is read from.
    _wire: Wire | None = None
    #: Whether it is being opened, or a text is being read: the next ones wait.
    _is_busy = True
    _reading: "asyncio.Task[None] | None" = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Open the socket, and serve it until it closes, or is handed over."""
        self.scope, self.base_send = scope, send
        self.headers = dict(scope["headers"])
        self.address = (scope.get("client") or ("",))[0]
        self._unread: deque[str] | None = None
        self.trace = current.get() or Trace("")
        self.trace.kind = self.kind
        try:
            await self.dispatch(await receive())
            while self._wire is None:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        except BaseException:
            if self._wire is not None:
                self._wire.close(INTERNAL_ERROR, "fault")
            raise
        finally:
            if self._wire is None:
                self._ended()
            else:
                self.trace.is_kept = True
                self.scope = self.headers = {}  # they are large, and have a player's token
                del self.base_send
                await self._read_on()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message from the server to its handler."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Open the socket, or refuse it: a foreign Origin before, all else with a close code."""
        is_slow_enough = limits.connects.take(self.address)
        if not origin_is_good(self.headers, scheme=self.scope["scheme"]):
            if is_slow_enough and limits.logged_refusals.take():
                logger.info("Refused a socket from the origin %r", self.headers[b"origin"])
            self.close_code = NOT_YOURS
            await self.send({"type": "websocket.close", "code": NOT_YOURS})
            metrics.closed(NOT_YOURS)
            raise StopConsumer
        await self.send({"type": "websocket.accept", "subprotocol": self.subprotocol()})
        self._wire = wire_of(self.scope, self)
        self.outbox = QueueOutbox(self.base_send) if self._wire is None else WireOutbox(self._wire)
        self.messages, self.patience = self.message_bucket(), limits.patience_bucket()
        self.is_counted = is_slow_enough and limits.open_sockets.enter(self.address)
        if not self.is_counted:
            metrics.TOO_MANY_SOCKETS.inc()
            self.outbox.close(TOO_FAST, "too many connections")
            return
        try:
            await self.identify()
            _open.add(self)
            metrics.opened(self.kind)
            await self.opened()
        except Unauthenticated as refusal:
            self.refuse(refusal)
            self.outbox.close(NOT_SIGNED_IN, refusal.code)
        except RateLimited as refusal:
            self.refuse(refusal)
            self.outbox.close(TOO_FAST, refusal.code)
        except DatabaseError as error:
            self.fail(error)
            self.outbox.close(RESTARTING, "outage")

    # What comes, from a server that has handed the socket over.

    def take_text(self, text: str) -> None:
        """Read a text message, after those that came before."""
        if self._unread is None:
            self._unread = deque()
        self._unread.append(text)
        if not self._is_busy:
            self._is_busy = True
            self._reading = asyncio.get_running_loop().create_task(
                self._read_on(), context=context_of(self.trace)
            )
        elif len(self._unread) == MOST_UNREAD and self._wire is not None:
            self._wire.pause()

    async def _read_on(self) -> None:
        """Read the messages that wait, then wait for more, or end."""
        try:
            while self._unread:
                await self._take_text(self._unread.popleft())
        except Exception:
            logger.exception("A message could not be read")
            self.outbox.close(INTERNAL_ERROR, "fault")
        finally:
            self._is_busy, self._reading, self._unread = False, None, None
            if self.close_code is not None:
                self._ended()
            elif self._wire is not None:
                self._wire.resume()

    def gone(self, code: int) -> None:
        """The socket is closed; what came before is read first."""
        self._note_close(code)
        if not self._is_busy:
            self._ended()

    # What comes, from ASGI.

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Read a message; a refusal is sent, and the socket stays open."""
        text = message.get("text")
        if text is None:
            self.take_bytes(message.get("bytes") or b"")
        else:
            await self._take_text(text)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """Stop; a server that restarts says so with its own close code."""
        # Daphne passes no code for a close frame without one; ASGI and RFC 6455 call that 1005.
        code = message.get("code")
        self._note_close(NO_STATUS if code is None else code)
        raise StopConsumer

    def _note_close(self, code: int) -> None:
        self.close_code = code
        metrics.closed(code)
        self.is_restarting = self.is_restarting or code == RESTARTING

    def _ended(self) -> None:
        if self.is_counted:
            self.is_counted = False
            limits.open_sockets.leave(self.address)
        if self in _open:
            _open.discard(self)
            metrics.left(self.kind)
            self.closed()
        self.trace.close_code = self.close_code or 0
        self.trace.frames_out = self.outbox.frames_sent if hasattr(self, "outbox") else 0
        self.trace.end()

    # Either way.

    async def _take_text(self, text: str) -> None:
        if not self._listens:
            return
        try:
            self._count(text)
            await self.received(text)
        except Refusal as refusal:
            self._refuse_message(refusal)
        except DatabaseError as error:
            self.fail(error)

    def take_bytes(self, data: bytes) -> None:
        """Read a binary message at once; a refusal is sent, and the socket stays open."""
        if self._listens:
            try:
                self._count(data)
                self.received_bytes(data)
            except Refusal as refusal:
                self._refuse_message(refusal)

    @property
    def _listens(self) -> bool:
        return self in _open and not self.outbox.closing

    def _count(self, message: str | bytes) -> None:
        metrics.traffic.received += 1
        self.trace.frames_in += 1
        if not self.messages.take():
            metrics.TOO_MANY_MESSAGES.inc()
            raise Refusal("Too many messages. Wait a moment.", code="rate_limited")
        if len(message) > settings.MATCHPOINT_FRAME_MAX_BYTES:
            raise Refusal("This message is larger than 16 KiB.", code="too_large")

    def _refuse_message(self, refusal: Refusal) -> None:
        if not self.patience.take():
            self.outbox.close(TOO_FAST, "too fast")
        self.refuse(refusal)

    def send_message(self, message: ServerMessage) -> None:
        """Send a message."""
        self.outbox.send_text(message.text_frame())

    def refuse(self, refusal: Refusal) -> None:
        """Send a refusal."""
        self.send_message(Error(refusal.code, refusal.message))

    def fail(self, error: BaseException) -> None:
        """Send that the database cannot be used, for no fault of the sender."""
        outage = outage_of(error)
        if outage is None:
            outage = UNREACHABLE
            logger.error("A socket could not be served: %r", error)
        else:
            log_outage(outage, error)
        self.refuse(outage)

    def restart(self) -> None:
        """Close with 1012: the server restarts."""
        self.is_restarting = True
        self.outbox.close(RESTARTING, "restarting")

    def subprotocol(self) -> str | None:
        """The subprotocol that is chosen of those which the client offers."""
        return None

    def message_bucket(self) -> Bucket:
        """How many messages this socket may send."""
        return limits.message_bucket()

    def received_bytes(self, data: bytes) -> None:
        """A binary message arrived; a raised `Refusal` is sent."""
        raise Refusal("Send text frames; binary ones are not read.", code="malformed")

    async def identify(self) -> None:
        """Find out whose socket this is; raises `Unauthenticated` and `RateLimited`."""

    async def opened(self) -> None:
        """The socket is open and identified."""

    async def received(self, text: str) -> None:
        """A text message arrived; a raised `Refusal` is sent."""

    def closed(self) -> None:
        """The socket is gone; must not wait."""
