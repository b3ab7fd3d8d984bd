"""How a page makes a tournament: whose it is, and from where."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from matchmaking.identity import browser_player
from matchmaking.models import Player
from tournaments.forms.creation import OwnedForm
from tournaments.models import Tournament
from tournaments.services.permissions import owner_actor
from tournaments.services.setup.quotas import origin_of
from tournaments.services.transfer.imports import MadeBy

from .responses import form_page, player_or_guest, submit, with_guest


def made_by_of(request: HttpRequest, player: Player | None, size: int) -> MadeBy:
    """Who makes a tournament of a page, and where; raises `Refusal` when too much is made there."""
    actor = owner_actor(player, request.user)
    origin = origin_of(address=request.META.get("REMOTE_ADDR"), actor=actor, size=size)
    return {"organiser": player, "origin": origin, "actor": actor}


def needs_name(request: HttpRequest) -> bool:
    """Whether nobody is known yet who could be the organiser."""
    return browser_player(request) is None and not request.user.is_authenticated


def create_by_form(
    request: HttpRequest, form: OwnedForm, page: str, create: Callable[[Player | None], Tournament]
) -> HttpResponse:
    """Go to the new tournament, or show the form; a guest made for it is kept in either case."""
    player, token = browser_player(request), ""
    if form.is_valid() and (name := form.cleaned_data.get("organiser")):
        made = submit(form, lambda: player_or_guest(request, None, name), "organiser")
        player, token = made or (None, "")
    tournament = submit(form, lambda: create(player), form.refusal_field)
    if tournament is not None:
        return with_guest(redirect("tournament", tournament.pk), token)
    return with_guest(form_page(request, page, form, {}), token)
