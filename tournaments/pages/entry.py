"""The pages of those who take part: to register, check in, leave; and to become a judge."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal, Unauthenticated
from lib.http import check_newcomer
from matchmaking.identity import browser_player, set_guest_cookie
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.forms.manage import RegisterForm, TokenForm
from tournaments.models import Entrant, EntryStatus, Tournament
from tournaments.services.entry.check_in import check_in_own
from tournaments.services.entry.registration import leave_tournament, register
from tournaments.services.venue.judges import claim_judgeship


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when it is only shown."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tournament_register(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Enter a tournament; a visitor becomes a guest by it."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    form = RegisterForm(tournament, needs_name=player is None, data=_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            entrant, token = _enter(request, tournament, player, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _welcome(entrant))
            response = redirect("tournament", tournament_id)
            if token:
                set_guest_cookie(response, token)
            return response
    context = {"tournament": tournament, "form": form}
    status = 400 if form.is_bound else 200
    return render(request, "tournaments/manage/register.html", context, status=status)


@transaction.atomic
def _enter(
    request: HttpRequest, tournament: Tournament, player: Player | None, form: RegisterForm
) -> tuple[Entrant, str]:
    """Register; gives the token of a guest made for it, else nothing."""
    data, token = form.cleaned_data, ""
    if player is None:
        check_newcomer(request)
        guest = create_guest(username=data["username"])
        player, token = guest.player, guest.token
    entrant = register(
        tournament_id=tournament.pk,
        player=player,
        name=data.get("team", ""),
        members=data.get("members", "").splitlines(),
        code=data.get("code", ""),
        club=data.get("club", ""),
    )
    return entrant, token


def _welcome(entrant: Entrant) -> str:
    match EntryStatus(entrant.status):
        case EntryStatus.APPLIED:
            return "You have asked to be entered. The organiser decides."
        case EntryStatus.WAITING:
            return "All places are taken. You wait for one, and move up by yourself."
        case _:
            return "You are entered."


@require_POST
def tournament_check_in(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Say that one is there."""

    def do(player: Player) -> str:
        check_in_own(tournament_id=tournament_id, player=player)
        return "You are checked in."

    return _as_player(request, tournament_id, do)


@require_POST
def tournament_leave(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Take one's entry back."""

    def do(player: Player) -> str:
        leave_tournament(tournament_id=tournament_id, player=player)
        return "You are no longer entered."

    return _as_player(request, tournament_id, do)


def _as_player(
    request: HttpRequest, tournament_id: UUID, do: Callable[[Player], str]
) -> HttpResponse:
    get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    try:
        if player is None:
            raise Unauthenticated("Sign in first, or register.")
        messages.success(request, do(player))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("tournament", tournament_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tournament_judge(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Take an invitation to judge; who is nobody yet signs in or queues first."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    player = browser_player(request)
    form = TokenForm(_sent(request))
    if player is not None and form.is_valid():
        try:
            judge = claim_judgeship(
                tournament_id=tournament_id, token=form.cleaned_data["token"], player=player
            )
        except Refusal as refusal:
            form.add_error("token", refusal.message)
        else:
            where = f"at {judge.station}" if judge.station else "in every match"
            messages.success(request, f"You may enter results {where}.")
            return redirect("tournament", tournament_id)
    context = {"tournament": tournament, "form": form, "player": player}
    status = 400 if form.is_bound else 200
    return render(request, "tournaments/manage/judge.html", context, status=status)
