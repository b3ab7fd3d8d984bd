"""Idempotency-Key: a request sent twice is done once and answered twice the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from . import tokens
from .errors import Conflict, Malformed
from .models import StoredResponse

KEY_MAX_CHARS = 255


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request that carries an Idempotency-Key, for one route and caller."""

    key: str
    digest: str
    body_sha256: str

    @classmethod
    def of(cls, key: str, *, route: str, caller: str, body: bytes) -> "IdempotencyKey":
        """Read the header's value; raises `Malformed` when it is empty or over-long.

        `caller` names the sender: the digest of a token, a player's id, or nothing.
        """
        if not 1 <= len(key) <= KEY_MAX_CHARS:
            raise Malformed(f"Idempotency-Key must have 1 to {KEY_MAX_CHARS} characters.")
        scope = "\n".join((route, caller, key)).encode()
        return cls(key, hashlib.sha256(scope).hexdigest(), hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that the first request got."""

    status: int
    answer: dict[str, Any]


def answered(requests: Iterable[IdempotencyKey]) -> dict[str, StoredResponse]:
    """The stored answers of those requests that were answered before, by digest."""
    digests = [once.digest for once in requests]
    return StoredResponse.objects.in_bulk(digests) if digests else {}


def replay(once: IdempotencyKey, stored: StoredResponse) -> Replay:
    """Tell the first answer again; raises `Conflict` when the body is another."""
    if stored.body_sha256 != once.body_sha256:
        raise Conflict(
            "This Idempotency-Key was used with another body. Use a new key for a new request.",
            code="idempotency_mismatch",
        )
    answer = dict(stored.answer)
    if stored.sealed_token:
        answer["token"] = tokens.unseal(stored.sealed_token, key=once.key, record=once.digest)
    return Replay(stored.status, answer)


def record(
    once: IdempotencyKey, answer: msgspec.Struct | dict[str, Any], *, status: int, now: datetime
) -> StoredResponse:
    """The row that keeps an answer; a token in it is sealed. The caller stores it."""
    kept = msgspec.to_builtins(answer)
    token = kept.pop("token", None)
    return StoredResponse(
        digest=once.digest,
        body_sha256=once.body_sha256,
        status=status,
        answer=kept,
        sealed_token=tokens.seal(token, key=once.key, record=once.digest) if token else "",
        created_at=now,
    )


def amend(once: IdempotencyKey, answer: dict[str, Any]) -> None:
    """Complete a stored answer with what was done after it; its token stays as it is."""
    kept = {name: value for name, value in answer.items() if name != "token"}
    StoredResponse.objects.filter(digest=once.digest).update(answer=kept)


def forget_answers(*, now: datetime) -> int:
    """Drop answers too old to be asked for again; gives how many."""
    stale = StoredResponse.objects.filter(created_at__lt=now - settings.MATCHPOINT_IDEMPOTENCY_LIFE)
    return stale.delete()[0]
