"""Rooms on one core: how many before steps come late, and how soon an input shows."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import quantiles

import uvloop

from ..idle import raise_open_files
from ..servers import Kind, Running, running
from .kinds import LOAD_CORE, lateness, make_rooms
from .players import Keys, Player, seat

#: A step that is later than this has missed the next one.
LATE_MS = 1000 / 60
_SETTLE_SECONDS = 5.0
_TOGETHER, _FROM = 10, "127.0.0.2"


@dataclass(frozen=True)
class Stage:
    """One number of rooms; times in milliseconds, the rest for each player or room."""

    rooms: int
    late_p50: float
    late_p99: float
    core: float
    states_a_second: float
    bytes_a_second: float
    shown_p50: float
    shown_p99: float
    room_kib: float
    refused: int


class Hall:
    """A server, and the players in its rooms."""

    def __init__(self, server: Running, most: int) -> None:
        self.server = server
        self.seats = make_rooms(server, most)
        self._empty_bytes = server.memory_bytes()
        self.players: list[Player] = []
        self.rooms = 0
        self._keys = Keys()

    async def fill(self, rooms: int, *, alone: bool = False) -> None:
        """Let players come until there are so many rooms; `alone`, they wait for the others."""
        while self.rooms < rooms:
            some = self.seats[self.rooms : min(rooms, self.rooms + _TOGETHER)]
            self.rooms += len(some)
            comes = [seat(self.server.port, pair[: 1 if alone else 2], _FROM) for pair in some]
            for players in await asyncio.gather(*comes):
                self.players += players
                self._keys.add(players)
        await asyncio.sleep(_SETTLE_SECONDS)

    async def measure(self, seconds: float) -> Stage:
        """Watch for so long."""
        await asyncio.to_thread(lateness, self.server)
        before = [(one.states, one.bytes, one.refused) for one in self.players]
        for one in self.players:
            one.delays.clear()
        loop = asyncio.get_running_loop()
        began, cpu = loop.time(), self.server.cpu_seconds()
        await asyncio.sleep(seconds)
        passed, cpu = loop.time() - began, self.server.cpu_seconds() - cpu
        late = await asyncio.to_thread(lateness, self.server)
        after = [(one.states, one.bytes, one.refused) for one in self.players]
        states, size, refused = (
            sum(row[at] for row in after) - sum(row[at] for row in before) for at in range(3)
        )
        delays = [1000 * delay for one in self.players for delay in one.delays]
        cuts = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
        each = passed * max(1, len(self.players))
        memory = (self.server.memory_bytes() - self._empty_bytes) / max(1, self.rooms) / 1024
        return Stage(
            self.rooms, late["p50"], late["p99"], cpu / passed, states / each, size / each,
            cuts[49], cuts[98], memory, refused,
        )  # fmt: skip

    def close(self) -> None:
        """Everybody leaves."""
        self._keys.stop()
        for one in self.players:
            one.transport.abort()


@asynccontextmanager
async def hall(kind: Kind, most: int) -> AsyncIterator[Hall]:
    """Start a server on its core, with so many rooms made; this process takes the other core."""
    raise_open_files()
    os.sched_setaffinity(0, {LOAD_CORE})
    with running(kind) as server:
        opened = Hall(server, most)
        try:
            yield opened
        finally:
            opened.close()


async def _climb(kind: Kind, start: int, factor: float, most: int, seconds: float) -> list[Stage]:
    stages: list[Stage] = []
    async with hall(kind, most) as opened:
        rooms = start
        while rooms <= most:
            await opened.fill(rooms)
            stages.append(stage := await opened.measure(seconds))
            print(f"  {kind.name}: {stage}", file=sys.stderr, flush=True)
            if stage.late_p99 > LATE_MS:
                break
            rooms = max(rooms + 10, int(rooms * factor))
    return stages


def climb(
    kind: Kind, *, start: int = 400, factor: float = 1.2, most: int = 2400, seconds: float = 10.0
) -> list[Stage]:
    """More and more rooms, until the p99 lateness of a step is a step."""
    return uvloop.run(_climb(kind, start, factor, most, seconds))
