"""Daphne on uvloop, with a way to write finished frames straight to a socket's transport."""

import asyncio
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any, ClassVar, cast

import uvloop

# Daphne makes Twisted's reactor from a new loop when it is imported: the policy comes first.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

import daphne.http_protocol
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, reactor
from twisted.internet.tcp import Server as TcpTransport

from streams.outbox import EXTENSION, KERNEL_BYTES, Receiver
from tournament_site.duties import duties
from tournament_site.monitoring.readiness import is_stopping
from tournament_site.stopping import stopping

from . import connections
from .connections import Connections, Visit
from .open_socket import OpenSocket, new_parser

_PING_SECONDS, _PONG_SECONDS = 15, 15
_LINGER_SECONDS = 2.0
_BACKLOG = 2048


class BoundedRequest(daphne.http_protocol.WebRequest):
    """Daphne's HTTP request, which alone would take a body of any size before it can be refused.

    Forms are left to Django: Twisted would read each as well, and parse every type of content.
    """

    _refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, parsePOSTFormSubmission=False)

    def handleContentChunk(self, data: bytes) -> None:
        """Keep what may still be a body that some route takes; refuse more."""
        if self._refused:
            return
        if self.content.tell() + len(data) <= settings.MATCHPOINT_FILE_MAX_BYTES:
            super().handleContentChunk(data)
            return
        self._refused = True
        self.channel.transport.write(connections.body_too_large())
        # Hanging up at once, on bytes that are still to come, could cost the peer this answer.
        cast(Any, reactor).callLater(_LINGER_SECONDS, self.channel.loseConnection)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send a part of the answer; to HEAD no body, of which Twisted leaves out one part."""
        if self.method == b"HEAD" and message["type"] == "http.response.body":
            message = message | {"body": b""}
        super().handle_reply(message)

    def process(self) -> Any:
        """Hand the request to the application, unless it has its answer."""
        if self._refused:
            return None
        channel = self.channel
        done = super().process()
        if self.transport is None:  # it has become a socket
            channel.visit.stay()
        return done


class BoundedChannel(daphne.http_protocol.http.HTTPChannel):
    """Twisted's HTTP connection: counted, with a bound on heads, and with deadlines."""

    open: ClassVar[Connections]
    visit: Visit

    def connectionMade(self) -> None:
        """Count it; whoever is refused may send a request, to get an answer."""
        self.timeOut = None  # its visit has the deadlines
        super().connectionMade()
        self.transport.visit = self.visit = Visit(
            self.open, str(self.transport.getPeer().host), late=self._late
        )

    def connectionLost(self, reason: Any) -> None:
        """Count it out."""
        super().connectionLost(reason)
        self.visit.end()

    def dataReceived(self, data: bytes) -> None:
        """Read a part of a request."""
        if not self.visit.is_admitted:
            self._answer(connections.crowded())
        elif not self.transport.disconnecting:
            super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        """Read a line of a request's head, unless the head is too large."""
        size, lines = self._receivedHeaderSize + len(line), self._receivedHeaderCount + 1
        if connections.is_too_large(head=size, line=len(line), lines=lines):
            self._answer(connections.head_too_large())
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line without an end."""
        self._answer(connections.head_too_large())

    def allHeadersReceived(self) -> None:
        """From here on the body is waited for."""
        self.visit.expect_body()
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        """The request is there."""
        self.visit.expect_answer()
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """The request is served; another may come, unless the server ends."""
        if is_stopping():
            self.persistent = False
        self.visit.expect_head()
        super().requestDone(request)

    def _respondToBadRequestAndDisconnect(self) -> None:
        self._answer(connections.not_http())

    def _late(self, what: str) -> None:
        if what == "answer":
            self.transport.abortConnection()
        elif what == "refusal":
            self._answer(connections.crowded())
        elif self.requests or self._buffer:
            self._answer(connections.too_slow(what))
        else:
            self._answer(b"")

    def _answer(self, answer: bytes) -> None:
        """Say the last word, and end the connection once it is read."""
        self.transport.write(answer)
        self.loseConnection()
        self.visit.expect_answer()


class DaphneSocket(OpenSocket):
    """An open socket on a transport of Twisted."""

    __slots__ = ("_transport",)

    def __init__(self, receiver: Receiver, handshake: "WireProtocol") -> None:
        super().__init__(receiver, new_parser())
        self._transport: Any = handshake.transport
        self._transport.protocol = self
        self._transport.unregisterProducer()  # the channel of its request

    def dataReceived(self, data: bytes) -> None:
        """Bytes came."""
        self.received(data)

    def connectionLost(self, reason: Any) -> None:
        """Count the connection out."""
        self._transport.visit.end()
        self.lost()

    def buffered(self) -> int:
        transport = self._transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return waiting

    def pause(self) -> None:
        self._transport.pauseProducing()

    def resume(self) -> None:
        if self._transport.connected and not self._transport.disconnecting:
            self._transport.resumeProducing()

    def _put(self, data: bytes) -> None:
        """Send bytes; when nothing waits, the kernel gets them at once.

        Twisted would first ask the loop whether the socket can be written to, which costs more than
        the write.
        """
        if not self.buffered() and type(self._transport) is TcpTransport:
            data = data[self._send_now(data) :]
        if data:
            self._transport.write(data)

    def _send_now(self, data: bytes) -> int:
        try:
            sent: int = self._transport.socket.send(data)
        except (OSError, AttributeError):  # without a socket it is closed
            return 0  # full, or gone: Twisted waits for the one and notices the other
        return sent

    def _end(self) -> None:
        self._transport.loseConnection()

    def _abort(self) -> None:
        self._transport.abortConnection()


class WireProtocol(WebSocketProtocol):
    """Daphne's WebSocket protocol for the handshake; then the socket is handed over."""

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Do what the application says; Daphne would leave out the headers of a handshake."""
        if message["type"] == "websocket.accept" and message.get("headers"):
            headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self.handshake_deferred.callback((message.get("subprotocol"), headers))
            del self.handshake_deferred
        else:
            super().handle_reply(message)

    def connectionLost(self, reason: Any) -> None:
        """Count the connection out."""
        super().connectionLost(reason)
        self.transport.visit.end()

    def onOpen(self) -> None:
        """Let little wait in the kernel."""
        super().onOpen()
        if type(self.transport) is TcpTransport:
            self.transport.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)

    def hand_over(self, receiver: Receiver) -> DaphneSocket | None:
        """Give the accepted socket to its receiver, with what has come since the handshake."""
        is_between_frames = self.current_frame is None and not self.inside_message
        if self.state != self.STATE_OPEN or not is_between_frames or self.application_queue.qsize():
            return None
        handed = DaphneSocket(receiver, self)
        self.server.protocol_disconnected(self)
        self.muted = True
        if self.data:
            asyncio.get_running_loop().call_soon(handed.received, self.data)
        return handed

    def _fail_connection(self, code: int, reason: str) -> None:
        """Say what is wrong with the peer's frames, then drop it; Autobahn would only drop it."""
        if self.state == self.STATE_OPEN:
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

    def listen_success(self, port: Any) -> None:
        """Keep the port, to close it before the server ends."""
        super().listen_success(port)
        self.port = port

    def kill_all_applications(self) -> Any:
        """Part with everybody in turn before the applications end (Daphne itself says nothing)."""
        ended = defer.Deferred.fromFuture(asyncio.ensure_future(self._part()))
        return ended.addBoth(lambda _: self._kill_rest())

    async def _part(self) -> None:
        await stopping.run(
            stop_listening=self.port.stopListening,
            is_empty=lambda: BoundedChannel.open.is_empty,
        )
        await duties.stop()

    def _kill_rest(self) -> Any:
        # Daphne itself fails on requests that are only half here.
        for protocol in [k for k, v in self.connections.items() if "application_instance" not in v]:
            del self.connections[protocol]
        return super().kill_all_applications()


def _write_nothing(factory: Any, request: Any) -> None:
    """Twisted would make a line for each request, and throw it away: `RequestLog` writes ours."""


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve until a signal says stop; `ready` is called once it listens."""
    WebSocketFactory.protocol = WireProtocol
    daphne.http_protocol.WebRequest = BoundedRequest
    daphne.http_protocol.HTTPFactory.protocol = BoundedChannel
    daphne.http_protocol.HTTPFactory.log = _write_nothing
    BoundedChannel.open = Connections.of_settings()
    from tournament_site.asgi import application

    address = host.replace(":", r"\:")
    server = WireServer(
        application,
        endpoints=[f"tcp:port={port}:interface={address}:backlog={_BACKLOG}"],
        ping_interval=_PING_SECONDS,
        ping_timeout=_PONG_SECONDS,
        websocket_timeout=-1,
        websocket_max_message_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        websocket_max_frame_size=settings.MATCHPOINT_BODY_MAX_BYTES,
        server_name="Matchpoint",
        ready_callable=ready,
    )
    cast(Any, reactor).callLater(0, duties.start)
    server.run()
