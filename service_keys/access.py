"""Which key a request shows, and what it may do.

Every route of the API looks at a key that it is shown, through `lib.endpoints.guards`: a key that
is not good is refused also where none is needed.
"""

import math
import re
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from lib import tokens
from lib.database.prepared import PreparedRead
from lib.errors import Forbidden, RateLimited, Unauthenticated
from lib.http import add_answer_headers
from lib.limits import Buckets, OpenCounts
from lib.tracing.trace import note_key

from .models import SHOWN_CHARS, Scope, ServiceKey
from .services import PREFIX, note_use

_BEARER = "bearer "
_TOKEN = re.compile(r"mp_[\w-]{43}", re.ASCII)
#: Where a request keeps the key that was found.
_FOUND = "_service_key"
_SECONDS = 60
#: Requests of a key: a whole minute's at once. Each weighs what a key's own limit makes of it.
requests_by_key = Buckets(name="requests_by_key", burst=_SECONDS, per_second=1)
#: The open sockets of each key.
sockets_by_key = OpenCounts("sockets_by_key")


def key_digest(authorization: str | None) -> str | None:
    """The digest of the service key in an Authorization header; None where there is none.

    The line of the request names the key by how it begins, until it is known.
    """
    header = authorization or ""
    if not is_key(header):
        return None
    token = header[len(_BEARER) :].strip()
    if _TOKEN.fullmatch(token):
        note_key(token[:SHOWN_CHARS])
    return tokens.digest(token)


def is_key(authorization: str) -> bool:
    """Whether an Authorization header has a service key, good or not."""
    token = authorization[len(_BEARER) :].lstrip()
    return authorization[: len(_BEARER)].lower() == _BEARER and token.startswith(PREFIX)


def shows_key(request: HttpRequest) -> bool:
    """Whether a request shows a service key, good or not."""
    return is_key(request.META.get("HTTP_AUTHORIZATION", ""))


def keys_by_digest(digests: Collection[str]) -> dict[str, ServiceKey]:
    """The keys of these digests; one before a rotation counts until its end.

    Revoked and expired keys are among them: `check_key` refuses those.
    """
    now = timezone.now()
    found: dict[str, ServiceKey] = {}
    for digest in digests:
        for key in _keys_of(digest, digest):
            if digest == key.secret_sha256 or _is_later(key.previous_until, now):
                found[digest] = key
    return found


_keys_of = PreparedRead(
    lambda now, before: ServiceKey.objects.filter(Q(secret_sha256=now) | Q(previous_sha256=before)),
    str,
    str,
)
"""The key that has this digest, or had it before its rotation."""


def _is_later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now


def check_key(key: ServiceKey | None, scope: Scope | None = None) -> ServiceKey:
    """The key, if it is good for this.

    Raises `Unauthenticated` with the code `unknown_key`, `revoked_key` or `expired_key`, and
    `Forbidden` with `key_lacks_scope`.
    """
    if key is None:
        raise Unauthenticated("This service key is not known here.", code="unknown_key")
    note_key(key.name)
    if key.revoked_at is not None:
        raise Unauthenticated(
            f"The service key {key.name} was revoked. Ask for another.", code="revoked_key"
        )
    if key.is_expired:
        raise Unauthenticated(
            f"The service key {key.name} has expired. Ask for another.", code="expired_key"
        )
    if scope is not None and scope not in key.scopes:
        raise Forbidden(
            f"The service key {key.name} lacks the scope {str(scope)!r}.", code="key_lacks_scope"
        )
    return key


def count_requests(keys: Iterable[ServiceKey]) -> None:
    """Count a request of each; raises `RateLimited` once one has sent too many."""
    for key in keys:
        if not requests_by_key.take(key.pk.hex, _weight(key)):
            raise RateLimited(
                f"The service key {key.name} may send {key.requests_a_minute:,} requests a minute.",
                seconds=max(1, math.ceil(_weight(key) - requests_by_key.left(key.pk.hex))),
            )


def enter_socket(key: ServiceKey) -> None:
    """Count one more open socket; raises `RateLimited` where the key has as many as it may."""
    most: int = settings.MATCHPOINT_SOCKETS_OF_A_KEY
    if settings.RATE_LIMITS and sockets_by_key[key.pk.hex] >= most:
        raise RateLimited(f"The service key {key.name} has {most} sockets open, the most it may.")
    sockets_by_key.add(key.pk.hex)


def leave_socket(key_id: UUID) -> None:
    """Count one out."""
    sockets_by_key.remove(key_id.hex)


def _weight(key: ServiceKey) -> float:
    """What a request of the key takes of the seconds in its bucket."""
    return _SECONDS / key.requests_a_minute


def limit_headers(key: ServiceKey) -> dict[str, str]:
    """What a key may still send now, as the IETF's draft on RateLimit headers says it."""
    if not settings.RATE_LIMITS:
        return {}
    seconds = requests_by_key.left(key.pk.hex)
    left, reset = max(0, int(seconds / _weight(key))), max(0, math.ceil(_SECONDS - seconds))
    return {
        "RateLimit-Policy": f'"key";q={key.requests_a_minute};w={_SECONDS}',
        "RateLimit": f'"key";r={left};t={reset}',
    }


def bearer_key(request: HttpRequest) -> ServiceKey | None:
    """The key that a request shows; None for any other bearer, and for nobody.

    It is looked up and counted once, however often it is asked for. Raises as `check_key` and
    `count_requests` do.
    """
    found: ServiceKey | None = request.__dict__.get(_FOUND)
    if found is not None:
        return found
    digest = key_digest(request.META.get("HTTP_AUTHORIZATION"))
    if digest is None:
        return None
    key = check_key(keys_by_digest([digest]).get(digest))
    try:
        count_requests([key])
    finally:
        add_answer_headers(request, limit_headers(key))
    note_use(key, now=timezone.now())
    request.__dict__[_FOUND] = key
    return key


def check_request(request: HttpRequest) -> None:
    """Refuse a key that is not good, whether or not one is needed; raises as `bearer_key`."""
    bearer_key(request)


def require_key(request: HttpRequest, scope: Scope) -> ServiceKey:
    """The key of a request that only keys with this scope may make; raises as `bearer_key`."""
    key = bearer_key(request)
    if key is None:
        raise Unauthenticated(
            "Show a service key: send it as `Authorization: Bearer mp_…`.", code="unknown_key"
        )
    return check_key(key, scope)
