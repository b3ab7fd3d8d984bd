"""Eight bots of the demo: they play a tournament of Pong that can be watched, then in the pool."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tournament_site.clients.bots import Bot
from tournament_site.clients.site import Json

from .demo_run import DemoRun

GAME, BOTS, STRENGTHS = "pong", 8, 2
#: A shorter demo has no time for three rounds.
LEAST_SECONDS = 40.0
#: So few points that a round takes about ten seconds.
_POINTS = {"points": 1}
#: How long the final may go on after the demo's end.
_LATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Games:
    """What the bots have played, and who has won the tournament."""

    bots: int
    in_pool: int
    in_cup: int
    winner: str


async def play_games(
    run: DemoRun, names: Sequence[str], show: Callable[[str], None]
) -> Games | None:
    """Play until the demo ends; None on a site without an open pool of the game."""
    pool = await _pool(run)
    if pool is None:
        show(f"No open pool plays {GAME.capitalize()}: the bots stay at home.")
        return None
    bots = [
        Bot(run.site, name, 1 + number % STRENGTHS, run.chance) for number, name in enumerate(names)
    ]
    cup = await _begin_cup(run, bots)
    show(f"{len(bots)} bots play Pong: watch {run.site.url}/tournaments/{cup}")
    playing = [asyncio.create_task(_play(bot, cup, pool)) for bot in bots]
    try:
        async with asyncio.timeout(run.seconds_left + _LATE_SECONDS):
            shown = await _watch(run, cup)
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        for bot in bots:
            await bot.go_home()
    run.problems += [f"{bot.name}: {problem}" for bot in bots for problem in bot.problems]
    return _counted(bots, shown)


async def _pool(run: DemoRun) -> str | None:
    pools = (await run.site.ask("GET", "/api/pools"))["pools"]
    open_ones: list[str] = [p["slug"] for p in pools if p["plays"] == GAME and p["is_open"]]
    return open_ones[0] if open_ones else None


async def _begin_cup(run: DemoRun, bots: Sequence[Bot]) -> str:
    wish = {
        "name": "Demo Cup of Pong", "entry": "open", "capacity": len(bots), "plays": GAME,
        "play_settings": _POINTS,
    }  # fmt: skip
    made = await run.site.ask("POST", "/tournament", wish)
    cup, token = made["tournament"]["id"], made["token"]
    await run.site.ask("POST", f"/api/tournaments/{cup}/registration", None, token)
    for bot in bots:
        await bot.register(cup)
    await run.site.ask("POST", f"/api/tournaments/{cup}/start", None, token)
    return str(cup)


async def _play(bot: Bot, cup: str, pool: str) -> None:
    """Play in the tournament, and in the pool once out of it."""
    await bot.play_tournament(cup, until_out=True)
    await bot.play_pool(pool)


async def _watch(run: DemoRun, cup: str) -> Json:
    """The tournament when it is over and the demo too."""
    while True:
        shown = await run.site.ask("GET", f"/api/tournaments/{cup}")
        if shown["state"] == "finished" and run.seconds_left <= 0:
            return shown
        await asyncio.sleep(1.0)


def _counted(bots: Sequence[Bot], cup: Json) -> Games:
    [stage] = cup["stages"]
    [group] = stage["groups"]
    of_cup = [match for round_ in group["rounds"] for match in round_["matches"]]
    final = of_cup[-1]
    of_pool = set().union(*(bot.matches for bot in bots)) - {match["id"] for match in of_cup}
    winner = final["sides"][final["winner"]]["name"]
    return Games(len(bots), len(of_pool), len(of_cup), winner)
