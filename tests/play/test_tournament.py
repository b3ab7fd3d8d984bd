"""Eight bots play a tournament to its winner, on one process and on three that lose one."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from random import Random

from tests.faults.site import ShakenSite
from tests.server import MatchpointServer, new_database, rows
from tests.services import PostgresServer, RedisServer
from tournament_site.bots import Bot
from tournament_site.demo.site import Json, Site

from .balancer import Balancer
from .table import until

ENTRANTS, MATCHES = 8, 7
FINISHED = "SELECT count(*) FROM matchmaking_match WHERE state = 'finished'"
HOSTS = "SELECT count(DISTINCT host_id) FROM play_roomrow WHERE length > 0"


async def entered(site: Site, bots: Sequence[Bot]) -> str:
    """A tournament of Pong for which these bots register, and which has begun."""
    wish = {
        "name": f"Cup {secrets.token_hex(3)}", "entry": "open", "capacity": len(bots),
        "plays": "pong", "play_settings": {"points": 1},
    }  # fmt: skip
    made = await site.ask("POST", "/tournament", wish)
    tournament, token = made["tournament"]["id"], made["token"]
    await site.ask("POST", f"/api/tournaments/{tournament}/registration", None, token)
    for bot in bots:
        await bot.register(tournament)
    await site.ask("POST", f"/api/tournaments/{tournament}/start", None, token)
    return str(tournament)


def check(tournament: Json, database_url: str) -> None:
    """It has a winner, and each of its matches was played once."""
    [stage] = tournament["stages"]
    [group] = stage["groups"]
    final = group["rounds"][-1]["matches"][0]
    assert tournament["state"] == "finished" and final["winner"] is not None
    assert rows(database_url, FINISHED) == [(MATCHES,)]
    games = "SELECT count(*), count(DISTINCT match_id) FROM play_playedgame"
    assert rows(database_url, games) == [(MATCHES, MATCHES)]


def eight(*sites: Site) -> list[Bot]:
    """Bots at these sites in turn."""
    return [Bot(sites[n % len(sites)], f"Bot {n}", 1, Random(n)) for n in range(ENTRANTS)]


async def play_out(tournament: str, bots: Sequence[Bot]) -> None:
    """Every bot plays its matches until there is a winner."""
    async with asyncio.timeout(100), asyncio.TaskGroup() as playing:
        for bot in bots:
            playing.create_task(bot.play_tournament(tournament))


async def test_on_one_process() -> None:
    with MatchpointServer() as server:
        site = Site(server.url)
        bots = eight(site)
        tournament = await entered(site, bots)
        await play_out(tournament, bots)
        check(await site.ask("GET", f"/api/tournaments/{tournament}"), server.database_url)
        assert [bot.problems for bot in bots] == [[]] * ENTRANTS


async def test_on_three_processes_of_which_one_is_killed(
    postgres: PostgresServer, redis_server: RedisServer
) -> None:
    database = new_database(postgres)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                ShakenSite(server=kind, database_url=database, redis_url=redis_server.url)
            )
            for kind in ("daphne", "uvicorn", "daphne")
        ]
        async with AsyncExitStack() as balancers:
            sites = [
                (await balancers.enter_async_context(Balancer(*servers[n:], *servers[:n]))).site
                for n in range(3)
            ]
            bots = eight(*sites)
            tournament = await entered(sites[0], bots)
            playing = asyncio.create_task(play_out(tournament, bots))
            await until(lambda: rows(database, HOSTS)[0][0] > 1)
            await asyncio.to_thread(servers[0].kill)
            await playing
            check(await sites[1].ask("GET", f"/api/tournaments/{tournament}"), database)
