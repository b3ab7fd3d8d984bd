"""HTTP for programs: make a tournament, read it, enter a result."""

from typing import Literal
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from matchmaking import idempotency
from matchmaking.answers import Json
from matchmaking.api import read_caller, read_once
from matchmaking.callers import Caller, player_of
from matchmaking.errors import Malformed
from matchmaking.http import check_newcomer, endpoint, json_response, read_body
from matchmaking.idempotency import Once, Replay

from .answers import pairing_answer, tournament_answer, tournament_brief
from .models import Seeding
from .services.entries import create_tournament
from .services.organisers import check_organiser
from .services.running import report_result, start_tournament


class TournamentBody(msgspec.Struct):
    """What `POST /tournament` takes."""

    players: list[str]
    name: str = "Tournament"
    byes: bool = False
    seeding: Literal["given", "random", "listed"] = "given"


class ResultBody(msgspec.Struct):
    """A result: games won by each side, or who won by the other's forfeit."""

    scores: list[int] | None = None
    outcome: Literal["played", "forfeit"] = "played"
    winner: Literal[0, 1] | None = None


@endpoint("POST")
async def create(request: HttpRequest) -> HttpResponse:
    """Make a tournament and start it: 201 with its first round and the organiser's token."""
    body = read_body(request, TournamentBody)
    caller = await read_caller(request)
    if caller.is_nobody:
        check_newcomer(request)
    once = read_once(request, caller)
    try:
        answer, status = await sync_to_async(_create)(body, caller, once)
    except IntegrityError:
        # The same key was at work in another request: now its answer is there.
        answer, status = await sync_to_async(_create)(body, caller, once)
    return json_response(answer, status=status)


@transaction.atomic
def _create(body: TournamentBody, caller: Caller, once: Once | None) -> tuple[Json, int]:
    if once is not None:
        stored = idempotency.answered([once]).get(once.digest)
        if stored is not None:
            before: Replay = idempotency.replay(once, stored)
            return before.answer, before.status
    created = create_tournament(
        name=body.name,
        players=body.players,
        seeding=Seeding(body.seeding),
        byes=body.byes,
        organiser=None if caller.is_nobody else player_of(caller),
    )
    brackets = start_tournament(tournament_id=created.tournament.pk)
    created.tournament.refresh_from_db(fields=["state"])
    answer = {
        "status": "Tournament Created",
        "brackets": brackets,
        "tournament": tournament_brief(created.tournament),
        "token": created.token,
    }
    if once is not None:
        idempotency.record(once, answer, status=201, now=timezone.now()).save(force_insert=True)
    return answer, 201


@endpoint("GET")
async def show(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A whole tournament: stages, rounds, pairings with their matches."""
    return json_response(await sync_to_async(tournament_answer)(tournament_id))


@endpoint("POST")
async def result(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """Enter a result, with the organiser's token; the winner goes on."""
    body = read_body(request, ResultBody)
    caller = await read_caller(request)
    return json_response(await sync_to_async(_report)(tournament_id, match_id, body, caller))


def _report(tournament_id: UUID, match_id: UUID, body: ResultBody, caller: Caller) -> Json:
    check_organiser(tournament_id=tournament_id, caller=caller)
    if body.outcome == "forfeit":
        if body.winner is None:
            raise Malformed("Say who wins by forfeit: `winner` is 0 or 1, the index of a side.")
        pairing = report_result(
            tournament_id=tournament_id, match_id=match_id, forfeit_winner=body.winner
        )
    elif body.scores is None:
        raise Malformed("`scores` is missing: the games won by each side, such as [2, 1].")
    else:
        pairing = report_result(tournament_id=tournament_id, match_id=match_id, scores=body.scores)
    return {"status": "Result Entered", "pairing": pairing_answer(pairing)}
