"""HTTP for programs: the seasons of a pool."""

from typing import Literal

from django.contrib.admin.models import ADDITION, CHANGE
from django.db import transaction
from django.http import HttpRequest

from lib.database.paging import Order, PageQuery, page_of
from lib.endpoints import endpoint
from lib.errors import Conflict
from matchmaking import schemas
from matchmaking.models import Season
from matchmaking.selectors import pool_of
from matchmaking.services.pools import begin_season, change_season
from matchmaking.services.seasons import end_season

from .pool_bodies import SeasonEndBody, SeasonSettings, changes_of
from .pools import TAG
from .rights import by_right, record

_ORDERS: dict[str, Order] = {"number": (("number", int),)}
_may_change = by_right("matchmaking.change_season")


class SeasonsQuery(PageQuery, kw_only=True):
    """Which seasons, and in which order."""

    sort: Literal["number", "-number"] = "-number"


@endpoint("GET", tag=TAG)
def seasons(request: HttpRequest, slug: str, query: SeasonsQuery) -> schemas.Seasons:
    """The seasons of a pool, the newest first."""
    page = page_of(Season.objects.filter(pool=pool_of(slug)), query, _ORDERS)
    return schemas.Seasons(seasons=[schemas.Season.of(one) for one in page.rows], next=page.next)


@endpoint("POST", tag=TAG, status=201, first=_may_change)
def new_season(request: HttpRequest, slug: str, body: SeasonSettings) -> schemas.Season:
    """Begin the season of a pool where none runs, by a key with the scope `pools` or as staff."""
    with transaction.atomic():
        season = begin_season(slug=slug, changes=changes_of(body))
        record(request, season, ADDITION, f"Began season {season.number} of {slug}.")
    return schemas.Season.of(season)


@endpoint("PATCH", tag=TAG, first=_may_change)
def patch_season(
    request: HttpRequest, slug: str, number: int, body: SeasonSettings
) -> schemas.Season:
    """Change the rules of the present season, by a key or as staff."""
    with transaction.atomic():
        season = change_season(slug=slug, number=number, changes=changes_of(body))
        record(request, season, CHANGE, f"Changed season {number} of {slug}.")
    return schemas.Season.of(season)


@endpoint("POST", tag=TAG, first=_may_change)
def end(request: HttpRequest, slug: str, body: SeasonEndBody) -> schemas.Season:
    """End the present season, by a key or as staff: its table is kept, and the next begins."""
    pool = pool_of(slug)
    with transaction.atomic():
        if not pool.seasons.filter(number=body.number).exists():
            raise Conflict(f"{pool} has no season {body.number}.", code="season_over")
        season = end_season(pool=pool, number=body.number)
        record(request, season, CHANGE, f"Ended season {body.number} of {slug}.")
    return schemas.Season.of(season)
