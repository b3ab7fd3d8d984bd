"""Endpoints are made, changed, stopped, sent again what they missed, and deleted."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lib.errors import Conflict, Malformed, NotFound
from matchmaking.models import Pool
from streams import log
from streams.models import Event
from tournaments.models import Tournament
from webhooks.delivery.waking import wake_deliverers
from webhooks.facts import FACTS, FACTS_STREAM
from webhooks.models import URL_MAX_CHARS, Endpoint, EndpointState, WebhookFormat
from webhooks.sealed_secrets import new_secret, seal

#: For so long a message is signed by the secret before a rotation too.
OVERLAP = timedelta(hours=24)
MOST_ENDPOINTS, MOST_OF_A_TOURNAMENT = 200, 5
NAME_MAX_CHARS = 80


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """What an endpoint shall be."""

    name: str
    url: str
    format: WebhookFormat = WebhookFormat.STANDARD
    types: Sequence[str] = ()
    pool: Pool | None = None
    tournament: Tournament | None = None


@transaction.atomic
def create_endpoint(wish: EndpointWish) -> tuple[Endpoint, str]:
    """Store an endpoint, which is sent what happens from now on; returns it with its secret."""
    _check_room(wish.tournament)
    secret = new_secret()
    endpoint = Endpoint.objects.create(
        name=checked_name(wish.name),
        url=checked_url(wish.url),
        format=wish.format,
        types=checked_types(wish.types),
        pool=wish.pool,
        tournament=wish.tournament,
        sealed_secret=seal(secret),
        position=log.head(FACTS_STREAM).seq,
    )
    _wake()
    return endpoint, secret


def _check_room(tournament: Tournament | None) -> None:
    if tournament is not None and tournament.webhooks.count() >= MOST_OF_A_TOURNAMENT:
        raise Conflict(
            f"A tournament has at most {MOST_OF_A_TOURNAMENT} webhooks. Delete one.",
            code="too_many_webhooks",
        )
    if tournament is None and Endpoint.objects.filter(tournament=None).count() >= MOST_ENDPOINTS:
        raise Conflict(
            f"There are at most {MOST_ENDPOINTS} webhooks. Delete one.", code="too_many_webhooks"
        )


def checked_name(name: str) -> str:
    """A name to know an endpoint by; raises `Malformed`."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX_CHARS or not name.isprintable():
        raise Malformed(f"A webhook's name has 1 to {NAME_MAX_CHARS} letters.", code="bad_webhook")
    return name


def checked_types(types: Collection[str]) -> list[str]:
    """Types of facts, each once; raises `Malformed`."""
    if unknown := sorted(set(types) - FACTS.keys()):
        raise Malformed(
            f"There is no type {unknown[0]!r}. The types are {', '.join(FACTS)}.",
            code="bad_webhook",
        )
    return [kind for kind in FACTS if kind in types]


def checked_url(url: str) -> str:
    """An address to send to; raises `Malformed`. What it leads to is checked with each request."""
    problem = _problem_of(url)
    if problem:
        raise Malformed(problem, code="bad_webhook")
    return url


def _problem_of(url: str) -> str:
    if len(url) > URL_MAX_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        return f"The address has at most {URL_MAX_CHARS} letters of ASCII, and no spaces."
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "This is not an address."
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        return "The address must begin with https:// and have a host."
    if parts.username or parts.password:
        return "The address must not have a name or a password: messages are signed."
    if parts.scheme == "http" and not _may_be_plain(parts, port):
        return "The address must begin with https://: only what the operator lists may be http://."
    return ""


def _may_be_plain(parts: SplitResult, port: int) -> bool:
    return settings.MATCHPOINT_WEBHOOK_ADDRESSES.lists(parts.hostname or "", port)


def change_endpoint(endpoint: Endpoint, changes: dict[str, Any]) -> Endpoint:
    """Change the name, address, format, types or state; raises `Malformed`.

    One that is made active is tried again at once.
    """
    checked = {
        name: _CHECKS[name](value) if name in _CHECKS else value for name, value in changes.items()
    }
    if checked.get("state") == EndpointState.ACTIVE:
        checked |= _AFRESH
    elif checked.get("state") == EndpointState.DISABLED:
        checked |= {"why": "It was stopped.", "next_attempt_at": None}
    return _change(endpoint, checked)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": checked_name, "url": checked_url, "types": checked_types,
}  # fmt: skip
#: How an endpoint begins, and begins again.
_AFRESH = {
    "state": EndpointState.ACTIVE, "failures": 0, "failing_since": None, "next_attempt_at": None,
    "why": "",
}  # fmt: skip


@transaction.atomic
def _change(endpoint: Endpoint, changes: dict[str, Any]) -> Endpoint:
    """Change a row under a new turn: what is under way for the old one changes it no more."""
    if not Endpoint.objects.filter(pk=endpoint.pk).update(**changes, turn=F("turn") + 1):
        raise NotFound("There is no such webhook.")
    _wake()
    return endpoint_of(endpoint.pk)


def _wake() -> None:
    transaction.on_commit(wake_deliverers)


def endpoint_of(pk: UUID) -> Endpoint:
    """An endpoint with its pool; raises `NotFound`."""
    found = Endpoint.objects.select_related("pool").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


@transaction.atomic
def delete_endpoint(endpoint: Endpoint) -> None:
    """Delete an endpoint with its log."""
    Endpoint.objects.filter(pk=endpoint.pk).delete()
    _wake()


def rotate_secret(endpoint: Endpoint) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret; for a day messages are signed by the old one too."""
    secret = new_secret()
    changed = _change(
        endpoint,
        {
            "sealed_previous": F("sealed_secret"),  # another may have rotated it meanwhile
            "previous_until": timezone.now() + OVERLAP,
            "sealed_secret": seal(secret),
        },
    )
    return changed, secret


def replay_from(endpoint: Endpoint, seq: int) -> Endpoint:
    """Send an endpoint again all facts from this one on, in order, as far as they are kept."""
    return _change(endpoint, {**_AFRESH, "position": max(0, seq - 1)})


def fact_event(message_id: str) -> tuple[Event, str]:
    """The fact that a message was made of, and its stream's epoch; raises `NotFound`."""
    epoch, _, number = message_id.rpartition("-")
    head = log.head(FACTS_STREAM)
    found = None
    if epoch == head.epoch and number.isdecimal() and len(number) < 19:
        found = Event.objects.filter(stream=FACTS_STREAM, seq=int(number)).first()
    if found is None:
        raise NotFound("This message is not kept any more, or there never was one.")
    return found, head.epoch
