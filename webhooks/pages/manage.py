"""The organiser's pages of a tournament's webhooks: all of them, and each with its whole log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from lib.errors import Conflict, Malformed, NotFound, Refusal
from streams import log
from tournaments.models import Tournament
from tournaments.pages.manage import organiser_page, with_form
from tournaments.pages.responses import done, form_data, refused, submit
from tournaments.pages.rights import organiser_of
from tournaments.services.actors import Actor
from webhooks.facts import FACTS_STREAM
from webhooks.models import Delivery, Endpoint, EndpointState, WebhookFormat
from webhooks.services.endpoints import (
    MOST_OF_A_TOURNAMENT,
    EndpointWish,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    fact_event,
    replay_from,
    rotate_secret,
)
from webhooks.services.trials import attempt_in_words, is_good, send_again, send_test

from .forms import ChangeForm, WebhookForm
from .shown import EndpointView

_SHOWN_DELIVERIES, _DELIVERIES_PER_PAGE = 10, 25
_ADVICE = {
    WebhookFormat.STANDARD: "Correct this at the receiver, or the address here, then send another "
    "test.",
    WebhookFormat.DISCORD: "See that the webhook is still there in the channel's settings, then "
    "send another test. If its address is a new one, change it here.",
}


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret, which is shown once."""

    row: Endpoint
    secret: str
    is_rotated: bool = False


@with_form
@never_cache
async def webhooks(
    request: HttpRequest, tournament_id: UUID, endpoint_id: UUID | None = None
) -> HttpResponse:
    """The webhooks of a tournament, or one of them; a slow receiver takes up no thread."""
    if request.POST.get("do") in _SENT_BY_HAND:
        return await _send(request, tournament_id)
    answer: HttpResponse
    if endpoint_id is None:
        answer = await sync_to_async(_all)(request, tournament_id)
    else:
        answer = await sync_to_async(_one)(request, tournament_id, endpoint_id=endpoint_id)
    return answer


