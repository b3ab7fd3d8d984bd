"""Pages of tournaments; each parses, makes one call, answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Refusal
from lib.http import check_newcomer, json_response, refusal_response, wants_json
from matchmaking.identity import browser_player, set_guest_cookie
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.display.bracket import champion_of
from tournaments.display.choice import Choice
from tournaments.display.stage import StageView, view_stage
from tournaments.forms.creation import ImportForm, OwnedForm, TournamentForm
from tournaments.models import Seeding, Tournament, TournamentState
from tournaments.pages.sharing.links import share_of
from tournaments.selectors import OUTSIDE, champions, listed_tournaments, tournament_entrants
from tournaments.services.actors import Actor
from tournaments.services.permissions import owner_actor
from tournaments.services.progress.cancellation import cancel_tournament
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.transfer.imports import import_file
from tournaments.services.undo.stack import last_undoable

from .rights import organiser_of, rights_of

PER_PAGE = 20
#: While these last, results may be entered or corrected.
PLAYED = (TournamentState.RUNNING, TournamentState.FINISHED)


@require_safe
def tournament_list(request: HttpRequest) -> HttpResponse:
    """All tournaments, the newest first."""
    page = Paginator(listed_tournaments(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tournaments/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def tournament_new(request: HttpRequest) -> HttpResponse:
    """Make a tournament; a visitor becomes a guest by it."""
    player = browser_player(request)
    form = TournamentForm(request.POST or None, needs_organiser=_is_nobody(request, player))
    token = ""
    if form.is_valid():
        player, token = _owner(request, form, player)
    if not form.is_valid():
        return _form_page(request, form, "new")
    tournament = _create(form, player)
    if "draft" not in request.POST:
        try:
            actor = owner_actor(player)
            start_tournament(tournament_id=tournament.pk, actor=actor)
        except Refusal as refusal:
            messages.error(request, refusal.message)
    return _known(redirect("tournament", tournament.pk), token)


@require_http_methods(["GET", "POST"])
def tournament_import(request: HttpRequest) -> HttpResponse:
    """Make a tournament out of a file; a visitor becomes a guest by it."""
    player = browser_player(request)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        needs_organiser=_is_nobody(request, player),
    )
    token = ""
    if form.is_valid():
        player, token = _owner(request, form, player)
    if form.is_valid():
        try:
            made = import_file(data=form.content(), organiser=player)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            return _known(redirect("tournament", made.tournament.pk), token)
    return _known(_form_page(request, form, "import"), token)


def _is_nobody(request: HttpRequest, player: Player | None) -> bool:
    return player is None and not request.user.is_authenticated


def _owner(
    request: HttpRequest, form: OwnedForm, player: Player | None
) -> tuple[Player | None, str]:
    """Who is to organise it, with a token if that is a new guest; or an error in the form."""
    if "organiser" not in form.fields:
        return player, ""
    try:
        check_newcomer(request)
        made = create_guest(username=form.cleaned_data["organiser"])
    except Refusal as refusal:
        form.add_error("organiser", refusal.message)
        return None, ""
    return made.player, made.token


def _known(response: HttpResponse, token: str) -> HttpResponse:
    """The response that makes the browser a guest's, if one was made."""
    if token:
        set_guest_cookie(response, token)
    return response


def _form_page(request: HttpRequest, form: OwnedForm, name: str) -> HttpResponse:
    status = 400 if form.is_bound else 200
    return render(request, f"tournaments/{name}.html", {"form": form}, status=status)


def _create(form: TournamentForm, player: Player | None) -> Tournament:
    data = form.cleaned_data
    return create_tournament(
        name=data["name"],
        players=data["players"],
        seeding=Seeding(data["seeding"]),
        byes=data["byes"],
        organiser=player,
        entry=data["entry"],
        stages=[form.settings()],
    ).tournament


@require_safe
@never_cache
@ensure_csrf_cookie
def tournament_page(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A tournament's bracket or table; with `?fragment`, the part that changes as it goes on."""
    tournament = get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)
    rights = rights_of(request, tournament)
    context = page_context(request, tournament) | {
        "rights": rights,
        "may_enter": rights.may_enter and tournament.state in PLAYED,
        "quick": "quick" in request.GET,
        "undoable": last_undoable(tournament) if rights.may_run else None,
    }
    if "fragment" in request.GET:
        return render(request, "tournaments/_tournament.html", context)
    context |= {"share": share_of(request, tournament, context["players"])}
    return render(request, "tournaments/tournament.html", context)


def page_context(request: HttpRequest, tournament: Tournament) -> dict[str, Any]:
    """What every page about a tournament shows: the stage chosen in the address, and who plays."""
    choice = Choice.of(request.GET)
    entrants = tournament_entrants(tournament)
    view = view_stage(tournament, entrants, choice)
    return {
        "tournament": tournament,
        "entrants": [entrant for entrant in entrants if entrant.status not in OUTSIDE],
        "players": sum(entrant.status not in OUTSIDE for entrant in entrants),
        "follow": choice.follow,
        "view": view,
        "champions": champions_of(tournament, view),
    }


def champions_of(tournament: Tournament, view: StageView | None) -> list[str]:
    """Who won a finished tournament, when its last stage is the one shown."""
    if view is None or not view.is_last or tournament.state != TournamentState.FINISHED:
        return []
    found = champions(tournament, view.stage)
    if not found and view.bracket is not None:
        found = [name] if (name := champion_of(view.bracket)) else []
    return found


# What its organiser does: ordinary forms; a script gets JSON for the same post.


@require_POST
def tournament_start(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Make the draw, and begin."""
    return act(
        request,
        tournament_id,
        lambda actor: start_tournament(tournament_id=tournament_id, actor=actor),
        "",
    )


@require_POST
def tournament_cancel(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Call a tournament off."""
    return act(
        request,
        tournament_id,
        lambda actor: cancel_tournament(tournament_id=tournament_id, actor=actor),
        "The tournament is cancelled.",
    )


def act(
    request: HttpRequest,
    tournament_id: UUID,
    action: Callable[[Actor], object],
    done: str,
) -> HttpResponse:
    """Do what only an organiser may, and say how it went."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    try:
        action(organiser_of(request, tournament))
    except Refusal as refusal:
        return refused(request, refusal, reverse("tournament", args=[tournament_id]))
    return went_well(request, done, reverse("tournament", args=[tournament_id]))


def refused(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Why something was not done: for a script, or above the page that it goes back to."""
    if wants_json(request):
        return refusal_response(refusal)
    messages.error(request, refusal.message)
    return redirect(back)


def went_well(request: HttpRequest, done: str, back: str) -> HttpResponse:
    """That something was done."""
    if wants_json(request):
        return json_response({"status": "Done", "message": done})
    if done:
        messages.success(request, done)
    return redirect(back)
