"""Uvicorn, with a way to write finished frames straight to a socket's transport."""

import asyncio
import logging
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET, socket
from typing import TYPE_CHECKING, Any, ClassVar, cast

import uvicorn
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from streams.outbox import EXTENSION, KERNEL_BYTES, Receiver
from tournament_site.stopping import stopping

from . import connections
from .connections import Connections, Visit
from .open_socket import OpenSocket, new_parser

if TYPE_CHECKING:
    from websockets.http11 import Request

_LOOK_SECONDS = 0.05
#: What is read of a request: nothing yet, its head, its body.
_IDLE, _HEAD, _BODY = "idle", "head", "body"


class HeadTooLarge(Exception):
    """A request's head is larger than what is read."""


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol: counted, with a bound on heads, and with deadlines."""

    open: ClassVar[Connections]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it; whoever is refused may send a request, to get an answer."""
        super().connection_made(transport)
        self._is_over = self._is_too_large = False
        self._state = _IDLE
        self._head_read = self._begun = 0
        self.visit = Visit(self.open, (self.client or ("",))[0], late=self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        super().connection_lost(exc)
        self.visit.end()

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        if not self.visit.is_admitted:
            self._answer(connections.crowded())
        elif not self._is_over:
            before, self._begun = self._state, 0
            super().data_received(data)
            if self._state == _HEAD and not self._is_over:
                self._check_unfinished(before, len(data))

    def _check_unfinished(self, before: str, size: int) -> None:
        """Refuse a head that is too large before it ends; the parser has it, but reports lines."""
        if self._begun == 0:
            self._head_read += size
        elif self._begun == 1 and before == _IDLE:
            self._head_read = size
        if connections.is_too_large(head=self._head_read, line=0, lines=0):
            self._answer(connections.head_too_large())

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._state = _HEAD
        self._begun += 1
        self._head_read = 0

    def on_headers_complete(self) -> None:
        """Refuse a head that is too large; from here on the body is waited for."""
        lines = [len(name) + len(b": ") + len(value) for name, value in self.headers]
        if connections.is_too_large(
            head=len(self.url) + sum(lines), line=max(len(self.url), *lines, 0), lines=len(lines)
        ):
            self._is_too_large = True
            raise HeadTooLarge
        self._state = _BODY
        self.visit.expect_body()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there; its answer may be on its way already."""
        super().on_message_complete()
        self._state = _IDLE
        if self._is_served:
            self.visit.expect_head()
        else:
            self.visit.expect_answer()

    def on_response_complete(self) -> None:
        """The request is served; another may come, or be here already."""
        has_next = bool(self.pipeline)
        super().on_response_complete()
        if has_next:
            self.visit.expect_answer()
        else:
            self.visit.expect_head()

    def handle_websocket_upgrade(self) -> None:
        """The connection becomes a socket, which may stay."""
        self.visit.stay()
        super().handle_websocket_upgrade()
        cast(WireProtocol, self.transport.get_protocol()).visit = self.visit

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser does not read on."""
        too_large = self._is_too_large
        self._answer(connections.head_too_large() if too_large else connections.not_http())

    @property
    def _is_served(self) -> bool:
        """Whether no request of this connection is being served; there may have been none yet."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    @property
    def _is_being_answered(self) -> bool:
        return self._is_served or self.cycle.response_started

    def _late(self, what: str) -> None:
        if what == "answer":
            self.transport.abort()
        elif what == "refusal":
            self._answer(connections.crowded())
        elif self._state == _HEAD or (self._state == _BODY and not self._is_being_answered):
            self._answer(connections.too_slow(what))
        else:
            self._answer(b"")

    def _answer(self, answer: bytes) -> None:
        """Say the last word, and end the connection once it is read."""
        self._is_over = True
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
        self.visit.expect_answer()


class UvicornSocket(OpenSocket, asyncio.Protocol):
    """An open socket on a transport of asyncio."""

    __slots__ = ("_others", "_transport", "_visit")

    def __init__(self, receiver: Receiver, handshake: "WireProtocol") -> None:
        super().__init__(receiver, handshake.conn if handshake.has_read_on else new_parser())
        self._transport, self._visit = handshake.transport, handshake.visit
        self._others = handshake.connections
        self._others.add(self)  # type: ignore[arg-type]
        self._transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection out."""
        self._others.discard(self)
        self._visit.end()
        self.lost()

    def shutdown(self) -> None:
        """Close: the server ends."""
        self.close(CloseCode.SERVICE_RESTART, "restarting")

    def buffered(self) -> int:
        return 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()

    def pause(self) -> None:
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def _put(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def _end(self) -> None:
        self._transport.close()

    def _abort(self) -> None:
        self._transport.abort()


class WireProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol for the handshake; then the socket is handed over.

    Compression is off, so a frame made once is right for every socket.
    """

    visit: Visit
    #: Whether the parser may be in the midst of a frame.
    has_read_on = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection out."""
        super().connection_lost(exc)
        self.visit.end()

    def data_received(self, data: bytes) -> None:
        """Note what comes behind the request."""
        self.has_read_on = self.handshake_initiated
        super().data_received(data)

    def handle_connect(self, event: "Request") -> None:
        """Offer the extension to the application of this socket."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            plain = self.transport.get_extra_info("socket")
            plain.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)
            extensions = cast(dict[str, Any], self.scope["extensions"])
            extensions[EXTENSION] = self

    def start_keepalive(self) -> None:
        """Sockets are pinged once they are handed over."""

    def hand_over(self, receiver: Receiver) -> UvicornSocket | None:
        """Give the accepted socket to its receiver."""
        if self.frames or not self.queue.empty() or self.transport.is_closing():
            return None
        handed = UvicornSocket(receiver, self)
        self.connections.discard(self)
        self.transport = cast(Any, _GONE)
        return handed


class _Gone:
    """The transport of a protocol that has handed its connection over."""

    def close(self) -> None:
        """The connection is not its own any more."""


_GONE = _Gone()


class WireServer(uvicorn.Server):
    """Uvicorn's server, which says when it listens."""

    ready: Callable[[], None]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self.ready()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Part with everybody in turn, then end; Ctrl-C for the second time ends it at once."""
        parting = asyncio.ensure_future(
            stopping.run(
                stop_listening=self._stop_listening,
                is_empty=lambda: BoundedProtocol.open.is_empty,
            )
        )
        while not parting.done() and not self.force_exit:
            await asyncio.wait({parting}, timeout=_LOOK_SECONDS)
        parting.cancel()
        await asyncio.gather(parting, return_exceptions=True)
        await super().shutdown(sockets)

    def _stop_listening(self) -> None:
        for server in self.servers:
            server.close()


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Whether something is wrong here: what a peer gets wrong has its answer or its close code."""
    return not str(record.msg).startswith(("Invalid UTF-8", "Invalid HTTP", "Unsupported upgrade"))


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve until a signal says stop; `ready` is called once it listens."""
    BoundedProtocol.open = Connections.of_settings()
    config = uvicorn.Config(
        "tournament_site.asgi:application",
        host=host,
        port=port,
        http=BoundedProtocol,
        ws=WireProtocol,
        ws_max_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        proxy_headers=False,
        timeout_keep_alive=settings.MATCHPOINT_HEAD_SECONDS + 1,  # BoundedProtocol has its own
    )
    logging.getLogger("uvicorn.error").addFilter(_is_a_fault)
    server = WireServer(config)
    server.ready = ready
    server.run()
