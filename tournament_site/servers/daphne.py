"""Daphne on uvloop, with a way to write finished frames straight to a socket's transport."""

import asyncio
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any, cast

import uvloop

# Daphne makes Twisted's reactor from a new loop when it is imported: the policy comes first.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

import daphne.http_protocol
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, reactor
from twisted.internet.tcp import Server as TcpTransport

from streams.outbox import EXTENSION, KERNEL_BYTES
from streams.sockets import close_sockets
from tournament_site.duties import duties

_PING_SECONDS, _PONG_SECONDS = 15, 15
_LINGER_SECONDS = 2.0
_TOO_LARGE = (
    b"HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: 77\r\n\r\n"
    b'{"status":"Error","code":"too_large","message":"This body is far too large."}'
)


class BoundedRequest(daphne.http_protocol.WebRequest):
    """Daphne's HTTP request, which alone would take a body of any size before it can be refused."""

    _refused = False

    def handleContentChunk(self, data: bytes) -> None:
        """Keep what may still be a body that some route takes; refuse more."""
        if self._refused:
            return
        if self.content.tell() + len(data) <= settings.MATCHPOINT_FILE_MAX_BYTES:
            super().handleContentChunk(data)
            return
        self._refused = True
        self.channel.transport.write(_TOO_LARGE)
        # Hanging up at once, on bytes that are still to come, could cost the peer this answer.
        cast(Any, reactor).callLater(_LINGER_SECONDS, self.channel.loseConnection)

    def process(self) -> Any:
        """Hand the request to the application, unless it has its answer."""
        return None if self._refused else super().process()


class WireProtocol(WebSocketProtocol):
    """Daphne's WebSocket protocol, offering its transport as an ASGI extension."""

    def onOpen(self) -> None:
        """Let little wait in the kernel."""
        super().onOpen()
        if type(self.transport) is TcpTransport:
            self.transport.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)

    def write(self, frames: bytes) -> None:
        """Send finished frames; does nothing on a closed socket.

        When nothing waits, the kernel gets them at once: Twisted would first ask the loop whether
        the socket can be written to, which costs more than the write.
        """
        if self.state != self.STATE_OPEN:
            return
        if not self.buffered() and type(self.transport) is TcpTransport:
            frames = frames[self._send_now(frames) :]
        if frames:
            self.transport.write(frames)

    def _send_now(self, frames: bytes) -> int:
        try:
            sent: int = self.transport.socket.send(frames)
        except OSError:
            return 0  # full, or gone: Twisted waits for the one and notices the other
        return sent

    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""
        transport = self.transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return waiting

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what waits; a peer that takes nothing is dropped."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code, reasonUtf8=reason.encode(), isReply=False)

    def _fail_connection(self, code: int, reason: str) -> None:
        """Say what is wrong with the peer's frames, then drop it; Autobahn would only drop it."""
        if self.state == self.STATE_OPEN and not self.buffered():
            self.sendCloseFrame(code=code, reasonUtf8=reason.encode()[:123], isReply=True)
            self.dropConnection(abort=False)
        else:
            super()._fail_connection(code, reason)


class WireServer(Server):
    """Daphne's server: its sockets carry the extension, and are closed when it stops."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Offer the extension to the application of a socket."""
        if scope["type"] == "websocket":
            scope["scheme"] = "wss" if getattr(protocol, "client_scheme", "") == "https" else "ws"
            scope["extensions"] = {EXTENSION: protocol}
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """Close sockets with 1012 before their applications end (Daphne itself says nothing)."""
        close_sockets()
        ended = defer.Deferred.fromFuture(asyncio.ensure_future(duties.stop()))
        return ended.addBoth(lambda _: Server.kill_all_applications(self))


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve until a signal says stop; `ready` is called once it listens."""
    WebSocketFactory.protocol = WireProtocol
    daphne.http_protocol.WebRequest = BoundedRequest
    from tournament_site.asgi import application

    address = host.replace(":", r"\:")
    proxied = bool(settings.PUBLIC_URL)
    server = WireServer(
        application,
        endpoints=[f"tcp:port={port}:interface={address}"],
        ping_interval=_PING_SECONDS,
        ping_timeout=_PONG_SECONDS,
        websocket_timeout=-1,
        websocket_max_message_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        websocket_max_frame_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        proxy_forwarded_address_header="X-Forwarded-For" if proxied else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if proxied else None,
        server_name="Matchpoint",
        ready_callable=ready,
    )
    cast(Any, reactor).callLater(0, duties.start)
    server.run()
