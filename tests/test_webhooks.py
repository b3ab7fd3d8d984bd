"""Webhooks of real servers, to a receiver that knows the standard's library alone.

A server that is killed has lost nothing: each fact comes at least once, in order, with its id.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import pytest

from .server import ROOT, MatchpointServer, new_database, rows
from .services import PostgresServer, RedisServer, free_port

RECEIVER = ROOT / "tests" / "webhook_receiver.py"
ALLOWED = {"WEBHOOK_ALLOWED_ADDRESSES": "127.0.0.1/32"}
TYPES = ["tournament.match_finished", "tournament.finished"]
PLAYERS = 16


class Cup:
    """A tournament with a webhook, played through whichever server lives."""

    def __init__(self, url: str, port: int) -> None:
        names = [f"P{n}" for n in range(PLAYERS)]
        made = httpx.post(f"{url}/tournament", json={"players": names}, timeout=20).json()
        self.path = f"/api/tournaments/{made['tournament']['id']}"
        self.headers = {"Authorization": f"Bearer {made['token']}"}
        hook = {
            "name": "Test", "url": f"http://127.0.0.1:{port}/", "types": TYPES,
            "tournament": made["tournament"]["id"],
        }  # fmt: skip
        self.secret = self.post(url, "/api/webhooks", hook)["secret"]

    def post(self, url: str, path: str, body: Any) -> Any:
        answer = httpx.post(url + path, json=body, headers=self.headers, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def play(self, url: str, most: int = PLAYERS) -> int:
        """Enter results of matches that can be played, at most so many; returns how many."""
        played = 0
        while played < most and (open_matches := self._open(url)):
            for match in open_matches[: most - played]:
                self.post(url, f"{self.path}/matches/{match}/result", {"scores": [1, 0]})
                played += 1
        return played

    def _open(self, url: str) -> list[str]:
        whole = httpx.get(url + self.path, timeout=20).json()
        rounds = whole["stages"][0]["groups"][0]["rounds"]
        return [m["id"] for r in rounds for m in r["matches"] if m["state"] == "ready"]


@contextmanager
def receiver(port: int, secret: str, log: Path, seconds: float) -> Iterator[None]:
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, RECEIVER, str(port), secret, str(seconds)], stdout=out
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def came(log: Path) -> list[str]:
    """The messages that came, by id and type."""
    lines = log.read_text().splitlines()
    assert not [line for line in lines if line.startswith("bad")]
    return lines


def wait_until(is_so: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def written(database_url: str) -> list[str]:
    """The facts of the log that the webhook wants, by id and type."""
    found = rows(
        database_url,
        "SELECT epoch, e.seq, type FROM lobby_event e JOIN lobby_stream s ON name = stream_id"
        " WHERE name = 'facts' ORDER BY e.seq",
    )
    return [f"{epoch}-{seq} {kind}" for epoch, seq, kind in found if kind in TYPES]


def in_order(lines: Sequence[str]) -> list[str]:
    """What came, each once; fails where something came again after what follows it."""
    once = list(dict.fromkeys(lines))
    numbers = [int(line.split()[0].rpartition("-")[2]) for line in once]
    assert numbers == sorted(numbers)
    return once


def test_a_server_that_is_killed_in_mid_delivery_delivers_all(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "came"
    with MatchpointServer(**ALLOWED) as server:
        cup = Cup(server.url, port)
        with receiver(port, cup.secret, log, 0.4):
            cup.play(server.url)
            wait_until(lambda: len(came(log)) >= 3)
            server.kill()
            assert len(came(log)) < PLAYERS, "it was too late"
            server.start()
            wait_until(lambda: set(came(log)) >= set(written(server.database_url)))
        assert in_order(came(log)) == written(server.database_url)
        assert len(written(server.database_url)) == PLAYERS
        repeated = [line for line, each in groupby(sorted(came(log))) if len(list(each)) > 1]
        assert len(repeated) <= 33, "no more than what was not yet stored"


@pytest.mark.services
def test_of_two_processes_one_delivers_and_the_other_goes_on_after_its_end(
    postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    database, port, log = new_database(postgres), free_port(), tmp_path / "came"
    shared = {"database_url": database, "redis_url": redis_server.url, **ALLOWED}
    with (
        MatchpointServer(**shared) as here,
        MatchpointServer(server="uvicorn", **shared) as there,
    ):
        cup = Cup(here.url, port)
        with receiver(port, cup.secret, log, 0.0):
            for number in range(10):
                cup.play((here, there)[number % 2].url, 1)
            wait_until(lambda: len(came(log)) >= 10)
            time.sleep(0.5)
            assert came(log) == written(database), "each once, and in order"
            here.kill()
            cup.play(there.url)
            wait_until(lambda: set(came(log)) >= set(written(database)))
        assert in_order(came(log)) == written(database)
