"""Two bots at a table: a match of a pool that plays Pong, and what is stored of it."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from play.engine.game import GameOutcome, Reason
from play.engine.record import Recorded, check_record
from play.pong import Pong
from tests.server import add_pool, rows
from tournament_site.clients.bots import Bot
from tournament_site.clients.site import Site

PATIENCE_SECONDS = 45.0


@dataclass(frozen=True)
class Table:
    """A match, the database that has it, and its two bots."""

    match: str
    database_url: str
    bots: tuple[Bot, Bot]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement returns, `{match}` standing for the match's key."""
        is_postgres = self.database_url.startswith("postgres")
        key = self.match if is_postgres else self.match.replace("-", "")
        return rows(self.database_url, statement.format(match=f"'{key}'"))

    def stored(self) -> tuple[Any, ...]:
        """The room's row: who runs it, the fence, the step, whether it is live."""
        found = self.rows(
            "SELECT host_id, fence, length, is_live FROM play_roomrow WHERE match_id = {match}"
        )
        return found[0] if found else (None, 0, 0, False)

    async def play(self) -> None:
        """Both bots play the match to its end, in a room where the first one comes in."""
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as playing:
            playing.create_task(self.bots[0].play(self.match))
            await until(lambda: self.stored()[1] > 0)
            playing.create_task(self.bots[1].play(self.match))

    async def reaches(self, step: int) -> None:
        """Wait until so many steps are stored."""
        await until(lambda: self.stored()[2] >= step)

    async def resign(self) -> None:
        """The first player gives up, as soon as it is connected."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.bots[0].finished:
                await self.bots[0].resign()
                await asyncio.sleep(0.2)

    def check_result(self) -> None:
        """The match has ended once, its game is stored once, and the record leads to it."""
        [(state, outcome, winner)] = self.rows(
            "SELECT state, outcome, winner FROM matchmaking_match WHERE id = {match}"
        )
        assert (state, outcome) == ("finished", "played")
        rated = self.rows(
            "SELECT count(*) FROM matchmaking_ratingchange JOIN matchmaking_ratedmatch"
            " ON matchmaking_ratedmatch.id = rated_id WHERE match_id = {match}"
        )
        assert rated == [(2,)]
        [(settings, seed, first, record, length, won_by, scores, reason)] = self.rows(
            "SELECT settings, seed, first, record, length, winner, scores, reason"
            " FROM play_playedgame WHERE match_id = {match}"
        )
        first_points, other_points = read(scores)
        recorded = Recorded(read(settings), seed, first, bytes(record), length)
        stored = GameOutcome(won_by, (first_points, other_points), Reason(reason))
        check_record(Pong(), recorded, stored)
        assert won_by == winner

    def check_absence(self) -> None:
        """Nobody's absence was charged, but for the moment between the first and the second."""
        [(left,)] = self.rows("SELECT absence_ms FROM play_roomrow WHERE match_id = {match}")
        assert min(read(left)) > 59_000


def read(value: Any) -> Any:
    """A JSON column: text from SQLite, read already from PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value


async def until(holds: Callable[[], bool], *, within: float = PATIENCE_SECONDS) -> float:
    """Wait until something holds; returns after how many seconds."""
    began = time.monotonic()
    while not await asyncio.to_thread(holds):
        assert time.monotonic() - began < within, "This never came about."
        await asyncio.sleep(0.05)
    return time.monotonic() - began


def pong_pool(database_url: str, *, points: int = 2) -> str:
    """A pool of its own that plays Pong."""
    slug = f"pong_{secrets.token_hex(4)}"
    settings = json.dumps({"points": points})
    add_pool(database_url, slug, plays="'pong'", play_settings=f"'{settings}'")
    return slug


async def meet(database_url: str, *sites: Site, points: int = 1) -> Table:
    """Two bots who queue, each at one of these sites, and are matched; they do not play yet."""
    pool = await asyncio.to_thread(pong_pool, database_url, points=points)
    bots = [
        Bot(site, f"{name} {secrets.token_hex(3)}", 1, Random(1))
        for site, name in zip((sites[0], sites[-1]), ("Ann", "Bob"), strict=True)
    ]
    async with asyncio.timeout(PATIENCE_SECONDS):
        match, same = await asyncio.gather(*(bot.queue(pool) for bot in bots))
    assert match == same
    return Table(match, database_url, (bots[0], bots[1]))
