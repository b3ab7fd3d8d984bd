"""Messages outside the order: a test, and one that is sent again."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
from django.utils import timezone

from lib.errors import Conflict, NotFound, RateLimited
from lib.limits import Buckets
from lib.schemas import timestamp
from streams.relay import in_thread
from webhooks.delivery.messages import message_of
from webhooks.delivery.progress import Attempted, store_attempts
from webhooks.delivery.sender import Outcome, Sender
from webhooks.facts import PING, TestPing
from webhooks.models import Delivery, Endpoint
from webhooks.sealed_secrets import SecretLost
from webhooks.wanted import Fact, Wanted

from .endpoints import fact_event

#: Messages that people have sent by hand to the endpoints of one owner: a tournament, a pool or the
#: site. An endpoint that is made anew brings no new ones.
sent_by_hand = Buckets(name="webhook_tests", burst=10, per_second=0.5)


async def send_test(endpoint: Endpoint) -> Delivery:
    """Send a test at once, whatever the endpoint's state; raises `RateLimited`, `Conflict`."""
    data = msgspec.Raw(msgspec.json.encode(TestPing()))
    now = timestamp(timezone.now())
    fact = Fact(PING, "", 0, now, "This is a test. Nothing has happened.", data)
    return await _send(endpoint, fact, f"test-{uuid4().hex}")


async def send_again(endpoint: Endpoint, message_id: str) -> Delivery:
    """Send one fact again, with the same id; raises `NotFound`, `RateLimited`, `Conflict`.

    Facts of another pool or tournament are none of this endpoint's, whoever knows their ids.
    """
    fact = await in_thread(_fact_for, endpoint, message_id)
    return await _send(endpoint, fact, fact.message_id)


def _fact_for(endpoint: Endpoint, message_id: str) -> Fact:
    fact = Fact.of_event(*fact_event(message_id))
    if not replace(Wanted.by(endpoint), types=()).covers(fact):
        raise NotFound("This webhook has no such message.")
    return fact


async def _send(endpoint: Endpoint, fact: Fact, message_id: str) -> Delivery:
    if not sent_by_hand.take(_owner(endpoint)):
        raise RateLimited(
            "Many tests and repeated messages have just been sent. Wait a moment.", seconds=2
        )
    try:
        message = message_of(fact, endpoint, message_id=message_id)
    except SecretLost as error:
        raise Conflict(
            "The secret cannot be read: the site's own key has changed. Rotate the secret.",
            code="secret_lost",
        ) from error
    sender = Sender()
    try:
        outcome = await sender.send(message)
    finally:
        await sender.close()
    return await in_thread(_store, endpoint, fact, message_id, outcome)


def _owner(endpoint: Endpoint) -> str:
    if endpoint.tournament_id is not None:
        return f"tournament {endpoint.tournament_id}"
    return f"pool {endpoint.pool_id}" if endpoint.pool_id is not None else "site"


def _store(endpoint: Endpoint, fact: Fact, message_id: str, outcome: Outcome) -> Delivery:
    attempted = Attempted(
        endpoint.pk, endpoint.turn, message_id, fact.seq, fact.type, outcome, changes={}
    )
    store_attempts([attempted])
    return Delivery.objects.get(endpoint=endpoint, message_id=message_id)


def is_good(attempt: dict[str, Any]) -> bool:
    """Whether an attempt was answered as it should be."""
    return attempt["status"] is not None and 200 <= attempt["status"] < 300


def attempt_in_words(attempt: dict[str, Any]) -> str:
    """What came of an attempt."""
    answered = f"It answered {attempt['status']} after {attempt['milliseconds']} ms."
    return attempt["error"] or answered
