"""Eight bots play a tournament to its winner, on one process and on three that lose one."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from random import Random

from tests.faults.site import ShakenSite
from tests.server import MatchpointServer, new_database, rows
from tests.services import PostgresServer, RedisServer
from tournament_site.clients.bots import Bot
from tournament_site.clients.site import Json, Site
from tournament_site.demo.demo_run import DemoRun
from tournament_site.demo.games import play_games

from .balancer import Balancer
from .table import until

ENTRANTS, MATCHES = 8, 7
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


def winner_of(tournament: Json) -> Json:
    """The side that won the final."""
    [stage] = tournament["stages"]
    [group] = stage["groups"]
    final = group["rounds"][-1]["matches"][0]
    found: Json = final["sides"][final["winner"]]
    return found


def check(tournament: Json, database_url: str) -> None:
    """It has a winner, and each of its matches was played once."""
    assert tournament["state"] == "finished" and winner_of(tournament)["name"]
    games = (
        "SELECT count(*), count(DISTINCT match_id) FROM play_playedgame"
        " JOIN matchmaking_match ON matchmaking_match.id = match_id"
        " WHERE pool_id IS NULL AND outcome = 'played'"
    )
    assert rows(database_url, games) == [(MATCHES, MATCHES)]


def eight(*sites: Site) -> list[Bot]:
    """Bots at these sites in turn."""
    return [Bot(sites[n % len(sites)], f"Bot {n}", 1, Random(n)) for n in range(ENTRANTS)]


async def play_out(tournament: str, bots: Sequence[Bot]) -> None:
    """Every bot plays its matches until there is a winner."""
    async with asyncio.timeout(100), asyncio.TaskGroup() as playing:
        for bot in bots:
            playing.create_task(bot.play_tournament(tournament))


async def test_the_demos_bots_on_one_process() -> None:
    with MatchpointServer() as server:
        now = asyncio.get_running_loop().time()
        run = DemoRun(Site(server.url), Random(1), pace=1.0, ends_at=now)
        lines: list[str] = []
        games = await play_games(run, [f"Bot {n}" for n in range(ENTRANTS)], lines.append)
        assert games is not None and run.problems == []
        assert games.in_pool >= 1 and games.in_cup == MATCHES
        tournament = lines[0].rpartition("/")[2]
        shown = await run.site.ask("GET", f"/api/tournaments/{tournament}")
        check(shown, server.database_url)
        assert winner_of(shown)["name"] == games.winner
        for table, state in (("matchmaking_ticket", "waiting"), ("matchmaking_match", "open")):
            left = f"SELECT count(*) FROM {table} WHERE state = '{state}'"
            assert rows(server.database_url, left) == [(0,)]


async def test_without_a_pool_that_plays_pong_the_demos_bots_stay_away() -> None:
    with MatchpointServer() as server:
        rows(server.database_url, "UPDATE matchmaking_pool SET is_open = false")
        run = DemoRun(Site(server.url), Random(1), pace=1.0, ends_at=0.0)
        lines: list[str] = []
        assert await play_games(run, ["Bot 1", "Bot 2"], lines.append) is None
        assert lines == ["No open pool plays Pong: the bots stay at home."]


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
