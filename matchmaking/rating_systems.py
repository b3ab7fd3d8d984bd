"""How a match moves ratings: Glicko-2, for two players and for teams and more sides alike.

A pool's rule holds a deviation up: under Glicko-2 alone it falls as long as somebody plays, until
hundreds of matches go by before a player who has improved is seen to have.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from typing import Any

import msgspec

from matchmaking.engine.glicko2 import CENTRE, Rating, rate_match
from matchmaking.engine.rating_history import Played, Rate, RatingState, rating_state_at
from matchmaking.engine.sides import rate_sides

#: An unknown player. It dates from so long ago that the first match always fills a whole period,
#: and a history without a match equals no history.
UNRATED = RatingState(Rating(), 0.0)


class Duel(msgspec.Struct, tag="duel", frozen=True, omit_defaults=True):
    """A match of two players; `score` is the first one's: 1, 0.5 or 0.

    `still` are the places of players whom it leaves as they are.
    """

    score: float
    still: tuple[int, ...] = ()


class Melee(msgspec.Struct, tag="melee", frozen=True, omit_defaults=True):
    """A match of several sides: how many players each has, and its rank, 1 for the winner.

    `still` is as above.
    """

    sizes: tuple[int, ...]
    ranks: tuple[int, ...]
    still: tuple[int, ...] = ()


class SeasonEnd(msgspec.Struct, tag="season_end", frozen=True):
    """No match, but the soft reset of everyone rated: `keep` of the distance to 1500 stays."""

    keep: float
    least_deviation: float


class SignUp(msgspec.Struct, tag="sign_up", frozen=True):
    """No match: a guest has registered, and begins anew."""


Outcome = Duel | Melee | SeasonEnd | SignUp


def outcome_json(outcome: Outcome) -> Any:
    """An outcome in the form in which it is stored."""
    return msgspec.to_builtins(outcome)


def outcome_of(stored: Any) -> Outcome:
    """A stored outcome, read back."""
    return msgspec.convert(stored, Outcome)  # type: ignore[no-any-return]


def rate_by(period: timedelta, *, least_deviation: float = 0.0) -> Rate[Outcome, RatingState]:
    """The function that rates every outcome.

    `period` is the rating period of Glicko-2; no match leaves a deviation under `least_deviation`.
    """
    seconds = period.total_seconds()

    def rate(match: Played[Outcome], before: tuple[RatingState, ...]) -> tuple[RatingState, ...]:
        idle = [max(0.0, match.at - state.at) / seconds for state in before]
        ratings = [state.rating for state in before]
        after: Sequence[Rating]
        match match.outcome:
            case SeasonEnd() as end:
                return tuple(_reset(state, end, match.at, seconds) for state in before)
            case SignUp():
                return (UNRATED,) * len(before)
            case Duel(score):
                first, second = ratings
                after = rate_match((first, second), score, idle_periods=(idle[0], idle[1]))
            case Melee(sizes, ranks):
                after = _rate_melee(ratings, idle, sizes, ranks)
        return tuple(
            before[place]
            if place in match.outcome.still
            else RatingState(_held_up(rating, least_deviation), match.at)
            for place, rating in enumerate(after)
        )

    return rate


def _rate_melee(
    ratings: Sequence[Rating], idle: Sequence[float], sizes: Sequence[int], ranks: Sequence[int]
) -> list[Rating]:
    ends = list(accumulate(sizes))
    sides = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    after = rate_sides(
        [ratings[side] for side in sides], ranks, idle_periods=[idle[side] for side in sides]
    )
    return [rating for side in after for rating in side]


def _held_up(rating: Rating, least_deviation: float) -> Rating:
    if rating.deviation >= least_deviation:
        return rating
    return replace(rating, deviation=least_deviation)


def _reset(state: RatingState, end: SeasonEnd, at: float, period_seconds: float) -> RatingState:
    """Move a rating towards 1500 and widen it; an unrated player stays unrated."""
    if state == UNRATED:
        return state
    now = rating_state_at(state, at, period_seconds).rating
    return RatingState(
        Rating(
            CENTRE + (now.rating - CENTRE) * end.keep,
            max(now.deviation, end.least_deviation),
            now.volatility,
        ),
        at,
    )
