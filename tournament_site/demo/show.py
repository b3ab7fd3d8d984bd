"""The whole demo: everybody arrives, queues, plays and talks; then the events are compared."""

import asyncio
from collections.abc import Callable
from random import Random

from tournament_site.clients.site import NoServer, Refused, Site

from .cup import Cup, play_cup, wait_for_missing
from .demo_run import DemoRun
from .expected_events import fact_of
from .games import BOTS, LEAST_SECONDS, Games, play_games
from .listener import Listener
from .player import HttpPlayer, Player, SocketPlayer
from .report import Report
from .words import LINES, other_names

#: A demo of this many seconds or more has pauses as long as people's.
_FULL_LENGTH_SECONDS = 60.0
_CUP_ENTRANTS = 8
#: Under the site's limits for one address, with room for people who watch from there.
_ARRIVALS_PER_SECOND = 4.0
_QUICKEST_TALK_SECONDS = 0.4

Print = Callable[[str], None]


async def perform(
    site: Site, *, players: int, seconds: float, chance: Random, show: Print
) -> Report:
    """Run the demo for about so many seconds; raises `NoServer`."""
    pace = min(1.0, seconds / _FULL_LENGTH_SECONDS)
    run = DemoRun(site, chance, pace, asyncio.get_running_loop().time() + seconds)
    try:
        kinds = (HttpPlayer, SocketPlayer)
        named = enumerate(other_names(players, chance))
        return await _perform(run, [kinds[n % 2](run, name) for n, name in named], seconds, show)
    except ExceptionGroup as group:
        gone: Exception | None = group.subgroup(NoServer)
        while isinstance(gone, ExceptionGroup):
            gone = gone.exceptions[0]
        if gone is not None:
            raise gone from group
        raise


async def _perform(run: DemoRun, cast: list[Player], seconds: float, show: Print) -> Report:
    names = [player.name for player in cast]
    lobby = Listener(run.site, "/ws", lambda event: run.events.receive(fact_of(event)))
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(lobby.run())
        await lobby.welcomed.wait()
        tasks.create_task(_talk(run, cast))
        tasks.create_task(_progress(run, cast, show, every=max(1.0, seconds / 12)))
        cup = tasks.create_task(_cup(run, names, seconds))
        games = tasks.create_task(_games(run, names, seconds, show))
        await _arrive(run, cast)
        await cup
        await games
        await wait_for_missing(run.events)
        listening.cancel()
    return Report(run, cup.result(), games.result(), lobby, cast)


async def _arrive(run: DemoRun, cast: list[Player]) -> None:
    """Bring the players in one after the other; returns when the last one has gone."""
    gap = min(1 / _ARRIVALS_PER_SECOND, run.seconds_left / 4 / len(cast))
    async with asyncio.TaskGroup() as lives:
        for player in cast:
            lives.create_task(player.play())
            await asyncio.sleep(gap)


async def _talk(run: DemoRun, cast: list[Player]) -> None:
    """Send a line of chat now and then."""
    while run.seconds_left > 2 * run.pace:
        await asyncio.sleep(max(_QUICKEST_TALK_SECONDS, run.chance.uniform(0.6, 1.8) * run.pace))
        here = [player for player in cast if player.listener and player.listener.is_open]
        if here:
            plainly = run.chance.random() < 0.5
            await run.chance.choice(here).say(run.chance.choice(LINES), plainly=plainly)


async def _cup(run: DemoRun, names: list[str], seconds: float) -> Cup:
    entrants = names[:_CUP_ENTRANTS]
    await asyncio.sleep(0.1 * seconds)
    try:
        return await play_cup(run, entrants=entrants, seconds=0.7 * seconds)
    except (Refused, TimeoutError) as error:
        reason = str(error) or "its socket stayed closed"
        run.problems.append(f"The tournament stopped: {reason}")
        return Cup(len(entrants))


async def _games(run: DemoRun, taken: list[str], seconds: float, show: Print) -> Games | None:
    if seconds < LEAST_SECONDS:
        return None
    names = [name for name in other_names(len(taken) + BOTS, run.chance) if name not in taken]
    try:
        return await play_games(run, names[:BOTS], show)
    except (Refused, TimeoutError) as error:
        reason = str(error) or "they took too long"
        run.problems.append(f"The games stopped: {reason}")
        return None


async def _progress(run: DemoRun, cast: list[Player], show: Print, *, every: float) -> None:
    while run.seconds_left > every / 2:
        await asyncio.sleep(min(every, max(0.0, run.seconds_left)))
        received, here = run.events, sum(player.listener is not None for player in cast)
        show(
            f"{here} players here, {received.count('matched')} matches made, "
            f"{received.count('match_finished')} results, {received.count('chat')} lines of chat"
        )
