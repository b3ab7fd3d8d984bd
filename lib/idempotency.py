"""Idempotency-Key: a request that is sent twice is done once and gets one answer twice."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest

from . import tokens
from .errors import Conflict, Malformed
from .heavy.slices import delete_slice
from .http import raw_body
from .models import StoredResponse

KEY_MAX_CHARS = 255
#: A key of a sender without a token is all that protects the answer, and a new token in it.
_SECRET_CHARS = 16
_DISTINCT_CHARS = 4


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request that carries an Idempotency-Key, for one route and caller."""

    key: str
    digest: str
    body_sha256: str

    @classmethod
    def of_request(
        cls, request: HttpRequest, *, caller: str, body: bytes | None = None
    ) -> "IdempotencyKey | None":
        """The request's key, if it has one; raises `Malformed`.

        `caller` is the digest of a token, a player's id, or nothing. `body` is the request's, if it
        has been read already.
        """
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None:
            return None
        if not caller and _is_guessable(key):
            raise Malformed(
                "Without a token, whoever knows this Idempotency-Key is answered as you are. Use a "
                f"random one of {_SECRET_CHARS} characters or more, such as a UUID.",
                code="weak_key",
            )
        route = f"{request.method} {request.path.rstrip('/')}"
        return cls.of(
            key, route=route, caller=caller, body=raw_body(request) if body is None else body
        )

    @classmethod
    def of(cls, key: str, *, route: str, caller: str, body: bytes) -> "IdempotencyKey":
        """Read the header's value; raises `Malformed` when it is empty or over-long."""
        if not 1 <= len(key) <= KEY_MAX_CHARS:
            raise Malformed(f"Idempotency-Key must have 1 to {KEY_MAX_CHARS} characters.")
        scope = "\n".join((route, caller, key)).encode()
        return cls(key, hashlib.sha256(scope).hexdigest(), hashlib.sha256(body).hexdigest())


def _is_guessable(key: str) -> bool:
    """Whether two strangers could think of this key; a counter with leading zeros counts."""
    return len(key) < _SECRET_CHARS or len(set(key)) < _DISTINCT_CHARS


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that the first request got."""

    status: int
    answer: dict[str, Any]


def stored_responses(keys: Iterable[IdempotencyKey]) -> dict[str, StoredResponse]:
    """The responses that are stored for these keys, by digest."""
    digests = [key.digest for key in keys]
    return StoredResponse.objects.in_bulk(digests) if digests else {}


def replay(once: IdempotencyKey, stored: StoredResponse) -> Replay:
    """The first answer again; raises `Conflict` when the body is another."""
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


def amend(once: IdempotencyKey, answer: msgspec.Struct | dict[str, Any]) -> None:
    """Replace a stored answer by its completed form; its token stays."""
    kept = msgspec.to_builtins(answer)
    kept.pop("token", None)
    StoredResponse.objects.filter(digest=once.digest).update(answer=kept)


def delete_stale_responses(*, now: datetime) -> int:
    """Delete a slice of the responses that are too old to be repeated; returns how many."""
    stale = StoredResponse.objects.filter(created_at__lt=now - settings.MATCHPOINT_IDEMPOTENCY_LIFE)
    return delete_slice(stale)
