"""Reads of ratings: a pool's table, a player's ratings and their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from matchmaking.engine.glicko2 import Rating as Strength
from matchmaking.engine.rating_history import RatingState, rating_state_at

from .models import Match, MatchState, Pool, Rating, RatingChange

RECENT_MATCHES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A player's line in a table; `rank` is None for a provisional rating.

    In a past season's table `player_id` is None for a deleted player.
    """

    rank: int | None
    player_id: UUID | None
    name: str
    rating: float
    deviation: float
    matches: int

    @property
    def spread(self) -> float:
        """Half of the interval that holds the true strength in 19 of 20 cases."""
        return 2 * self.deviation


def table(pool_id: int, *, now: datetime) -> QuerySet[Rating]:
    """The pool's present table: ranked players first, then provisional ones."""
    is_provisional = Case(When(sure_until__gt=now, then=0), default=1, output_field=IntegerField())
    return (
        Rating.objects.filter(pool=pool_id, matches__gt=0)
        .annotate(provisional=is_provisional)
        .order_by("provisional", "-rating", "player__name", "player_id")
    )


def ranked(rows: QuerySet[Rating], *, now: datetime) -> QuerySet[Rating]:
    """The same rows with `rank`: 1 and how many sure ratings of the pool are higher."""
    better = (
        Rating.objects.filter(
            pool=OuterRef("pool"), matches__gt=0, sure_until__gt=now, rating__gt=OuterRef("rating")
        )
        .order_by()
        .values("pool")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rank = Coalesce(Subquery(better, output_field=IntegerField()), 0) + 1
    return rows.annotate(rank=rank).select_related("player")


def search(rows: QuerySet[Rating], words: str) -> QuerySet[Rating]:
    """The rows of players whose name contains these letters."""
    return rows.filter(player__name_key__contains=words.replace("\0", "").strip().casefold())


def line_of(row: Rating, *, now: datetime) -> Line:
    """A row of `ranked` as it is shown, with its present deviation."""
    rank: int = row.rank  # type: ignore[attr-defined]
    return Line(
        rank=None if is_provisional(row, now=now) else rank,
        player_id=row.player_id,
        name=row.player.name,
        rating=row.rating,
        deviation=deviation_now(row, now=now),
        matches=row.matches,
    )


def is_provisional(row: Rating, *, now: datetime) -> bool:
    """Whether a rating's deviation is too high for a rank."""
    return row.sure_until is None or row.sure_until <= now


def deviation_now(row: Rating, *, now: datetime) -> float:
    """The present deviation of a rating: wider for each period without a match."""
    strength = Strength(row.rating, row.deviation, row.volatility)
    state = RatingState(strength, row.rated_at.timestamp())
    period: float = settings.MATCHPOINT_RATING_PERIOD.total_seconds()
    return rating_state_at(state, now.timestamp(), period).rating.deviation


def rated_pools() -> QuerySet[Pool]:
    """Every pool with a table, with `player_count`: how many are on it."""
    playing = Count("ratings", filter=Q(ratings__matches__gt=0), distinct=True)
    return Pool.objects.filter(rated=True).annotate(player_count=playing).order_by("name")


def best_of(pool: Pool, *, now: datetime, limit: int) -> list[Line]:
    """The first lines of a pool's table."""
    return [line_of(row, now=now) for row in ranked(table(pool.pk, now=now), now=now)[:limit]]


def ratings_of(player_id: UUID, *, now: datetime) -> list[tuple[Pool, Line]]:
    """A player's line in each pool where there is a rating."""
    rows = ranked(Rating.objects.filter(player=player_id), now=now).select_related("pool")
    return [(row.pool, line_of(row, now=now)) for row in rows.order_by("pool__name")]


def history_of(player_id: UUID, pool: Pool, *, limit: int) -> Sequence[RatingChange]:
    """A player's last rating changes in a pool, the oldest first."""
    changes = RatingChange.objects.moved().filter(player=player_id, rated__pool=pool)
    return list(changes.select_related("rated").order_by("-rated__number")[:limit])[::-1]


def finished_matches(player_id: UUID) -> QuerySet[Match]:
    """The player's finished matches, each with `moved`, the change of the rating."""
    changes = RatingChange.objects.moved().filter(player=player_id, rated__match=OuterRef("pk"))
    moved = changes.values_list(F("rating_after") - F("rating_before"))[:1]
    return (
        Match.objects.filter(seats__player=player_id, state=MatchState.FINISHED)
        .annotate(moved=Subquery(moved))
        .in_full()
    )
