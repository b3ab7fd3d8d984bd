"""HTTP for programs: a match, and its result as its players tell it."""

from typing import Literal
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from lib.errors import Malformed
from lib.http import endpoint, json_response, read_body, wants_json
from matchmaking.callers import Caller
from matchmaking.match_serializers import whole_match_answer
from matchmaking.models import MatchState, ReportState
from matchmaking.pages.match_display import match_of
from matchmaking.pages.matches import match_page
from matchmaking.serializers import Json
from matchmaking.services.reports import Claim, Told, confirm_result, dispute_result, report_result

from .queue import read_caller

_MOST_SCORES = 32


class MatchResultBody(msgspec.Struct):
    """What `POST /matches/<id>/result` takes: scores by side, or a forfeit."""

    scores: list[int] | None = None
    outcome: Literal["played", "forfeit"] = "played"
    winner: int | None = None
    revision: int | None = None


class ReportBody(msgspec.Struct):
    """Which report is meant; may be left out."""

    report: UUID | None = None


async def match(request: HttpRequest, match_id: UUID) -> HttpResponseBase:
    """A match: a page for people, JSON for programs."""
    if request.method in {"GET", "HEAD"} and not wants_json(request):
        return await sync_to_async(match_page)(request, match_id)
    return await show(request, match_id)


@endpoint("GET", "HEAD")
async def show(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """A match with its sides, its report and the ratings it moved, for everybody."""
    return json_response(await sync_to_async(_show)(match_id))


def _show(match_id: UUID) -> Json:
    return whole_match_answer(match_of(match_id))


@endpoint("POST")
async def result(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Say how a match ended, as one of its players."""
    body = read_body(request, MatchResultBody)
    claim = _claim(body)
    caller = await read_caller(request)
    return json_response(await sync_to_async(_report)(match_id, caller, claim))


def _claim(body: MatchResultBody) -> Claim:
    if body.scores is not None and len(body.scores) > _MOST_SCORES:
        raise Malformed("There are more scores than a match has sides.")
    return Claim(
        scores=body.scores,
        forfeit=body.outcome == "forfeit",
        winner=body.winner,
        revision=body.revision,
    )


def _report(match_id: UUID, caller: Caller, claim: Claim) -> Json:
    return _told(report_result(match_id=match_id, caller=caller, claim=claim))


@endpoint("POST")
async def confirm(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Agree with the other side's report."""
    body = _report_body(request)
    caller = await read_caller(request)
    return json_response(await sync_to_async(_confirm)(match_id, caller, body.report))


def _confirm(match_id: UUID, caller: Caller, report: UUID | None) -> Json:
    return _told(confirm_result(match_id=match_id, caller=caller, report_id=report))


@endpoint("POST")
async def dispute(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Disagree with the other side's report."""
    body = _report_body(request)
    caller = await read_caller(request)
    return json_response(await sync_to_async(_dispute)(match_id, caller, body.report))


def _dispute(match_id: UUID, caller: Caller, report: UUID | None) -> Json:
    return _told(dispute_result(match_id=match_id, caller=caller, report_id=report))


def _report_body(request: HttpRequest) -> ReportBody:
    """The body, which may be empty."""
    return read_body(request, ReportBody) if request.body else ReportBody()


def _told(told: Told) -> Json:
    status, message = _words(told)
    return {
        "status": status,
        "message": message,
        "match": whole_match_answer(told.match, told.report),
    }


def _words(told: Told) -> tuple[str, str]:
    if told.match.state == MatchState.FINISHED:
        return "Finished", "The result stands."
    if told.report is not None and told.report.state == ReportState.DISPUTED:
        return "Disputed", "The sides disagree. The organiser decides, or one side confirms."
    return "Reported", "The other side is asked; if it says nothing, the result stands."
