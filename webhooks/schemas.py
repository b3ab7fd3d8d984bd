"""Endpoints and deliveries as managers of webhooks see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Answer, Paged, Schema, Timestamp, timestamp

from . import models
from .models import EndpointState, WebhookFormat
from .wanted import Fact


def _moment(at: datetime | None) -> Timestamp | None:
    return timestamp(at) if at else None


class Webhook(Schema, kw_only=True):
    """An address that is sent facts."""

    id: UUID
    name: str
    url: str
    format: WebhookFormat
    types: list[str]
    """Empty for all."""
    pool: str | None
    tournament: UUID | None
    state: EndpointState
    why: str
    """Why it is not sent anything, or what failed last; empty when all is well."""
    backlog: int
    """Facts that it has not got yet, of any type."""
    failures: int
    """Attempts that failed since the last that did not."""
    next_attempt_at: Timestamp | None
    succeeded_at: Timestamp | None
    created_at: Timestamp
    secret: str | UnsetType = UNSET
    """Only in the answer that made it."""

    @classmethod
    def of(cls, row: models.Endpoint, head: int, *, secret: str | None = None) -> Self:
        """An endpoint, beside the number of the last fact; needs its pool."""
        return cls(
            id=row.pk,
            name=row.name,
            url=row.url,
            format=cast(WebhookFormat, row.format),
            types=row.types,
            pool=row.pool.slug if row.pool else None,
            tournament=row.tournament_id,
            state=cast(EndpointState, row.state),
            why=row.why,
            backlog=max(0, head - row.position),
            failures=row.failures,
            next_attempt_at=_moment(row.next_attempt_at),
            succeeded_at=_moment(row.succeeded_at),
            created_at=timestamp(row.created_at),
            secret=secret or UNSET,
        )


class Webhooks(Paged):
    """Endpoints, the oldest first unless they are sorted otherwise."""

    webhooks: list[Webhook]


class DeliveryAttempt(Schema):
    """One request, and what came of it."""

    at: Timestamp
    status: int | None
    """Null when there was no answer."""
    milliseconds: int
    error: str
    answer: str
    """The first 1,024 letters of the answer."""


class Delivery(Schema):
    """A message, and the attempts to deliver it."""

    message: str
    """Its id: the header `webhook-id`."""
    type: str
    delivered: bool
    attempts: list[DeliveryAttempt]

    @classmethod
    def of(cls, row: models.Delivery) -> Self:
        """A delivery."""
        attempts = [DeliveryAttempt(**one) for one in row.attempts]
        return cls(row.message_id, row.type, row.is_delivered, attempts)


class Deliveries(Paged):
    """Deliveries of an endpoint, the last first."""

    deliveries: list[Delivery]


class FeedFact(Schema):
    """A fact, as webhooks have it."""

    id: str
    """The same as the header `webhook-id`; also a cursor."""
    type: str
    at: Timestamp
    text: str
    """The fact in words."""
    data: Any
    """By its type."""


class FeedFacts(Answer, tag="Facts"):
    """What has come, and from where to go on."""

    facts: list[FeedFact]
    cursor: str
    """The `after` of the next request."""

    @classmethod
    def of(cls, facts: Sequence[Fact], cursor: str) -> Self:
        """Facts of the log."""
        shown = [FeedFact(one.message_id, one.type, one.at, one.text, one.data) for one in facts]
        return cls(shown, cursor)


class FeedResync(Answer, tag="Resync"):
    """The cursor is too old, or of a log that was replaced: read anew how things stand."""

    message: str
    cursor: str
    """Where the feed stands now."""