@organiser_page
def _all(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """All of them as they stand; one is added, or changed by one of its buttons."""
    if request.POST.get("do") in _BUTTONS:
        return _press(
            request, tournament, lambda new: _shown(request, tournament, WebhookForm(), new)
        )
    return _add(request, tournament)


@organiser_page
def _one(
    request: HttpRequest, tournament: Tournament, actor: Actor, endpoint_id: UUID
) -> HttpResponse:
    """One of them, with its settings and its whole log."""
    row = get_object_or_404(tournament.webhooks.select_related("pool"), pk=endpoint_id)
    if request.POST.get("do") in _BUTTONS:
        return _press(
            request,
            tournament,
            lambda new: _shown_alone(request, tournament, new.row, ChangeForm(new.row), new),
        )
    form = ChangeForm(row, form_data(request))
    changed = submit(form, lambda: change_endpoint(row, form.changes()))
    if changed is None:
        return _shown_alone(request, tournament, row, form)
    message = f"{changed} is changed."
    if changed.format != row.format and changed.format == WebhookFormat.STANDARD:
        message += " Messages are signed now: give the program a new secret."
    return done(request, message, request.path)


def _press(
    request: HttpRequest, tournament: Tournament, show: Callable[["NewSecret"], HttpResponse]
) -> HttpResponse:
    """Do what a button says, and go back to its page; a new secret is shown this once."""
    do, every = request.POST["do"], _address(tournament.pk)
    try:
        row = _own(request, tournament)
        if do == "rotate":
            return show(NewSecret(*rotate_secret(row), is_rotated=True))
        message = _CHANGES[do](row, request.POST)
    except Refusal as refusal:
        return refused(request, refusal, request.path)
    return done(request, message, every if do == "remove" else request.path)


def _add(request: HttpRequest, tournament: Tournament) -> HttpResponse:
    form = WebhookForm(form_data(request))
    new = submit(form, lambda: _added(tournament, form.cleaned_data))
    if new is None:
        return _shown(request, tournament, form)
    if new.row.format == WebhookFormat.DISCORD:
        message = f"{new.row} is sent what happens from now on. Send it a test."
        return done(request, message, _address(tournament.pk))
    return _shown(request, tournament, WebhookForm(), new)


def _address(tournament_id: UUID) -> str:
    return reverse("tournament-manage-webhooks", args=[tournament_id])


def _added(tournament: Tournament, said: dict[str, Any]) -> NewSecret:
    wish = EndpointWish(
        said["name"], said["url"], WebhookFormat(said["format"]), said["types"],
        tournament=tournament,
    )  # fmt: skip
    return NewSecret(*create_endpoint(wish))


def _shown(
    request: HttpRequest, tournament: Tournament, form: WebhookForm, new: NewSecret | None = None
) -> HttpResponse:
    head = log.head(FACTS_STREAM).seq
    rows = [
        EndpointView.of(row, head, _log_of(row)[:_SHOWN_DELIVERIES])
        for row in tournament.webhooks.all()
    ]
    context = {
        "tournament": tournament, "tab": "webhooks", "form": form, "new": new, "webhooks": rows,
        "most": MOST_OF_A_TOURNAMENT, "has_room": len(rows) < MOST_OF_A_TOURNAMENT,
    }  # fmt: skip
    return render(request, "webhooks/manage.html", context, status=_status(form))


def _shown_alone(
    request: HttpRequest,
    tournament: Tournament,
    row: Endpoint,
    form: ChangeForm,
    new: NewSecret | None = None,
) -> HttpResponse:
    page = Paginator(_log_of(row), _DELIVERIES_PER_PAGE).get_page(request.GET.get("page"))
    hook = EndpointView.of(row, log.head(FACTS_STREAM).seq, page)
    context = {
        "tournament": tournament, "tab": "webhooks", "form": form, "new": new, "hook": hook,
        "page": page, "alone": True,
    }  # fmt: skip
    return render(request, "webhooks/webhook.html", context, status=_status(form))


def _log_of(row: Endpoint) -> QuerySet[Delivery]:
    return row.deliveries.order_by("-attempted_at", "-pk")


def _status(form: Form) -> int:
    return 400 if form.is_bound else 200


def _own(request: HttpRequest, tournament: Tournament) -> Endpoint:
    """The webhook of this tournament that a form names."""
    try:
        pk = UUID(request.POST.get("webhook", ""))
    except ValueError as error:
        raise Malformed("Say which webhook.") from error
    row = tournament.webhooks.select_related("pool").filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such webhook any more.")
    return row


def _resumed(row: Endpoint, said: QueryDict) -> str:
    change_endpoint(row, {"state": EndpointState.ACTIVE})
    return f"{row} goes on, from the first message that it has not got."


def _stopped(row: Endpoint, said: QueryDict) -> str:
    change_endpoint(row, {"state": EndpointState.DISABLED})
    return f"{row} is sent nothing more until you let it go on."


def _removed(row: Endpoint, said: QueryDict) -> str:
    delete_endpoint(row)
    return f"{row} is removed."


def _replayed(row: Endpoint, said: QueryDict) -> str:
    event, _ = fact_event(said.get("message", ""))
    replay_from(row, event.seq)
    return f"{row} is sent this message and all after it again, in order."


_CHANGES: dict[str, Callable[[Endpoint, QueryDict], str]] = {
    "resume": _resumed, "stop": _stopped, "remove": _removed, "since": _replayed,
}  # fmt: skip
_BUTTONS = _CHANGES.keys() | {"rotate"}


async def _send(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Send a test, or a message again, and say what came of it."""
    try:
        row = await sync_to_async(_organised)(request, tournament_id)
        if request.POST["do"] == "test":
            sent = await send_test(row)
        else:
            sent = await send_again(row, request.POST.get("message", ""))
    except Refusal as refusal:
        answer = await sync_to_async(refused)(request, refusal, request.path)
    else:
        answer = await sync_to_async(_said)(request, row, sent)
    return answer


#: What sends a message at once.
_SENT_BY_HAND = {"test", "again"}


def _organised(request: HttpRequest, tournament_id: UUID) -> Endpoint:
    """The webhook that a form names; raises `Forbidden` for all but the tournament's organiser."""
    tournament = get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)
    organiser_of(request, tournament)
    return _own(request, tournament)


def _said(request: HttpRequest, row: Endpoint, sent: Delivery) -> HttpResponse:
    """What came of a message; when it failed, also what to do."""
    last, back = sent.attempts[-1], request.path
    what = f"{row}: {attempt_in_words(last)}"
    if is_good(last):
        return done(request, f"{what} The message arrived.", back)
    return refused(request, Conflict(f"{what} {_ADVICE[WebhookFormat(row.format)]}"), back)
