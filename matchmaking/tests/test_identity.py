"""Who a request or a socket speaks for; a cookie counts only from this site's own pages."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpResponse
from django.test import Client, RequestFactory

from lib.errors import Unauthenticated
from lib.names import parse_name
from lib.tokens import digest
from matchmaking.callers import NOBODY, Caller, player_of
from matchmaking.identity import (
    GUEST_COOKIE,
    bearer,
    caller_of,
    identify_socket,
    set_guest_cookie,
)
from matchmaking.models import Player
from matchmaking.services.players import Guest, create_guest

pytestmark = pytest.mark.django_db

Headers = dict[bytes, bytes]
HERE = {b"origin": b"http://testserver"}


@pytest.fixture
def ann() -> Guest:
    return create_guest(username="Ann")


@pytest.fixture
def bob() -> Player:
    """Bob has signed up."""
    user, (_, key, alike) = User.objects.create(username="Bob"), parse_name("Bob")
    return Player.objects.create(user=user, name="Bob", name_key=key, skeleton=alike)


def session_of(player: Player) -> str:
    browser = Client()
    assert player.user is not None
    browser.force_login(player.user)
    return browser.cookies["sessionid"].value


def authorization(guest: Guest) -> Headers:
    return {b"authorization": f"Bearer {guest.token}".encode()}


def cookie(**cookies: str) -> Headers:
    return {b"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()}


@pytest.mark.parametrize("header", [None, ""])
def test_no_header_is_nobody(header: str | None) -> None:
    assert bearer(header) == NOBODY


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_token_is_compared_by_its_digest(header: str) -> None:
    assert bearer(header) == Caller(token_sha256=digest("abc"))


@pytest.mark.parametrize("header", ["abc", "Basic YTpi", "Bearer", "Bearer ", "Token abc"])
def test_other_schemes_are_refused_with_how_to_write_it(header: str) -> None:
    with pytest.raises(Unauthenticated, match="Authorization: Bearer"):
        bearer(header)


def test_who_speaks(ann: Guest) -> None:
    assert player_of(bearer(f"Bearer {ann.token}")) == ann.player
    assert player_of(Caller(player_id=ann.player.pk)) == ann.player
    with pytest.raises(Unauthenticated, match="not known"):
        player_of(bearer("Bearer forged"))
    with pytest.raises(Unauthenticated, match="Show who you are"):
        player_of(NOBODY)


def test_a_digest_is_no_token(ann: Guest) -> None:
    with pytest.raises(Unauthenticated):
        player_of(bearer(f"Bearer {digest(ann.token)}"))


# Requests.


def caller(*, header: str = "", user: User | None = None, guest: str = "") -> Caller:
    request = RequestFactory(headers={"Authorization": header} if header else {}).get("/")
    request.COOKIES = {GUEST_COOKIE: guest} if guest else {}
    request.user = user or AnonymousUser()
    return caller_of(request)


def test_a_token_goes_before_cookies(ann: Guest) -> None:
    other = create_guest(username="Cem")
    shown = caller(header=f"Bearer {ann.token}", guest=other.token)
    assert player_of(shown) == ann.player


def test_an_account_goes_before_a_guests_cookie(ann: Guest, bob: Player) -> None:
    assert caller(user=bob.user, guest=ann.token) == Caller(player_id=bob.pk)
    assert caller(guest=ann.token) == Caller(player_id=ann.player.pk)


def test_a_stale_cookie_is_nobodys() -> None:
    assert caller(guest="forged") == NOBODY


def test_scripts_cannot_read_the_guests_cookie(ann: Guest) -> None:
    response = HttpResponse()
    set_guest_cookie(response, ann.token)
    morsel = response.cookies[GUEST_COOKIE]
    assert morsel.value == ann.token
    assert morsel["httponly"] and morsel["samesite"] == "Lax"


# Sockets.


def test_a_sockets_token_speaks_with_and_without_an_origin(ann: Guest) -> None:
    assert identify_socket(authorization(ann)).player == ann.player
    assert identify_socket(authorization(ann) | HERE).player == ann.player


def test_a_sockets_bad_token_is_refused_rather_than_nobody(ann: Guest) -> None:
    with pytest.raises(Unauthenticated):
        identify_socket({b"authorization": b"Bearer forged"})
    with pytest.raises(Unauthenticated):
        identify_socket({b"authorization": b"Basic abc"} | HERE)


def test_cookies_count_only_with_an_origin(ann: Guest, bob: Player) -> None:
    for cookies, player in (
        (cookie(**{GUEST_COOKIE: ann.token}), ann.player),
        (cookie(sessionid=session_of(bob)), bob),
    ):
        assert identify_socket(cookies | HERE).player == player
        assert identify_socket(cookies).player is None


def test_a_session_goes_before_a_guests_cookie(ann: Guest, bob: Player) -> None:
    both = cookie(sessionid=session_of(bob), **{GUEST_COOKIE: ann.token})
    assert identify_socket(both | HERE).player == bob


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"x",
        b"=;=;",
        b"sessionid=forged",
        b"matchpoint_guest=",
        b"a=\xff\xfe",
        b"sessionid=" * 99,
    ],
)
def test_cookies_that_say_nothing(header: bytes) -> None:
    assert identify_socket({b"cookie": header} | HERE).player is None


def test_a_blocked_account_speaks_for_nobody(bob: Player) -> None:
    session = session_of(bob)
    User.objects.update(is_active=False)
    assert identify_socket(cookie(sessionid=session) | HERE).player is None
