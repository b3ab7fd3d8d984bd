"""The key of a request, which is asked for before anything else."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest

from lib.errors import Unauthenticated
from service_keys.access import key_digest, require_key
from service_keys.models import Scope, ServiceKey


def by_key(scope: Scope) -> Callable[[HttpRequest], None]:
    """What lets only keys with this scope in; `key_of` has the key then."""

    def check(request: HttpRequest) -> None:
        request.service_key = require_key(request, scope)  # type: ignore[attr-defined]

    return check


def key_of(request: HttpRequest) -> ServiceKey:
    """The key that was let in."""
    return cast(ServiceKey, request.service_key)  # type: ignore[attr-defined]


def shown_digest(request: HttpRequest) -> str:
    """The digest of the key that a request shows, which is not looked up here."""
    digest = key_digest(request.META.get("HTTP_AUTHORIZATION"))
    if digest is None:
        raise Unauthenticated(
            "Show a service key: send it as `Authorization: Bearer mp_…`.", code="unknown_key"
        )
    return digest


def shows_key(request: HttpRequest) -> None:
    """Let in who shows a key, good or not: who looks it up says which."""
    shown_digest(request)
