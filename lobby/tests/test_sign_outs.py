"""Open sockets end when what proves who their player is ends; who may come back, comes back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import sleep
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from lib.errors import Conflict
from lib.tokens import digest
from matchmaking import sockets
from matchmaking.callers import Caller, Identified
from matchmaking.identity import GUEST_COOKIE, identify_socket
from matchmaking.models import Player, PlayerToken
from matchmaking.services.players import create_guest, replace_token, sign_up
from matchmaking.services.queue.tickets import ticket_of
from matchmaking.services.sign_outs import SIGN_OUTS, close_sockets_of
from matchmaking.tests.servers import Server
from streams.relay import Relay, in_thread

from .conftest import Visit
from .visitors import HERE

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
OTHER = "staple of another sort"


@pytest.fixture(autouse=True)
def settings_of_these(settings: Settings) -> None:
    settings.RATE_LIMITS = False


def signed_in(name: str = "Ann") -> Client:
    browser = Client()
    user = User.objects.filter(username=name).first()
    browser.force_login(user or sign_up(username=name, password=PASSWORD, guest=None))
    return browser


def cookie_of(browser: Client) -> str:
    return f"sessionid={browser.cookies['sessionid'].value}"


def change_password(browser: Client) -> None:
    form = {"current": PASSWORD, "password": OTHER, "password_again": OTHER}
    assert browser.post("/account/password", form).status_code == 302


def sign_out_everywhere(browser: Client) -> None:
    assert browser.post("/account/sign-out", {"current": PASSWORD}).status_code == 302


def sign_out(browser: Client) -> None:
    browser.post("/sign-out")


def sign_out_of_the_admin(browser: Client) -> None:
    User.objects.update(is_staff=True)
    browser.post("/admin/logout/")


def is_blocked(browser: Client) -> None:
    user = User.objects.get()
    user.is_active = False
    user.save()


def is_given_a_password(browser: Client) -> None:
    user = User.objects.get()
    user.set_password(OTHER)
    user.save()


def is_deleted(browser: Client) -> None:
    User.objects.get().delete()


@pytest.mark.parametrize(
    "end",
    [
        sign_out,
        sign_out_of_the_admin,
        sign_out_everywhere,
        change_password,
        is_blocked,
        is_given_a_password,
        is_deleted,
    ],
)
async def test_the_sockets_of_an_account_end_with_its_session(
    visit: Visit, end: Callable[[Client], None]
) -> None:
    browser = await in_thread(signed_in)
    cookie = cookie_of(browser)
    ann = await visit(cookie=cookie, origin=HERE)
    bob = await visit(token=(await in_thread(create_guest, username="Bob")).token)
    assert ann.first["you"]["username"] == "Ann"
    await in_thread(end, browser)
    assert await ann.closed() == 4410
    assert (await visit(cookie=cookie, origin=HERE)).first["you"] is None
    assert await bob.receives_nothing()


async def test_another_browser_of_the_account_comes_back_as_itself(visit: Visit) -> None:
    phone, desk = await in_thread(signed_in), await in_thread(signed_in)
    at_desk = await visit(cookie=cookie_of(desk), origin=HERE)
    await in_thread(sign_out, phone)
    assert await at_desk.closed() == 4410
    assert (await visit(cookie=cookie_of(desk), origin=HERE)).first["you"]["username"] == "Ann"


async def test_the_sockets_of_a_guest_end_with_the_token(visit: Visit) -> None:
    guest = await in_thread(create_guest, username="Gus")
    thief, queue = await visit(token=guest.token), await visit("/matchmaking", token=guest.token)
    fresh = await in_thread(replace_token, guest.player)
    assert await thief.closed() == await queue.closed() == 4410
    refused = await visit(token=guest.token, welcomed=False)
    assert (await refused.comes())["code"] == "unidentified"
    assert (await visit(token=fresh)).first["you"]["id"] == str(guest.player.pk)


async def test_a_newcomers_queue_socket_ends_too_and_the_ticket_waits_a_while(
    visit: Visit,
) -> None:
    waiting = (await visit("/matchmaking?username=Gus")).first
    queue_of_gus = await visit("/matchmaking", token=waiting["token"])
    player = await in_thread(Player.objects.get)
    await in_thread(close_sockets_of, player.pk)
    assert await queue_of_gus.closed() == 4410
    mine = Caller(player_id=player.pk)
    ticket = await in_thread(ticket_of, ticket_id=UUID(waiting["ticket"]["id"]), caller=mine)
    assert ticket.state == "waiting"


async def test_signing_up_ends_the_sockets_of_the_guests_token(visit: Visit) -> None:
    guest = await in_thread(create_guest, username="Gus")
    visitor = await visit(token=guest.token)
    await in_thread(sign_up, username="Gus", password=PASSWORD, guest=guest.player)
    assert await visitor.closed() == 4410


async def test_who_forgets_a_guest_in_one_tab_ends_the_others(visit: Visit) -> None:
    guest = await in_thread(create_guest, username="Gus")
    browser = Client()
    browser.cookies[GUEST_COOKIE] = guest.token
    visitor = await visit(cookie=f"{GUEST_COOKIE}={guest.token}", origin=HERE)
    await in_thread(sign_out, browser)
    assert await visitor.closed() == 4410


async def test_sockets_that_a_player_token_opened_end_with_it(visit: Visit) -> None:
    """Each is told so first; another token of the same player keeps its socket."""
    server = await in_thread(Server.made)
    await in_thread(server.players, "Ann")
    ask = partial(server.say, "POST", "/api/external-players/ann/token", {"seconds": 3600})
    short, long = [(await in_thread(ask))["token"] for _ in range(2)]
    await in_thread(end_soon, short)
    lost = [await visit(path, token=short) for path in ("/ws", "/matchmaking")]
    gone = await visit(token=short)
    await gone.disconnect()
    kept = await visit(token=long)
    for socket in lost:
        assert (await socket.next("error"))["code"] == "token_expired"
        assert await socket.closed() == 4410
    assert await kept.receives_nothing()
    refused = await visit(token=short, welcomed=False)
    assert (await refused.comes())["code"] == "token_expired"


def end_soon(token: str) -> None:
    PlayerToken.objects.filter(token_sha256=digest(token)).update(
        expires_at=timezone.now() + timedelta(seconds=1)
    )


async def test_a_sign_out_while_a_socket_is_being_identified_is_seen(
    visit: Visit, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await in_thread(create_guest, username="Gus")
    await visit()  # from now on this process watches
    look = identify_socket

    def look_then_withdraw(headers: dict[bytes, bytes]) -> Identified:
        found = look(headers)
        monkeypatch.setattr(sockets, "identify_socket", look)
        replace_token(guest.player)
        while relay.feeds[SIGN_OUTS].seq == 0:  # the news arrives before the look ends
            sleep(0.01)
        return found

    monkeypatch.setattr(sockets, "identify_socket", look_then_withdraw)
    refused = await visit(token=guest.token, welcomed=False)
    assert (await refused.comes())["code"] == "unidentified"


def test_one_token_is_withdrawn_once() -> None:
    guest = create_guest(username="Gus")
    replace_token(guest.player)
    with pytest.raises(Conflict, match="just now"):
        replace_token(guest.player)
    player = Player.objects.get(user=sign_up(username="Ann", password=PASSWORD, guest=None))
    with pytest.raises(Conflict, match="no token"):
        replace_token(player)
