"""Queueing by a key beside `POST /matchmaking`, and a batch of tickets beside single ones."""

import asyncio
import hashlib
import http.client
import itertools
import json
import sqlite3
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from statistics import median
from typing import cast
from uuid import UUID, uuid4

import uvloop

from .matchmaking import post_all
from .servers import MATCHPOINT_DAPHNE, MATCHPOINT_UVICORN, Kind, Running, running

CONNECTIONS = 32
REQUESTS = 500
ROUNDS = 4
WARM_UP = 300
SINGLE = 400
BATCHES = 20
BATCH = 100
TOKEN = "mp_only-for-the-benchmark"


@dataclass(frozen=True)
class Figures:
    """Tickets a second: of new guests, by a key; on one connection one by one, in batches.

    `guests_us` and `by_key_us` are the server's CPU time for each.
    """

    guests: float
    by_key: float
    guests_us: float
    by_key_us: float
    one_by_one: float
    in_batches: float


class _Queuer(asyncio.Protocol):
    """One kept-alive connection that queues again as soon as it has a response."""

    def __init__(self, port: int, players: Iterator[str]) -> None:
        self._port, self._players, self._buffer = port, players, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._queue()

    def _queue(self) -> None:
        player = next(self._players, None)
        if player is None:
            self._transport.close()
            self.done.set_result(None)
            return
        body = json.dumps({"tickets": [{"players": [player]}]})
        self._transport.write(
            (
                f"POST /api/tickets HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
                f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
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
        self.failed += b" 200 " not in head[:20] or b'"Error"' in body
        self._queue()


async def _by_key(port: int, players: Sequence[str]) -> None:
    left = iter(players)
    queuers = [_Queuer(port, left) for _ in range(CONNECTIONS)]
    for queuer in queuers:
        await asyncio.get_running_loop().create_connection(
            lambda queuer=queuer: queuer, "127.0.0.1", port  # type: ignore[misc]
        )  # fmt: skip
    await asyncio.gather(*(queuer.done for queuer in queuers))
    assert not any(queuer.failed for queuer in queuers)


async def _guests(port: int, first: int, count: int) -> None:
    posters = await post_all(port, first, count)
    assert not any(poster.failed for poster in posters)


@dataclass
class _Watch:
    """The time and the CPU time that one of two ways has taken."""

    server: Running
    seconds: float = 0.0
    cpu: float = 0.0

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Do some of it."""
        start, cpu = time.perf_counter(), self.server.cpu_seconds()
        uvloop.run(work)
        self.seconds += time.perf_counter() - start
        self.cpu += self.server.cpu_seconds() - cpu


def _in_requests(port: int, requests: Sequence[Sequence[str]]) -> float:
    """Tickets a second on one connection, each request after the answer to the one before."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        start = time.perf_counter()
        for players in requests:
            body = json.dumps({"tickets": [{"players": [player]} for player in players]})
            connection.request("POST", "/api/tickets", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200 and b'"Error"' not in content, content
        return sum(map(len, requests)) / (time.perf_counter() - start)


def _made_players(server: Running, count: int) -> list[str]:
    """A key with so many players of its own, stored as they are made by the API."""
    name = server.environ()["DATABASE_URL"].removeprefix("sqlite:///")
    key, now = uuid4().hex, "2026-01-01 00:00:00"
    ids = [f"player-{number}" for number in range(count)]
    players = [
        (UUID(int=number + 1).hex, f"Key {number}", f"key {number}") for number in range(count)
    ]
    with closing(sqlite3.connect(name, timeout=30)) as database, database:
        database.execute(
            "INSERT INTO service_keys_servicekey (id, name, scopes, shown, secret_sha256,"
            " requests_a_minute, created_at) VALUES (?, 'Bench', '[\"matches\"]', 'mp_', ?, 1, ?)",
            (key, hashlib.sha256(TOKEN.encode()).hexdigest(), now),
        )
        database.executemany(
            "INSERT INTO matchmaking_player (id, name, name_key, skeleton, created_at)"
            " VALUES (?, ?, ?, ?, ?)",
            [(pk, shown, folded, folded, now) for pk, shown, folded in players],
        )
        database.executemany(
            "INSERT INTO matchmaking_externalplayer (player_id, key_id, external_id, created_at)"
            " VALUES (?, ?, ?, ?)",
            [(pk, key, one, now) for (pk, *_), one in zip(players, ids, strict=True)],
        )
    return ids


def _measure(kind: Kind) -> Figures:
    with running(kind) as server:
        counts = (WARM_UP, SINGLE, BATCHES * BATCH)
        players = iter(_made_players(server, sum(counts) + ROUNDS * REQUESTS))
        warm, single, batched = (list(itertools.islice(players, n)) for n in counts)
        uvloop.run(_guests(server.port, 0, WARM_UP))
        uvloop.run(_by_key(server.port, warm))
        guests, by_key = _Watch(server), _Watch(server)
        for number in range(ROUNDS):  # in turn, so that both meet the same load
            guests.run(_guests(server.port, WARM_UP + number * REQUESTS, REQUESTS))
            by_key.run(_by_key(server.port, list(itertools.islice(players, REQUESTS))))
        count = ROUNDS * REQUESTS
        one_by_one = _in_requests(server.port, [[one] for one in single])
        batches = [batched[at : at + BATCH] for at in range(0, len(batched), BATCH)]
        return Figures(
            count / guests.seconds, count / by_key.seconds,
            guests.cpu / count * 1e6, by_key.cpu / count * 1e6,
            one_by_one, _in_requests(server.port, batches),
        )  # fmt: skip


def report(runs: int) -> None:
    """Measure both servers, and print the table of medians."""
    print(
        f"\nTickets a second: {CONNECTIONS} connections, and one with {BATCH} tickets a request\n"
    )
    print(
        "| server | guests | CPU us | by a key | CPU us | ratio | one by one | in batches | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in (MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE):
        figures = [_measure(kind) for _ in range(runs)]
        columns = zip(*map(astuple, figures), strict=True)
        guests, by_key, guests_us, by_key_us, single, batch = map(median, columns)
        print(
            f"| {kind.name.removeprefix('matchpoint ')} | {guests:,.0f} | {guests_us:,.0f} "
            f"| {by_key:,.0f} | {by_key_us:,.0f} | {by_key / guests:.2f} "
            f"| {single:,.0f} | {batch:,.0f} | {batch / single:.1f} |",
            flush=True,
        )
