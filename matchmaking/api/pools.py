"""HTTP for programs: the pools, their rules, and how they do."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any, Literal
from uuid import UUID

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from msgspec import Meta, json

from lib.database.paging import Order, PageQuery, page_of
from lib.endpoints import endpoint
from lib.errors import Malformed
from matchmaking import schemas
from matchmaking.models import Pool
from matchmaking.selectors import pool_of
from matchmaking.services.pools import change_pool, create_pool, delete_pool
from matchmaking.services.queue.outlook import pool_statistics
from service_keys.models import ServiceKey

from .pool_bodies import NewPool, PoolSettings, changes_of
from .rights import by_right, record

TAG = "Pools and leaderboards"
_MOST_POOLS = 1000
_ORDERS: dict[str, Order] = {"name": (("name", str), ("slug", str)), "slug": (("slug", str),)}


class PoolsQuery(PageQuery, kw_only=True):
    """Which pools, and in which order."""

    size: Annotated[int, Meta(ge=1, le=_MOST_POOLS)] = _MOST_POOLS
    """How many pools, at most 1000."""
    sort: Literal["name", "-name", "slug", "-slug"] = "name"


@endpoint("GET", tag=TAG)
def pools(request: HttpRequest, query: PoolsQuery) -> schemas.Pools:
    """All pools, by name."""
    page = page_of(Pool.objects.select_related("game_server"), query, _ORDERS)
    return schemas.Pools(pools=_shown(page.rows), next=page.next)


@endpoint("GET", tag=TAG)
def pool(request: HttpRequest, slug: str) -> schemas.Pool:
    """One pool."""
    [shown] = _shown([pool_of(slug)])
    return shown


@endpoint("POST", tag=TAG, status=201, first=by_right("matchmaking.add_pool"))
def new_pool(request: HttpRequest, body: NewPool) -> schemas.Pool:
    """Make a pool, by a key with the scope `pools` or as staff."""
    changes = _changes(body)
    with transaction.atomic():
        made = create_pool(changes=changes)
        record(request, made, ADDITION, f"Made the pool {made.slug}.")
    return _shown([made])[0]


@endpoint("PATCH", tag=TAG, first=by_right("matchmaking.change_pool"))
def patch_pool(request: HttpRequest, slug: str, body: PoolSettings) -> schemas.Pool:
    """Change the rules of a pool, open or close it, by a key or as staff."""
    changes = _changes(body)
    with transaction.atomic():
        changed = change_pool(slug=slug, changes=changes)
        names = ", ".join(changes) or "nothing"
        record(request, changed, CHANGE, f"Changed the pool {slug}: {names}.")
    return _shown([changed])[0]


@endpoint("DELETE", tag=TAG, first=by_right("matchmaking.delete_pool"))
def end_pool(request: HttpRequest, slug: str) -> schemas.PoolDeleted:
    """Delete a pool that nobody has used, by a key or as staff."""
    with transaction.atomic():
        deleted = delete_pool(slug=slug)
        record(request, deleted, DELETION, f"Deleted the pool {slug}.")
    return schemas.PoolDeleted(slug)


def _changes(body: PoolSettings) -> dict[str, Any]:
    changes = changes_of(body)
    if b"\\u0000" in json.encode(changes):
        raise Malformed("A text holds a NUL, which cannot be kept.", code="bad_pool")
    if changes.get("game_server") is not None:
        changes["game_server"] = _server(changes["game_server"])
    return changes


def _server(named: str) -> ServiceKey:
    """The key of this name or id."""
    key = ServiceKey.objects.filter(name=named).first()
    with suppress(ValueError):
        key = key or ServiceKey.objects.filter(pk=UUID(named)).first()
    if key is None:
        raise Malformed(f"`game_server`: no service key is called {named!r}.", code="bad_pool")
    return key


def _shown(pools: Iterable[Pool]) -> list[schemas.Pool]:
    statistics = pool_statistics(pools, now=timezone.now())
    return [schemas.Pool.of(pool, statistics[pool.pk]) for pool in pools]
