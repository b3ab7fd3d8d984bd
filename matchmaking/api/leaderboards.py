"""HTTP for programs: leaderboards and players' ratings."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from msgspec import Meta

from lib.endpoints import endpoint
from lib.errors import NotFound
from lib.schemas import Body
from matchmaking import schemas
from matchmaking.leaderboards import line_of, ranked, ratings_of, recent_matches, search, table
from matchmaking.models import Player, Pool, Season

from .pools import TAG

Count = Annotated[int, Meta(ge=0, le=10**11)]

_MOST_LINES = 200
_MOST_OFFSET = 10**9
_MOST_SEARCH_CHARS = 80


class LeaderboardQuery(Body):
    """Which part of a table."""

    limit: Count = 50
    """How many lines, at most 200."""
    offset: Count = 0
    search: str = ""
    """Letters of a name."""


@endpoint("GET", tag=TAG)
def leaderboard(request: HttpRequest, slug: str, query: LeaderboardQuery) -> schemas.Leaderboard:
    """A pool's table: `?limit=…&offset=…&search=…`."""
    now = timezone.now()
    pool = Pool.objects.filter(slug=slug).first()
    if pool is None:
        raise NotFound("There is no such pool.", code="unknown_pool")
    rows = table(pool.pk, now=now)
    found = search(rows, query.search[:_MOST_SEARCH_CHARS]) if query.search else rows
    first = min(query.offset, _MOST_OFFSET)
    shown = ranked(found, now=now)[first : first + min(query.limit, _MOST_LINES)]
    season = Season.objects.filter(pool=pool, ended_at=None).first()
    return schemas.Leaderboard(
        pool=pool.slug,
        name=pool.name,
        season=str(season) if season else None,
        players=found.count(),
        lines=[schemas.LeaderboardLine.of(line_of(row, now=now)) for row in shown],
    )


@endpoint("GET", tag=TAG)
def player(request: HttpRequest, player_id: UUID) -> schemas.PlayerProfile:
    """A player: ratings by pool, and the last matches."""
    found = Player.objects.filter(pk=player_id).first()
    if found is None:
        raise NotFound("There is no such player.")
    ratings = ratings_of(player_id, now=timezone.now())
    return schemas.PlayerProfile.of(found, ratings, recent_matches(player_id))
