"""The page of a match, and its buttons: report, confirm, dispute."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.errors import NotFound, Refusal
from matchmaking.callers import Caller
from matchmaking.game_fields import read_games
from matchmaking.identity import browser_player
from matchmaking.models import Match, MatchState, Report, ReportState
from matchmaking.selectors import match_of
from matchmaking.services.reports import (
    Claim,
    ReportOutcome,
    confirm_result,
    dispute_result,
    report_result,
)

from .match_display import match_page_of
from .queue import caller_for

_MOST_SIDES = 32


def match_page(
    request: HttpRequest, match_id: UUID, more: Mapping[str, Any] = MappingProxyType({})
) -> HttpResponse:
    """A match: its sides, its score, and what the visitor can do about it.

    An app above may add to its context: `below` names a template of its own.
    """
    return _show(request, match_id, "matchmaking/match.html", more)


@require_safe
def match_panel(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """The changing part of the page, by itself."""
    return _show(request, match_id, "matchmaking/_match.html")


@never_cache
def _show(
    request: HttpRequest,
    match_id: UUID,
    template: str,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    try:
        match = match_of(match_id)
    except NotFound as error:
        raise Http404 from error
    shown = match_page_of(match, browser_player(request))
    return render(request, template, {"shown": shown, "match": match, **more})


@require_POST
def report(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Report the result."""
    return _report(request, match_id, lambda caller: report_result(
        match_id=match_id, caller=caller, claim=_claim(request)
    ))  # fmt: skip


@require_POST
def confirm(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Agree with the other side."""
    return _report(request, match_id, lambda caller: confirm_result(
        match_id=match_id, caller=caller, report_id=_report_id(request)
    ))  # fmt: skip


@require_POST
def dispute(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Disagree, with another score or without."""
    if "outcome" in request.POST or request.POST.get("scores") or request.POST.get("score_0"):
        return report(request, match_id)
    return _report(request, match_id, lambda caller: dispute_result(
        match_id=match_id, caller=caller, report_id=_report_id(request)
    ))  # fmt: skip


def _report(
    request: HttpRequest, match_id: UUID, do: Callable[[Caller], ReportOutcome]
) -> HttpResponse:
    try:
        outcome = do(caller_for(browser_player(request)))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(outcome.match, outcome.report))
    return redirect("match", match_id)


def _words(match: Match, report: Report | None) -> str:
    if match.state == MatchState.FINISHED:
        return "The result stands."
    if report is not None and report.state == ReportState.DISPUTED:
        return "The organiser is asked to decide."
    return "This is stored. The others are asked."


def _claim(request: HttpRequest) -> Claim:
    """The result in the form: one score such as 2:1, fields for sides or games, or a forfeit."""
    seen = request.POST.get("revision")
    revision = _number(seen) if seen else None
    if request.POST.get("outcome") == "forfeit":
        winner = request.POST.get("winner")
        return Claim(forfeit=True, winner=_number(winner) if winner else None, revision=revision)
    if request.POST.get("outcome") == "points":
        return Claim(games=read_games(request.POST), revision=revision)
    drawn, written = request.POST.get("drawn"), request.POST.get("scores")
    if written:
        scores = [_number(part) for part in written.split(":")[:_MOST_SIDES]]
    else:
        fields = [request.POST.get(f"score_{side}") for side in range(_MOST_SIDES)]
        scores = [_number(field) for field in fields if field is not None]
    return Claim(scores, drawn=_number(drawn) if drawn else None, revision=revision)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise Refusal("Enter a score for each side: whole numbers from 0.", code="bad_score")
    return int(text)


def _report_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("report", ""))
    except ValueError:
        return None
