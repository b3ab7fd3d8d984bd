"""The organiser's pages: entrants, settings, stations, judges and the record."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Forbidden, Refusal
from tournaments.display.choice import number_in
from tournaments.files.entrant_sheet import Sheet
from tournaments.files.sheets import list_csv
from tournaments.forms.manage import JudgeForm, LinesForm, ListFileForm, SettingsForm
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
from tournaments.pages.sharing.links import share_of
from tournaments.revisions import large_write, size_of
from tournaments.services.actors import Actor
from tournaments.services.operations import OPERATIONS
from tournaments.services.progress.attendance import short_teams
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.transfer.imports import (
    ReadList,
    add_list,
    check_list,
    import_entrants,
    read_entrants,
)
from tournaments.services.undo.stack import last_undoable
from tournaments.services.venue.judges import NewJudge, add_judge

from .manage_actions import FormAction, run
from .responses import act, form_data, form_page, submit
from .rights import organiser_of

ACTIONS_PER_PAGE = 50
with_form = require_http_methods(["GET", "HEAD", "POST"])


def organiser_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for the organiser; everybody else is sent to the tournament's page."""

    @wraps(view)
    @never_cache
    def page(request: HttpRequest, tournament_id: UUID, **rest: Any) -> HttpResponse:
        tournament = _tournament(tournament_id)
        try:
            actor = organiser_of(request, tournament)
        except Forbidden as refusal:
            messages.error(request, refusal.message)
            return redirect("tournament", tournament_id)
        return view(request, tournament, actor, **rest)

    return page


def _tournament(tournament_id: UUID) -> Tournament:
    return get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)


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


