"""HTTP for programs: leaderboards and players' ratings."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from msgspec import Meta, structs

from lib.database.paging import MOST, Order, PageQuery, page_of
from lib.endpoints import endpoint
from lib.errors import NotFound
from lib.http import add_answer_headers, link_to_next
from matchmaking import schemas
from matchmaking.leaderboards import (
    RECENT_MATCHES,
    finished_matches,
    line_of,
    ranked,
    ratings_of,
    search,
    table,
)
from matchmaking.models import MatchState, Player
from matchmaking.selectors import pool_of, season_of

from .matches import ORDERS as MATCH_ORDERS
from .matches import MatchesQuery
from .pools import TAG

Count = Annotated[int, Meta(ge=0, le=10**11)]

_MOST_OFFSET = 10**9
_MOST_SEARCH_CHARS = 80


_ORDERS: dict[str, Order] = {
    "rank": (("provisional", int), ("-rating", float), ("player__name", str), ("player_id", UUID)),
    "name": (("player__name_key", str), ("player_id", UUID)),
    "matches": (("matches", int), ("player_id", UUID)),
}


class LeaderboardQuery(PageQuery, kw_only=True):
    """Which part of a table."""

    sort: Literal["rank", "-rank", "name", "-name", "matches", "-matches"] = "rank"
    limit: Count | None = None
    """The same as `size`, but that none is allowed and more are cut down to 200."""
    offset: Count = 0
    """How many lines to pass over, where no cursor is sent."""
    search: str = ""
    """Letters of a name."""


@endpoint("GET", tag=TAG)
def leaderboard(request: HttpRequest, slug: str, query: LeaderboardQuery) -> schemas.Leaderboard:
    """A pool's table: `?limit=…&offset=…&search=…`."""
    now = timezone.now()
    pool = pool_of(slug)
    rows = table(pool.pk, now=now)
    found = search(rows, query.search[:_MOST_SEARCH_CHARS]) if query.search else rows
    size = query.size if query.limit is None else min(query.limit, MOST)
    asked = structs.replace(query, size=size)
    page = page_of(ranked(found, now=now), asked, _ORDERS, skip=min(query.offset, _MOST_OFFSET))
    season = season_of(pool)
    return schemas.Leaderboard(
        pool=pool.slug,
        name=pool.name,
        season=str(season) if season else None,
        players=found.count(),
        lines=[schemas.LeaderboardLine.of(line_of(row, now=now)) for row in page.rows],
        next=page.next,
    )


@endpoint("GET", tag=TAG)
def player(request: HttpRequest, player_id: UUID) -> schemas.PlayerProfile:
    """A player: ratings by pool, and the last matches.

    `earlier_matches` has the address of those before them, and so has the header `Link`.
    """
    found = Player.objects.filter(pk=player_id).first()
    if found is None:
        raise NotFound("There is no such player.")
    ratings = ratings_of(player_id, now=timezone.now())
    last = MatchesQuery(
        player=player_id, state=MatchState.FINISHED, sort="-closed", size=RECENT_MATCHES
    )
    page = page_of(finished_matches(player_id), last, MATCH_ORDERS)
    earlier = page.next and _address(last, page.next)
    if earlier:
        add_answer_headers(request, {"Link": link_to_next(earlier)})
    return schemas.PlayerProfile.of(found, ratings, page.rows, earlier)


def _address(query: MatchesQuery, cursor: str) -> str:
    """Where the matches after a cursor are read."""
    asked = {
        "player": query.player, "state": query.state, "sort": query.sort, "size": query.size,
        "cursor": cursor,
    }  # fmt: skip
    return f"{reverse('api-matches')}?{urlencode(asked)}"
