"""What an endpoint is sent of a fact: signed as Standard Webhooks says, or as Discord shows it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.utils import timezone
from standardwebhooks import Webhook

from webhooks.models import Endpoint, WebhookFormat
from webhooks.sealed_secrets import unseal
from webhooks.wanted import Fact

from .discord import discord_body
from .sender import Message


class _Body(msgspec.Struct):
    """The body of a webhook, as the specification recommends it."""

    type: str
    timestamp: str
    data: msgspec.Raw


def message_of(fact: Fact, endpoint: Endpoint, *, message_id: str = "") -> Message:
    """A fact for an endpoint, at this moment; raises `SecretLost`."""
    message_id = message_id or fact.message_id
    headers = {"content-type": "application/json", "webhook-id": message_id}
    if endpoint.format == WebhookFormat.DISCORD:
        return Message(endpoint.url, headers, discord_body(fact))
    body = msgspec.json.encode(_Body(fact.type, fact.at, fact.data))
    now = timezone.now()
    headers["webhook-timestamp"] = str(int(now.timestamp()))
    headers["webhook-signature"] = " ".join(_signatures(endpoint, message_id, now, body.decode()))
    return Message(endpoint.url, headers, body)


def _signatures(endpoint: Endpoint, message_id: str, now: datetime, body: str) -> Iterator[str]:
    """By the secret, and while it is new by the one before it too."""
    yield Webhook(unseal(endpoint.sealed_secret)).sign(message_id, now, body)
    if endpoint.previous_until is not None and now < endpoint.previous_until:
        yield Webhook(unseal(endpoint.sealed_previous)).sign(message_id, now, body)
