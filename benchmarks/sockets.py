"""A cheap WebSocket client: thousands run beside the server that they measure."""

import asyncio
import base64
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

MARK = b"bench "
TEXT, BINARY = 1, 2
_PING, _PONG = 9, 10


def masked(text: bytes, opcode: int = TEXT) -> bytes:
    """A client's frame (RFC 6455 section 5.2); an all-zero mask is valid."""
    size = len(text)
    if size < 126:
        header = bytes((0x80 | opcode, 0x80 | size))
    else:
        header = bytes((0x80 | opcode, 0x80 | 126)) + size.to_bytes(2, "big")
    return header + bytes(4) + text


@dataclass(frozen=True)
class Way:
    """How a client comes: from which address, under which name, with or without TLS."""

    source: str = "127.0.0.1"
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None

    @property
    def more(self) -> dict[str, Any]:
        """What `create_connection` takes beside the address and TLS."""
        name = {"server_hostname": self.host} if self.tls is not None else {}
        return {"local_addr": (self.source, 0)} | name


class Client(asyncio.Protocol):
    """One socket: counts the frames with the benchmark's mark, and passes them to `watch`."""

    #: Header lines of the handshake beyond those that it needs.
    more_headers = ""

    def __init__(self, path: str, host: str, watch: Callable[[bytes], None] | None) -> None:
        self._path, self._host, self.watch = path, host, watch
        self._buffer = bytearray()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.marked = 0
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            (
                f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Version: 13\r\n{self.more_headers}\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done() and not self._read_handshake():
            return
        self._read_frames()

    def _read_handshake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if b" 101 " not in self._buffer[:20]:
            self.opened.set_exception(ConnectionError(bytes(self._buffer[:80]).decode()))
            return False
        del self._buffer[: end + 4]
        self.opened.set_result(None)
        return True

    def _read_frames(self) -> None:
        buffer, at, have = self._buffer, 0, len(self._buffer)
        while have - at >= 2:
            size, start = buffer[at + 1] & 0x7F, at + 2
            if size == 126:
                start += 2
                size = int.from_bytes(buffer[at + 2 : at + 4], "big")
            elif size == 127:
                start += 8
                size = int.from_bytes(buffer[at + 2 : at + 10], "big")
            end = start + size
            if end > have:
                break
            self._take(buffer[at] & 0x0F, buffer, start, end)
            at = end
        if at:
            del buffer[:at]

    def _take(self, opcode: int, buffer: bytearray, start: int, end: int) -> None:
        if opcode == _PING:
            self.transport.write(masked(bytes(buffer[start:end]), _PONG))
        elif opcode == TEXT and buffer.find(MARK, start, end) >= 0:
            self.marked += 1
            if self.watch is not None:
                self.watch(bytes(buffer[start:end]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))

    def send(self, text: str) -> None:
        """Send one message."""
        self.transport.write(masked(text.encode()))


async def connect(
    port: int, path: str, *, source: str = "127.0.0.1", watch: Callable[[bytes], None] | None = None
) -> Client:
    """Open one socket; returns it once it is open."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: Client(path, f"127.0.0.1:{port}", watch),
        "127.0.0.1",
        port,
        local_addr=(source, 0),
    )
    await client.opened
    return client


async def connect_many(port: int, path: str, count: int, before: int = 0) -> list[Client]:
    """Open many sockets beside those before, some at a time, from several loopback addresses."""
    clients: list[Client] = []
    while len(clients) < count:
        batch = range(before + len(clients), before + min(count, len(clients) + 50))
        # One address has some 28,000 ports to offer; spread well below that.
        clients += await asyncio.gather(
            *(connect(port, path, source=f"127.0.0.{2 + n // 5000}") for n in batch)
        )
    return clients
