"""The panel's buttons for parties and ready checks; each parses, makes one call, answers."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from lib.http import counted_guess
from matchmaking.callers import Caller
from matchmaking.models import Ticket
from matchmaking.services.parties import PartyEntry, create_party, join_party, leave_party
from matchmaking.services.queue.ready_checks import accept_match, decline_match

from .forms import PartyForm, ReadyAnswerForm
from .queue import act, enter


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Create a party."""
    form = PartyForm(request.POST)
    return enter(request, form, lambda caller, name: create_party(caller=caller, username=name))


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Join a party by its code."""
    code = _code(request)

    def do(caller: Caller, name: str | None) -> PartyEntry:
        with counted_guess(request, wrong="unknown_party", at=f"party {code}"):
            return join_party(code=code, caller=caller, username=name)

    return enter(request, PartyForm(request.POST), do)


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
    return _answer(request, ticket_id, accept_match)


@require_POST
def decline(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Decline the match that was found."""
    return _answer(request, ticket_id, decline_match)


def _answer(request: HttpRequest, ticket_id: UUID, answer: Callable[..., Ticket]) -> HttpResponse:
    check = ReadyAnswerForm(request.POST)
    check_id = check.cleaned_data["check"] if check.is_valid() else None
    return act(
        request, lambda caller: answer(ticket_id=ticket_id, caller=caller, check_id=check_id)
    )
