"""HTTP for programs: the pools, their rules, and how they do."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib.errors import NotFound
from lib.http import endpoint, json_response
from matchmaking.models import Pool
from matchmaking.outlook import pool_statistics
from matchmaking.serializers import Json, pool_answer


@endpoint("GET")
async def pools(request: HttpRequest) -> HttpResponse:
    """All pools, by name."""
    return json_response({"pools": await sync_to_async(_pools)()})


def _pools() -> list[Json]:
    return _told(list(Pool.objects.all()))


@endpoint("GET")
async def pool(request: HttpRequest, slug: str) -> HttpResponse:
    """One pool."""
    return json_response(await sync_to_async(_pool)(slug))


def _pool(slug: str) -> Json:
    found = Pool.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no pool {slug!r}.", code="unknown_pool")
    [told] = _told([found])
    return told


def _told(pools: list[Pool]) -> list[Json]:
    statistics = pool_statistics(pools, now=timezone.now())
    return [pool_answer(pool) | {"statistics": statistics[pool.pk].answer()} for pool in pools]
