"""Pages of the queue and of the visitor's account; each parses, makes one call, answers."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Conflict, Refusal
from lib.http import check_newcomer, status_of
from matchmaking.callers import NOBODY, Caller
from matchmaking.devices import RETRY_SECONDS, remember_device
from matchmaking.identity import GUEST_COOKIE, browser_player, set_guest_cookie
from matchmaking.models import Player
from matchmaking.services.matches import leave_match
from matchmaking.services.parties import PartyEntry
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.queue.joining import Join, Joined, join_pool
from matchmaking.services.queue.tickets import leave_pool

from .forms import GuestForm, PartyForm, QueueForm, SignInForm, SignUpForm
from .queue_panel import queue_panel

PANEL = "matchmaking/queue_panel.html"
BACKEND = "matchmaking.identity.NameBackend"
NO_PLAYER = "This staff account is no player. Sign out to play under a name."


def next_page(request: HttpRequest) -> str:
    """The page that a form asks to continue with, if it is on this site; else the lobby."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and safe else "lobby"


# The queue. A script asks for the panel alone; without one, the lobby is shown again.


@require_safe
@never_cache
def panel(request: HttpRequest) -> HttpResponse:
    """The panel by itself, as of now."""
    return _panel(request, browser_player(request))


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Queue, as a new guest when the browser has no player yet."""
    form = QueueForm(request.POST)

    def queue(caller: Caller, username: str | None) -> Joined:
        joined = join_pool(
            Join(
                username=username if caller.is_nobody else None,
                pool=form.cleaned_data["pool"],
                caller=caller,
                party=form.cleaned_data["party"] or None,
                regions=form.regions(),
            )
        )
        assert isinstance(joined, Joined)  # only a request with a key is replayed
        return joined

    return enter(request, form, queue)


def enter(
    request: HttpRequest,
    form: QueueForm | PartyForm,
    do: Callable[[Caller, str | None], Joined | PartyEntry],
) -> HttpResponse:
    """Call `do` for the browser's player, or for a new guest of the name in the form."""
    player = browser_player(request)
    try:
        _check(form)
        name: str = form.cleaned_data["username"]
        if player is None and request.user.is_authenticated:
            raise Conflict(NO_PLAYER)
        if player is None and not name:
            raise Refusal("Choose a name first.")
        if player is None:
            check_newcomer(request)
        entered = do(caller_for(player), name or None)
    except Refusal as refusal:
        return panel_answer(request, player, refusal)
    response = panel_answer(request, entered.player)
    if entered.token:
        set_guest_cookie(response, entered.token)
    return response


@require_POST
def leave(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Leave the queue."""
    return act(request, lambda caller: leave_pool(ticket_id=ticket_id, caller=caller))


@require_POST
def concede(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Leave an unfinished match, which concedes it."""
    return act(request, lambda caller: leave_match(match_id=match_id, caller=caller))


def act(request: HttpRequest, do: Callable[[Caller], object]) -> HttpResponse:
    """Call `do` for the browser's player, then show the panel."""
    player = browser_player(request)
    try:
        do(caller_for(player))
    except Refusal as refusal:
        return panel_answer(request, player, refusal)
    return panel_answer(request, player)


def caller_for(player: Player | None) -> Caller:
    """A browser's player as a caller."""
    return Caller(player_id=player.pk) if player else NOBODY


def panel_answer(
    request: HttpRequest, player: Player | None, refusal: Refusal | None = None
) -> HttpResponse:
    """The panel for a script, the lobby for a page; both show what was refused."""
    if request.headers.get("X-Requested-With") == "fetch":
        return _panel(request, player, refusal)
    if refusal is not None:
        messages.error(request, refusal.message)
    return redirect("lobby")


def _panel(
    request: HttpRequest, player: Player | None, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "queue": queue_panel(player, now=timezone.now()),
        "queue_error": refusal.message if refusal else "",
        "queue_name": request.POST.get("username", ""),
    }
    return render(request, PANEL, context, status=status_of(refusal) if refusal else 200)


def _check(form: forms.Form) -> None:
    """Raise the first error of a form as a refusal."""
    if not form.is_valid():
        raise Refusal(str(next(iter(form.errors.values()))[0]))


# The visitor's account.


@require_POST
def guest(request: HttpRequest) -> HttpResponse:
    """Create a guest for a visitor who entered a name."""
    response = redirect(next_page(request))
    if browser_player(request) is not None or request.user.is_authenticated:
        return response
    form = GuestForm(request.POST)
    try:
        _check(form)
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
    known = browser_player(request)
    if request.method == "GET":
        initial = {"username": known.name} if known else {}
        return _sign_up_form(request, SignUpForm(initial=initial))
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _sign_up_form(request, form)
    try:
        check_newcomer(request)
        user = sign_up(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            guest=known,
        )
    except Refusal as refusal:
        form.add_error("username", refusal.message)
        return _sign_up_form(request, form)
    login(request, user, backend=BACKEND)
    messages.success(request, f"You are signed up as {user.get_username()}.")
    response = redirect(next_page(request))
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    remember_device(request, response, user)
    return response


def _sign_up_form(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    status = 400 if form.is_bound else 200
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next") or ""}
    return render(request, "matchmaking/sign_up.html", context, status=status)


class SignIn(LoginView):
    """Sign in by the player's name."""

    template_name = "matchmaking/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; the device is known from now on."""
        response = super().form_valid(form)
        remember_device(self.request, response, form.get_user())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what was wrong; too many wrong passwords are a status of their own."""
        response = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "rate_limited"):
            response.status_code = 429
            response["Retry-After"] = str(RETRY_SECONDS)
        return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; a guest is forgotten by this browser."""
    logout(request)
    response = redirect("lobby")
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    return response
