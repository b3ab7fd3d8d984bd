"""The organiser's pages: entrants, settings, stations, judges, and the record of the day."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Forbidden, Refusal
from lib.http import json_response, refusal_response, wants_json
from tournaments.forms.manage import JudgeForm, LinesForm, SettingsForm
from tournaments.forms.stages import StageFormSet, stage_initial, stage_settings
from tournaments.models import (
    Entrant,
    EntryStatus,
    Format,
    PairingState,
    Stage,
    StageState,
    Tournament,
)
from tournaments.order_of_play import estimated_starts, open_in_order
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import add_entrants
from tournaments.services.operations import OPERATIONS
from tournaments.services.progress.attendance import short_teams
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.undo.stack import last_undoable
from tournaments.services.venue.judges import NewJudge, add_judge

from .form_input import FormAction
from .manage_actions import run
from .rights import organiser_of

ACTIONS_PER_PAGE = 50


def _organised(request: HttpRequest, tournament_id: UUID) -> tuple[Tournament, Actor]:
    tournament = get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)
    return tournament, organiser_of(request, tournament)


def _page(
    request: HttpRequest,
    tournament: Tournament,
    tab: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    context |= {"tournament": tournament, "tab": tab}
    return render(request, f"tournaments/manage/{tab}.html", context, status=status)


def _stranger(request: HttpRequest, tournament_id: UUID, refusal: Refusal) -> HttpResponse:
    messages.error(request, refusal.message)
    return redirect("tournament", tournament_id)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when it is only shown."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def manage_entrants(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Who is entered, waits, or asks; and more of them, pasted."""
    try:
        tournament, actor = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    form = LinesForm(_sent(request))
    if form.is_valid():
        try:
            added = add_entrants(
                tournament_id=tournament_id, entrants=form.cleaned_data["lines"], actor=actor
            )
        except Refusal as refusal:
            form.add_error("lines", refusal.message)
        else:
            waiting = sum(row.status == EntryStatus.WAITING for row in added)
            waits = f" {waiting} of them wait for a place." if waiting else ""
            messages.success(request, f"Added {len(added)}.{waits}")
            return redirect("tournament-manage", tournament_id)
    status = 400 if form.is_bound else 200
    return _page(request, tournament, "entrants", _entrants(tournament, form), status=status)


def _entrants(tournament: Tournament, form: LinesForm) -> dict[str, Any]:
    rows = list(tournament.entrants.prefetch_related("members"))
    by_status: dict[str, list[Entrant]] = {}
    for row in rows:
        by_status.setdefault(row.status, []).append(row)
    waiting = by_status.get(EntryStatus.WAITING, [])
    entered = by_status.get(EntryStatus.ENTERED, [])
    return {
        "form": form,
        "swiss": _plays_swiss(tournament),
        "entered": entered,
        "short": short_teams(tournament, entered) if tournament.is_before_start else "",
        "checked_in": sum(row.checked_in_at is not None for row in entered),
        "applied": by_status.get(EntryStatus.APPLIED, []),
        "waiting": sorted(waiting, key=lambda row: (row.entered_at, row.pk)),
        "absent": by_status.get(EntryStatus.ABSENT, []),
        "declined": by_status.get(EntryStatus.DECLINED, []),
        "gone": [row for row in rows if row.status in {
            EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED}],
    }  # fmt: skip


def _plays_swiss(tournament: Tournament) -> bool:
    return tournament.stages.filter(format=Format.SWISS, state=StageState.RUNNING).exists()


