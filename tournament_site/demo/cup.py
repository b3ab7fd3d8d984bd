"""A small tournament, run by HTTP from its first pair to its winner while its socket listens."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tournament_site.clients.site import Json

from .demo_run import DemoRun
from .expected_events import ExpectedEvents, Watch, fact_of
from .listener import Listener

#: How often a match is forfeited, and how often the first side wins one that is played.
_FORFEITS, _FAVOURITE = 0.1, 0.65


@dataclass(slots=True)
class Cup:
    """How the tournament went."""

    entrants: int
    results: int = 0
    winner: str = ""
    events: ExpectedEvents = field(default_factory=ExpectedEvents)
    watch: Watch = field(default_factory=Watch)


async def play_cup(run: DemoRun, *, entrants: Sequence[str], seconds: float) -> Cup:
    """Make a tournament of these names and enter its results one by one; raises `Refused`."""
    cup = Cup(len(entrants))
    made = await run.site.ask(
        "POST", "/tournament", {"name": "Demo Cup", "players": list(entrants), "byes": True}
    )
    tournament, token = made["tournament"]["id"], made["token"]
    run.events.expect("bracket", tournament)
    listener = Listener(
        run.site, f"/tournaments/{tournament}/ws", lambda event: cup.events.receive(fact_of(event))
    )
    listening = asyncio.create_task(listener.run())
    try:
        await asyncio.wait_for(listener.welcomed.wait(), 10)
        pause = seconds / max(1, len(entrants) - 1)
        while ready := _ready(await _read(run, tournament)):
            for match in ready:
                await asyncio.sleep(pause)
                await _report(run, cup, tournament=tournament, match=match, token=token)
        for events in (run.events, cup.events):
            events.expect("tournament", tournament)
        cup.winner = _winner(await _read(run, tournament))
        await wait_for_missing(cup.events)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    cup.watch = listener.watch
    return cup


async def _read(run: DemoRun, tournament: str) -> Json:
    return await run.site.ask("GET", f"/api/tournaments/{tournament}")


def _matches(tournament: Json) -> list[Json]:
    [stage] = tournament["stages"]
    [group] = stage["groups"]
    return [match for round_ in group["rounds"] for match in round_["matches"]]


def _ready(tournament: Json) -> list[str]:
    """The matches that can be played now."""
    return [match["id"] for match in _matches(tournament) if match["state"] == "ready"]


def _winner(tournament: Json) -> str:
    """Who won the final; empty when the site has not finished the tournament."""
    final = _matches(tournament)[-1]
    if tournament["state"] != "finished":
        return ""
    name: str = final["sides"][final["winner"]]["name"]
    return name


async def _report(run: DemoRun, cup: Cup, *, tournament: str, match: str, token: str) -> None:
    first_wins = run.chance.random() < _FAVOURITE
    result: Json = {"scores": [1, 0] if first_wins else [0, 1]}
    if run.chance.random() < _FORFEITS:
        result = {"outcome": "forfeit", "winner": 0 if first_wins else 1}
    path = f"/api/tournaments/{tournament}/matches/{match}/result"
    await run.site.ask("POST", path, result, token)
    cup.results += 1
    for events in (run.events, cup.events):
        events.expect("match_finished", match)


async def wait_for_missing(events: ExpectedEvents) -> None:
    """Wait for the last events to arrive, at most 5 s."""
    for _ in range(100):
        if not events.missing:
            break
        await asyncio.sleep(0.05)
