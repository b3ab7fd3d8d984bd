"""HTTP for programs: queue, look at a ticket, accept, decline, leave; leave a match."""

from typing import Annotated
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from lib.http import check_newcomer, endpoint, json_response, raw_body, read_body
from lib.idempotency import IdempotencyKey, Replay
from matchmaking.callers import Caller
from matchmaking.identity import bearer, caller_of, set_guest_cookie
from matchmaking.models import Pool, Ticket, TicketState
from matchmaking.outlook import outlook
from matchmaking.selectors import open_check
from matchmaking.serializers import (
    ACCEPT_IT,
    WAITING,
    Json,
    check_answer,
    end_text,
    match_answer,
    stamp,
    ticket_answer,
)
from matchmaking.services.matches import leave_match
from matchmaking.services.queue.join_batcher import joins
from matchmaking.services.queue.joining import Join
from matchmaking.services.queue.ready_checks import accept_match, decline_match
from matchmaking.services.queue.tickets import leave_pool, ticket_of, touch_ticket

_MOST_REGIONS = 32


class JoinBody(msgspec.Struct):
    """What `POST /matchmaking` takes."""

    username: str | None = None
    pool: str = Pool.DEFAULT
    party: str | None = None
    regions: Annotated[list[str], msgspec.Meta(max_length=_MOST_REGIONS)] = []


async def read_caller(request: HttpRequest) -> Caller:
    """Who sent the request; asks the database only when a cookie has to be looked up."""
    if not request.COOKIES:
        return bearer(request.META.get("HTTP_AUTHORIZATION"))
    return await sync_to_async(caller_of)(request)


def read_once(request: HttpRequest, caller: Caller) -> IdempotencyKey | None:
    """The request's Idempotency-Key, if it has one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    route = f"{request.method} {request.path.rstrip('/')}"
    return IdempotencyKey.of(key, route=route, caller=caller.key, body=raw_body(request))


async def matchmaking(request: HttpRequest) -> HttpResponseBase:
    """The queue's address: a POST joins, a socket waits, a page there is none."""
    if request.method in {"GET", "HEAD"}:
        return HttpResponse("WebSocket endpoint only", content_type="text/plain", status=400)
    return await join(request)


@endpoint("POST")
async def join(request: HttpRequest) -> HttpResponse:
    """Queue: 200 `Waiting` or `Matched`; the rows are committed before the answer."""
    body = read_body(request, JoinBody)
    caller = await read_caller(request)
    if caller.is_nobody:
        check_newcomer(request)
    once = read_once(request, caller)
    party = body.party.strip().upper() if body.party is not None else None
    wish = Join(body.username, body.pool, caller, once, party, tuple(body.regions))
    joined = await joins.submit(wish)
    if isinstance(joined, Replay):
        return json_response(joined.answer, status=joined.status)
    response = json_response(joined.answer())
    if joined.token and _is_browser(request):
        set_guest_cookie(response, joined.token)
    return response


def _is_browser(request: HttpRequest) -> bool:
    return "HTTP_ORIGIN" in request.META


@endpoint("GET", "DELETE")
async def ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """How a ticket stands, or leave the queue with it."""
    caller = await read_caller(request)
    if request.method == "DELETE":
        return json_response(await sync_to_async(_leave)(ticket_id, caller))
    return json_response(await sync_to_async(_look)(ticket_id, caller))


def _leave(ticket_id: UUID, caller: Caller) -> Json:
    left = leave_pool(ticket_id=ticket_id, caller=caller)
    return {
        "status": "Left",
        "message": "You left the queue.",
        "ticket": ticket_answer(left),
    }


def _look(ticket_id: UUID, caller: Caller) -> Json:
    found = ticket_of(ticket_id=ticket_id, caller=caller)
    touch_ticket(found, now=timezone.now())
    return _ticket(found)


def _ticket(found: Ticket) -> Json:
    answer: Json = {"status": TicketState(found.state).label.title()}
    answer["ticket"] = ticket_answer(found)
    if found.state == TicketState.WAITING:
        return answer | _waiting(found)
    if found.state == TicketState.PROPOSED:
        return answer | _proposed(found)
    if found.match is not None:
        match = match_answer(found.match)
        return answer | {"match": match, "players": match["players"]}
    return answer | {"message": end_text(found)}


def _waiting(found: Ticket) -> Json:
    now = timezone.now()
    answer: Json = {"message": WAITING, "expires_at": stamp(now + settings.MATCHPOINT_TICKET_LIFE)}
    return answer | outlook(found, now=now).answer()


def _proposed(found: Ticket) -> Json:
    check = open_check(found)
    if check is None:  # it was settled this moment
        return {"message": ACCEPT_IT}
    return {"message": ACCEPT_IT, "check": check_answer(check, check.answers.all(), found)}


@endpoint("POST")
async def accept(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Accept the match that was found for a ticket."""
    caller = await read_caller(request)
    return json_response(await sync_to_async(_accept)(ticket_id, caller))


def _accept(ticket_id: UUID, caller: Caller) -> Json:
    return _ticket(accept_match(ticket_id=ticket_id, caller=caller, now=timezone.now()))


@endpoint("POST")
async def decline(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Decline it: the ticket ends."""
    caller = await read_caller(request)
    return json_response(await sync_to_async(_decline)(ticket_id, caller))


def _decline(ticket_id: UUID, caller: Caller) -> Json:
    return _ticket(decline_match(ticket_id=ticket_id, caller=caller, now=timezone.now()))


@endpoint("POST")
async def leave(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Concede an unfinished match."""
    caller = await read_caller(request)
    match = await sync_to_async(leave_match)(match_id=match_id, caller=caller)
    return json_response(
        {"status": "Left", "message": "You conceded the match.", "match": match_answer(match)}
    )
