"""Signing in, and up, with an account of another site; connecting one to an account."""

import time
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Refusal
from lib.http import check_newcomer
from lib.names import NAME_MAX_CHARS
from matchmaking.identity import GUEST_COOKIE, browser_player
from matchmaking.models import ExternalAccount
from matchmaking.pages.forms import ConfirmForm, GuestForm
from matchmaking.services.access.mail import full_address, notify
from matchmaking.services.access.other_sites import (
    Identity,
    account_of,
    connect,
    disconnect,
    sign_up_from,
)

from .providers import authorize_redirect, identify, offered_sites, providers
from .sign_in import enter, next_page, sign_in

#: In the session: where a visitor wants to, and whose account they connect, if any.
_AIM = "matchpoint_other_site"
#: In the session: who somebody new is at another site, until they have chosen a name.
_NEWCOMER = "matchpoint_newcomer"
_NEWCOMER_SECONDS = 1800


class Connection(NamedTuple):
    """Another site, and who one is there, if it is connected."""

    site: str
    label: str
    name: str
    is_connected: bool


def connections(user: object) -> list[Connection]:
    """The sites that are offered, and those that an account has connected."""
    assert isinstance(user, User)
    mine = {row.site: row for row in ExternalAccount.objects.filter(user=user)}
    labels = {site: site for site in mine} | dict(offered_sites())
    return [
        Connection(site, label, mine[site].name if site in mine else "", site in mine)
        for site, label in labels.items()
    ]


@never_cache
@require_POST
def start(request: HttpRequest, site: str) -> HttpResponse:
    """Go to another site, to sign in with its account."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    return _go(request, site, [next_page(request), None])


def _go(request: HttpRequest, site: str, aim: list[object]) -> HttpResponse:
    """A page that leads on: the policy of our pages forbids a form to lead to another site."""
    if site not in providers():
        raise Http404
    request.session[_AIM] = aim
    back = full_address(request, "other-site-back", site)
    target = authorize_redirect(request, site, back)["Location"]
    context = {"label": providers()[site].label, "target": target}
    return render(request, "matchmaking/go_on.html", context)


@never_cache
@require_safe
def back(request: HttpRequest, site: str) -> HttpResponse:
    """Somebody comes back from another site: sign them in, up, or connect what they have there."""
    if site not in providers() or _AIM not in request.session:
        return redirect("sign-in")
    target, connecting = request.session.pop(_AIM)
    who = identify(request, site)
    if connecting is not None:
        return _connect(request, who, connecting)
    user = account_of(who)
    if user is None:
        request.session[_NEWCOMER] = [who.site, who.subject, who.name, time.time(), target]
        return redirect("sign-up-from")
    if not user.is_active:
        raise Refusal("This account has been closed.")
    return sign_in(request, user, target)


def _connect(request: HttpRequest, who: Identity, account: int) -> HttpResponse:
    if not isinstance(request.user, User) or request.user.pk != account:
        return redirect("sign-in")
    label = providers()[who.site].label
    try:
        connect(request.user, who)
    except Refusal as refusal:
        messages.error(request, f"{label}: {refusal.message}")
    else:
        notify(request.user.email, request.user, f"{label} can sign in from now on")
        messages.success(request, f"You can sign in with {label} from now on.")
    return redirect("account")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Choose the name of a new player who comes from another site; a guest stays who they are."""
    new = request.session.get(_NEWCOMER)
    if new is None or request.user.is_authenticated or time.time() - new[3] > _NEWCOMER_SECONDS:
        return redirect("sign-in")
    site, subject, name, _, target = new
    known = browser_player(request)
    initial = {"username": known.name if known else name[:NAME_MAX_CHARS]}
    form = GuestForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            check_newcomer(request)
            user = sign_up_from(
                Identity(site, subject, name),
                username=form.cleaned_data["username"],
                guest=known,
            )
        except Refusal as refusal:
            form.add_error("username", refusal.message)
        else:
            del request.session[_NEWCOMER]
            messages.success(request, f"You are signed up as {user.get_username()}.")
            response = enter(request, user, target)
            response.delete_cookie(GUEST_COOKIE, samesite="Lax")
            return response
    label = providers()[site].label if site in providers() else site
    context = {"form": form, "label": label}
    status = 400 if form.is_bound else 200
    return render(request, "matchmaking/sign_up_from.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def own_site(request: HttpRequest, site: str) -> HttpResponse:
    """Connect another site to the account that is signed in, or disconnect it."""
    assert isinstance(request.user, User)
    found = {one.site: one for one in connections(request.user)}
    if site not in found:
        raise Http404
    form = ConfirmForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not found[site].is_connected:
            return _go(request, site, ["account", request.user.pk])
        try:
            disconnect(request.user, site)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{found[site].label} signs you in no more.")
            return redirect("account")
    context = {"form": form, "connection": found[site]}
    status = 400 if form.is_bound else 200
    return render(request, "matchmaking/own_site.html", context, status=status)
