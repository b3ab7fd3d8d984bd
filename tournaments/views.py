"""Pages of tournaments; each parses, makes one call, answers."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matchmaking.errors import Forbidden, Malformed, Refusal
from matchmaking.http import check_newcomer, json_response, refusal_response, wants_json
from matchmaking.identity import browser_player, set_guest_cookie
from matchmaking.models import Player
from matchmaking.services.players import create_guest

from .bracket_view import champion_of, draw_bracket
from .forms import ResultForm, TournamentForm
from .models import Seeding, Tournament
from .selectors import bracket_pairings, listed_tournaments
from .services.entries import create_tournament
from .services.organisers import may_organise, may_organise_all
from .services.running import cancel_tournament, report_result, start_tournament

PER_PAGE = 20


@require_safe
def tournament_list(request: HttpRequest) -> HttpResponse:
    """All tournaments, the newest first."""
    page = Paginator(listed_tournaments(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tournaments/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def tournament_new(request: HttpRequest) -> HttpResponse:
    """Make a tournament; a visitor becomes a guest by it."""
    player = browser_player(request)
    nobody = player is None and not request.user.is_authenticated
    form = TournamentForm(request.POST or None, needs_organiser=nobody)
    if not form.is_valid():
        return _new_form(request, form)
    token = ""
    if nobody:
        try:
            check_newcomer(request)
            made = create_guest(username=form.cleaned_data["organiser"])
        except Refusal as refusal:
            form.add_error("organiser", refusal.message)
            return _new_form(request, form)
        player, token = made.player, made.token
    tournament = _create(form, player)
    if "draft" not in request.POST:
        start_tournament(tournament_id=tournament.pk)
    response = redirect("tournament", tournament.pk)
    if token:
        set_guest_cookie(response, token)
    return response


def _new_form(request: HttpRequest, form: TournamentForm) -> HttpResponse:
    status = 400 if form.is_bound else 200
    return render(request, "tournaments/new.html", {"form": form}, status=status)


def _create(form: TournamentForm, player: Player | None) -> Tournament:
    data = form.cleaned_data
    return create_tournament(
        name=data["name"],
        players=data["players"],
        seeding=Seeding(data["seeding"]),
        byes=data["byes"],
        organiser=player,
    ).tournament


@require_safe
@never_cache
@ensure_csrf_cookie
def tournament_page(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A tournament's bracket, and for its organiser what can be done about it."""
    tournament = get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)
    follow = request.GET.get("follow", "")
    bracket = draw_bracket(bracket_pairings(tournament.pk), follow=follow)
    context = {
        "tournament": tournament,
        "entrants": tournament.entrants.all(),
        "bracket": bracket,
        "champion": champion_of(bracket),
        "follow": follow,
        "may_run": _may_run(request, tournament),
    }
    return render(request, "tournaments/tournament.html", context)


def _may_run(request: HttpRequest, tournament: Tournament) -> bool:
    """Whether this browser speaks for the organiser, or for staff, who may be no player."""
    return may_organise_all(request.user) or may_organise(tournament, browser_player(request))


# What its organiser does: ordinary forms; a script gets JSON for the same post.


@require_POST
def tournament_start(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Draw the bracket of a draft."""
    return _act(request, tournament_id, lambda _: start_tournament(tournament_id=tournament_id), "")


@require_POST
def tournament_cancel(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Call a tournament off."""
    return _act(
        request,
        tournament_id,
        lambda _: cancel_tournament(tournament_id=tournament_id),
        "The tournament is called off.",
    )


@require_POST
def tournament_result(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> HttpResponse:
    """Enter a match's result."""

    def report(tournament: Tournament) -> None:
        form = ResultForm(request.POST)
        if not form.is_valid():
            raise Malformed("Say who won.")
        report_result(tournament_id=tournament.pk, match_id=match_id, **form.report())

    return _act(request, tournament_id, report, "The result is entered.")


def _act(
    request: HttpRequest,
    tournament_id: UUID,
    action: Callable[[Tournament], object],
    done: str,
) -> HttpResponse:
    """Do what only an organiser may, and say how it went."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    try:
        if not _may_run(request, tournament):
            raise Forbidden("Only the organiser of this tournament may do that.")
        action(tournament)
    except Refusal as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        messages.error(request, refusal.message)
        return redirect("tournament", tournament_id)
    if wants_json(request):
        return json_response({"status": "Done", "message": done})
    if done:
        messages.success(request, done)
    return redirect("tournament", tournament_id)
