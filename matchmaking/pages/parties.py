"""The panel's buttons for parties and ready checks; each parses, makes one call, answers."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from matchmaking.services.parties import create_party, join_party, leave_party
from matchmaking.services.queue.ready_checks import accept_match, decline_match

from .forms import PartyForm
from .queue import act, enter


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Create a party."""
    form = PartyForm(request.POST)
    return enter(request, form, lambda caller, name: create_party(caller=caller, username=name))


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Join a party by its code."""
    form, code = PartyForm(request.POST), _code(request)
    return enter(
        request, form, lambda caller, name: join_party(code=code, caller=caller, username=name)
    )


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave one's party."""
    code = _code(request)
    return act(request, lambda caller: leave_party(code=code, caller=caller))


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "").strip().upper()


@require_POST
def accept(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Accept the match that was found."""
    now = timezone.now()
    return act(request, lambda caller: accept_match(ticket_id=ticket_id, caller=caller, now=now))


@require_POST
def decline(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Decline the match that was found."""
    now = timezone.now()
    return act(request, lambda caller: decline_match(ticket_id=ticket_id, caller=caller, now=now))
