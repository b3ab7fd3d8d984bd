"""Tickets that a service queues for its players, many in one request."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from msgspec import Meta

from lib.endpoints import endpoint
from lib.errors import Forbidden, RateLimited, Refusal, Unauthenticated
from lib.idempotency import IdempotencyKey, Replay
from lib.schemas import Body, Refused
from matchmaking import schemas
from matchmaking.models import Pool
from matchmaking.services.queue.joining import Join, Joined, join_batcher

from .keys import shown_digest, shows_key

_TAG = "Game servers"
MOST_TICKETS = 100
_MOST_PLAYERS = 16
_MOST_VALUES = 32
_RATING_MAX = 10_000


class TicketBody(Body):
    """Players who wait as one, such as a party; and what they ask."""

    players: Annotated[list[str], Meta(min_length=1, max_length=_MOST_PLAYERS)]
    """Your own ids for them."""
    attributes: dict[str, Any] = {}
    """What the pool declares."""
    roles: dict[str, Annotated[list[str], Meta(max_length=_MOST_VALUES)]] = {}
    """What each of the players can be, the best first, where the pool has roles."""
    rating: Annotated[float, Meta(ge=0, le=_RATING_MAX)] | None = None
    """To go by in the pairing, where the pool lets you say it."""
    regions: Annotated[list[str], Meta(max_length=_MOST_VALUES)] = []
    """Of the pool's, the best first; none for any."""


class TicketsBody(Body):
    """Tickets for one pool."""

    tickets: Annotated[list[TicketBody], Meta(min_length=1, max_length=MOST_TICKETS)]
    pool: str = Pool.DEFAULT


#: The batch looks the key up, once for all its tickets, and counts each.
@endpoint("POST", tag=_TAG, first=shows_key, is_guarded=False)
async def queue_tickets(request: HttpRequest, body: TicketsBody) -> schemas.TicketAnswers:
    """Queue players of yours; each ticket has its own answer, in order, and none affects another.

    To queue who waits already is a sign of life, and keeps the ticket. A party is listed together.
    Each ticket counts as a request of the key.
    """
    digest = shown_digest(request)
    once = IdempotencyKey.of_request(request, caller=digest, body=b"")
    joins = [
        Join(
            None,
            body.pool,
            idempotency_key=once and _of_ticket(once, place, request, digest, body.pool, ticket),
            regions=tuple(ticket.regions),
            attributes=ticket.attributes,
            roles=ticket.roles,
            rating=ticket.rating,
            key_sha256=digest,
            players=tuple(ticket.players),
        )
        for place, ticket in enumerate(body.tickets)
    ]
    submitted = [_submitted(join) for join in joins]
    return schemas.TicketAnswers(_answers([await _outcome(one) for one in submitted]))


def _of_ticket(
    once: IdempotencyKey,
    place: int,
    request: HttpRequest,
    digest: str,
    pool: str,
    ticket: TicketBody,
) -> IdempotencyKey:
    """The key of one ticket: it is answered as before where the same is in the same place."""
    route = f"{request.method} {request.path.rstrip('/')} {place}"
    content = msgspec.json.encode((pool, ticket))
    return IdempotencyKey.of(once.key, route=route, caller=digest, body=content)


def _submitted(join: Join) -> "asyncio.Future[Joined | Replay] | Refusal":
    try:
        return join_batcher.submit(join)
    except Refusal as overloaded:
        return overloaded


async def _outcome(submitted: "asyncio.Future[Joined | Replay] | Refusal") -> Any:
    """What became of a ticket, an exception included: every one is awaited."""
    if isinstance(submitted, Refusal):
        return submitted
    try:
        return await submitted
    except Exception as error:
        return error


def _answers(results: Sequence[Any]) -> list[Any]:
    """An answer for each; raises what is wrong with the key, or with the database."""
    if all(isinstance(result, RateLimited) for result in results):
        raise results[0]
    for result in results:
        if isinstance(result, Unauthenticated | Forbidden):
            raise result
        if isinstance(result, BaseException) and not isinstance(result, Refusal):
            raise result
    return [_answer(result) for result in results]


def _answer(result: Joined | Replay | Refusal) -> Any:
    if isinstance(result, Refusal):
        return Refused(result.code, result.message)
    return result.answer if isinstance(result, Replay) else result.answer()
