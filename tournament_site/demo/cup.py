"""A small tournament, run by HTTP from its first pair to its winner while its socket listens."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from .ledger import Ledger, Watch, fact_of
from .listener import Listener
from .site import Json
from .tally import Stage

#: How often a match is forfeited, and how often the first side wins one that is played.
_FORFEITS, _FAVOURITE = 0.1, 0.65


@dataclass(slots=True)
class Cup:
    """How the tournament went."""

    entrants: int
    results: int = 0
    winner: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    watch: Watch = field(default_factory=Watch)


async def play_cup(stage: Stage, *, entrants: Sequence[str], seconds: float) -> Cup:
    """Make a tournament of these names and enter its results one by one; raises `Refused`."""
    cup = Cup(len(entrants))
    made = await stage.site.ask(
        "POST", "/tournament", {"name": "Demo Cup", "players": list(entrants), "byes": True}
    )
    tournament, token = made["tournament"]["id"], made["token"]
    stage.ledger.expect("bracket", tournament)
    listener = Listener(
        stage.site, f"/tournaments/{tournament}/ws", lambda event: cup.ledger.hear(fact_of(event))
    )
    listening = asyncio.create_task(listener.run())
    try:
        await asyncio.wait_for(listener.welcomed.wait(), 10)
        pause = seconds / max(1, len(entrants) - 1)
        while ready := _ready(await _read(stage, tournament)):
            for match in ready:
                await asyncio.sleep(pause)
                await _report(stage, cup, tournament=tournament, match=match, token=token)
        for ledger in (stage.ledger, cup.ledger):
            ledger.expect("tournament", tournament)
        cup.winner = _winner(await _read(stage, tournament))
        await until_told(cup.ledger)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    cup.watch = listener.watch
    return cup


async def _read(stage: Stage, tournament: str) -> Json:
    return await stage.site.ask("GET", f"/api/tournaments/{tournament}")


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


async def _report(stage: Stage, cup: Cup, *, tournament: str, match: str, token: str) -> None:
    first_wins = stage.chance.random() < _FAVOURITE
    result: Json = {"scores": [1, 0] if first_wins else [0, 1]}
    if stage.chance.random() < _FORFEITS:
        result = {"outcome": "forfeit", "winner": 0 if first_wins else 1}
    path = f"/api/tournaments/{tournament}/matches/{match}/result"
    await stage.site.ask("POST", path, result, token)
    cup.results += 1
    for ledger in (stage.ledger, cup.ledger):
        ledger.expect("match_finished", match)


async def until_told(ledger: Ledger) -> None:
    """Give the last events their time to arrive, at most 5 s."""
    for _ in range(100):
        if not ledger.missing:
            break
        await asyncio.sleep(0.05)
