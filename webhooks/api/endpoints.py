"""HTTP for programs: webhooks made, changed, tried, sent again, and what became of each message.

By a service key: with the scope `pools` those of the site and of pools, with `tournaments` those of
tournaments. By a tournament's organiser: those of the tournament.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from lib.database.paging import ListQuery, Order, PageQuery, page_of
from lib.endpoints import endpoint
from lib.errors import Malformed, NotFound, Unauthenticated
from lib.schemas import Body
from matchmaking.identity import caller_of
from matchmaking.models import Pool
from matchmaking.selectors import pool_of
from service_keys.access import bearer_key, check_key
from service_keys.models import Scope
from streams import log
from streams.relay import in_thread
from tournaments.models import Tournament
from tournaments.services.permissions import check_organiser
from webhooks import schemas
from webhooks.facts import FACTS_STREAM
from webhooks.models import Endpoint, EndpointState, WebhookFormat
from webhooks.services.endpoints import (
    EndpointWish,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    endpoint_of,
    fact_event,
    replay_from,
    rotate_secret,
)
from webhooks.services.trials import send_again, send_test

_TAG = "Webhooks"


class EndpointBody(Body):
    """A new webhook: for the whole site, for a pool, or for a tournament."""

    name: str
    url: str
    format: WebhookFormat = WebhookFormat.STANDARD
    types: list[str] = []
    """The types of facts to send; empty for all."""
    pool: str | None = None
    """A pool's short name."""
    tournament: UUID | None = None


class EndpointChanges(Body):
    """What to change of a webhook."""

    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    format: WebhookFormat | UnsetType = UNSET
    types: list[str] | UnsetType = UNSET
    state: Literal["active", "disabled"] | UnsetType = UNSET
    """`active` lets one that was parked or disabled go on, at once."""


class ReplayBody(Body):
    """What to send again: one message, or all from one on, in order."""

    message: str | None = None
    """The id of one message."""
    since: str | None = None
    """The id of the first of many."""


_ORDERS: dict[str, Order] = {
    "created": (("created_at", datetime), ("pk", UUID)),
    "name": (("name", str), ("pk", UUID)),
}


class WebhooksQuery(ListQuery, kw_only=True):
    """Which webhooks to list; all of them unless a part is asked for."""

    tournament: UUID | None = None
    pool: str | None = None
    """A pool's short name."""
    state: EndpointState | None = None
    sort: Literal["created", "-created", "name", "-name"] = "created"


_LOG_ORDERS: dict[str, Order] = {"created": (("pk", int),)}
_MOST_DIGITS = 18


class DeliveriesQuery(PageQuery, kw_only=True):
    """Which part of the log of deliveries to read."""

    delivered: bool | None = None
    sort: Literal["created", "-created"] = "-created"


def _check_may_manage(request: HttpRequest, tournament_id: UUID | None) -> None:
    """Raise for everybody but those who may manage the webhooks of this, or of the site."""
    key = bearer_key(request)
    if key is not None:
        check_key(key, Scope.POOLS if tournament_id is None else Scope.TOURNAMENTS)
    elif tournament_id is None:
        raise Unauthenticated(
            "Show a service key: send it as `Authorization: Bearer mp_…`.", code="unknown_key"
        )
    else:
        check_organiser(tournament_id=tournament_id, caller=caller_of(request), user=request.user)


def _endpoint_for(request: HttpRequest, webhook_id: UUID) -> Endpoint:
    """An endpoint that whoever asks may manage; raises otherwise."""
    found = Endpoint.objects.select_related("pool").filter(pk=webhook_id).first()
    _check_may_manage(request, found.tournament_id if found else None)
    return endpoint_of(webhook_id)


def _shown(row: Endpoint, secret: str | None = None) -> schemas.Webhook:
    return schemas.Webhook.of(row, log.head(FACTS_STREAM).seq, secret=secret)


@endpoint("GET", tag=_TAG)
def listed(request: HttpRequest, query: WebhooksQuery) -> schemas.Webhooks:
    """The webhooks of the site and of pools; with `tournament` those of a tournament."""
    _check_may_manage(request, query.tournament)
    rows = Endpoint.objects.select_related("pool").filter(tournament=query.tournament)
    if query.pool is not None:
        rows = rows.filter(pool=_pool(query.pool))
    if query.state is not None:
        rows = rows.filter(state=query.state)
    page, head = page_of(rows, query, _ORDERS), log.head(FACTS_STREAM).seq
    return schemas.Webhooks([schemas.Webhook.of(row, head) for row in page.rows], next=page.next)


