"""Clients' bytes, made by hand: HTTP requests, and WebSocket frames as they should not be."""

import asyncio
import base64
import contextlib
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

ANSWER_SECONDS = 20.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FIN, RSV1, MASKED = 0x80, 0x40, 0x80
_MASK = bytes((0x12, 0x34, 0x56, 0x78))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back on an HTTP request."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


async def request(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    source: str = "127.0.0.1",
) -> Answer:
    """Send one request on a connection of its own; raises `OSError` when nobody answers.

    `TimeoutError` is one of those.
    """
    payload = b"" if body is None else json.dumps(body).encode()
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(payload)),
        **(headers or {}),
    }
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    async with asyncio.timeout(ANSWER_SECONDS):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(source, 0), limit=1 << 22
        )
        try:
            writer.write(head.encode() + b"\r\n" + payload)
            return await _read_answer(reader)
        finally:
            writer.transport.abort()


async def _read_answer(reader: asyncio.StreamReader) -> Answer:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")[:-2]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        else:
            body = await reader.read()
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("The server hung up in the middle of its answer.") from error
    return Answer(int(first.split()[1]), headers, body)


def frame(
    payload: bytes,
    opcode: int = TEXT,
    *,
    flags: int = FIN,
    masked: bool = True,
    claimed: int | None = None,
) -> bytes:
    """A client's frame (RFC 6455 section 5.2), with what is asked to be wrong about it.

    `claimed` is the size that its header gives, if not the payload's own.
    """
    size = len(payload) if claimed is None else claimed
    mask_bit = MASKED if masked else 0
    if size < 126:
        header = bytes((flags | opcode, mask_bit | size))
    elif size < 1 << 16:
        header = bytes((flags | opcode, mask_bit | 126)) + size.to_bytes(2, "big")
    else:
        header = bytes((flags | opcode, mask_bit | 127)) + size.to_bytes(8, "big")
    if not masked:
        return header + payload
    repeated = _MASK * (len(payload) // 4 + 1)
    return header + _MASK + bytes(a ^ b for a, b in zip(payload, repeated, strict=False))


def handshake(port: int, path: str = "/ws", headers: Mapping[str, str] | None = None) -> bytes:
    """The request that opens a WebSocket (RFC 6455 section 4.1)."""
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"{more}\r\n"
    ).encode()


class RawSocket:
    """A WebSocket that sends and reads only when asked."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(
        cls, port: int, *, source: str = "127.0.0.1", receive_buffer: int = 0
    ) -> Self:
        """Open the TCP connection only; `receive_buffer` is its SO_RCVBUF in bytes."""
        plain = socket.socket()
        plain.setblocking(False)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            plain.bind((source, 0))
            await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
        except BaseException:
            plain.close()
            raise
        # The reader's own limit must not take from the kernel what a test leaves unread.
        limit = receive_buffer // 2 or 1 << 20
        return cls(*await asyncio.open_connection(sock=plain, limit=limit))

    @classmethod
    async def open(
        cls,
        port: int,
        path: str = "/ws",
        *,
        source: str = "127.0.0.1",
        receive_buffer: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Open a WebSocket and read the answer; raises `ConnectionError` when refused."""
        self = await cls.connect(port, source=source, receive_buffer=receive_buffer)
        try:
            self.send(handshake(port, path, headers))
            async with asyncio.timeout(ANSWER_SECONDS):
                head = await self._reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head[:20]:
                raise ConnectionError(head[:80].decode("latin-1"))
        except asyncio.IncompleteReadError as error:
            self.abort()
            raise ConnectionError("hung up on during the handshake") from error
        except BaseException:
            self.abort()
            raise
        return self

    @property
    def port(self) -> int:
        """This end's own port."""
        port: int = self._writer.get_extra_info("sockname")[1]
        return port

    @property
    def is_over(self) -> bool:
        """Whether the server has ended the connection."""
        return self._reader.at_eof() or self._writer.transport.is_closing()

    async def has_ended(self) -> bool:
        """Whether the server has ended the connection, whatever it said before."""
        try:
            async with asyncio.timeout(0.1):
                await self._reader.read()
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)

    def say(self, message: Mapping[str, Any] | str) -> None:
        """Send one message, well formed."""
        text = message if isinstance(message, str) else json.dumps(message)
        self.send(frame(text.encode()))

    async def drain(self) -> None:
        """Wait until the server has taken what was sent."""
        await self._writer.drain()

    async def read_frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload; raises `ConnectionError` at the end."""
        try:
            first, second = await self._reader.readexactly(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(
                    await self._reader.readexactly(2 if size == 126 else 8), "big"
                )
            return first & 0x0F, await self._reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("hung up") from error

    async def read_answer(self) -> Answer:
        """A whole HTTP answer."""
        async with asyncio.timeout(ANSWER_SECONDS):
            return await _read_answer(self._reader)

    async def read_status(self) -> int:
        """The status of an HTTP answer; 0 when the connection went without one."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return int((await self._reader.readline()).split()[1])
        except (OSError, IndexError):
            return 0

    async def read_message(self) -> dict[str, Any]:
        """The next JSON message, pings answered; raises `Closed` or `ConnectionError`."""
        while True:
            opcode, payload = await self.read_frame()
            if opcode == TEXT:
                message: dict[str, Any] = json.loads(payload)
                return message
            if opcode == PING:
                self.send(frame(payload, PONG))
            if opcode == CLOSE:
                raise Closed(int.from_bytes(payload[:2], "big") if payload else 1005)

    async def read_of_type(self, wanted: str, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """The next message of one type; others are passed over."""
        async with asyncio.timeout(seconds):
            while (message := await self.read_message())["type"] != wanted:
                pass
        return message

    async def ending(self, seconds: float = ANSWER_SECONDS) -> int:
        """Read until the server ends it: the close code, 1006 for a dropped connection."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.read_message()
        except Closed as closed:
            return closed.code
        except TimeoutError:
            raise
        except OSError:
            return 1006

    def abort(self) -> None:
        """Hang up without a word."""
        with contextlib.suppress(OSError):
            self._writer.transport.abort()


class Closed(Exception):
    """The server closed the socket with a close frame."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
