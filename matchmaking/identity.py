"""The player of a request or socket, by session, guest cookie or bearer token."""

from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from lib import tokens
from lib.errors import Unauthenticated
from lib.tracing.trace import player_noted
from service_keys.access import bearer_key, key_digest

from .callers import NOBODY, Caller, Identified, player_by_token, unknown
from .devices import password_guess
from .models import Player
from .selectors import reports_to_answer
from .services.accounts import account_called

GUEST_COOKIE = "matchpoint_guest"
GUEST_COOKIE_SECONDS = 365 * 24 * 3600
_BEARER = "bearer "


class NameBackend(ModelBackend):
    """Signs in by the exact name of an account, else by its name in any case."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Find the account by name, then check the password as Django does.

        Raises `ValidationError`, which sign-in forms show, after too many wrong passwords.
        """
        user = account_called(username) if username else None
        if user is not None:
            username = user.get_username()
        guess = password_guess(request, user, username or "")
        found = super().authenticate(request, username=username, password=password, **kwargs)
        if found is not None:
            guess.was_right()
        return found


def bearer(header: str | None) -> Caller:
    """The caller that an Authorization header names; raises `Unauthenticated` for other schemes.

    A service key is no player, and not looked up here.
    """
    if not header:
        return NOBODY
    if (key := key_digest(header)) is not None:
        return Caller(key_sha256=key)
    token = header[len(_BEARER) :].strip()
    if header[: len(_BEARER)].lower() != _BEARER or not token:
        raise Unauthenticated("Write the header as `Authorization: Bearer <token>`.")
    return Caller(token_sha256=tokens.digest(token))


def caller_of(request: HttpRequest) -> Caller:
    """The caller of a request; a bearer token has precedence over cookies.

    Raises `Unauthenticated` for a service key that is not good.
    """
    by_token = bearer(request.headers.get("Authorization"))
    if by_token.key_sha256 is not None:
        bearer_key(request)
    if by_token != NOBODY or not request.COOKIES:
        return by_token
    player = browser_player(request)
    return Caller(player_id=player.pk) if player else NOBODY


def browser_player(request: HttpRequest) -> Player | None:
    """The player of a browser's cookies; a signed-in account has precedence over a guest."""
    if request.user.is_authenticated:
        return player_noted(player_of_user(request.user))
    return player_noted(guest_by_cookie(request.COOKIES.get(GUEST_COOKIE)))


def player_of_user(user: User) -> Player | None:
    """The account's player; a staff account made on the command line has none."""
    return Player.objects.filter(user=user).first()


def guest_by_cookie(token: str | None) -> Player | None:
    """The guest whose token a cookie carries."""
    return Player.objects.filter(token_sha256=tokens.digest(token)).first() if token else None


def set_guest_cookie(response: HttpResponseBase, token: str) -> None:
    """Keep a guest's token in a cookie that scripts cannot read."""
    response.set_cookie(
        GUEST_COOKIE,
        token,
        max_age=GUEST_COOKIE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def you(request: HttpRequest) -> dict[str, Any]:
    """Template context: `you` is the browser's player, or None; `reports_asked` has the
    unanswered reports of other sides on the player's matches.
    """
    player = browser_player(request) if hasattr(request, "user") else None
    asked = SimpleLazyObject(partial(reports_to_answer, player)) if player else ()
    return {"you": player, "reports_asked": asked}


def identify_socket(headers: dict[bytes, bytes]) -> Identified:
    """Whose a socket is, by its opening request; cookies need a good Origin.

    The caller has checked the Origin. Raises `Unauthenticated` for a token that no player has.
    """
    by_token = bearer(headers.get(b"authorization", b"").decode("latin-1"))
    if by_token.key_sha256 is not None:
        raise Unauthenticated(
            "A service key speaks for no player. Streams are open to everybody without it; what "
            "happens on the whole site is at `/feed/ws`.",
            code="needs_player",
        )
    if by_token.token_sha256:
        identified = player_by_token(by_token.token_sha256)
        if identified.player is None:
            raise unknown(by_token)
        player_noted(identified.player)
        return identified
    if b"origin" not in headers or b"cookie" not in headers:
        return Identified()
    cookies = _cookies(headers[b"cookie"].decode("latin-1"))
    user = _user_of_session(cookies.get(settings.SESSION_COOKIE_NAME))
    found = player_of_user(user) if user else guest_by_cookie(cookies.get(GUEST_COOKIE))
    return Identified(player_noted(found))


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _user_of_session(key: str | None) -> User | None:
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key)
    if SESSION_KEY not in request.session:
        return None
    user = get_user(request)
    return user if isinstance(user, User) else None
