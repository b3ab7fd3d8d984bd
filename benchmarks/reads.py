"""Reads of the API from 32 connections, beside the same bytes from memory in bare ASGI."""

import asyncio
import http.client
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, cast

import uvloop

from tests.services import PostgresServer

from .servers import MATCHPOINT_DAPHNE, MATCHPOINT_UVICORN, Kind, Running, on_both_servers, running

CONNECTIONS = 32
SECONDS = 3.0
JOINS_PER_SECOND = 50
_PLAYERS = 64
_WAITING = 20


@dataclass(frozen=True)
class Asked:
    """A read: what it is called, its address, and who asks."""

    name: str
    path: str
    token: str = ""


class _Reader(asyncio.Protocol):
    """One kept-alive connection that asks again as soon as it has the answer."""

    def __init__(self, port: int, asked: Asked, until: float) -> None:
        bearer = f"Authorization: Bearer {asked.token}\r\n" if asked.token else ""
        self._request = (
            f"GET {asked.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Accept: application/json\r\n{bearer}\r\n"
        ).encode()
        self._until, self._buffer = until, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, _, body = self._buffer.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        if at < 0 or len(body) < int(head[at + 15 :].split(b"\r\n", 1)[0]):
            return
        self._buffer = b""
        self.answers += 1
        self.failed += b" 200 " not in head[:20]
        if time.perf_counter() < self._until:
            self._transport.write(self._request)
        else:
            self._transport.close()
            self.done.set_result(None)


async def _join_now_and_then(port: int, until: float) -> None:
    """Change the database some fifty times a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        body = json.dumps({"username": f"Joins {time.perf_counter_ns()}"})
        head = f"Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        request = f"POST /matchmaking HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
        writer.write(request.encode())
        await reader.read(64 * 1024)
        await asyncio.sleep(1 / JOINS_PER_SECOND)
    writer.close()


async def _read(port: int, asked: Asked, *, joins: bool = False) -> float:
    """Answers a second, with `joins` while somebody else queues again and again."""
    start = time.perf_counter()
    loop = asyncio.get_running_loop()
    joining = asyncio.ensure_future(_join_now_and_then(port, start + SECONDS)) if joins else None
    readers = [_Reader(port, asked, start + SECONDS) for _ in range(CONNECTIONS)]
    for reader in readers:
        await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(reader.done for reader in readers))
    assert not any(reader.failed for reader in readers), asked
    rate = sum(reader.answers for reader in readers) / (time.perf_counter() - start)
    if joining is not None:
        await joining
    return rate


@contextmanager
def _filled(kind: Kind) -> Iterator[tuple[Running, list[Asked], dict[str, str]]]:
    """A server with something to read; what is asked, and the answers as they are now."""
    with running(kind) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        with closing(connection):

            def ask(method: str, path: str, body: Any = None, token: str = "") -> str:
                headers = {"Content-Type": "application/json", "Accept": "application/json"}
                if token:
                    headers["Authorization"] = f"Bearer {token}"
                connection.request(method, path, body and json.dumps(body), headers)
                response = connection.getresponse()
                answer = response.read().decode()
                assert response.status in {200, 201}, answer
                return answer

            for number in range(2 * _WAITING):  # matches, whose players have ratings
                ask("POST", "/matchmaking", {"username": f"Player {number}"})
            waits = json.loads(ask("POST", "/matchmaking", {"username": "Waiting"}))
            names = [f"Player {number}" for number in range(_PLAYERS)]
            cup = json.loads(ask("POST", "/tournament", {"players": names}))["tournament"]["id"]
            asked = [
                Asked("a ticket", f"/matchmaking/tickets/{waits['ticket']['id']}", waits["token"]),
                Asked("a pool", "/api/pools/default"),
                Asked("a leaderboard", "/api/pools/default/leaderboard"),
                Asked(f"a tournament of {_PLAYERS}", f"/api/tournaments/{cup}"),
            ]
            answers = {one.path: ask("GET", one.path, token=one.token) for one in asked}
        yield server, asked, answers


def _bare(server: Kind, answers: Path) -> Kind:
    kinds = on_both_servers("bare", "benchmarks.apps.memory:application")
    kind = kinds[0] if server.name.endswith("uvicorn") else kinds[1]
    return replace(kind, env={"ANSWERS": str(answers)})


def report(runs: int) -> None:
    """Measure on both servers, with SQLite, and print the table."""
    _report("SQLite", (MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE), runs)


def report_postgresql(runs: int) -> None:
    """The same with a PostgreSQL on this machine, which waits for the disk with each commit."""
    with PostgresServer(durable=True) as postgres:
        kinds = [
            replace(kind, env=kind.env | {"DATABASE_URL": postgres.create_database(server)})
            for kind, server in ((MATCHPOINT_UVICORN, "uvicorn"), (MATCHPOINT_DAPHNE, "daphne"))
        ]
        _report("PostgreSQL", kinds, runs)


def _report(database: str, servers: Iterable[Kind], runs: int) -> None:
    print(f"\nReads from {CONNECTIONS} connections, requests a second, with {database}\n")
    print("| read | server | bytes | bare | Matchpoint | ratio | while others join | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in servers:
        with _filled(kind) as (server, asked, answers), tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answers.json"
            file.write_text(json.dumps(answers))
            with running(_bare(kind, file)) as bare:
                for one in asked:
                    figures = [
                        (
                            uvloop.run(_read(bare.port, one)),
                            uvloop.run(_read(server.port, one)),
                            uvloop.run(_read(server.port, one, joins=True)),
                        )
                        for _ in range(runs)
                    ]
                    memory, ours, busy = (median(column) for column in zip(*figures, strict=True))
                    print(
                        f"| {one.name} | {kind.name.removeprefix('matchpoint ')} "
                        f"| {len(answers[one.path]):,} | {memory:,.0f} | {ours:,.0f} "
                        f"| {ours / memory:.2f} | {busy:,.0f} | {busy / memory:.2f} |",
                        flush=True,
                    )