@require_safe
@never_cache
def manage_entrant(request: HttpRequest, tournament_id: UUID, entrant_id: int) -> HttpResponse:
    """One entrant: name, details, roster, and the ways out and in."""
    try:
        tournament, _ = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    swiss = _plays_swiss(tournament)
    entrant = get_object_or_404(tournament.entrants.prefetch_related("members"), pk=entrant_id)
    return _page(request, tournament, "entrant", {"entrant": entrant, "swiss": swiss})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def manage_settings(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """What the tournament is like, and its stages."""
    try:
        tournament, actor = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    form, stages = SettingsForm(tournament), _stage_forms(tournament)
    if request.method == "POST" and "stages" in request.POST:
        stages = _stage_forms(tournament, request.POST)
        if "add-stage" not in request.POST and _save_stages(tournament, actor, stages):
            messages.success(request, "The stages are saved.")
            return redirect("tournament-manage-settings", tournament_id)
    elif request.method == "POST":
        form = SettingsForm(tournament, request.POST)
        if _save_settings(tournament, actor, form):
            messages.success(request, "The settings are saved.")
            return redirect("tournament-manage-settings", tournament_id)
    wrong = form.errors or (stages.is_bound and "add-stage" not in request.POST)
    context = {"form": form, "stages": stages}
    return _page(request, tournament, "settings", context, status=400 if wrong else 200)


def _save_settings(tournament: Tournament, actor: Actor, form: SettingsForm) -> bool:
    if not form.is_valid():
        return False
    try:
        change_settings(tournament_id=tournament.pk, actor=actor, changes=form.changes())
    except Refusal as refusal:
        field = "entry_code" if refusal.code == "bad_code" else None
        form.add_error(field, refusal.message)
        return False
    return True


def _stage_forms(tournament: Tournament, data: Any = None) -> Any:
    if data is not None:
        if "add-stage" in data:
            data = data.copy()
            data["stage-TOTAL_FORMS"] = str(_count(data.get("stage-TOTAL_FORMS")) + 1)
        return StageFormSet(data, prefix="stage")
    rows = list(tournament.stages.all()) or [Stage()]
    return StageFormSet(initial=[stage_initial(row) for row in rows], prefix="stage")


def _count(raw: str | None) -> int:
    return min(int(raw), 99) if raw and raw.isascii() and raw.isdigit() else 0


def _save_stages(tournament: Tournament, actor: Actor, stages: Any) -> bool:
    if not stages.is_valid():
        return False
    try:
        set_stages(tournament_id=tournament.pk, stages=stage_settings(stages), actor=actor)
    except Refusal as refusal:
        stages.refusal = refusal.message
        return False
    return True


@require_safe
@never_cache
def manage_stations(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Where matches are played, which come next, and about when."""
    try:
        tournament, _ = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    pairings = open_in_order(tournament)
    starts = estimated_starts(tournament)
    ready = [p for p in pairings if p.state == PairingState.READY]
    at = {p.station_id: p for p in ready if p.station_id is not None}
    stations = list(tournament.stations.all())
    context = {
        "stations": [(station, at.get(station.pk)) for station in stations],
        "free": [station for station in stations if station.pk not in at],
        "waiting": [(p, starts.get(p.pk)) for p in ready if p.station_id is None],
        "later": [(p, starts.get(p.pk)) for p in pairings if p.state == PairingState.PENDING],
    }
    return _page(request, tournament, "stations", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def manage_judges(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Who else may enter results; a new one's token is shown once."""
    try:
        tournament, actor = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    form = JudgeForm(tournament, _sent(request))
    new = _invite(tournament, actor, form)
    wrong = form.is_bound and new is None
    context = {
        "form": form if wrong else JudgeForm(tournament),
        "new": new,
        "judges": tournament.judges.select_related("station", "player"),
        "stations": tournament.stations.all(),
        "claim_url": request.build_absolute_uri(reverse("tournament-judge", args=[tournament_id])),
    }
    return _page(request, tournament, "judges", context, status=400 if wrong else 200)


def _invite(tournament: Tournament, actor: Actor, form: JudgeForm) -> NewJudge | None:
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        return add_judge(
            tournament_id=tournament.pk,
            name=data["name"],
            is_player=data["is_player"],
            station_id=data["station"].pk if data["station"] else None,
            actor=actor,
        )
    except Refusal as refusal:
        form.add_error("name", refusal.message)
        return None


@require_safe
@never_cache
def manage_record(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Who did what, the last first; and the way to take the last of it back."""
    try:
        tournament, _ = _organised(request, tournament_id)
    except Forbidden as refusal:
        return _stranger(request, tournament_id, refusal)
    actions = tournament.actions.select_related("undone_by")
    page = Paginator(actions, ACTIONS_PER_PAGE).get_page(request.GET.get("page"))
    return _page(
        request, tournament, "record", {"page": page, "undoable": last_undoable(tournament)}
    )


@require_POST
def manage_do(request: HttpRequest, tournament_id: UUID, action: str) -> HttpResponse:
    """Do what a button says, and go back to where it was pressed."""
    if action not in OPERATIONS:
        raise Http404
    try:
        tournament, actor = _organised(request, tournament_id)
        done = run(action, FormAction(tournament, actor, request.POST, request.FILES))
    except Refusal as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        messages.error(request, refusal.message)
        return redirect(_back(request, tournament_id))
    if wants_json(request):
        return json_response({"status": "Done", "message": done})
    messages.success(request, done)
    return redirect(_back(request, tournament_id))


def _back(request: HttpRequest, tournament_id: UUID) -> str:
    """The page of ours that the form names, else the list of entrants."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("tournament-manage", args=[tournament_id])
