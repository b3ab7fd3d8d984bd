"""Everything about rooms, as tables in Markdown."""

import sys
import timeit
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from statistics import median

import uvloop

from play.engine.game import SIDES
from play.pong import Pong
from play.pong.engine import Ball, step

from .. import lobby
from ..servers import Kind
from . import network
from .kinds import colyseus, matchpoint
from .rooms import LATE_MS, Stage, climb, hall

_SECONDS = 8.0
_IDLE_ROOMS = 1_000
_BESIDE_LOBBY = 50


@dataclass(frozen=True)
class Row:
    """What is shown of one stage."""

    server: str
    rooms: int
    core: str
    us_for_a_room: str
    late_p99_ms: str
    shown_p50_ms: str
    shown_p99_ms: str
    states_a_second: str
    bytes_a_second: str
    kib_for_a_room: str

    @classmethod
    def of(cls, name: str, stage: Stage) -> "Row":
        """A stage in words."""
        return cls(
            name, stage.rooms, f"{stage.core:.0%}", f"{1e6 * stage.core / stage.rooms:.0f}",
            f"{stage.late_p99:.1f}", f"{stage.shown_p50:.1f}", f"{stage.shown_p99:.1f}",
            f"{stage.states_a_second:.1f}", f"{stage.bytes_a_second:.0f}",
            f"{stage.room_kib:.0f}",
        )  # fmt: skip


def _show(rows: Sequence[Row]) -> None:
    names = [field.name.replace("_", " ") for field in fields(Row)]
    print(f"| {' | '.join(names)} |")
    print("|" + "---|" * len(names))
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in astuple(row))} |", flush=True)


def report(runs: int) -> None:
    """How many rooms fit on a core, and what half of them see."""
    peer = colyseus()
    kinds = [matchpoint("uvicorn"), matchpoint("daphne"), *([peer] if peer else [])]
    print("\nRooms of Pong on one core, 60 steps a second, until the p99 lateness is a step\n")
    most = {kind.name: _most(kind, runs) for kind in kinds}
    _show([Row.of(name, stage) for name, stage in most.items()])
    print("\nAt half of that\n")
    _show([Row.of(kind.name, _at(kind, most[kind.name].rooms // 2)) for kind in kinds])
    print("\nThirty full states a second instead of events and six, as many rooms\n")
    full = matchpoint("uvicorn", QUIET_STEPS="2")
    rooms = most["matchpoint uvicorn"].rooms // 2
    _show([Row.of("as it is", _at(kinds[0], rooms)), Row.of("full states", _at(full, rooms))])
    _show_lobby()
    _show_network()
    print(f"\nA step of the engine: {_step_ns():.0f} ns.")
    print(f"{_IDLE_ROOMS} rooms in which one player waits: {_idle():.1%} of a core.")


def _most(kind: Kind, runs: int) -> Stage:
    """The last stage that was in time; the best of the runs, since others use the machine too."""
    found = []
    for _ in range(runs):
        stages = climb(kind, seconds=_SECONDS)
        found.append(max((one for one in stages if one.late_p99 <= LATE_MS), key=_rooms))
    return max(found, key=_rooms)


def _rooms(stage: Stage) -> int:
    return stage.rooms


def _at(kind: Kind, rooms: int) -> Stage:
    async def measured() -> Stage:
        async with hall(kind, rooms) as opened:
            await opened.fill(rooms)
            return await opened.measure(_SECONDS)

    print(f"  {kind.name}: {rooms} rooms", file=sys.stderr, flush=True)
    return uvloop.run(measured())


def _show_lobby() -> None:
    print("\nThe lobby with 200 sockets, beside rooms that are being played\n")
    print("| rooms | p50 ms | p99 ms | lost |\n|---|---|---|---|")
    for rooms in (0, _BESIDE_LOBBY):
        found = [_lobby_beside(rooms) for _ in range(3)]
        p50, p99 = median(one.p50_ms for one in found), median(one.p99_ms for one in found)
        print(f"| {rooms} | {p50:.1f} | {p99:.1f} | {sum(one.lost for one in found)} |")


def _lobby_beside(rooms: int) -> lobby.Figures:
    async def measured() -> lobby.Figures:
        async with hall(matchpoint("uvicorn"), max(1, rooms)) as opened:
            await opened.fill(rooms)
            return await lobby.measure_on(opened.server, 200)

    return uvloop.run(measured())


def _show_network() -> None:
    if not network.NODE.exists():
        return
    print("\nTwo pages: large corrections of the own paddle, and frames until it answers\n")
    print(
        "| network | frames | corrected | of 1,000 | answers p50 | p99 |\n|---|---|---|---|---|---|"
    )
    for name, one in (("loopback", network.LOOPBACK), ("bad", network.Network())):
        seen = network.measure(one)
        cells = (seen.frames, seen.large, f"{1000 * seen.large / seen.frames:.1f}")
        print(f"| {name} | {' | '.join(map(str, cells))} ", end="")
        print(f"| {seen.answered_p50} | {seen.answered_p99} |")


def _step_ns() -> float:
    """One step of Pong, over a game of two computers."""
    game = Pong()
    state = game.setup(game.settings(points=3), seed=1, first=0)
    states: list[Ball] = []
    while game.outcome(state) is None and len(states) < 20_000:
        states.append(state)
        held = [game.bot(state, side, strength=side + 1, chance=None) for side in range(SIDES)]  # type: ignore[arg-type]
        state = game.step(state, (held[0], held[1]))
    best = min(timeit.repeat(lambda: [step(one, 1, 2) for one in states], number=5, repeat=5))
    return best / 5 / len(states) * 1e9


def _idle() -> float:
    """The part of a core that rooms in waiting take."""

    async def measured() -> float:
        async with hall(matchpoint("uvicorn", ABSENCE_SECONDS="600"), _IDLE_ROOMS) as opened:
            await opened.fill(_IDLE_ROOMS, alone=True)
            return (await opened.measure(_SECONDS)).core

    return uvloop.run(measured())
