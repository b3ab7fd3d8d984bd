"""The queue on the pages: a script asks for the panel alone; without one, the lobby is shown."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Conflict, Refusal
from lib.http import check_newcomer, status_of
from matchmaking.callers import NOBODY, Caller
from matchmaking.identity import browser_player, set_guest_cookie
from matchmaking.models import Player, Pool
from matchmaking.services.matches import leave_match
from matchmaking.services.parties import PartyEntry
from matchmaking.services.queue.joining import Join, Joined, join_pool
from matchmaking.services.queue.tickets import leave_pool

from .forms import PartyForm, QueueForm
from .queue_panel import queue_panel
from .wants_form import sent_attributes, sent_roles

PANEL = "matchmaking/queue_panel.html"
NO_PLAYER = "This staff account is no player. Sign out to play under a name."


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
        slug = form.cleaned_data["pool"]
        pool = Pool.objects.filter(slug=slug).first() or Pool(slug=slug)
        joined = join_pool(
            Join(
                username=username if caller.is_nobody else None,
                pool=slug,
                caller=caller,
                party=form.cleaned_data["party"] or None,
                regions=form.regions(),
                attributes=sent_attributes(pool, request.POST),
                roles=sent_roles(pool, request.POST),
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
        check_form(form)
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


def check_form(form: forms.Form) -> None:
    """Raise the first error of a form as a refusal."""
    if not form.is_valid():
        raise Refusal(str(next(iter(form.errors.values()))[0]))
