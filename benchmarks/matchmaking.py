"""`POST /matchmaking` from 32 connections: requests a second, and the server's CPU for each."""

import asyncio
import itertools
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import uvloop

from .servers import Kind, on_both_servers, running
from .sockets import Way

CONNECTIONS = 32
REQUESTS = 6_000
WARM_UP = 300
COMMITS = 300
_ANSWER = {
    "status": "Waiting",
    "message": "Waiting for another player...",
    "player": {"id": "01a22850-3d79-7fe2-acaf-2650d88684cf", "username": "Player 1"},
    "ticket": {"id": "01a22850-3d7a-71f9-b347-3429a6bdf6b7", "pool": "default"},
    "token": "an-answer-from-memory-has-the-same-token-for-all",
}


@dataclass(frozen=True)
class Figures:
    """The figures of one run."""

    name: str
    requests: int
    failed: int
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


class _Poster(asyncio.Protocol):
    """One kept-alive connection that posts again as soon as it has a response."""

    def __init__(
        self, port: int, numbers: "itertools.count[int]", limit: int, way: Way | None = None
    ) -> None:
        self._port, self._numbers, self._limit = port, numbers, limit
        self._way = way or Way()
        self._buffer = b""
        self._number: int | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.delays: list[float] = []
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._post()

    def _post(self) -> None:
        if self._number is None:
            self._number = next(self._numbers)
        if self._number >= self._limit:
            if not self.done.done():
                self.done.set_result(None)
            return
        body = json.dumps({"username": f"Player {self._number}"})
        self._sent = time.perf_counter()
        self._transport.write(
            (
                f"POST /matchmaking HTTP/1.1\r\nHost: {self._way.host}:{self._port}\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, _, body = self._buffer.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        if at < 0 or len(body) < int(head[at + 15 :].split(b"\r\n", 1)[0]):
            return
        self._buffer = b""
        self.delays.append((time.perf_counter() - self._sent) * 1e3)
        self.failed += b" 200 " not in head[:20]
        self._number = None
        if b"connection: close" in head.lower():
            self._transport.close()
        else:
            self._post()

    def connection_lost(self, exc: Exception | None) -> None:
        # The prototype's server closes a connection after some requests: open another.
        if not self.done.done():
            self._reopening = asyncio.ensure_future(self.open())

    async def open(self) -> None:
        """Connect; the first request is sent at once."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(
            lambda: self, "127.0.0.1", self._port, ssl=self._way.tls, **self._way.more
        )


async def post_all(
    port: int, first: int, count: int, ways: Sequence[Way | None] = (None,) * CONNECTIONS
) -> list[_Poster]:
    """Post so many, each connection on its own way; returns the connections."""
    numbers = itertools.count(first)
    posters = [_Poster(port, numbers, first + count, way) for way in ways]
    await asyncio.gather(*(poster.open() for poster in posters))
    await asyncio.gather(*(poster.done for poster in posters))
    return posters


async def _measure(kind: Kind) -> Figures:
    with running(kind) as server:
        await post_all(server.port, 0, WARM_UP)
        cpu, start = server.cpu_seconds(), time.perf_counter()
        posters = await post_all(server.port, WARM_UP, REQUESTS)
        seconds, cpu = time.perf_counter() - start, server.cpu_seconds() - cpu
    cuts = statistics.quantiles([d for poster in posters for d in poster.delays], n=100)
    return Figures(
        kind.name,
        REQUESTS,
        sum(poster.failed for poster in posters),
        REQUESTS / seconds,
        cpu / REQUESTS * 1e6,
        cuts[49],
        cuts[98],
    )


def measure(kind: Kind) -> Figures:
    """Measure one server."""
    return uvloop.run(_measure(kind))


@contextmanager
def from_memory() -> Iterator[tuple[Kind, Kind]]:
    """Bare ASGI applications that answer from memory, and store nothing: the servers' limit."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.json"
        file.write_text(json.dumps({"/matchmaking": json.dumps(_ANSWER)}))
        uvicorn, daphne = on_both_servers("bare", "benchmarks.apps.memory:application")
        env = {"ANSWERS": str(file)}
        yield replace(uvicorn, env=env), replace(daphne, env=env)


def stored_a_second(rows: int) -> float:
    """Rows that SQLite alone stores at `synchronous=FULL`, so many to a commit."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(f"{folder}/limit.sqlite3", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, answer TEXT)")
        row = (json.dumps(_ANSWER),)
        start = time.perf_counter()
        for _ in range(COMMITS):
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO tickets (answer) VALUES (?)", [row] * rows)
            database.execute("COMMIT")
        return rows * COMMITS / (time.perf_counter() - start)
