"""Ratings: moved by each finished match once, put back when its result is, read by the queue."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from matchmaking.engine.glicko2 import CENTRE
from matchmaking.models import (
    Match,
    MatchState,
    Player,
    Pool,
    RatedMatch,
    Rating,
    RatingChange,
    Report,
    ReportState,
)
from matchmaking.models import Outcome as Ending
from matchmaking.rating_systems import Duel, Melee, Outcome, SignUp, outcome_of

from .rating_history import add_rated, change_rated, lock_season
from .rating_rows import meetings_of_day, refresh_ranks_of

#: Endings that are rated. Conceding is a loss; a forfeit says nothing about strength.
RATED_ENDINGS = (Ending.PLAYED, Ending.DRAWN, Ending.CONCEDED)
_MOST_ASKED = 5000


@transaction.atomic
def rate_match(*, match: Match) -> None:
    """Let the pool's history say what a match says now: its result, in its own place, or nothing.

    Needs the match's seats. Called in the transaction that ends the match, or takes its result
    back. A finished match that is not rated keeps a place too, for the day it is corrected.
    """
    pool_id = _rated_pool(match)
    sides = _sides(match)
    if pool_id is None or sides is None:
        return
    own_place = RatedMatch.objects.filter(match=match)
    if match.state != MatchState.FINISHED and not own_place.exists():
        return
    season = lock_season(pool_id)
    rated = own_place.first()
    everybody = [player for side in sides for player in side]
    stored = outcome_of(rated.outcome) if rated is not None else None
    # Who was a guest when the match was played, and had met how often, whatever has become of it.
    still = stored.still if isinstance(stored, Duel | Melee) else _still(season.pool, match, sides)
    outcome = outcome_of_match(match, [len(side) for side in sides], still)
    moves = _is_rated_ending(match) and _awaited(match, season.pool) is None
    players = everybody if moves else []
    if rated is not None:
        before = list(rated.changes.order_by("place").values_list("player", flat=True))
        if before != players or (players and stored != outcome):
            change_rated(rated, season=season, outcome=outcome, players=players)
    elif match.state == MatchState.FINISHED and match.closed_at is not None:
        add_rated(season=season, match=match, outcome=outcome, players=players, at=match.closed_at)


def _is_rated_ending(match: Match) -> bool:
    return match.state == MatchState.FINISHED and match.outcome in RATED_ENDINGS


def awaited_word(match: Match) -> Report | None:
    """The unanswered report for whose sake a finished match is not rated, if that is so.

    Nobody gains by their own word alone: a win is rated once the other side, or staff, confirm it.
    """
    pool_id = _rated_pool(match)
    if pool_id is None or not _is_rated_ending(match):
        return None
    if RatingChange.objects.filter(rated__match=match).exists():
        return None
    return _awaited(match, Pool.objects.get(pk=pool_id))


def _awaited(match: Match, pool: Pool) -> Report | None:
    if pool.rate_unanswered:
        return None
    silent = Report.objects.filter(match=match, state=ReportState.SILENT)
    report = silent.select_related("reporter").first()
    return None if report is None or _is_own_loss(match, report) else report


def _is_own_loss(match: Match, report: Report) -> bool:
    """Whether who reported, alone, has lost to the one other side."""
    sides = [seat.side for seat in match.seats.all()]
    return (
        sides.count(report.side) == 1
        and len(set(sides)) == 2
        and report.winner is not None
        and report.winner != report.side
    )


def _still(pool: Pool, match: Match, sides: Sequence[Sequence[UUID]]) -> tuple[int, ...]:
    """The places of players whom a match does not move."""
    often = _who_met_often(pool, match, sides)
    beside_guests = _who_met_guests(pool, [player for side in sides for player in side])
    return tuple(sorted(often | beside_guests))


def _who_met_often(pool: Pool, match: Match, sides: Sequence[Sequence[UUID]]) -> set[int]:
    """The places of players who met each of their opponents as often today as is rated.

    Matches that have a place in the history count, rated or not, so that it does not matter what
    becomes of their results.
    """
    if not pool.rated_a_day or match.pool_id is None or match.closed_at is None:
        return set()
    seats = [(player, number) for number, side in enumerate(sides) for player in side]
    met = meetings_of_day(pool, [player for player, _ in seats], match.closed_at)
    return {
        place
        for place, (player, mine) in enumerate(seats)
        if all(met[player, one] >= pool.rated_a_day for one, other in seats if other != mine)
    }


def _who_met_guests(pool: Pool, players: Sequence[UUID]) -> set[int]:
    """The places of registered players in a match with guests, which moves only the guests.

    Anybody makes as many guests as they like, to win against.
    """
    if pool.guests_count:
        return set()
    registered = set(
        Player.objects.filter(pk__in=players, user__isnull=False).values_list("pk", flat=True)
    )
    if len(registered) == len(players):
        return set()
    return {place for place, player in enumerate(players) if player in registered}


@transaction.atomic
def begin_anew(player: Player) -> None:
    """Let a guest who has registered begin unrated, in each pool in which guests do not count."""
    rated = Rating.objects.filter(player=player, pool__guests_count=False)
    for pool_id in sorted(rated.values_list("pool", flat=True)):
        season = lock_season(pool_id)
        add_rated(
            season=season, match=None, outcome=SignUp(), players=[player.pk], at=timezone.now()
        )


#: The rules of a pool by which players have a rank.
RANK_RULES = {"guests_count", "ranked_opponents"}


@transaction.atomic
def refresh_ranks(*, pool: Pool) -> None:
    """Give or take ranks after the pool's rules have changed."""
    refresh_ranks_of(lock_season(pool.pk))


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
    """The rated players of each side; None when somebody is only a name.

    Who left while the others played on is rated for a loss of the side, and for nothing else. Who
    took a place that had become free is not rated for a loss: that is the one's who left it.
    """
    sides: dict[int, list[UUID]] = {}
    gone = _sides_gone(match)
    for seat in match.seats.all():
        if seat.player_id is None:
            return None
        players = sides.setdefault(seat.side, [])
        has_lost = match.winner not in {None, seat.side}
        if seat.came_at is not None and has_lost and seat.left_at is None:
            continue
        if seat.left_at is None or seat.side in gone or has_lost:
            players.append(seat.player_id)
    return [players for _, players in sorted(sides.items())] if len(sides) > 1 else None


def _sides_gone(match: Match) -> set[int]:
    """The sides of which everybody left."""
    seats = match.seats.all()
    return {seat.side for seat in seats} - {seat.side for seat in seats if seat.left_at is None}


def outcome_of_match(match: Match, sizes: Sequence[int], still: tuple[int, ...] = ()) -> Outcome:
    """The rating system's input for a finished match whose sides have so many players.

    `still` are the places of those whom it does not move.
    """
    if len(sizes) == 2 and max(sizes) == 1:
        return Duel(0.5 if match.winner is None else float(match.winner == 0), still)
    return Melee(tuple(sizes), _ranks(match, len(sizes)), still)


def _ranks(match: Match, sides: int) -> tuple[int, ...]:
    """Each side's rank, 1 for the best, equal ones shared; by score where every side has one."""
    points: Sequence[float]
    if len(match.scores) == sides and match.outcome != Ending.CONCEDED:
        points = match.scores
    else:
        points = [float(side == match.winner) for side in range(sides)]
    gone = _sides_gone(match)
    points = [-1.0 if side in gone else own for side, own in enumerate(points)]
    return tuple(1 + sum(other > own for other in points) for own in points)
