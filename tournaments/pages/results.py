"""Entering, correcting and reopening results, in a dialog or on a page of its own."""

from contextlib import suppress
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal
from matchmaking.game_fields import game_fields
from matchmaking.results import drawn_games
from tournaments.display.choice import Choice
from tournaments.forms.result import ResultForm
from tournaments.match_places import place_of
from tournaments.models import Pairing, PairingState, Tournament
from tournaments.selectors import match_pairing
from tournaments.services.locking import not_ready
from tournaments.services.progress.reopen import preview_reopen, reopen_result
from tournaments.services.progress.results import enter_result, set_live_score
from tournaments.services.progress.swiss_rounds import Engine, pair_next_round, swiss_group

from .responses import act, done, refused
from .rights import entering, organiser_of

with_form = require_http_methods(["GET", "HEAD", "POST"])


@with_form
@never_cache
@ensure_csrf_cookie
def match_page(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """A match, and the form for those who may enter its result."""
    pairing = _pairing(tournament_id, match_id)
    if pairing.match is None:
        return refused(request, not_ready(pairing), place_of(pairing))
    if request.method == "POST":
        return act(request, place_of(pairing), lambda: _enter(request, pairing))
    context = _context(request, pairing)
    if context["may_correct"] and pairing.state == PairingState.DECIDED:
        with suppress(Refusal):  # a result that cannot be reopened empties nothing
            context["emptied"] = preview_reopen(tournament_id=tournament_id, match_id=match_id)
    return _page(request, "_entry", context)


def _enter(request: HttpRequest, pairing: Pairing) -> str:
    """Store the result, the score so far or a correction, as the button says."""
    tournament_id, match_id = pairing.group.stage.tournament_id, pairing.match_id
    assert match_id is not None
    actor = entering(request, pairing.group.stage.tournament, pairing)
    form = ResultForm.read(request.POST)
    if form.cleaned_data["outcome"] in {"live", "live-points"}:
        set_live_score(tournament_id=tournament_id, match_id=match_id, scores=form.live_scores())
        return "The score so far is shown."
    enter_result(
        tournament_id=tournament_id,
        match_id=match_id,
        report=form.report(),
        revision=form.cleaned_data["revision"],
        actor=actor,
        why=form.cleaned_data["why"],
    )
    corrected = pairing.state == PairingState.DECIDED
    return "The result is corrected." if corrected else "The result is entered."


@with_form
@never_cache
@ensure_csrf_cookie
def match_reopen(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """The results that reopening this one empties; a post reopens it."""
    pairing = _pairing(tournament_id, match_id)
    back = place_of(pairing)
    if pairing.match is None:
        return refused(request, not_ready(pairing), back)
    ids = {"tournament_id": tournament_id, "match_id": match_id}

    def reopen() -> str:
        actor = organiser_of(request, pairing.group.stage.tournament)
        reopen_result(**ids, actor=actor, why=request.POST.get("why", ""))
        return "The match is open again."

    if request.method == "POST":
        return act(request, back, reopen)
    try:
        organiser_of(request, pairing.group.stage.tournament)
        context = _context(request, pairing) | {"emptied": preview_reopen(**ids)}
    except Refusal as refusal:
        return refused(request, refusal, back)
    return _page(request, "_reopen", context)


@require_POST
def tournament_pair(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Pair the next round of a Swiss; when that takes too long, a quicker engine is offered."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    stage = Choice.of(request.GET).stage
    back = reverse("tournament", args=[tournament_id]) + (f"?stage={stage}" if stage else "")
    try:
        actor = organiser_of(request, tournament)
        group = swiss_group(tournament, stage=stage)
        engine: Engine = "quick" if request.POST.get("engine") == "quick" else "dutch"
        made = pair_next_round(group=group, actor=actor, engine=engine)
    except Refusal as refusal:
        quick = refusal.code in {"pairing_timeout", "pairing_failed"}
        return refused(request, refusal, f"{back}{'&' if stage else '?'}quick=1" if quick else back)
    return done(request, f"{made} is paired.", back)


def _pairing(tournament_id: UUID, match_id: UUID) -> Pairing:
    pairing = match_pairing(tournament_id, match_id)
    if pairing is None:
        raise Http404
    return pairing


def _context(request: HttpRequest, pairing: Pairing) -> dict[str, object]:
    match = pairing.match
    assert match is not None
    tournament = pairing.group.stage.tournament
    context: dict[str, object] = {
        "tournament": tournament,
        "pairing": pairing,
        "match": match,
        "needed": match.best_of // 2 + 1,
        "scores": match.scores or match.live_scores or [0, 0],
        "drawn": drawn_games(match),
        "games": game_fields(match),
        "back": place_of(pairing),
        "may_enter": False,
        "may_correct": False,
    }
    try:
        actor = entering(request, tournament, pairing)
    except Refusal as refusal:
        return context | {"refusal": refusal}
    return context | {"may_enter": True, "may_correct": actor.may_run}


def _page(request: HttpRequest, part: str, context: dict[str, object]) -> HttpResponse:
    """A part of a match's page: with `?fragment` for a dialog, else on a page of its own."""
    template = f"tournaments/{part}.html"
    name = template if "fragment" in request.GET else "tournaments/match.html"
    return render(request, name, context | {"part": template})
