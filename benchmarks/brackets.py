"""Brackets: how long they take to build, store, advance and show.

The peer is brackets-manager (npm), which builds its brackets in memory; it is installed into a
temporary folder, and skipped without npm.
"""

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from websockets.sync.client import connect

from tournaments.engine.elimination import double_elimination, resolve

from .servers import MATCHPOINT_UVICORN, Running, running

LARGE, SMALL = 1024, 8
PEER = ("brackets-manager@1.11.1", "brackets-memory-db@1.0.5")
_RESULTS = 4  # the first-round matches of the smaller bracket
_WARM_UP = 3

_PEER_SCRIPT = """
const { BracketsManager } = require("brackets-manager");
const { InMemoryDatabase } = require("brackets-memory-db");
const [players, runs] = process.argv.slice(2).map(Number);
const seeding = Array.from({ length: players }, (_, i) => `Player ${i + 1}`);
(async () => {
  const seconds = [];
  for (let run = 0; run < runs; run += 1) {
    const manager = new BracketsManager(new InMemoryDatabase());
    const start = process.hrtime.bigint();
    await manager.create.stage({
      tournamentId: 0, name: "Bench", type: "double_elimination", seeding,
      settings: { grandFinal: "double" },
    });
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  console.log(JSON.stringify(seconds));
})();
"""


@dataclass(frozen=True)
class Building:
    """Seconds to build a large double elimination: by the peer, by the engine, and by POST.

    `peer` is None where npm is missing.
    """

    peer: float | None
    engine: float
    post: float


@dataclass(frozen=True)
class Playing:
    """Milliseconds from a result's POST to the lobby's event, in a small and a large bracket."""

    small_ms: float
    large_ms: float


@dataclass(frozen=True)
class Page:
    """The page of a large bracket: milliseconds to load it, and its bytes before compression.

    `first_ms` is for its first reader, `same_ms` while nothing changes, `next_ms` after a result.
    """

    first_ms: float
    same_ms: float
    next_ms: float
    size: int


def _peer(runs: int) -> float | None:
    if not (shutil.which("npm") and shutil.which("node")):
        print("brackets-manager is skipped: it needs node and npm.", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PEER]
        subprocess.run(install, cwd=folder, check=True, capture_output=True)
        script = Path(folder) / "bench.js"
        script.write_text(_PEER_SCRIPT)
        command = ["node", str(script), str(LARGE), str(runs + 1)]
        output = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    seconds: list[float] = json.loads(output.stdout)
    return median(seconds[1:])


def _timed(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def _build() -> object:
    bracket = double_elimination.__wrapped__(LARGE)
    return resolve(bracket, {})


class _Site:
    """A measured server, requested over one kept-alive connection."""

    def __init__(self, server: Running) -> None:
        self.port = server.port
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        """Post JSON; returns the answer, which must be a success."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._connection.request("POST", path, json.dumps(body), headers)
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        assert response.status in {200, 201}, answer
        return answer

    def get(self, path: str) -> bytes:
        """The body of a page."""
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, path
        return body

    def tournament(self, players: int, format_: str) -> dict[str, Any]:
        """Make and start a tournament."""
        names = [f"Player {number}" for number in range(1, players + 1)]
        body = {"players": names, "format": format_, "name": f"{players} players"}
        return self.post("/tournament", body)

    def results(self, made: dict[str, Any], count: int) -> Iterator[float]:
        """Enter results of the first round; yields the milliseconds until the lobby has each."""
        whole = json.loads(self.get(f"/api/tournaments/{made['tournament']['id']}"))
        [stage] = whole["stages"]
        matches = stage["groups"][0]["rounds"][0]["matches"]
        ready = [match["id"] for match in matches if match["state"] == "ready"][:count]
        with connect(f"ws://127.0.0.1:{self.port}/ws") as lobby:
            lobby.recv()
            for match in ready:
                path = f"/api/tournaments/{made['tournament']['id']}/matches/{match}/result"
                start = time.perf_counter()
                self.post(path, {"scores": [1, 0]}, made["token"])
                while json.loads(lobby.recv())["type"] != "match_finished":
                    pass
                yield (time.perf_counter() - start) * 1e3


@contextmanager
def _site() -> Iterator[_Site]:
    with running(MATCHPOINT_UVICORN) as server:
        site = _Site(server)
        with closing(site._connection):
            yield site


def measure(runs: int) -> tuple[Building, Playing, Page]:
    """Measure all three, `runs` times each; medians."""
    peer, engine = _peer(runs), _timed(_build, runs)
    with _site() as site:
        for _ in range(_WARM_UP):
            list(site.results(site.tournament(SMALL, "double_elimination"), _RESULTS))
        post = _timed(lambda: site.tournament(LARGE, "double_elimination"), runs)
        small, large = (
            median(
                delay
                for _ in range(runs)
                for delay in site.results(site.tournament(players, "double_elimination"), _RESULTS)
            )
            for players in (SMALL, LARGE)
        )
        page = _page(site, runs)
    return Building(peer, engine, post), Playing(small, large), page


def _page(site: _Site, runs: int) -> Page:
    first, same, after = [], [], []
    for _ in range(runs):
        made = site.tournament(LARGE, "double_elimination")
        path = f"/tournaments/{made['tournament']['id']}"
        first.append(_timed(partial(site.get, path), 1))
        same.append(_timed(partial(site.get, path), 5))
        for _ in site.results(made, 5):
            after.append(_timed(partial(site.get, path), 1))
    size = len(site.get(path))
    return Page(median(first) * 1e3, median(same) * 1e3, median(after) * 1e3, size)


def report(runs: int) -> None:
    """Measure, and print the tables."""
    building, playing, page = measure(runs)
    print(f"\nDouble elimination of {LARGE} players\n")
    print("| what | ms | x brackets-manager |\n|---|---|---|")
    rows = (
        ("brackets-manager builds it in memory", building.peer),
        ("the engine builds it", building.engine),
        ("POST /tournament to its response, stored", building.post),
    )
    for what, seconds in rows:
        if seconds is not None:
            ratio = f"{seconds / building.peer:.2f}" if building.peer else "-"
            print(f"| {what} | {seconds * 1e3:.0f} | {ratio} |")
    print("\nFrom a result's POST to the lobby's event\n")
    print("| players | ms | ratio |\n|---|---|---|")
    print(f"| {SMALL} | {playing.small_ms:.1f} | 1.00 |")
    print(f"| {LARGE} | {playing.large_ms:.1f} | {playing.large_ms / playing.small_ms:.2f} |")
    print(f"\nThe page of {LARGE} players, {page.size / 1000:.0f} kB\n")
    print("| read | ms |\n|---|---|")
    print(f"| for the first time | {page.first_ms:.0f} |")
    print(f"| again, unchanged | {page.same_ms:.0f} |")
    print(f"| after the result of one match | {page.next_ms:.0f} |")
