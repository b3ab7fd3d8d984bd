"""Uvicorn, with a way to write finished frames straight to a socket's transport."""

import logging
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET, socket
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from django.conf import settings
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from streams.outbox import EXTENSION, KERNEL_BYTES

if TYPE_CHECKING:
    from websockets.http11 import Request

_DRAIN_SECONDS = 2.0


class WireProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, offering its transport as an ASGI extension.

    Compression is off, so a frame made once is right for every socket.
    """

    def handle_connect(self, event: "Request") -> None:
        """Offer the extension to the application of this socket."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            plain = self.transport.get_extra_info("socket")
            plain.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)
            extensions = cast(dict[str, Any], self.scope["extensions"])
            extensions[EXTENSION] = self

    def write(self, frames: bytes) -> None:
        """Send finished frames; does nothing on a closed socket."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(frames)

    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""
        return 0 if self.transport.is_closing() else self.transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what waits; a peer that takes nothing is dropped."""
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # else the peer's answer would not be seen
            self.read_paused = False
            self.transport.resume_reading()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(_DRAIN_SECONDS, self.transport.abort)


class WireServer(uvicorn.Server):
    """Uvicorn's server, which says when it listens."""

    ready: Callable[[], None]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self.ready()


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Whether something is wrong here: a peer's bad UTF-8 gets its close code, not a traceback."""
    return not str(record.msg).startswith("Invalid UTF-8")


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve until a signal says stop; `ready` is called once it listens."""
    config = uvicorn.Config(
        "tournament_site.asgi:application",
        host=host,
        port=port,
        ws=WireProtocol,
        ws_max_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        proxy_headers=bool(settings.PUBLIC_URL),
    )
    logging.getLogger("uvicorn.error").addFilter(_is_a_fault)
    server = WireServer(config)
    server.ready = ready
    server.run()
