"""Builders for the engine tests: short ways to say what happened."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tournaments.engine.elimination import (
    DOUBLE_FORFEIT,
    Bracket,
    Outcome,
    PairingStatus,
    ResolvedPairing,
    Side,
    Win,
    advance,
    resolve,
)

DATA = Path(__file__).parent / "data"
FIRST = Win(Side.FIRST)
SECOND = Win(Side.SECOND)


def by_chance(rng: Random, *, forfeits: float = 0.0) -> Outcome:
    """A random outcome; a share of them double forfeits and expulsions."""
    if rng.random() < forfeits:
        return rng.choice((DOUBLE_FORFEIT, Win(Side(rng.randrange(2)), loser_leaves=True)))
    return Win(Side(rng.randrange(2)))


def ready_keys(state: dict[str, ResolvedPairing]) -> list[str]:
    """The pairings that can be played now."""
    return [key for key, one in state.items() if one.status is PairingStatus.READY]


def play_out(
    bracket: Bracket, rng: Random, *, forfeits: float = 0.0
) -> tuple[dict[str, ResolvedPairing], dict[str, Outcome]]:
    """A whole tournament by chance, in a random order of play, step by step."""
    state = resolve(bracket, {})
    outcomes: dict[str, Outcome] = {}
    ready = ready_keys(state)
    while ready:
        key = ready.pop(rng.randrange(len(ready)))
        outcomes[key] = by_chance(rng, forfeits=forfeits)
        changes = advance(bracket, state, key, outcomes[key])
        state.update(changes)
        ready += ready_keys(changes)
    return state, outcomes


def downstream(bracket: Bracket, key: str) -> tuple[str, ...]:
    """Every later pairing that the outcome of this one may touch, in order of play."""
    found: set[str] = set()
    unseen = [key]
    while unseen:
        pairing = bracket[unseen.pop()]
        for place in (pairing.winner_to, pairing.loser_to):
            if place is not None and place.key not in found:
                found.add(place.key)
                unseen.append(place.key)
    return tuple(sorted(found, key=bracket.positions.__getitem__))
