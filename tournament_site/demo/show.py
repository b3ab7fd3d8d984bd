"""The whole demo: everybody arrives, queues, plays and talks; then the accounts are settled."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import TypeVar

from .cup import Cup, play_cup, until_told
from .ledger import fact_of
from .listener import Listener
from .player import HttpPlayer, Player, SocketPlayer
from .report import Report
from .site import NoServer, Refused, Site
from .tally import Stage
from .words import LINES, other_names

#: A demo of this many seconds or more has pauses as long as people's.
_FULL_LENGTH_SECONDS = 60.0
_CUP_ENTRANTS = 8
#: Under the site's limits for one address, with room for whoever watches from there.
_ARRIVALS_PER_SECOND = 4.0
_QUICKEST_TALK_SECONDS = 0.4

Tell = Callable[[str], None]
Fault = TypeVar("Fault", bound=BaseException)


async def perform(
    site: Site, *, players: int, seconds: float, chance: Random, tell: Tell
) -> Report:
    """Run the demo for about so many seconds; raises `NoServer`."""
    pace = min(1.0, seconds / _FULL_LENGTH_SECONDS)
    stage = Stage(site, chance, pace, asyncio.get_running_loop().time() + seconds)
    try:
        return await _perform(stage, _cast(stage, players), seconds, tell)
    except ExceptionGroup as group:
        if gone := _first(group, NoServer):
            raise gone from group
        raise


def _first(error: BaseException, kind: type[Fault]) -> Fault | None:
    """The first error of a kind in groups of groups."""
    if isinstance(error, kind):
        return error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next((found for each in inner if (found := _first(each, kind))), None)


async def _perform(stage: Stage, cast: list[Player], seconds: float, tell: Tell) -> Report:
    lobby = Listener(stage.site, "/ws", lambda event: stage.ledger.hear(fact_of(event)))
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(lobby.run())
        await lobby.welcomed.wait()
        tasks.create_task(_talk(stage, cast))
        tasks.create_task(_progress(stage, cast, tell, every=max(1.0, seconds / 12)))
        cup = tasks.create_task(_cup(stage, [player.name for player in cast], seconds))
        await _arrive(stage, cast)
        await cup
        await until_told(stage.ledger)
        listening.cancel()
    return Report(stage, cup.result(), lobby, cast)


def _cast(stage: Stage, players: int) -> list[Player]:
    kinds = (HttpPlayer, SocketPlayer)
    named = enumerate(other_names(players, stage.chance))
    return [kinds[place % 2](stage, name) for place, name in named]


async def _arrive(stage: Stage, cast: list[Player]) -> None:
    """Bring the players in one after the other; returns when the last one has gone."""
    gap = min(1 / _ARRIVALS_PER_SECOND, stage.seconds_left / 4 / len(cast))
    async with asyncio.TaskGroup() as lives:
        for player in cast:
            lives.create_task(player.live())
            await asyncio.sleep(gap)


async def _talk(stage: Stage, cast: list[Player]) -> None:
    """Now and then somebody says something."""
    while stage.seconds_left > 2 * stage.pace:
        await asyncio.sleep(
            max(_QUICKEST_TALK_SECONDS, stage.chance.uniform(0.6, 1.8) * stage.pace)
        )
        here = [player for player in cast if player.listener and player.listener.is_open]
        if here:
            plainly = stage.chance.random() < 0.5
            await stage.chance.choice(here).say(stage.chance.choice(LINES), plainly=plainly)


async def _cup(stage: Stage, names: list[str], seconds: float) -> Cup:
    entrants = names[: min(_CUP_ENTRANTS, len(names))]
    await asyncio.sleep(0.1 * seconds)
    try:
        return await play_cup(stage, entrants=entrants, seconds=0.7 * seconds)
    except (Refused, TimeoutError) as error:
        reason = str(error) or "its socket stayed closed"
        stage.problems.append(f"The tournament stopped: {reason}")
        return Cup(len(entrants))


async def _progress(stage: Stage, cast: list[Player], tell: Tell, *, every: float) -> None:
    while stage.seconds_left > every / 2:
        await asyncio.sleep(min(every, max(0.0, stage.seconds_left)))
        heard, here = stage.ledger, sum(player.listener is not None for player in cast)
        tell(
            f"{here} players here, {heard.count('matched')} matches made, "
            f"{heard.count('match_finished')} results, {heard.count('chat')} lines of chat"
        )
