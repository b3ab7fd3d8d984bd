"""Keys made, rotated and revoked; a token is returned once, and never stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lib import tokens
from lib.errors import Conflict, Malformed, NotFound
from lib.heavy.slices import delete_slice

from .models import ACTION_MAX_CHARS, SHOWN_CHARS, KeyAction, Scope, ServiceKey
from .signals import key_revoked

PREFIX = "mp_"
#: How long the token before a rotation stays good, unless another time is asked for.
OVERLAP = timedelta(days=1)
_USE_STORED_EACH = timedelta(minutes=1)
_ACTIONS_KEPT = timedelta(days=365)
#: When keys were used last, where that is not stored yet.
_used: dict[UUID, datetime] = {}


class NewToken(NamedTuple):
    """A key, and its token, which is shown this once."""

    key: ServiceKey
    token: str


def _new_token() -> str:
    return PREFIX + tokens.new_token()


@transaction.atomic
def make_key(
    *,
    name: str,
    scopes: Sequence[Scope | str],
    requests_a_minute: int | None = None,
    expires_at: datetime | None = None,
) -> NewToken:
    """Make a key; raises `Malformed` for a name that is taken or empty, and for unknown scopes."""
    token = _new_token()
    key = ServiceKey(shown=token[:SHOWN_CHARS], secret_sha256=tokens.digest(token))
    rate = key.requests_a_minute if requests_a_minute is None else requests_a_minute
    _set(key, name, scopes, rate, expires_at)
    key.save(force_insert=True)
    return NewToken(key, token)


@transaction.atomic
def change_key(
    *,
    key_id: UUID,
    name: str,
    scopes: Sequence[Scope | str],
    requests_a_minute: int,
    expires_at: datetime | None,
) -> ServiceKey:
    """Change what was chosen of a key; its tokens stay. Raises `Malformed` and `NotFound`."""
    key = _locked(key_id)
    _set(key, name, scopes, requests_a_minute, expires_at)
    key.save()
    return key


def _set(
    key: ServiceKey,
    name: str,
    scopes: Sequence[Scope | str],
    requests_a_minute: int,
    expires_at: datetime | None,
) -> None:
    key.name, key.scopes = name.strip(), [str(scope) for scope in scopes]
    key.requests_a_minute, key.expires_at = requests_a_minute, expires_at
    try:
        key.full_clean()
    except ValidationError as error:
        faults = (f"{field}: {' '.join(said)}" for field, said in error.message_dict.items())
        raise Malformed(" ".join(faults)) from error


@transaction.atomic
def rotate_key(*, key_id: UUID, overlap: timedelta = OVERLAP) -> NewToken:
    """Give a key a new token; the one before it is good for the overlap.

    Raises `NotFound`, and `Conflict` for a revoked key.
    """
    key = _locked(key_id)
    if key.revoked_at is not None:
        raise Conflict("This key was revoked. Make another.")
    token = _new_token()
    now = timezone.now()
    has_overlap = overlap > timedelta(0)
    key.previous_sha256 = key.secret_sha256 if has_overlap else None
    key.previous_until = now + overlap if has_overlap else None
    key.secret_sha256, key.shown = tokens.digest(token), token[:SHOWN_CHARS]
    key.save()
    return NewToken(key, token)


@transaction.atomic
def revoke_key(*, key_id: UUID) -> ServiceKey:
    """End a key and all its tokens at once; again changes nothing. Raises `NotFound`."""
    key = _locked(key_id)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        key_revoked.send(sender=ServiceKey, key=key)
    return key


def note_use(key: ServiceKey, *, now: datetime) -> None:
    """Note in memory that a key was used, once a minute at most; `store_uses` stores it."""
    if key.last_used_at is None or key.last_used_at < now - _USE_STORED_EACH:
        _used[key.pk] = now


def store_uses() -> bool:
    """Store the uses that were noted in this process."""
    while _used:
        pk, at = _used.popitem()
        earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at)
        ServiceKey.objects.filter(earlier, pk=pk).update(last_used_at=at)
    return True


def record_action(key: ServiceKey, text: str) -> None:
    """Record what a key did, in the transaction that did it."""
    KeyAction.objects.create(key=key, text=text[:ACTION_MAX_CHARS])


def delete_old_actions(*, now: datetime) -> int:
    """Delete a slice of what keys did long ago; returns how many."""
    return delete_slice(KeyAction.objects.filter(at__lt=now - _ACTIONS_KEPT))


def _locked(key_id: UUID) -> ServiceKey:
    key = ServiceKey.objects.select_for_update(no_key=True).filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such key.")
    return key
