"""How the pages answer forms: with what was done or why not, for a person or for a script."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from lib.errors import Refusal
from lib.http import check_newcomer, json_response, refusal_response, wants_json
from matchmaking.identity import set_guest_cookie
from matchmaking.models import Player
from matchmaking.services.players import create_guest

Done = TypeVar("Done")


def form_data(request: HttpRequest) -> QueryDict | None:
    """The fields of a form that was sent; None when it is only shown."""
    return request.POST if request.method == "POST" else None


def submit(
    form: forms.Form, do: Callable[[], Done], field: str | None = None, **fields: str
) -> Done | None:
    """The result of what a valid form asks for; None when the form shows what is wrong.

    A refusal is shown at `field`, or at the field that `fields` has for its code.
    """
    if not form.is_valid():
        return None
    try:
        return do()
    except Refusal as refusal:
        named = fields.get(refusal.code, field)
        form.add_error(named if named in form.fields else None, refusal.message)
        return None


def form_page(
    request: HttpRequest, name: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """A page of tournaments with a form: 400 when it was sent and is shown again."""
    status = 400 if form.is_bound else 200
    return render(request, f"tournaments/{name}.html", context | {"form": form}, status=status)


def act(request: HttpRequest, back: str, do: Callable[[], str]) -> HttpResponse:
    """Do something, and answer with its message or with why it was refused."""
    try:
        message = do()
    except Refusal as refusal:
        return refused(request, refusal, back)
    return done(request, message, back)


def refused(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Why something was not done: for a script, or above the page that it goes back to."""
    if wants_json(request):
        return refusal_response(refusal)
    messages.error(request, refusal.message)
    return redirect(back)


def done(request: HttpRequest, message: str, back: str) -> HttpResponse:
    """What was done: for a script, or above the page that it goes back to."""
    if wants_json(request):
        return json_response({"status": "Done", "message": message})
    messages.success(request, message)
    return redirect(back)


def player_or_guest(request: HttpRequest, player: Player | None, name: str) -> tuple[Player, str]:
    """The player of a browser, else a new guest with its token; raises a refusal."""
    if player is not None:
        return player, ""
    check_newcomer(request)
    guest = create_guest(username=name)
    return guest.player, guest.token


def with_guest(response: HttpResponse, token: str) -> HttpResponse:
    """The response, which makes the browser a new guest's if there is a token."""
    if token:
        set_guest_cookie(response, token)
    return response
