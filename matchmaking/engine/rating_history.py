"""Rated matches in the order in which they finished: rated, and one of them changed exactly.

Knows no rating system: a `Rate` returns the states after a match from those before it, in any way
that does not depend on chance.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .glicko2 import Rating, widen

Outcome = TypeVar("Outcome")  # the outcome of a match, in the form the rating system takes
State = TypeVar("State")  # a player's rating state in that system


@dataclass(frozen=True, slots=True)
class Played(Generic[Outcome]):
    """A finished match: its players, its outcome, and its time in seconds."""

    players: tuple[Hashable, ...]
    outcome: Outcome
    at: float


@dataclass(frozen=True, slots=True)
class Rated(Generic[Outcome, State]):
    """A match with its players' states before and after it, in the order of its players.

    Without players it is a place in the history where no match is rated, as of now.
    """

    match: Played[Outcome]
    before: tuple[State, ...]
    after: tuple[State, ...]


Rate = Callable[[Played[Outcome], tuple[State, ...]], tuple[State, ...]]


def with_match(
    history: Sequence[Rated[Outcome, State]],
    match: Played[Outcome] | None,
    newcomers: Iterable[tuple[Hashable, State]],
    rate: Rate[Outcome, State],
) -> list[Rated[Outcome, State]]:
    """The history with this match in the place of its first, or with none there.

    `history` is the part of a pool's since that place; `newcomers` are the states then of players
    who were not in the first match. The result is what rating all matches in order makes, to the
    last bit; what the change does not reach is the very same object.
    """
    replaced, *later = history
    states = dict(newcomers) | dict(zip(replaced.match.players, replaced.before, strict=True))
    if match is None:
        return list(_rerated(later, states, rate))
    before = tuple(states[player] for player in match.players)
    after = rate(match, before)
    states.update(zip(match.players, after, strict=True))
    return [Rated(match, before, after), *_rerated(later, states, rate)]


def _rerated(
    later: Iterable[Rated[Outcome, State]],
    changed: dict[Hashable, State],
    rate: Rate[Outcome, State],
) -> Iterable[Rated[Outcome, State]]:
    """Later matches again, for those whom `changed` players reach, directly or by others."""
    for rated in later:
        players = rated.match.players
        before = tuple(
            changed.get(player, old) for player, old in zip(players, rated.before, strict=True)
        )
        if before == rated.before:
            after, result = rated.after, rated
        else:
            after = rate(rated.match, before)
            result = Rated(rated.match, before, after)
        changed.update(zip(players, after, strict=True))
        yield result


@dataclass(frozen=True, slots=True)
class RatingState:
    """A Glicko-2 rating and when it was last brought up to date, in seconds."""

    rating: Rating
    at: float


def rating_state_at(state: RatingState, now: float, period_seconds: float) -> RatingState:
    """The state by now: less sure for each period without a match."""
    idle = max(0.0, now - state.at) / period_seconds
    return RatingState(widen(state.rating, idle), now)
