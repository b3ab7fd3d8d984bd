"""HTTP for programs: queue, look at a ticket, accept, decline, leave."""

from typing import Annotated, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from msgspec import Meta

from lib.endpoints import described_by, endpoint, socket_only
from lib.http import THREADLESS, check_newcomer, json_response
from lib.idempotency import IdempotencyKey, Replay
from lib.schemas import Body
from lib.tracing.trace import note_player
from matchmaking import schemas
from matchmaking.callers import Caller, check_no_key
from matchmaking.identity import bearer, caller_of, set_guest_cookie
from matchmaking.models import Pool
from matchmaking.services.queue.held_reads import MOST_SECONDS, read_ticket
from matchmaking.services.queue.joining import Join, join_batcher
from matchmaking.services.queue.ready_checks import accept_match, decline_match
from matchmaking.services.queue.ticket_reads import show_ticket as shown
from matchmaking.services.queue.tickets import TicketQuery, leave_pool
from service_keys.access import key_digest

_TAG = "The queue"
_MOST_REGIONS = 32
# A key is looked up, and counts, where its ticket is; hence `is_guarded=False`.


class JoinBody(Body):
    """What `POST /matchmaking` takes."""

    username: str | None = None
    pool: str = Pool.DEFAULT
    party: str | None = None
    regions: Annotated[list[str], Meta(max_length=_MOST_REGIONS)] = []
    attributes: dict[str, Any] = {}
    """Values for what the pool declares; also of those in the party who have said nothing."""
    roles: Annotated[list[str], Meta(max_length=_MOST_REGIONS)] = []
    """What the caller can be in a team, the best first; none for anything."""


@endpoint("POST", tag=_TAG, returns=schemas.Queued)
async def join(request: HttpRequest, body: JoinBody) -> HttpResponse:
    """Queue: 200 `Waiting` or `Matched`; the rows are committed before the answer."""
    caller = await _read_caller(request)
    check_no_key(caller)
    if caller.is_nobody:
        check_newcomer(request)
    once = IdempotencyKey.of_request(request, caller=caller.key)
    party = body.party.strip().upper() if body.party is not None else None
    wish = Join(
        body.username,
        body.pool,
        caller,
        once,
        party,
        tuple(body.regions),
        body.attributes,
        {"": body.roles} if body.roles else {},
    )
    joined = await join_batcher.submit(wish)
    if isinstance(joined, Replay):
        return json_response(joined.answer, status=joined.status)
    note_player(joined.player.pk)
    response = json_response(joined.answer())
    if joined.token and "HTTP_ORIGIN" in request.META:  # a browser's
        set_guest_cookie(response, joined.token)
    return response


async def _read_owner(request: HttpRequest) -> Caller:
    """Who asks for a ticket: its player, or the service that queued it."""
    key = key_digest(request.META.get("HTTP_AUTHORIZATION"))
    return Caller(key_sha256=key) if key else await _read_caller(request)


async def _read_caller(request: HttpRequest) -> Caller:
    """Who sent the request; asks the database only when a cookie has to be looked up."""
    if not request.COOKIES:
        return bearer(request.META.get("HTTP_AUTHORIZATION"))
    return await sync_to_async(caller_of)(request)


@described_by(join)
async def matchmaking(request: HttpRequest) -> HttpResponseBase:
    """The queue's address: a POST joins, a socket waits, a page there is none."""
    is_plain = request.method in {"GET", "HEAD"}
    response: HttpResponseBase = await (socket_only(request) if is_plain else join(request))
    return response


class TicketLook(Body):
    """How to look at a ticket."""

    wait: Annotated[int, Meta(ge=0, le=MOST_SECONDS)] = 0
    """For how many seconds to hold the answer until the ticket changes."""


@endpoint("GET", tag=_TAG, is_guarded=False)
async def show_ticket(
    request: HttpRequest, ticket_id: UUID, query: TicketLook
) -> schemas.TicketShown:
    """Show a ticket, and how its wait goes; with `?wait=25` as soon as it changes."""
    ticket = TicketQuery(ticket_id, await _read_owner(request))
    is_threadless = isinstance(request, ASGIRequest) and THREADLESS in request.scope
    return await read_ticket(ticket, wait_seconds=query.wait if is_threadless else 0)


@endpoint("DELETE", tag=_TAG, is_guarded=False)
def leave(request: HttpRequest, ticket_id: UUID) -> schemas.QueueLeft:
    """Leave the queue."""
    key = key_digest(request.META.get("HTTP_AUTHORIZATION"))
    caller = Caller(key_sha256=key) if key else caller_of(request)
    left = leave_pool(ticket_id=ticket_id, caller=caller)
    return schemas.QueueLeft("You left the queue.", schemas.Ticket.of(left))


class ReadyAnswer(Body):
    """What accepting and declining take."""

    check: UUID | None = None
    """The ready check that is answered."""


_NO_CHECK = ReadyAnswer()


@endpoint("POST", tag=_TAG, is_guarded=False)
def accept(
    request: HttpRequest, ticket_id: UUID, body: ReadyAnswer = _NO_CHECK
) -> schemas.TicketShown:
    """Accept the match that was found for a ticket."""
    caller = caller_of(request)
    accept_match(ticket_id=ticket_id, caller=caller, check_id=body.check)
    return shown(ticket_id=ticket_id, caller=caller)


@endpoint("POST", tag=_TAG, is_guarded=False)
def decline(
    request: HttpRequest, ticket_id: UUID, body: ReadyAnswer = _NO_CHECK
) -> schemas.TicketShown:
    """Decline it: the ticket ends."""
    caller = caller_of(request)
    decline_match(ticket_id=ticket_id, caller=caller, check_id=body.check)
    return shown(ticket_id=ticket_id, caller=caller)