@endpoint("POST", tag=_TAG, status=201)
def new(request: HttpRequest, body: EndpointBody) -> schemas.Webhook:
    """Make a webhook; the answer has the secret by which its messages are signed, this once."""
    _check_may_manage(request, body.tournament)
    if body.pool is not None and body.tournament is not None:
        raise Malformed("A webhook is for a pool or for a tournament, not both.")
    wish = EndpointWish(
        name=body.name,
        url=body.url,
        format=body.format,
        types=body.types,
        pool=_pool(body.pool),
        tournament=_tournament(body.tournament),
    )
    row, secret = create_endpoint(wish)
    return _shown(row, secret)


def _pool(slug: str | None) -> Pool | None:
    return None if slug is None else pool_of(slug)


def _tournament(tournament_id: UUID | None) -> Tournament | None:
    if tournament_id is None:
        return None
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise NotFound("There is no such tournament.")
    return tournament


@endpoint("GET", tag=_TAG)
def show(request: HttpRequest, webhook_id: UUID) -> schemas.Webhook:
    """A webhook, and how it stands."""
    return _shown(_endpoint_for(request, webhook_id))


@endpoint("PATCH", tag=_TAG)
def change(request: HttpRequest, webhook_id: UUID, body: EndpointChanges) -> schemas.Webhook:
    """Change a webhook; `{"state": "active"}` lets one that was parked go on."""
    row = _endpoint_for(request, webhook_id)
    changes = {name: value for name, value in asdict(body).items() if value is not UNSET}
    return _shown(change_endpoint(row, changes) if changes else row)


@endpoint("DELETE", tag=_TAG)
def delete(request: HttpRequest, webhook_id: UUID) -> schemas.Webhook:
    """Delete a webhook with its log; answers with what it was."""
    row = _endpoint_for(request, webhook_id)
    delete_endpoint(row)
    return _shown(row)


@endpoint("POST", tag=_TAG)
def rotate(request: HttpRequest, webhook_id: UUID) -> schemas.Webhook:
    """Give it a new secret, shown this once; for a day messages have signatures by both."""
    return _shown(*rotate_secret(_endpoint_for(request, webhook_id)))


@endpoint("POST", tag=_TAG)
async def test(request: HttpRequest, webhook_id: UUID) -> schemas.Delivery:
    """Send a `test.ping` at once; answers with what came of it."""
    row = await in_thread(_endpoint_for, request, webhook_id)
    return schemas.Delivery.of(await send_test(row))


@endpoint("POST", tag=_TAG)
async def replay(
    request: HttpRequest, webhook_id: UUID, body: ReplayBody
) -> schemas.Delivery | schemas.Webhook:
    """Send one message again at once, or all from one on, in order; with the same ids."""
    row = await in_thread(_endpoint_for, request, webhook_id)
    if (body.message is None) == (body.since is None):
        raise Malformed("Say which `message` to send again, or `since` which one.")
    if body.message is not None:
        return schemas.Delivery.of(await send_again(row, body.message))
    return await in_thread(_replay_since, row, str(body.since))


def _replay_since(row: Endpoint, message_id: str) -> schemas.Webhook:
    event, _ = fact_event(message_id)
    return _shown(replay_from(row, event.seq))


@endpoint("GET", tag=_TAG)
def deliveries(
    request: HttpRequest, webhook_id: UUID, query: DeliveriesQuery
) -> schemas.Deliveries:
    """What became of its messages, the last first, with each attempt."""
    rows = _endpoint_for(request, webhook_id).deliveries.all()
    if query.delivered is not None:
        rows = rows.filter(is_delivered=query.delivered)
    if (number := _number(query)) is not None:
        rows, query = rows.filter(pk__lt=number), replace(query, cursor="")
    page = page_of(rows, query, _LOG_ORDERS)
    return schemas.Deliveries([schemas.Delivery.of(row) for row in page.rows], next=page.next)


def _number(query: DeliveriesQuery) -> int | None:
    """The number of a delivery, which `next` once was; for those before it."""
    is_number = query.cursor.isascii() and query.cursor.isdecimal() and query.sort == "-created"
    if not is_number or len(query.cursor) > _MOST_DIGITS:
        return None
    return int(query.cursor)
