"""The visitor's account: guest, sign-up and sign-out, password and token."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Refusal
from lib.http import check_newcomer
from matchmaking.devices import remember_device
from matchmaking.identity import GUEST_COOKIE, browser_player, set_guest_cookie
from matchmaking.models import Invitation
from matchmaking.services.access.invitations import accept, invitation_of
from matchmaking.services.access.mail import notify
from matchmaking.services.access.second_factor import has_second_factor
from matchmaking.services.accounts import change_password
from matchmaking.services.players import create_guest, replace_token, sign_up
from matchmaking.services.sign_outs import close_sockets_of

from .access.other_sites import connections
from .access.providers import offered_sites
from .access.sign_in import enter, next_page
from .forms import ConfirmForm, GuestForm, PasswordForm, SignUpForm
from .queue import check_form


@require_POST
def guest(request: HttpRequest) -> HttpResponse:
    """Create a guest for a visitor who entered a name."""
    response = redirect(next_page(request))
    if browser_player(request) is not None or request.user.is_authenticated:
        return response
    form = GuestForm(request.POST)
    try:
        check_form(form)
        check_newcomer(request)
        made = create_guest(username=form.cleaned_data["username"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        set_guest_cookie(response, made.token)
    return response


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Register; a guest who signs up stays the same player."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    known, invitation = browser_player(request), None
    if token := request.GET.get("invitation"):
        invitation = invitation_of(token)
    if request.method == "GET":
        initial = {"username": known.name} if known else {}
        return _sign_up_form(request, SignUpForm(initial=initial), invitation)
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _sign_up_form(request, form, invitation)
    try:
        check_newcomer(request)
        register = sign_up if invitation is None else partial(accept, invitation)
        user = register(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            guest=known,
        )
    except Refusal as refusal:
        form.add_error("username", refusal.message)
        return _sign_up_form(request, form, invitation)
    messages.success(request, f"You are signed up as {user.get_username()}.")
    response = enter(request, user, next_page(request))
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    return response


def _sign_up_form(
    request: HttpRequest, form: SignUpForm, invitation: Invitation | None
) -> HttpResponse:
    status = 400 if form.is_bound else 200
    target = request.POST.get("next") or request.GET.get("next") or ""
    context = {"form": form, "next": target, "invitation": invitation}
    if invitation is None:  # another site knows nothing of it
        context["offered_sites"] = offered_sites()
    return render(request, "matchmaking/sign_up.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; a guest is forgotten by this browser."""
    player = browser_player(request)
    logout(request)
    if player is not None:
        close_sockets_of(player.pk)
    response = redirect("lobby")
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    return response


# The account's own page.


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What one may do with one's account, or as a guest with one's token."""
    if browser_player(request) is None and not request.user.is_authenticated:
        return redirect("sign-in")
    return _account(request)


@sensitive_post_parameters()
@never_cache
@require_POST
@login_required
def set_password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other browser is signed out by it."""
    assert isinstance(request.user, User)
    form = PasswordForm(request, request.POST)
    if not form.is_valid():
        return _account(request, password_form=form)
    change_password(request.user, form.cleaned_data["password"])
    update_session_auth_hash(request, request.user)
    notify(request.user.email, request.user, "it has a new password")
    messages.success(request, "Your password is changed. Other browsers are signed out.")
    response = redirect("account")
    remember_device(request, response, request.user)
    return response


@sensitive_post_parameters()
@never_cache
@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the account, this one too."""
    assert isinstance(request.user, User)
    form = ConfirmForm(request, request.POST, auto_id="everywhere_%s")
    if not form.is_valid():
        return _account(request, everywhere_form=form)
    change_password(request.user, form.cleaned_data.get("current"))
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect("sign-in")


@never_cache
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Withdraw a guest's token, and show the new one this once."""
    player = browser_player(request)
    if player is None:
        return redirect("sign-in")
    try:
        token = replace_token(player)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("account")
    response = _account(request, token=token)
    set_guest_cookie(response, token)
    return response


def _account(
    request: HttpRequest,
    *,
    password_form: PasswordForm | None = None,
    everywhere_form: ConfirmForm | None = None,
    token: str = "",
) -> HttpResponse:
    context: dict[str, object] = {
        "token": token,
        "sends_mail": settings.MATCHPOINT_SENDS_MAIL,
        "has_second_factor": isinstance(request.user, User) and has_second_factor(request.user),
    }
    if request.user.is_authenticated:
        context["password_form"] = password_form or PasswordForm(request)
        context["everywhere_form"] = everywhere_form or ConfirmForm(
            request, auto_id="everywhere_%s"
        )
        context["other_sites"] = connections(request.user)
    status = 400 if password_form or everywhere_form else 200
    return render(request, "matchmaking/account.html", context, status=status)
