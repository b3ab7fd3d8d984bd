"""An address of mail at *Your account*, and a new password by a link that is sent there."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lib.errors import Refusal
from matchmaking.services.access.mail import (
    address_of_token,
    ask_to_confirm,
    check_may_ask,
    full_address,
    in_background,
    notify,
    send_reset_links,
    store_address,
    user_of_reset,
)
from matchmaking.services.accounts import change_password

from .forms import AddressForm, OwnAddressForm, ResetForm
from .sign_in import sign_in


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def own_address(request: HttpRequest) -> HttpResponse:
    """Ask for another address; it counts once its owner has followed the link."""
    assert isinstance(request.user, User)
    user = request.user
    form = OwnAddressForm(request, request.POST or None, initial={"address": user.email})
    if form.is_valid():
        address = form.cleaned_data["address"]
        try:
            if address:
                link = partial(full_address, request, "confirm-address")
                ask_to_confirm(request, user, address, link=link)
                messages.info(request, f"A link is on its way to {address}. Follow it to confirm.")
            else:
                store_address(user, "")
                messages.success(request, "Your account has no address any more.")
            return redirect("account")
        except Refusal as refusal:
            form.add_error("address", refusal.message)
    status = 400 if form.is_bound else 200
    return render(request, "matchmaking/address.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_address(request: HttpRequest) -> HttpResponse:
    """Confirm an address by the link; a button does, since programs follow links too."""
    try:
        user, address = address_of_token(request.GET.get("token", ""))
        if request.method == "POST":
            store_address(user, address)
            messages.success(request, f"{address} is the address of {user.get_username()} now.")
            return redirect("account" if request.user.is_authenticated else "sign-in")
    except Refusal as refusal:
        return _gone(request, refusal.message)
    context = {"name": user.get_username(), "address": address}
    return render(request, "matchmaking/confirm_address.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def lost_password(request: HttpRequest) -> HttpResponse:
    """Send a link for a new password; the answer is the same whether the address is known."""
    form = AddressForm(request.POST or None)
    if not form.is_valid() or not settings.MATCHPOINT_SENDS_MAIL:
        status = 400 if form.is_bound else 200
        context = {"form": form, "sends_mail": settings.MATCHPOINT_SENDS_MAIL}
        return render(request, "matchmaking/lost_password.html", context, status=status)
    address = form.cleaned_data["address"]
    if check_may_ask(request, address):
        link = partial(full_address, request, "reset-password")
        in_background(lambda: send_reset_links(address, link=link))
    return render(request, "matchmaking/lost_password.html", {"sent_to": address})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password by the link; every session ends, and this browser signs in."""
    user = user_of_reset(request.GET.get("account", ""), request.GET.get("token", ""))
    if user is None:
        return _gone(request, "This link was used already, or is too old. Ask for another.")
    form = ResetForm(user, request.POST or None)
    if not form.is_valid():
        context = {"form": form, "name": user.get_username()}
        status = 400 if form.is_bound else 200
        return render(request, "matchmaking/reset_password.html", context, status=status)
    change_password(user, form.cleaned_data["password"])
    notify(user.email, user, "it has a new password, by a link that was sent to this address")
    messages.success(request, "Your password is changed. Other browsers are signed out.")
    return sign_in(request, user, "lobby")


def _gone(request: HttpRequest, message: str) -> HttpResponse:
    context = {"title": "This link is over", "message": message}
    return render(request, "error.html", context, status=410)
