"""How a match moves ratings: Glicko-2 for two players, OpenSkill for teams and for more sides.

Both express a player's strength as a Glicko-2 `RatingState`, so that one table, one page and one
queue serve both. OpenSkill's mu and sigma become points by one scale: mu 25 is 1500, and sigma
25/3, that of an unknown player, is a deviation of 350. So 42 points are one unit
of mu. Between matches both widen by the same rule, Glickman's; OpenSkill leaves the volatility.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import msgspec
from openskill.models import PlackettLuce

from matchmaking.engine.glicko2 import CENTRE, HIGHEST_DEVIATION, Rating
from matchmaking.engine.rating_history import (
    Played,
    Rate,
    RatingState,
    glicko2_rate,
    rating_state_at,
)

#: An unknown player. It dates from so long ago that the first match always fills a whole period,
#: and a history without a match equals no history.
UNRATED = RatingState(Rating(), 0.0)
POINTS_PER_MU = HIGHEST_DEVIATION / (25 / 3)
_MU = 25.0


class Duel(msgspec.Struct, tag="duel", frozen=True):
    """A match of two players; `score` is the first one's: 1, 0.5 or 0."""

    score: float


class Melee(msgspec.Struct, tag="melee", frozen=True):
    """A match of several sides: how many players each has, and its rank, 1 for the winner."""

    sizes: tuple[int, ...]
    ranks: tuple[int, ...]


class SeasonEnd(msgspec.Struct, tag="season_end", frozen=True):
    """No match, but the soft reset of everyone rated: `keep` of the distance to 1500 stays."""

    keep: float
    least_deviation: float


Outcome = Duel | Melee | SeasonEnd


def outcome_json(outcome: Outcome) -> Any:
    """An outcome in the form in which it is stored."""
    return msgspec.to_builtins(outcome)


def outcome_of(stored: Any) -> Outcome:
    """A stored outcome, read back."""
    return msgspec.convert(stored, Outcome)  # type: ignore[no-any-return]


def rate_by(period: timedelta) -> Rate[Outcome, RatingState]:
    """The function that rates every outcome; `period` is the rating period of Glicko-2."""
    seconds = period.total_seconds()
    duel = glicko2_rate(seconds)

    def rate(match: Played[Outcome], before: tuple[RatingState, ...]) -> tuple[RatingState, ...]:
        match match.outcome:
            case Duel(score):
                return duel(Played(match.players, score, match.at), before)
            case Melee(sizes, ranks):
                ready = [rating_state_at(state, match.at, seconds).rating for state in before]
                return tuple(
                    RatingState(rating, match.at) for rating in _rate_melee(ready, sizes, ranks)
                )
            case SeasonEnd() as end:
                return tuple(_reset(state, end, match.at, seconds) for state in before)

    return rate


def _rate_melee(
    ratings: Sequence[Rating], sizes: tuple[int, ...], ranks: tuple[int, ...]
) -> list[Rating]:
    """OpenSkill (Plackett-Luce) over sides of these sizes."""
    model = _open_skill()
    players = [
        model.rating(
            mu=_MU + (rating.rating - CENTRE) / POINTS_PER_MU,
            sigma=rating.deviation / POINTS_PER_MU,
        )
        for rating in ratings
    ]
    teams, start = [], 0
    for size in sizes:
        teams.append(players[start : start + size])
        start += size
    rated = [player for team in model.rate(teams, ranks=list(ranks)) for player in team]
    return [
        Rating(
            CENTRE + (after.mu - _MU) * POINTS_PER_MU,
            min(after.sigma * POINTS_PER_MU, HIGHEST_DEVIATION),
            before.volatility,
        )
        for before, after in zip(ratings, rated, strict=True)
    ]


@lru_cache(maxsize=1)
def _open_skill() -> PlackettLuce:
    return PlackettLuce()


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
