"""The panel's buttons for parties and ready checks; each parses, makes one call, answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from lib.errors import Refusal
from lib.http import check_newcomer, status_of
from matchmaking.identity import browser_player, set_guest_cookie
from matchmaking.models import Player, Ticket
from matchmaking.services.parties import PartyEntry, create_party, join_party, leave_party
from matchmaking.services.queue.ready_checks import accept_match, decline_match

from .forms import PartyForm
from .queue import NO_PLAYER, panel_answer, speaker


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Make a party."""
    return _enter(request, create_party)


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Join one by its code."""
    code = request.POST.get("code", "").strip().upper()
    return _enter(request, join_party, code=code)


def _enter(request: HttpRequest, deed: Callable[..., PartyEntry], **more: Any) -> HttpResponse:
    player = browser_player(request)
    form = PartyForm(request.POST)
    if not form.is_valid():
        first = next(str(error) for errors in form.errors.values() for error in errors)
        return panel_answer(request, player, error=first)
    if player is None and request.user.is_authenticated:
        return panel_answer(request, player, error=NO_PLAYER, status=409)
    name: str = form.cleaned_data["username"]
    if player is None and not name:
        return panel_answer(request, player, error="Choose a name first.")
    try:
        if player is None:
            check_newcomer(request)
        entered = deed(caller=speaker(player), username=name or None, **more)
    except Refusal as refusal:
        return panel_answer(request, player, error=refusal.message, status=status_of(refusal))
    response = panel_answer(request, entered.player)
    if entered.token:
        set_guest_cookie(response, entered.token)
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave one's party."""
    player = browser_player(request)
    code = request.POST.get("code", "").strip().upper()
    return _do(request, player, lambda: leave_party(code=code, caller=speaker(player)))


@require_POST
def accept(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Accept the match that was found."""
    return _say(request, ticket_id, accept_match)


@require_POST
def decline(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Decline it."""
    return _say(request, ticket_id, decline_match)


def _say(request: HttpRequest, ticket_id: UUID, say: Callable[..., Ticket]) -> HttpResponse:
    player = browser_player(request)
    now = timezone.now()
    return _do(request, player, lambda: say(ticket_id=ticket_id, caller=speaker(player), now=now))


def _do(request: HttpRequest, player: Player | None, deed: Callable[[], object]) -> HttpResponse:
    try:
        deed()
    except Refusal as refusal:
        return panel_answer(request, player, error=refusal.message, status=status_of(refusal))
    return panel_answer(request, player)