@with_form
@organiser_page
def entrants(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """The entrants, the waiting list and the requests to enter; more are added by pasting."""
    form = LinesForm(tournament, form_data(request))

    def add() -> Sheet | list[Entrant]:
        sheet: Sheet = form.cleaned_data["lines"]
        if not sheet.columns:
            return add_list(tournament_id=tournament.pk, sheet=sheet, actor=actor)
        check_list(tournament, sheet)
        return sheet

    added = submit(form, add, "lines")
    if isinstance(added, Sheet):
        return _preview(request, tournament, added)
    if added is not None:
        waiting = sum(row.status == EntryStatus.WAITING for row in added)
        waits = f" {waiting} of them wait for a place." if waiting else ""
        messages.success(request, f"Added {len(added)}.{waits}")
        return redirect("tournament-manage", tournament.pk)
    context = _entrants(tournament) | {"tournament": tournament, "tab": "entrants"}
    context["share"] = share_of(request, tournament, len(context["entered"]))
    return form_page(request, "manage/entrants", form, context)


def _entrants(tournament: Tournament) -> dict[str, Any]:
    rows = list(tournament.entrants.prefetch_related("members"))

    def of(*statuses: EntryStatus) -> list[Entrant]:
        return [row for row in rows if row.status in statuses]

    entered = of(EntryStatus.ENTERED)
    return {
        "swiss": _plays_swiss(tournament),
        "entered": entered,
        "short": short_teams(tournament, entered) if tournament.is_before_start else "",
        "checked_in": sum(row.checked_in_at is not None for row in entered),
        "applied": of(EntryStatus.APPLIED),
        "waiting": sorted(of(EntryStatus.WAITING), key=lambda row: (row.entered_at, row.pk)),
        "absent": of(EntryStatus.ABSENT),
        "declined": of(EntryStatus.DECLINED),
        "withdrawn": of(EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED),
    }


def _plays_swiss(tournament: Tournament) -> bool:
    return tournament.stages.filter(format=Format.SWISS, state=StageState.RUNNING).exists()


@with_form
@organiser_page
def list_import(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """A list from a file, shown as it was understood; it is added once that is confirmed."""
    if "csv" in request.POST:
        add = partial(import_entrants, tournament_id=tournament.pk, actor=actor)
        data = request.POST["csv"].encode()
        back = reverse("tournament-manage", args=[tournament.pk])
        return act(request, back, lambda: f"Added {len(add(data=data).entrants)}.")
    form = ListFileForm(form_data(request), request.FILES or None)
    read = submit(
        form,
        lambda: read_entrants(
            tournament=tournament, data=form.content(), encoding=form.cleaned_data["encoding"]
        ),
        "file",
    )
    if read is not None:
        return _preview(request, tournament, read.sheet, read)
    context = {"tournament": tournament, "tab": "import_list"}
    return form_page(request, "manage/import_list", form, context)


def _preview(
    request: HttpRequest, tournament: Tournament, sheet: Sheet, read: ReadList | None = None
) -> HttpResponse:
    """A list that can be added, to be confirmed; of a file also its encoding."""
    context = {
        "form": ListFileForm(),
        "sheet": sheet,
        "encoding": read and not read.text.is_guess and read.text.encoding_name,
        "warnings": (read or sheet).warnings,
        "csv": list_csv(sheet),
    }
    return _page(request, tournament, "import_list", context)


@require_safe
@organiser_page
def entrant(
    request: HttpRequest, tournament: Tournament, actor: Actor, entrant_id: int
) -> HttpResponse:
    """One entrant: name, details, roster, withdrawal and reinstatement."""
    row = get_object_or_404(tournament.entrants.prefetch_related("members"), pk=entrant_id)
    context = {"entrant": row, "swiss": _plays_swiss(tournament)}
    return _page(request, tournament, "entrant", context)


@with_form
@organiser_page
def settings(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """The tournament's settings, and its stages."""
    form = SettingsForm(tournament, is_staff=actor.is_staff)
    stages = _stage_forms(tournament)
    if request.method == "POST" and "stages" in request.POST:
        stages = _stage_forms(tournament, request.POST)
        if "add-stage" not in request.POST and _save_stages(tournament, actor, stages):
            messages.success(request, "The stages are saved.")
            return redirect("tournament-manage-settings", tournament.pk)
    elif request.method == "POST":
        form = SettingsForm(tournament, request.POST, is_staff=actor.is_staff)
        change = partial(change_settings, tournament_id=tournament.pk, actor=actor)
        fields = {"bad_code": "entry_code", "bad_slug": "slug", "slug_taken": "slug"}
        if submit(form, lambda: change(changes=form.changes()), **fields) is not None:
            messages.success(request, "The settings are saved.")
            return redirect("tournament-manage-settings", tournament.pk)
    wrong = form.errors or (stages.is_bound and "add-stage" not in request.POST)
    context = {"form": form, "stages": stages}
    return _page(request, tournament, "settings", context, status=400 if wrong else 200)


def _stage_forms(tournament: Tournament, data: Any = None) -> Any:
    if data is not None:
        if "add-stage" in data:
            data = data.copy()
            count = min(number_in(data.get("stage-TOTAL_FORMS", "")) or 0, 99)
            data["stage-TOTAL_FORMS"] = str(count + 1)
        return StageFormSet(data, prefix="stage")
    rows = list(tournament.stages.all()) or [Stage()]
    return StageFormSet(initial=[stage_initial(row) for row in rows], prefix="stage")


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
@organiser_page
def stations(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """The stations, their matches, and the next ones with their estimated times."""
    pairings = open_in_order(tournament)
    starts = estimated_starts(tournament)
    ready = [p for p in pairings if p.state == PairingState.READY]
    at = {p.station_id: p for p in ready if p.station_id is not None}
    rows = list(tournament.stations.all())
    context = {
        "stations": [(row, at.get(row.pk)) for row in rows],
        "free": [row for row in rows if row.pk not in at],
        "waiting": [(p, starts.get(p.pk)) for p in ready if p.station_id is None],
        "later": [(p, starts.get(p.pk)) for p in pairings if p.state == PairingState.PENDING],
    }
    return _page(request, tournament, "stations", context)


@with_form
@organiser_page
def judges(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """The judges; a new one's token is shown once."""
    form = JudgeForm(tournament, form_data(request))
    new = submit(form, lambda: _invite(tournament, actor, form.cleaned_data), "name")
    wrong = form.is_bound and new is None
    context = {
        "form": form if wrong else JudgeForm(tournament),
        "new": new,
        "judges": tournament.judges.select_related("station", "player"),
        "stations": tournament.stations.all(),
        "claim_url": request.build_absolute_uri(reverse("tournament-judge", args=[tournament.pk])),
    }
    return _page(request, tournament, "judges", context, status=400 if wrong else 200)


def _invite(tournament: Tournament, actor: Actor, data: dict[str, Any]) -> NewJudge:
    return add_judge(
        tournament_id=tournament.pk,
        name=data["name"],
        is_player=data["is_player"],
        station_id=data["station"].pk if data["station"] else None,
        actor=actor,
    )


@require_safe
@organiser_page
def record(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """Every action, the latest first; the last one can be undone."""
    actions = tournament.actions.select_related("undone_by")
    page = Paginator(actions, ACTIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "undoable": last_undoable(tournament)}
    return _page(request, tournament, "record", context)


@require_POST
def do(request: HttpRequest, tournament_id: UUID, action: str) -> HttpResponse:
    """Run the operation of a button, and go back to its page."""
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    manage = reverse("tournament-manage", args=[tournament_id])
    return _do(request, tournament_id, action, back if is_ours else manage)


@require_POST
def do_on_page(request: HttpRequest, tournament_id: UUID, action: str) -> HttpResponse:
    """Run the operation of a button on the tournament's own page."""
    return _do(request, tournament_id, action, reverse("tournament", args=[tournament_id]))


def _do(request: HttpRequest, tournament_id: UUID, action: str, back: str) -> HttpResponse:
    if action not in OPERATIONS:
        raise Http404
    tournament = _tournament(tournament_id)

    def operate() -> str:
        actor = organiser_of(request, tournament)
        form = FormAction(tournament, actor, request.POST, request.FILES)
        size = size_of(tournament) if action == "start" else 0
        with large_write(size, request.META.get("REMOTE_ADDR")):
            return run(action, form)

    return act(request, back, operate)
