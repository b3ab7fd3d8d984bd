"""The pages of entrants and judges: to register, check in, leave, and become a judge."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal, Unauthenticated
from lib.http import counted_guess
from matchmaking.identity import browser_player
from matchmaking.models import Player
from tournaments.forms.manage import RegisterForm, TokenForm
from tournaments.models import Entrant, EntryStatus, Tournament
from tournaments.services.entry.check_in import check_in_own
from tournaments.services.entry.registration import leave_tournament, register
from tournaments.services.venue.judges import claim_judgeship

from .responses import form_data, form_page, player_or_guest, submit, with_guest

#: What a new entrant is shown, by the status of the entry.
WELCOME = {
    EntryStatus.APPLIED: "You have asked to be entered. The organiser decides.",
    EntryStatus.WAITING: "All places are taken. You wait for one, and move up by yourself.",
    EntryStatus.ENTERED: "You are entered.",
}
#: The fields that show the refusals of a registration, by their codes.
REGISTER_FIELDS = {"wrong_code": "code", "name_taken": "team", "name_registered": "username"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tournament_register(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Enter a tournament; a visitor becomes a guest by it."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    form = RegisterForm(tournament, needs_name=player is None, data=form_data(request))
    entered = submit(form, lambda: _enter(request, tournament, player, form), **REGISTER_FIELDS)
    if entered is not None:
        entrant, token = entered
        messages.success(request, WELCOME[EntryStatus(entrant.status)])
        return with_guest(redirect("tournament", tournament_id), token)
    return form_page(request, "manage/register", form, {"tournament": tournament})


@transaction.atomic
def _enter(
    request: HttpRequest, tournament: Tournament, player: Player | None, form: RegisterForm
) -> tuple[Entrant, str]:
    """Register; returns the entrant and, of a guest made for it, the token."""
    data = form.cleaned_data
    player, token = player_or_guest(request, player, data.get("username", ""))
    with counted_guess(request, wrong="wrong_code", at=tournament.pk):
        entrant = register(
            tournament_id=tournament.pk,
            player=player,
            name=data.get("team", ""),
            members=data.get("members", "").splitlines(),
            code=data.get("code", ""),
            club=data.get("club", ""),
        )
    return entrant, token


@require_POST
def tournament_check_in(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Check the player's own entry in."""
    return _as_player(request, tournament_id, check_in_own, "You are checked in.")


@require_POST
def tournament_leave(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Withdraw the player's own entry."""
    return _as_player(request, tournament_id, leave_tournament, "You are no longer entered.")


def _as_player(
    request: HttpRequest, tournament_id: UUID, do: Callable[..., object], message: str
) -> HttpResponse:
    get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    try:
        if player is None:
            raise Unauthenticated("Sign in first, or register.")
        do(tournament_id=tournament_id, player=player)
        messages.success(request, message)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("tournament", tournament_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tournament_judge(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Accept an invitation to judge; a visitor without a player signs in first."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    form = TokenForm(form_data(request))
    if player is not None:
        claim = partial(claim_judgeship, tournament_id=tournament_id, player=player)
        judge = submit(form, lambda: claim(token=form.cleaned_data["token"]), "token")
        if judge is not None:
            where = f"at {judge.station}" if judge.station else "in every match"
            messages.success(request, f"You may enter results {where}.")
            return redirect("tournament", tournament_id)
    return form_page(request, "manage/judge", form, {"tournament": tournament, "player": player})
