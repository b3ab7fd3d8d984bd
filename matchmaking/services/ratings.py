"""Ratings: moved by each finished match once, put back when its result is, read by the queue."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from matchmaking.engine.glicko2 import CENTRE
from matchmaking.models import Match, MatchState, Pool, RatedMatch, Rating
from matchmaking.models import Outcome as Ending
from matchmaking.rating_systems import Duel, Melee, Outcome

from .rating_history import add_rated, lock_season, remove_rated

#: Endings that are rated. Conceding is a loss; a forfeit says nothing about strength.
RATED_ENDINGS = (Ending.PLAYED, Ending.DRAWN, Ending.CONCEDED)
_MOST_ASKED = 5000


@transaction.atomic
def rate_match(*, match: Match) -> RatedMatch | None:
    """Move the ratings of a finished match's players, once; None for one that is not rated.

    Needs the match's seats. Called in the transaction that ends the match.
    """
    pool_id = _rated_pool(match)
    if pool_id is None or match.state != MatchState.FINISHED or match.closed_at is None:
        return None
    sides = _sides(match)
    if match.outcome not in RATED_ENDINGS or sides is None:
        return None
    season = lock_season(pool_id)
    before = RatedMatch.objects.filter(match=match).first()
    if before is not None:
        return before
    return add_rated(
        season=season,
        match=match,
        outcome=outcome_of_match(match, [len(side) for side in sides]),
        players=[player for side in sides for player in side],
        at=match.closed_at,
    )


@transaction.atomic
def unrate_match(*, match: Match) -> bool:
    """Put ratings back to what they were without this match; says whether it had moved any."""
    pool_id = RatedMatch.objects.filter(match=match).values_list("pool", flat=True).first()
    if pool_id is None:
        return False
    season = lock_season(pool_id)
    rated = RatedMatch.objects.filter(match=match).first()
    if rated is None:
        return False
    remove_rated(rated, season=season)
    return True


def current_ratings(
    pool: Pool, player_ids: Collection[UUID], now: datetime | None = None
) -> dict[UUID, float]:
    """The rating of each of these players in a pool; 1500 for those who have none.

    A rating does not move while nothing is played, only its deviation does, so that `now` may be
    left out.
    """
    known = known_ratings(pool, player_ids)
    return {player: known.get(player, CENTRE) for player in player_ids}


def known_ratings(pool: Pool, player_ids: Collection[UUID]) -> dict[UUID, float]:
    """The rating of each of these players who has played a rated match in a pool."""
    asked = Rating.objects.filter(pool=pool)
    if len(player_ids) <= _MOST_ASKED:
        asked = asked.filter(player__in=player_ids)
    known = dict(asked.values_list("player", "rating"))
    return {player: known[player] for player in player_ids if player in known}


def _rated_pool(match: Match) -> int | None:
    """The pool whose ratings a match moves: the one it names, else the one that made it."""
    if match.rated_in_id is not None:
        return match.rated_in_id
    return match.pool_id if match.pool is not None and match.pool.rated else None


def _sides(match: Match) -> list[list[UUID]] | None:
    """The players of each side; None when somebody is only a name."""
    sides: dict[int, list[UUID]] = {}
    for seat in match.seats.all():
        if seat.player_id is None:
            return None
        sides.setdefault(seat.side, []).append(seat.player_id)
    return [players for _, players in sorted(sides.items())] if len(sides) > 1 else None


def outcome_of_match(match: Match, sizes: Sequence[int]) -> Outcome:
    """The rating system's input for a finished match whose sides have so many players."""
    if len(sizes) == 2 and max(sizes) == 1:
        return Duel(0.5 if match.winner is None else float(match.winner == 0))
    return Melee(tuple(sizes), _ranks(match, len(sizes)))


def _ranks(match: Match, sides: int) -> tuple[int, ...]:
    """Each side's rank, 1 for the best, equal ones shared; by score where every side has one."""
    points: Sequence[float]
    if len(match.scores) == sides and match.outcome != Ending.CONCEDED:
        points = match.scores
    else:
        points = [float(side == match.winner) for side in range(sides)]
    return tuple(1 + sum(other > own for other in points) for own in points)
