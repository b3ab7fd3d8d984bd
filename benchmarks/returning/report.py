"""Five thousand sockets come back at once after a restart of the server."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Any

import uvloop

from ..idle import raise_open_files
from ..servers import MATCHPOINT_DAPHNE, MATCHPOINT_UVICORN, Kind, Running, on_both_servers, running
from ..sockets import connect_many
from .others import A_SECOND, SOCKETS, Others
from .sockets import come_back

CROWD = 5_000
#: How many events back they stopped. The far ones are no longer in memory.
NEAR, FAR = (10, 30), (310, 330)
_LINES = 400
_MEASURED_SECONDS = 4.0
_SETTLE_SECONDS = 2.0
_GIVE_UP_SECONDS = 90.0

BARE_UVICORN, BARE_DAPHNE = on_both_servers("bare", "benchmarks.apps.resuming:application")


@dataclass(frozen=True)
class Storm:
    """One return of all: seconds until each is greeted, and what the others measure."""

    first_s: float
    p50_s: float
    p99_s: float
    last_s: float
    cpu_ms: float
    refused: int
    lost: int
    others: dict[str, float]


@dataclass(frozen=True)
class Figures:
    """Both returns, and what the others measure while all are there and quiet."""

    at_rest: dict[str, float]
    near: Storm
    far: Storm


@contextmanager
def _others(server: Running) -> Iterator[Others]:
    others = Others(server.port)
    try:
        yield others
    finally:
        others.leave()


async def _at_rest(server: Running) -> dict[str, float]:
    """All are there, and nothing is said but by the others."""
    with _others(server) as others:
        await others.ask(f"say {_LINES}")
        crowd = await connect_many(server.port, "/ws", CROWD)
        await asyncio.sleep(_SETTLE_SECONDS)
        await others.ask("begin")
        await asyncio.sleep(_MEASURED_SECONDS)
        found = await others.ask("end")
    await asyncio.to_thread(server.stop)
    for each in crowd:
        each.transport.abort()
    return found


async def _storm(server: Running, others: Others, back: tuple[int, int]) -> Storm:
    start = await others.ask("begin")
    chance = Random(1)
    places = [start["seq"] - chance.randint(*back) for _ in range(CROWD)]
    cpu = server.cpu_seconds()
    crowd, seconds, refused = await come_back(
        server.port, start["epoch"], places, goal=start["seq"]
    )
    cpu = server.cpu_seconds() - cpu
    end: dict[str, Any] = await others.ask("end")
    deadline = asyncio.get_running_loop().time() + _GIVE_UP_SECONDS
    while any(each.last < end["seq"] for each in crowd):
        await asyncio.sleep(0.05)
        if asyncio.get_running_loop().time() > deadline:
            break
    lost = sum(each.wrong + (each.last < end["seq"]) for each in crowd)
    for each in crowd:
        each.transport.abort()
    return Storm(
        seconds[0],
        seconds[len(seconds) // 2],
        seconds[len(seconds) * 99 // 100],
        seconds[-1],
        cpu * 1e3,
        refused,
        int(lost + end["wrong"]),
        end,
    )


async def _measure(kind: Kind) -> Figures:
    with running(kind) as server:
        at_rest = await _at_rest(server)
        await asyncio.to_thread(server.start)
        with _others(server) as others:
            await others.ask("begin")
            await asyncio.sleep(_SETTLE_SECONDS)
            near = await _storm(server, others, NEAR)
            await asyncio.sleep(_SETTLE_SECONDS)
            far = await _storm(server, others, FAR)
    return Figures(at_rest, near, far)


def measure(kind: Kind) -> Figures:
    """Measure one server."""
    raise_open_files()
    return uvloop.run(_measure(kind))


def report(runs: int) -> None:
    """Print two tables for each way back; the medians of the runs."""
    pairs = ((MATCHPOINT_UVICORN, BARE_UVICORN), (MATCHPOINT_DAPHNE, BARE_DAPHNE))
    figures: dict[str, list[Figures]] = {}
    for number in range(runs):
        for kind in (kind for pair in pairs for kind in pair):
            print(f"  run {number + 1} of {runs}: {kind.name}", file=sys.stderr, flush=True)
            figures.setdefault(kind.name, []).append(measure(kind))
    for name, back in (("near", NEAR), ("far", FAR)):
        print(f"\n{CROWD} sockets come back at once, {back[0]} to {back[1]} events behind\n")
        print(
            "| server | greeted, s: first | p50 | p99 | last | x bare | CPU a socket, us ", end=""
        )
        print("| x bare | refused | lost |\n|---|---|---|---|---|---|---|---|---|---|")
        for pair in pairs:
            storms = [[getattr(each, name) for each in figures[kind.name]] for kind in pair]
            for kind, of in zip(pair, storms, strict=True):
                _print_storm(kind.name, of, storms[1])
    print(
        f"\nWhat {SOCKETS} others notice, {A_SECOND} lines and {A_SECOND} requests a second, ms\n"
    )
    print("| server | when | a line: p50 | p99 | most | none for | a request: p50 | p99 | most |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in (kind for pair in pairs for kind in pair):
        of = figures[kind.name]
        _print_others(f"{kind.name} | at rest", [each.at_rest for each in of])
        _print_others(f"{kind.name} | {NEAR[1]} behind", [each.near.others for each in of])
        _print_others(f"{kind.name} | {FAR[1]} behind", [each.far.others for each in of])


def _median(of: list[Storm], field: str) -> float:
    return float(median(getattr(each, field) for each in of))


def _print_storm(name: str, of: list[Storm], bare: list[Storm]) -> None:
    cells = [f"{_median(of, field):.2f}" for field in ("first_s", "p50_s", "p99_s", "last_s")]
    cells.append(f"{_median(of, 'last_s') / _median(bare, 'last_s'):.2f}")
    cells.append(f"{_median(of, 'cpu_ms') / CROWD * 1e3:.0f}")
    cells.append(f"{_median(of, 'cpu_ms') / _median(bare, 'cpu_ms'):.2f}")
    cells += [str(sum(each.refused for each in of)), str(sum(each.lost for each in of))]
    print(f"| {name} | {' | '.join(cells)} |")


def _print_others(name: str, of: list[dict[str, float]]) -> None:
    fields = ("line_p50", "line_p99", "line_most", "gap", "asked_p50", "asked_p99", "asked_most")
    cells = [f"{median(each[field] for each in of):.0f}" for field in fields]
    print(f"| {name} | {' | '.join(cells)} |")
