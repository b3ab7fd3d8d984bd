"""Who signs out at one process loses the sockets at another, whatever ends the session there."""

import asyncio
import re
import secrets
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from django_otp.oath import TOTP

from .browsing import Browser
from .clients import Socket, open_socket, send
from .server import SECRET, MatchpointServer, add_pool, new_database, rows, run_manage
from .services import PostgresServer, RedisServer

PASSWORD, OTHER = "correct horse battery", "staple of another sort"
SIGNED_OUT, RESTARTING = 4410, 1012
#: What a sign-out may take to reach another process; a message takes milliseconds.
SECONDS = 5.0


@dataclass(frozen=True)
class Site:
    """Two processes: people act at the one, and their sockets are at the other."""

    here: MatchpointServer
    there: MatchpointServer
    mails: Path


@pytest.fixture(scope="module")
def site(
    postgres: PostgresServer, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    mails = tmp_path_factory.mktemp("mails")
    database, redis = new_database(postgres), redis_server.url
    with (
        MatchpointServer(
            database_url=database,
            redis_url=redis,
            EMAIL_URL=f"filemail://{mails}",
            MAIL_FROM="no-reply@example.org",
        ) as here,
        MatchpointServer(server="uvicorn", database_url=database, redis_url=redis) as there,
    ):
        account = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD, **SECRET}
        arguments = ("createsuperuser", "--no-input", "--username", "boss", "--email", "")
        assert run_manage(*arguments, DATABASE_URL=database, **account).returncode == 0
        yield Site(here, there, mails)


def new_name() -> str:
    return f"P {secrets.token_hex(4)}"


def signed_up(site: Site, name: str) -> Browser:
    browser = Browser(site.here.url)
    fields = {"username": name, "password": PASSWORD, "password_again": PASSWORD}
    assert browser.submit("/sign-up", **fields).status == 302
    return browser


def boss(site: Site) -> Browser:
    browser = Browser(site.here.url)
    page = "/sign-in"
    assert browser.submit(page, username="boss", password=PASSWORD).status == 302
    return browser


def account_id(site: Site, name: str) -> int:
    [(found,)] = rows(site.here.database_url, f"SELECT id FROM auth_user WHERE username = '{name}'")
    return int(found)


def manage(site: Site, *arguments: str) -> None:
    settings = {"DATABASE_URL": site.here.database_url, **SECRET}
    done = run_manage(*arguments, **settings)
    assert done.returncode == 0, done.stderr


def changes_the_password(site: Site, browser: Browser, name: str) -> None:
    fields = {"current": PASSWORD, "password": OTHER, "password_again": OTHER}
    assert browser.submit("/account/password", page="/account", **fields).status == 302


def turn_on_a_second_factor(site: Site, browser: Browser, name: str) -> None:
    page = "/account/second-factor"
    secret = re.search(rb'class="secret">(\w+)<', browser.get(page).body)
    assert secret is not None
    code = f"{TOTP(b32decode(secret[1])).token():06}"
    assert browser.submit(page, code=code, current=PASSWORD).status == 200


def loses_the_second_factor(site: Site, browser: Browser, name: str) -> None:
    """On the command line, long after it was turned on."""
    manage(site, "reset_second_factor", name)


def gets_a_new_password_by_mail(site: Site, browser: Browser, name: str) -> None:
    """By a link, in a browser that nobody has signed in with."""
    address = f"{secrets.token_hex(4)}@example.org"
    code = f"User.objects.filter(username={name!r}).update(email={address!r})"
    manage(site, "shell", "-c", f"from django.contrib.auth.models import User; {code}")
    other = Browser(site.here.url)
    assert other.submit("/lost-password", address=address).status == 200
    link, deadline = None, time.monotonic() + 10
    while link is None and time.monotonic() < deadline:
        sent = "".join(file.read_text() for file in site.mails.iterdir())
        link = re.search(rf"account {name}\..*?http://[^/]+(/\S+)", sent, re.DOTALL)
    assert link is not None, "no mail came"
    fields = {"password": OTHER, "password_again": OTHER}
    assert other.submit(link[1], **fields).status == 302


def signs_out_everywhere(site: Site, browser: Browser, name: str) -> None:
    assert browser.submit("/account/sign-out", page="/account", current=PASSWORD).status == 302


def signs_out(site: Site, browser: Browser, name: str) -> None:
    assert browser.submit("/sign-out", page="/account").status == 302


def is_blocked(site: Site, browser: Browser, name: str) -> None:
    page = f"/admin/auth/user/{account_id(site, name)}/change/"
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert boss(site).submit(page, username=name, **joined).status == 302  # without is_active


def is_given_a_password(site: Site, browser: Browser, name: str) -> None:
    page = f"/admin/auth/user/{account_id(site, name)}/password/"
    fields = {"password1": OTHER, "password2": OTHER, "usable_password": "true"}
    assert boss(site).submit(page, **fields).status == 302


def is_deleted(site: Site, browser: Browser, name: str) -> None:
    """By the command line: with it the player goes, which no page does."""
    code = (
        f"from django.contrib.auth.models import User; User.objects.get(username={name!r}).delete()"
    )
    manage(
        site,
        "shell",
        "-c",
        f"from matchmaking.models import Ticket; Ticket.objects.all().delete(); {code}",
    )


