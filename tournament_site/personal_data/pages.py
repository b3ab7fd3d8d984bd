"""What a visitor may do with what the site knows of them: read it, and have it deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Conflict
from matchmaking.identity import GUEST_COOKIE, browser_player
from matchmaking.models import Player
from matchmaking.pages.forms import ConfirmForm

from .export import export_as_json
from .removal import delete_player, hindrances


class NameAgainForm(forms.Form):
    """The visitor's own name, typed: so that nobody deletes themselves with one click."""

    name = forms.CharField(
        label="Your name, once more", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, player: Player, *args: Any) -> None:
        super().__init__(*args)
        self.player = player

    def clean_name(self) -> str:
        """The name, when it is the player's."""
        name: str = self.cleaned_data["name"]
        if name.strip() != self.player.name:
            raise forms.ValidationError(f"Type {self.player.name}, as you are called here.")
        return name


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """Say what is kept and what deletion does; delete, when it is confirmed."""
    player = browser_player(request)
    if player is None:
        return redirect("sign-in")
    if request.method == "GET":
        return _page(request, player, _confirmation(request, player))
    form = _confirmation(request, player, request.POST)
    if not form.is_valid():
        return _page(request, player, form)
    try:
        alias = delete_player(player)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _page(request, player, form)
    logout(request)
    messages.success(request, f"You are deleted. Results that you had a part in name {alias}.")
    response = redirect("lobby")
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    return response


@never_cache
@require_POST
def own_export(request: HttpRequest) -> HttpResponse:
    """Everything that is known of the visitor, as a file."""
    player = browser_player(request)
    if player is None:
        return redirect("sign-in")
    response = HttpResponse(export_as_json(player), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="matchpoint-data.json"'
    return response


def _confirmation(request: HttpRequest, player: Player, *data: Any) -> forms.Form:
    """The password; of guests, and of accounts that sign in elsewhere, the name."""
    user = request.user
    if isinstance(user, User) and user.has_usable_password():
        return ConfirmForm(request, *data)
    return NameAgainForm(player, *data)


def _page(request: HttpRequest, player: Player, form: forms.Form) -> HttpResponse:
    context = {"form": form, "player": player, "hindrances": list(hindrances(player))}
    status = 400 if form.is_bound else 200
    return render(request, "personal_data/own_data.html", context, status=status)
