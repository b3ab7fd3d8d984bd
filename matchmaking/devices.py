"""Wrong passwords are counted, and a device that has signed in before is not locked by others.

The device has a signed cookie that lasts. It holds a mark for each account that signed in there;
the mark ends when the account's password changes.
"""

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from lib import limits
from lib.addresses import client_network
from lib.limits import Guess

DEVICE_COOKIE = "matchpoint_device"
DEVICE_COOKIE_SECONDS = 2 * 365 * 24 * 3600
RETRY_SECONDS = 20
_SALT = "matchpoint.device"
#: The accounts of a shared device; the last ones to sign in there.
_MOST_ACCOUNTS = 8
_MARK_CHARS = 16


def password_guess(request: HttpRequest | None, user: User | None, name: str) -> Guess:
    """A guess at a password, counted; raises `ValidationError` after too many wrong ones."""
    guess = _guess(request, user, name)
    if not guess.is_allowed():
        raise ValidationError(
            f"Too many wrong passwords. Try again in {RETRY_SECONDS} s.", code="rate_limited"
        )
    return guess


def _guess(request: HttpRequest | None, user: User | None, name: str) -> Guess:
    device, marks = _device(request)
    if user is not None and _mark(user) in marks:
        return Guess((limits.passwords_by_name_there, (user.pk, device)))
    address = client_network(request.META.get("REMOTE_ADDR", "") if request else "")
    key = user.pk if user is not None else name.strip().casefold()
    return Guess(
        (limits.passwords_by_name_there, (key, address)),
        (limits.passwords_by_address, address),
        (limits.passwords_by_name, key),
    )


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let the browser show from now on that this account has signed in there."""
    device, marks = _device(request)
    mine = _mark(user)
    kept = [mark for mark in marks if mark != mine][: _MOST_ACCOUNTS - 1]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([device or secrets.token_hex(8), mine, *kept], salt=_SALT),
        max_age=DEVICE_COOKIE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _device(request: HttpRequest | None) -> tuple[str, Iterable[str]]:
    """The device's id and its accounts' marks; none without a cookie of this site."""
    try:
        cookie = request.COOKIES.get(DEVICE_COOKIE, "") if request else ""
        device, *marks = signing.loads(cookie, salt=_SALT)
    except signing.BadSignature:
        return "", []
    return device, marks


def _mark(user: User) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()[:_MARK_CHARS]