async def sockets_of(
    site: Site, stack: AsyncExitStack, *, token: str = "", browser: Browser | None = None
) -> list[Socket]:
    """One socket of each kind, at the other process."""
    cup = send(site.there.url, "POST", "/tournament", {"players": ["Ann", "Bob"]}).json
    path = f"/tournaments/{cup['tournament']['id']}"
    pool = f"pool_{secrets.token_hex(4)}"  # nobody else is there to be matched with
    add_pool(site.here.database_url, pool)
    [stage] = send(site.there.url, "GET", f"/api{path}").json["stages"]
    match = stage["groups"][0]["rounds"][0]["matches"][0]["id"]
    found = []
    for address in ("/ws", f"/matchmaking?pool={pool}", f"{path}/ws", f"/matches/{match}/ws"):
        opened = open_socket(
            site.there.socket_url + address,
            token=token,
            origin=site.there.url if browser else "",
            headers=browser.headers if browser else None,
        )
        socket = await stack.enter_async_context(opened)
        await socket.next()
        found.append(socket)
    return found


async def close_codes(sockets: list[Socket]) -> list[int | None]:
    return await asyncio.gather(*(socket.close_code(within=SECONDS) for socket in sockets))


def guest(site: Site) -> str:
    """A guest's token; the ticket that came with it is left."""
    joined = send(site.here.url, "POST", "/matchmaking", {"username": new_name()}).json
    address = f"/matchmaking/tickets/{joined['ticket']['id']}"
    assert send(site.here.url, "DELETE", address, token=joined["token"]).status == 200
    token: str = joined["token"]
    return token


@pytest.mark.parametrize(
    "ends",
    [
        changes_the_password,
        turn_on_a_second_factor,
        loses_the_second_factor,
        gets_a_new_password_by_mail,
        signs_out_everywhere,
        signs_out,
        is_blocked,
        is_given_a_password,
        is_deleted,
    ],
)
async def test_an_account_loses_its_sockets_at_another_process(
    site: Site, ends: Callable[[Site, Browser, str], None]
) -> None:
    name, other = new_name(), await asyncio.to_thread(signed_up, site, new_name())
    browser = await asyncio.to_thread(signed_up, site, name)
    if ends is loses_the_second_factor:
        await asyncio.to_thread(turn_on_a_second_factor, site, browser, name)
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(
            open_socket(f"{site.there.socket_url}/ws", origin=site.there.url, headers=other.headers)
        )
        await kept.next("welcome")
        lost = await sockets_of(site, stack, browser=browser)
        assert lost[0].frames[0]["you"]["username"] == name
        await asyncio.to_thread(ends, site, browser, name)
        assert await close_codes(lost) == [SIGNED_OUT] * 4
        await kept.send({"type": "ping"})
        await kept.next("pong")


async def test_a_guest_loses_the_sockets_of_a_withdrawn_token(site: Site) -> None:
    token, other = guest(site), guest(site)
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(
            open_socket(f"{site.there.socket_url}/ws", token=other)
        )
        lost = await sockets_of(site, stack, token=token)
        answer = send(site.here.url, "POST", "/api/players/me/token", token=token)
        assert await close_codes(lost) == [SIGNED_OUT] * 4
        fresh = await sockets_of(site, stack, token=answer.json["token"])
        assert fresh[0].frames[0]["you"] is not None
        await kept.next("welcome")
        await kept.send({"type": "ping"})
        await kept.next("pong")


async def test_players_of_a_game_server_lose_theirs_with_its_key(site: Site) -> None:
    """Revoked on the command line, the key is no good at the next request to any process."""
    name, settings = f"Arena {secrets.token_hex(4)}", {"DATABASE_URL": site.here.database_url}
    made = run_manage("service_key", "make", name, "--scope", "matches", **settings, **SECRET)
    key, player = made.stdout.strip(), "/api/external-players/ann-1"
    assert send(site.here.url, "PUT", player, {"name": new_name()}, token=key).status == 200
    token = send(site.here.url, "POST", f"{player}/token", {"seconds": 600}, token=key).json
    async with AsyncExitStack() as stack:
        lost = await sockets_of(site, stack, token=token["token"])
        assert lost[0].frames[0]["you"] is not None
        manage(site, "service_key", "revoke", name)
        refused = [send(one.url, "GET", "/api/pools", token=key) for one in (site.here, site.there)]
        assert [(one.status, one.json["code"]) for one in refused] == [(401, "revoked_key")] * 2
        assert await close_codes(lost) == [SIGNED_OUT] * 4


async def test_who_could_have_missed_a_sign_out_comes_back_and_says_who_they_are(
    site: Site,
) -> None:
    token, address = guest(site), f"{site.there.socket_url}/ws"
    async with AsyncExitStack() as stack:
        lost = await sockets_of(site, stack, token=token)
        manage(site, "new_epoch")
        assert await close_codes(lost) == [RESTARTING] * 4
        back = await stack.enter_async_context(open_socket(address, token=token))
        await back.next("welcome")
        assert send(site.here.url, "POST", "/api/players/me/token", token=token).status == 200
        assert await back.close_code(within=SECONDS) == SIGNED_OUT
