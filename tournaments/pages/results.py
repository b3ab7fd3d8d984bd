"""Entering results, correcting them and taking them back, in place or on a page of their own."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal
from matchmaking.wording import scores_of
from tournaments.display.choice import Choice
from tournaments.forms.result import ResultForm
from tournaments.match_places import place_of
from tournaments.models import Pairing, PairingState, Tournament
from tournaments.selectors import match_pairing
from tournaments.services.actors import Actor
from tournaments.services.locking import not_ready
from tournaments.services.progress.reopen import preview_reopen, reopen_result
from tournaments.services.progress.results import enter_result, set_live_score
from tournaments.services.progress.swiss_rounds import Engine, pair_next_round, swiss_group
from tournaments.services.undo.stack import undo_last

from .rights import entering, organiser_of
from .tournament import refused, went_well

Do = Callable[[Actor], str]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
def match_page(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """A match, and for who may enter it the form; `?fragment` is the form for a dialog."""
    pairing = _pairing(tournament_id, match_id)
    if pairing.match is None:
        return refused(request, not_ready(pairing), place_of(pairing))
    if request.method == "POST":
        return _do(request, pairing, lambda actor: _enter(request, pairing, actor))
    context = _context(request, pairing)
    if context["may_correct"] and pairing.state == PairingState.DECIDED:
        with suppress(Refusal):  # what cannot be taken back empties nothing
            context["emptied"] = preview_reopen(tournament_id=tournament_id, match_id=match_id)
    name = "_entry" if "fragment" in request.GET else "match"
    return render(request, f"tournaments/{name}.html", context)


def _enter(request: HttpRequest, pairing: Pairing, actor: Actor) -> str:
    """The result, the score so far, or a correction, as the pressed button says."""
    tournament_id, match_id = pairing.group.stage.tournament_id, pairing.match_id
    assert match_id is not None
    if request.POST.get("outcome") == "live":
        data = request.POST.copy()
        data["outcome"] = "score"
        form = ResultForm.read(data)
        set_live_score(tournament_id=tournament_id, match_id=match_id, scores=form.scores())
        return "The score so far is shown."
    form = ResultForm.read(request.POST)
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


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
def match_reopen(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """What would be emptied if this result were taken back; a post takes it back."""
    pairing = _pairing(tournament_id, match_id)
    if pairing.match is None:
        return refused(request, not_ready(pairing), place_of(pairing))
    tournament = pairing.group.stage.tournament

    def reopen(_: Actor) -> str:
        actor, why = organiser_of(request, tournament), request.POST.get("why", "")
        reopen_result(tournament_id=tournament_id, match_id=match_id, actor=actor, why=why)
        return "The match is open again."

    if request.method == "POST":
        return _do(request, pairing, reopen)
    context = _context(request, pairing)
    try:
        organiser_of(request, tournament)
        context["emptied"] = preview_reopen(tournament_id=tournament_id, match_id=match_id)
    except Refusal as refusal:
        return refused(request, refusal, place_of(pairing))
    name = "_reopen" if "fragment" in request.GET else "reopen"
    return render(request, f"tournaments/{name}.html", context)


@require_POST
def tournament_pair(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Pair the next round of a Swiss; when that takes too long, the quick way is offered."""
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
    return went_well(request, f"{made} is paired.", back)


@require_POST
def tournament_undo(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Take back what was done last."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    back = reverse("tournament", args=[tournament_id])
    try:
        actor = organiser_of(request, tournament)
        action = undo_last(tournament_id=tournament_id, actor=actor)
    except Refusal as refusal:
        return refused(request, refusal, back)
    return went_well(request, action.text, back)


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
        "shown": scores_of(match),
        "scores": match.scores or match.live_scores or [0, 0],
        "back": place_of(pairing),
        "may_enter": False,
        "may_correct": False,
    }
    try:
        actor = entering(request, tournament, pairing)
    except Refusal as refusal:
        return context | {"refusal": refusal}
    return context | {"may_enter": True, "may_correct": actor.judge_id is None}


def _do(request: HttpRequest, pairing: Pairing, do: Do) -> HttpResponse:
    """Do what only who may enter results may, and say how it went."""
    back = place_of(pairing)
    try:
        actor = entering(request, pairing.group.stage.tournament, pairing)
        done = do(actor)
    except Refusal as refusal:
        return refused(request, refusal, back)
    return went_well(request, done, back)
