"""The page of a match, and its buttons: report, confirm, dispute."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.errors import NotFound, Refusal
from matchmaking.callers import NOBODY, Caller
from matchmaking.identity import browser_player
from matchmaking.models import Match, MatchState, Report, ReportState
from matchmaking.selectors import match_of
from matchmaking.services.reports import Claim, Told, confirm_result, dispute_result, report_result

from .match_display import match_page_of

_MOST_SIDES = 32


def match_page(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """A match: who meets, how it stands, what you can say about it."""
    return _show(request, match_id, "matchmaking/match.html")


@require_safe
def match_panel(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """The part of the page that moves, by itself."""
    return _show(request, match_id, "matchmaking/_match.html")


@never_cache
def _show(request: HttpRequest, match_id: UUID, template: str) -> HttpResponse:
    try:
        match = match_of(match_id)
    except NotFound as error:
        raise Http404 from error
    shown = match_page_of(match, browser_player(request))
    return render(request, template, {"shown": shown, "match": match})


@require_POST
def report(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Say how the match ended."""
    return _say(request, match_id, lambda caller: report_result(
        match_id=match_id, caller=caller, claim=_claim(request)
    ))  # fmt: skip


@require_POST
def confirm(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Agree with the other side."""
    return _say(request, match_id, lambda caller: confirm_result(
        match_id=match_id, caller=caller, report_id=_report_meant(request)
    ))  # fmt: skip


@require_POST
def dispute(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Disagree: with another score, or only so."""
    if "outcome" in request.POST or _has_scores(request):
        return report(request, match_id)
    return _say(request, match_id, lambda caller: dispute_result(
        match_id=match_id, caller=caller, report_id=_report_meant(request)
    ))  # fmt: skip


def _say(request: HttpRequest, match_id: UUID, do: Callable[[Caller], Told]) -> HttpResponse:
    player = browser_player(request)
    try:
        told = do(Caller(player_id=player.pk) if player else NOBODY)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(told.match, told.report))
    return redirect("match", match_id)


def _words(match: Match, report: Report | None) -> str:
    if match.state == MatchState.FINISHED:
        return "The result stands."
    if report is not None and report.state == ReportState.DISPUTED:
        return "The organiser is asked to decide."
    return "Your result is reported. The other side is asked."


def _has_scores(request: HttpRequest) -> bool:
    return bool(request.POST.get("scores") or request.POST.get("score_0"))


def _claim(request: HttpRequest) -> Claim:
    """What the form says: one score such as 2:1, a field for each side, or a forfeit."""
    seen = request.POST.get("revision")
    revision = _number(seen) if seen else None
    if request.POST.get("outcome") == "forfeit":
        winner = request.POST.get("winner")
        return Claim(forfeit=True, winner=_number(winner) if winner else None, revision=revision)
    written = request.POST.get("scores")
    if written:
        scores = [_number(part) for part in written.split(":")[:_MOST_SIDES]]
    else:
        fields = [request.POST.get(f"score_{side}") for side in range(_MOST_SIDES)]
        scores = [_number(field) for field in fields if field is not None]
    return Claim(scores=scores, revision=revision)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise Refusal("Enter a score for each side: whole numbers from 0.", code="bad_score")
    return int(text)


def _report_meant(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("report", ""))
    except ValueError:
        return None
