"""HTTP for programs: the pools, their rules, and how they do."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from lib.endpoints import endpoint
from lib.errors import NotFound
from matchmaking import schemas
from matchmaking.models import Pool
from matchmaking.services.queue.outlook import pool_statistics

TAG = "Pools and leaderboards"


@endpoint("GET", tag=TAG)
def pools(request: HttpRequest) -> schemas.Pools:
    """All pools, by name."""
    return schemas.Pools(_shown(Pool.objects.all()))


@endpoint("GET", tag=TAG)
def pool(request: HttpRequest, slug: str) -> schemas.Pool:
    """One pool."""
    found = Pool.objects.filter(slug=slug)
    if not found:
        raise NotFound(f"There is no pool {slug!r}.", code="unknown_pool")
    [shown] = _shown(found)
    return shown


def _shown(pools: Iterable[Pool]) -> list[schemas.Pool]:
    statistics = pool_statistics(pools, now=timezone.now())
    return [schemas.Pool.of(pool, statistics[pool.pk]) for pool in pools]
