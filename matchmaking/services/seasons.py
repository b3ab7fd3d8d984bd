"""Seasons: ended with their table archived and a soft reset, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.leaderboards import table
from matchmaking.models import Pool, Rating, Season, SeasonPlace
from matchmaking.rating_systems import SeasonEnd

from .rating_history import add_rated, lock_season

_BATCH = 500


@transaction.atomic
def end_season(*, pool: Pool, now: datetime | None = None, number: int | None = None) -> Season:
    """End a pool's present season and begin the next; returns the one that ended.

    The table is kept as it is, ratings move towards 1500, and the next season has the same rules.
    With `number`, only that season is ended: a repeated call raises `Conflict`.
    """
    now = now or timezone.now()
    season = lock_season(pool.pk)
    if number is not None and season.number != number:
        raise Conflict(f"Season {number} of {pool} is over.", code="season_over")
    _archive(season, now)
    players: list[UUID] = list(
        Rating.objects.filter(pool=pool).order_by("player").values_list("player", flat=True)
    )
    reset = SeasonEnd(season.keep_percent / 100, float(season.least_deviation))
    add_rated(season=season, match=None, outcome=reset, players=players, at=now)
    season.ended_at = now
    season.save(update_fields=("ended_at",))
    Season.objects.create(
        pool=pool,
        number=season.number + 1,
        started_at=now,
        keep_percent=season.keep_percent,
        least_deviation=season.least_deviation,
    )
    return season


def end_due_seasons(*, now: datetime) -> int:
    """End the seasons that are due; returns how many."""
    ended = 0
    for season in Season.objects.filter(ended_at=None, ends_at__lte=now).select_related("pool"):
        try:
            end_season(pool=season.pool, now=now, number=season.number)
        except Conflict:
            continue  # somebody ended it at the last moment
        ended += 1
    return ended


def _archive(season: Season, now: datetime) -> None:
    lines = table(season.pool_id, now=now).select_related("player")
    rank = 0
    places = []
    for line, row in enumerate(lines.iterator(chunk_size=_BATCH), start=1):
        is_sure = row.sure_until is not None and row.sure_until > now
        rank += is_sure
        places.append(
            SeasonPlace(
                season=season,
                player=row.player,
                name=row.player.name,
                line=line,
                rank=rank if is_sure else None,
                rating=row.rating,
                deviation=row.deviation,
                matches=row.matches,
            )
        )
    SeasonPlace.objects.bulk_create(places, batch_size=_BATCH)
