"""The second factor at *Your account*: turned on, used up codes replaced, turned off."""

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as remember_factor
from django_otp.plugins.otp_totp.models import TOTPDevice

from lib.errors import RateLimited, Refusal
from matchmaking.devices import remember_device
from matchmaking.services.access.mail import notify
from matchmaking.services.access.second_factor import (
    app_address,
    check_code,
    has_second_factor,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    turn_off,
    turn_on,
)
from matchmaking.services.accounts import change_password

from .forms import SecondFactorForm

#: In the session: the secret that is shown, until a code of it was typed.
_SECRET = "matchpoint_new_secret"  # noqa: S105 - a name


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Turn the second factor on, or change it."""
    assert isinstance(request.user, User)
    if not request.user.has_usable_password():
        messages.error(request, "Set a password first: a second factor comes after it.")
        return redirect("account")
    form = SecondFactorForm(request, request.POST or None)
    act = _change if has_second_factor(request.user) else _turn_on
    if form.is_valid():
        try:
            return act(request, form)
        except Refusal as refusal:
            form.add_error("code", refusal.message)
            response = _page(request, form)
            if isinstance(refusal, RateLimited):
                response.status_code, response["Retry-After"] = 429, str(refusal.seconds)
            return response
    return _page(request, form)


def _turn_on(request: HttpRequest, form: SecondFactorForm) -> HttpResponse:
    secret = request.session.get(_SECRET, "")
    if not secret:
        raise Refusal("This page was too old. Scan the new code.")
    user = form.account()
    codes = turn_on(user, secret=secret, code=form.cleaned_data["code"])
    del request.session[_SECRET]
    return _codes_page(request, form, codes, is_new=True)


def _change(request: HttpRequest, form: SecondFactorForm) -> HttpResponse:
    user = form.account()
    check_code(user, form.cleaned_data["code"])
    if request.POST.get("action") == "codes":
        return _codes_page(request, form, new_recovery_codes(user), is_new=False)
    turn_off(user)
    messages.success(request, "The second factor is off. Other browsers are signed out.")
    response = redirect("account")
    _end_other_sessions(request, response, form)
    notify(user.email, user, "its second factor was turned off")
    return response


def _codes_page(
    request: HttpRequest, form: SecondFactorForm, codes: list[str], *, is_new: bool
) -> HttpResponse:
    context = {"codes": codes, "is_new": is_new}
    response = render(request, "matchmaking/recovery_codes.html", context)
    if is_new:
        _end_other_sessions(request, response, form)
        user = form.account()
        remember_factor(request, TOTPDevice.objects.get(user=user))
        notify(user.email, user, "a second factor was turned on")
    return response


def _end_other_sessions(
    request: HttpRequest, response: HttpResponse, form: SecondFactorForm
) -> None:
    """Store the password anew, by which all sessions but this one end, and sockets are closed."""
    user = form.account()
    change_password(user, form.cleaned_data["current"])
    update_session_auth_hash(request, user)
    remember_device(request, response, user)


def _page(request: HttpRequest, form: SecondFactorForm) -> HttpResponse:
    user = form.account()
    context: dict[str, object] = {"form": form, "is_on": has_second_factor(user)}
    if context["is_on"]:
        context["codes_left"] = recovery_codes_left(user)
    else:
        secret = request.session.setdefault(_SECRET, new_secret())
        address = app_address(user, secret)
        context["secret"] = address.partition("secret=")[2].partition("&")[0]
        context["address"] = address
        context["picture"] = segno.make(address, error="m").svg_data_uri(scale=5, border=4)
    status = 400 if form.is_bound else 200
    return render(request, "matchmaking/second_factor.html", context, status=status)
