"""From 1,000 to 20,000 lobby sockets: what a delivery costs, and when the last has a message."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import uvloop

from . import plots
from .idle import raise_open_files
from .servers import (
    BARE_DAPHNE,
    BARE_UVICORN,
    MATCHPOINT_DAPHNE,
    MATCHPOINT_UVICORN,
    ROOT,
    Kind,
    Running,
    running,
)
from .sockets import MARK, Client, connect_many

_SIZES = (1_000, 2_000, 5_000, 10_000, 20_000)
#: Open files of a server that are no sockets of the lobby.
_OTHER_FILES = 250
_DELIVERIES = 200_000
_FEWEST_MESSAGES = 10
_CHARS = 120
_SETTLE_SECONDS = 2.0
_GIVE_UP_SECONDS = 60.0

KERNEL = Kind("kernel send()", (sys.executable, "-m", "benchmarks.apps.kernel", "{port}"))
KINDS = (MATCHPOINT_UVICORN, BARE_UVICORN, MATCHPOINT_DAPHNE, BARE_DAPHNE, KERNEL)


@dataclass(frozen=True)
class Point:
    """A server with so many sockets."""

    sockets: int
    cpu_us: float
    last_ms: float
    memory_kib: float
    lost: int


class _Tally:
    """Counts what all sockets receive."""

    def __init__(self) -> None:
        self.count = 0
        self._goal = -1
        self._reached: asyncio.Future[float] | None = None

    def expect(self, more: int) -> "asyncio.Future[float]":
        self._goal = self.count + more
        self._reached = asyncio.get_running_loop().create_future()
        return self._reached

    def __call__(self, frame: bytes) -> None:
        self.count += 1
        if self.count == self._goal and self._reached is not None:
            self._reached.set_result(time.perf_counter())


async def _point(server: Running, clients: list[Client], tally: _Tally, before: int) -> Point:
    await asyncio.sleep(_SETTLE_SECONDS)
    count = len(clients)
    memory = (server.memory_bytes() - before) / count / 1024
    messages = max(_FEWEST_MESSAGES, _DELIVERIES // count)
    lasts, lost, cpu = [], 0, server.cpu_seconds()
    for number in range(messages):
        text = f"{MARK.decode()}{number} ".ljust(_CHARS, "x")
        reached, began = tally.expect(count), time.perf_counter()
        clients[number * count // messages].send(json.dumps({"type": "chat", "text": text}))
        try:
            lasts.append(await asyncio.wait_for(reached, _GIVE_UP_SECONDS) - began)
        except TimeoutError:
            lost += 1
    cpu = server.cpu_seconds() - cpu
    return Point(count, cpu / messages / count * 1e6, median(lasts) * 1e3, memory, lost)


async def _measure(kind: Kind, sizes: tuple[int, ...]) -> list[Point]:
    points = []
    with running(kind) as server:
        before, tally = server.memory_bytes(), _Tally()
        clients: list[Client] = []
        for size in sizes:
            more = await connect_many(server.port, "/ws", size - len(clients), len(clients))
            for client in more:
                client.watch = tally
            clients += more
            points.append(await _point(server, clients, tally, before))
        for client in clients:
            client.transport.abort()
    return points


def report(runs: int) -> None:
    """Print the table, and draw the plots again; medians of the runs."""
    most = raise_open_files() - _OTHER_FILES
    sizes = tuple(min(size, most) for size in _SIZES)
    found: dict[str, list[list[Point]]] = {kind.name: [] for kind in KINDS}
    for number in range(1, runs + 1):
        for kind in KINDS:
            print(f"  run {number} of {runs}: {kind.name}", file=sys.stderr, flush=True)
            found[kind.name].append(uvloop.run(_measure(kind, sizes)))
    points = {
        name: [_middle(of) for of in zip(*of_runs, strict=True)] for name, of_runs in found.items()
    }
    _print(points)
    _draw("sockets-cpu.svg", "What one delivery costs", "CPU, us", points, lambda at: at.cpu_us)
    _draw("sockets.svg", "When the last has it", "ms", points, lambda at: at.last_ms)


def _middle(of: tuple[Point, ...]) -> Point:
    return Point(
        of[0].sockets,
        median(each.cpu_us for each in of),
        median(each.last_ms for each in of),
        median(each.memory_kib for each in of),
        sum(each.lost for each in of),
    )


def _print(points: dict[str, list[Point]]) -> None:
    print("\n| server | sockets | CPU per delivery, us | x bare | x kernel ", end="")
    print("| the last has it, ms | x bare | x kernel | KiB per socket | lost |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, of in points.items():
        bare = points.get(f"bare {name.rsplit(' ', 1)[-1]}", [])
        kernel = points[KERNEL.name]
        for number, at in enumerate(of):
            others = [beside[number] if beside else None for beside in (bare, kernel)]
            cells = [
                f"{name} | {at.sockets:,} | {at.cpu_us:.1f}",
                *(_ratio(at.cpu_us, other.cpu_us if other else None) for other in others),
                f"{at.last_ms:.0f}",
                *(_ratio(at.last_ms, other.last_ms if other else None) for other in others),
                f"{at.memory_kib:.1f} | {at.lost}",
            ]
            print(f"| {' | '.join(cells)} |")


def _ratio(value: float, other: float | None) -> str:
    return "-" if other is None else f"{value / other:.2f}"


def _draw(
    file: str, title: str, up: str, points: dict[str, list[Point]], value: Callable[[Point], float]
) -> None:
    curves = {name: [(at.sockets, value(at)) for at in of] for name, of in points.items()}
    (ROOT / "docs" / file).write_text(plots.draw(title, "sockets", up, curves))
