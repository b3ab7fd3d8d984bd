"""HTTP for programs: make a party, look at it, join it by its code, leave it."""

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from lib.http import check_newcomer, endpoint, json_response, read_body
from matchmaking.callers import Caller
from matchmaking.serializers import Json, party_answer, player_answer
from matchmaking.services.parties import (
    Entered,
    create_party,
    join_party,
    leave_party,
    party_by_code,
)

from .queue import read_caller


class PartyBody(msgspec.Struct):
    """What `POST /parties` takes."""

    pool: str | None = None
    username: str | None = None


class PartyJoinBody(msgspec.Struct):
    """What `POST /parties/<code>/join` takes: a name, from who has no token yet."""

    username: str | None = None


@endpoint("POST")
async def parties(request: HttpRequest) -> HttpResponse:
    """Make a party; a newcomer becomes a guest by it."""
    body = read_body(request, PartyBody) if request.body else PartyBody()
    caller = await _caller(request, body.username)
    entered = await sync_to_async(create_party)(
        caller=caller, pool=body.pool, username=body.username
    )
    message = f"Tell your friends the code {entered.party.code}."
    return json_response(_entered("Party Created", message, entered), status=201)


async def _caller(request: HttpRequest, username: str | None) -> Caller:
    caller = await read_caller(request)
    if caller.is_nobody and username is not None:
        check_newcomer(request)
    return caller


def _entered(status: str, message: str, entered: Entered) -> Json:
    answer: Json = {
        "status": status,
        "message": message,
        "party": party_answer(entered.party),
        "player": player_answer(entered.player),
    }
    return answer | {"token": entered.token} if entered.token else answer


@endpoint("GET")
async def party(request: HttpRequest, code: str) -> HttpResponse:
    """A party of one's own."""
    caller = await read_caller(request)
    found = await sync_to_async(party_by_code)(code=code.upper(), caller=caller)
    return json_response({"status": "Party", "party": party_answer(found)})


@endpoint("POST")
async def join(request: HttpRequest, code: str) -> HttpResponse:
    """Join a party by its code."""
    body = read_body(request, PartyJoinBody) if request.body else PartyJoinBody()
    caller = await _caller(request, body.username)
    entered = await sync_to_async(join_party)(
        code=code.upper(), caller=caller, username=body.username
    )
    message = f"You are in the party of {entered.party.leader.name}, who queues all of you."
    return json_response(_entered("Joined", message, entered))


@endpoint("DELETE")
async def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leave a party, which ends its wait."""
    caller = await read_caller(request)
    await sync_to_async(leave_party)(code=code.upper(), caller=caller)
    return json_response({"status": "Left", "message": "You left the party."})
