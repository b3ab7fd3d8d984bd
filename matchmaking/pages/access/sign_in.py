"""Signing in: whatever proves who somebody is, `sign_in` asks for the second factor after it."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as remember_factor
from django_otp.models import Device

from lib.errors import RateLimited, Refusal
from matchmaking.devices import RETRY_SECONDS, remember_device
from matchmaking.services.access.second_factor import check_code, has_second_factor

from .forms import CodeForm, SignInForm
from .providers import offered_sites

BACKEND = "matchmaking.identity.NameBackend"
#: In the session of somebody who has shown the first factor only: who, and since when.
_HALF = "matchpoint_half_signed_in"
#: How long a code may take.
_HALF_SECONDS = 600


def next_page(request: HttpRequest, *, default: str = "lobby") -> str:
    """The page that a form asks to continue with, if it is on this site; else the lobby."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and safe else default


def sign_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Sign in an account that has shown its first factor, or ask for its second one."""
    if not has_second_factor(user):
        return enter(request, user, target)
    request.session.cycle_key()  # nobody else may know the session that is half signed in
    request.session[_HALF] = [user.pk, user.get_session_auth_hash(), time.time(), target]
    return redirect("sign-in-code")


def enter(
    request: HttpRequest, user: User, target: str, *, device: Device | None = None
) -> HttpResponse:
    """Sign in for good; this browser is known from now on."""
    login(request, user, backend=BACKEND)
    if device is not None:
        remember_factor(request, device)
    elif settings.MATCHPOINT_STAFF_SECOND_FACTOR and user.is_staff:
        messages.warning(request, "Staff need a second factor here. Turn it on to go on.")
        target = "second-factor"
    response = redirect(target)
    remember_device(request, response, user)
    return response


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether whoever is signed in has shown a second factor in this session."""
    return getattr(request.user, "otp_device", None) is not None


class SignIn(LoginView):
    """Sign in by the player's name, on the site and for the admin."""

    template_name = "matchmaking/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the other sites with which one may sign in."""
        return super().get_context_data(offered_sites=offered_sites(), **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, or go on to the second factor."""
        return sign_in(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what was wrong; too many wrong passwords are a status of their own."""
        is_locked = form.has_error(NON_FIELD_ERRORS, "rate_limited")
        context = self.get_context_data(form=form, is_locked=is_locked, retry_seconds=RETRY_SECONDS)
        response = self.render_to_response(context, status=429 if is_locked else 200)
        if is_locked:
            response["Retry-After"] = str(RETRY_SECONDS)
        return response


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def code_page(request: HttpRequest) -> HttpResponse:
    """Ask somebody whose password was right for their second factor."""
    half = _half_signed_in(request)
    if half is None:
        request.session.pop(_HALF, None)
        return redirect("sign-in")
    user, target = half
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return _code_form(request, form)
    try:
        device = check_code(user, form.cleaned_data["code"])
    except Refusal as refusal:
        form.add_error("code", refusal.message)
        response = _code_form(request, form)
        if isinstance(refusal, RateLimited):
            response.status_code, response["Retry-After"] = 429, str(refusal.seconds)
        return response
    del request.session[_HALF]
    return enter(request, user, target, device=device)


def _code_form(request: HttpRequest, form: CodeForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    return render(request, "matchmaking/code.html", context, status=400 if form.is_bound else 200)


def _half_signed_in(request: HttpRequest) -> tuple[User, str] | None:
    """Who has shown the first factor in this browser a short while ago, and where they want to."""
    if _HALF not in request.session or request.user.is_authenticated:
        return None
    pk, proof, since, target = request.session[_HALF]
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not 0 <= time.time() - since <= _HALF_SECONDS:
        return None
    # A new password ends what the old one began.
    is_same = constant_time_compare(proof, user.get_session_auth_hash())
    return (user, target) if is_same else None
