"""HTTP for game servers: the feed of facts."""

from typing import Annotated
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from msgspec import Meta

from lib.endpoints import endpoint
from lib.errors import Malformed, NotFound
from lib.http import THREADLESS
from lib.schemas import Body
from matchmaking.selectors import pool_of
from service_keys.access import check_key, require_key
from service_keys.models import Scope, ServiceKey
from streams.relay import in_thread
from tournaments.models import Tournament
from webhooks.facts import FACTS
from webhooks.feed import MOST_SECONDS, Cursor, read_feed
from webhooks.schemas import FeedFacts, FeedResync
from webhooks.wanted import Wanted


class FeedQuery(Body):
    """What of the feed to read."""

    after: str | None = None
    """The `cursor` of the answer before; without it, from now on."""
    wait: Annotated[int, Meta(ge=0, le=MOST_SECONDS)] = 0
    """For how many seconds to hold the answer until there is a fact."""
    types: str = ""
    """Types of facts, between commas; all without it."""
    pool: str | None = None
    """Only of this pool."""
    tournament: UUID | None = None
    """Only of this tournament."""

    def wanted(self) -> Wanted:
        """What is asked for; raises `Malformed` for a type that there is not."""
        types = frozenset(filter(None, self.types.split(",")))
        if unknown := sorted(types - FACTS.keys()):
            raise Malformed(f"There is no type {unknown[0]!r}. The types are {', '.join(FACTS)}.")
        return Wanted(types, self.pool, str(self.tournament) if self.tournament else None)


@endpoint("GET", tag="Facts")
async def feed(request: HttpRequest, query: FeedQuery) -> FeedFacts | FeedResync:
    """The facts after a cursor, at most 100; with `?wait=25` as soon as there is one. By key."""
    key = await in_thread(_key_for, request, query)
    wanted = query.wanted()
    after = None if query.after is None else Cursor.parse(query.after)
    is_threadless = isinstance(request, ASGIRequest) and THREADLESS in request.scope
    wait = query.wait if is_threadless else 0
    answer = await read_feed(wanted, after=after, wait_seconds=wait)
    if wait:
        await in_thread(_check_again, key.pk)
    return answer


def _key_for(request: HttpRequest, query: FeedQuery) -> ServiceKey:
    """The key of a request for facts; raises `NotFound` for those of what does not exist."""
    key = require_key(request, Scope.READ)
    if query.pool is not None:
        pool_of(query.pool)
    tournament = query.tournament
    if tournament is not None and not Tournament.objects.filter(pk=tournament).exists():
        raise NotFound("There is no such tournament.")
    return key


def _check_again(key_id: UUID) -> None:
    """Refuse a key that was revoked while the answer was held."""
    check_key(ServiceKey.objects.filter(pk=key_id).first(), Scope.READ)
