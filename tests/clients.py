"""Clients as people have them: `curl`, `websocat`, and Python for what must be exact."""

import asyncio
import http.client
import json
import queue
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from .server import host_and_port

Json = dict[str, Any]
JSON = "application/json"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The body, which must be a JSON object and say so."""
        assert self.headers["content-type"] == JSON, self
        answer = json.loads(self.body)
        assert isinstance(answer, dict)
        return answer


class Http:
    """One kept connection from Python: quick, for tests that send much."""

    def __init__(self, url: str) -> None:
        host, port = host_and_port(url)
        self._connection = http.client.HTTPConnection(host, port, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; a body that is not bytes goes as JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", JSON)
        if token:
            sent["Authorization"] = f"Bearer {token}"
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, answer.read())

    def join(self, name: str, *, pool: str = "default", **more: Any) -> Reply:
        """Queue as a new guest."""
        return self.send("POST", "/matchmaking", {"username": name, "pool": pool}, **more)


def send(url: str, method: str, path: str, body: Any = None, **more: Any) -> Reply:
    """One request on a connection of its own."""
    with Http(url) as client:
        return client.send(method, path, body, **more)


class Curl:
    """The curl program."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> Reply:
        """Run it with these arguments and read what it printed."""
        done = subprocess.run(
            [self._program, "-sS", "--include", "--max-time", "30", *arguments],
            check=False,
            capture_output=True,
            input=stdin,
        )
        assert done.returncode == 0, done.stderr
        return _reply(done.stdout)

    def post(self, url: str, body: str, *arguments: str) -> Reply:
        """Post JSON as one types it."""
        return self(url, "-H", f"Content-Type: {JSON}", "-d", body, *arguments)


def _reply(printed: bytes) -> Reply:
    head, _, body = printed.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    return Reply(int(status.split()[1]), headers, body)


class Websocat:
    """The websocat program on one address: what is typed in, and the lines it prints."""

    def __init__(self, program: Path, address: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [program, "-t", *arguments, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def type(self, line: str) -> None:
        """Type a line and press return."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")

    def line(self, *, within: float = PATIENCE_SECONDS) -> str | None:
        """The next line that it prints, None when it has ended."""
        line = self._lines.get(timeout=within)
        if line is None:
            self._lines.put(None)
        return line

    def next(self, *types: str, within: float = PATIENCE_SECONDS) -> Json:
        """The next frame of one of these types, or of any; others are passed over."""
        deadline = time.monotonic() + within
        while True:
            line = self.line(within=max(0.01, deadline - time.monotonic()))
            assert line is not None, f"websocat ended: {self.errors()}"
            frame = _frame(line)
            if not types or frame["type"] in types:
                return frame

    def close(self) -> None:
        """End of input, at which websocat closes its socket and ends."""
        with suppress(BrokenPipeError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for pipe in (self._process.stdout, self._process.stderr):
                assert pipe is not None
                pipe.close()

    def errors(self) -> str:
        """What it complained of, once it has ended."""
        self._process.wait(PATIENCE_SECONDS)
        assert self._process.stderr is not None
        return self._process.stderr.read()


def _frame(text: str | bytes) -> Json:
    frame = json.loads(text)
    assert isinstance(frame, dict) and isinstance(frame["type"], str), text
    return frame


class Socket:
    """A web socket whose every frame counts; `frames` keeps what came, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Json] = []

    async def send(self, message: Json | str | bytes) -> None:
        """Send an object as JSON, or text or bytes as they are."""
        raw = json.dumps(message) if isinstance(message, dict) else message
        await self.connection.send(raw)

    async def next(self, *types: str, within: float = PATIENCE_SECONDS) -> Json:
        """The next frame of one of these types, or of any but presence; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                frame = _frame(await self.connection.recv())
                self.frames.append(frame)
                if frame["type"] in types or (not types and frame["type"] != "presence"):
                    return frame

    async def hush(self, seconds: float) -> list[Json]:
        """What comes in a while, presence left out."""
        first = len(self.frames)
        with suppress(TimeoutError):
            while True:
                await self.next(within=seconds)
        return [frame for frame in self.frames[first:] if frame["type"] != "presence"]

    async def close_code(self, *, within: float = PATIENCE_SECONDS) -> int | None:
        """The code with which the server closes; what comes before goes into `frames`."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(within):
                while True:
                    self.frames.append(_frame(await self.connection.recv()))
        return self.connection.close_code


@asynccontextmanager
async def open_socket(
    address: str, *, token: str = "", origin: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Socket]:
    """Open a socket as a program does, without an Origin unless one is given."""
    sent = dict(headers or {})
    if token:
        sent["Authorization"] = f"Bearer {token}"
    if origin:
        sent["Origin"] = origin
    async with connect(
        address, additional_headers=sent, compression=None, proxy=None, max_size=None
    ) as connection:
        yield Socket(connection)
