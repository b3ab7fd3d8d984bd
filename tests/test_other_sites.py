"""Signing in with an account of another site, which a small server of its own plays."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.contrib.auth.models import User
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import ExternalAccount, Player
from matchmaking.pages.access import providers
from matchmaking.services.access.second_factor import new_secret
from matchmaking.services.players import create_guest, sign_up
from matchmaking.tests.test_second_factor import App, is_in, password, signed_in, with_factor

from .browser import PHONE, Person, launch
from .identity_provider import CLIENT, SECRET, IdentityProvider
from .server import MatchpointServer

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    """The other site, as OpenID Connect's provider and as Discord."""
    settings.RATE_LIMITS = False
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    with IdentityProvider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.url, "The club"
        settings.OIDC_CLIENT_ID = settings.DISCORD_CLIENT_ID = CLIENT
        settings.OIDC_CLIENT_SECRET = settings.DISCORD_CLIENT_SECRET = SECRET
        monkeypatch.setattr(providers, "DISCORD", provider.url)
        for client in (providers._oidc, providers._discord):
            client.cache_clear()
        yield provider
        for client in (providers._oidc, providers._discord):
            client.cache_clear()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def there_and_back(page: Any) -> str:
    """Follow the page that leads to the other site; returns the address that leads back."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found is not None, page.content
    opener = build_opener(_Stay)
    opener.addheaders = []
    with pytest.raises(Exception, match="302") as sent_back:
        opener.open(html.unescape(found[1]))
    location: str = sent_back.value.headers["Location"]  # type: ignore[attr-defined]
    sent_back.value.close()  # type: ignore[attr-defined]
    return location.removeprefix("http://testserver")


def go(browser: Client, site: str = "oidc", **fields: str) -> Any:
    """Sign in with the other site; returns the answer to the way back."""
    return browser.get(there_and_back(browser.post(f"/sign-in/with/{site}", fields)))


def connect(browser: Client, site: str = "oidc", current: str = PASSWORD) -> Any:
    page = browser.post(f"/account/sites/{site}", {"current": current})
    return browser.get(there_and_back(page))


def newcomer(browser: Client, username: str = "Ann") -> User:
    go(browser)
    assert browser.post("/sign-up/name", {"username": username}).status_code == 302
    return User.objects.get(username=username)


@pytest.mark.parametrize("site", ["oidc", "discord"])
def test_the_first_sign_in_makes_a_player_and_the_next_finds_them(
    provider: IdentityProvider, site: str
) -> None:
    if site == "discord":
        provider.person = {"id": "17", "username": "ann.01", "global_name": "Ann"}
    browser = Client()
    answer = go(browser, site, next="/leaderboards")
    assert answer["Location"] == "/sign-up/name" and not User.objects.exists()
    assert 'value="Ann"' in browser.get("/sign-up/name").content.decode()
    answer = browser.post("/sign-up/name", {"username": "Ann"})
    assert answer["Location"] == "/leaderboards" and is_in(browser)
    assert not User.objects.get().has_usable_password()
    assert Player.objects.get().name == "Ann"
    again = Client()
    assert go(again, site)["Location"] == "/" and is_in(again)
    assert User.objects.count() == 1


def test_a_taken_name_leaves_the_choice_of_another(provider: IdentityProvider) -> None:
    sign_up(username="Ann", password=PASSWORD, guest=None)
    browser = Client()
    go(browser)
    refused = browser.post("/sign-up/name", {"username": "Ann"})
    assert refused.status_code == 400 and "belongs to a registered player" in (
        refused.content.decode()
    )
    assert browser.post("/sign-up/name", {"username": "admin"}).status_code == 400
    assert browser.post("/sign-up/name", {"username": "Anna"}).status_code == 302
    assert is_in(browser) and ExternalAccount.objects.get().user.username == "Anna"


def test_a_guest_stays_the_same_player(provider: IdentityProvider) -> None:
    guest = create_guest(username="Gus")
    browser = Client()
    browser.cookies[GUEST_COOKIE] = guest.token
    go(browser)
    assert 'value="Gus"' in browser.get("/sign-up/name").content.decode()
    browser.post("/sign-up/name", {"username": "Gus"})
    [player] = Player.objects.all()
    assert player.pk == guest.player.pk and not player.is_guest and player.token_sha256 is None
    assert browser.cookies[GUEST_COOKIE].value == ""


def test_an_account_connects_and_disconnects(provider: IdentityProvider) -> None:
    browser = signed_in(sign_up(username="Ann", password=PASSWORD, guest=None))
    wrong = browser.post("/account/sites/oidc", {"current": "wrong"})
    assert wrong.status_code == 400 and not provider.grants
    assert connect(browser)["Location"] == "/account"
    page = browser.get("/account").content.decode()
    assert "The club signs you in" in page and "Discord is not connected" in page
    other = Client()
    assert go(other)["Location"] == "/" and is_in(other)
    answer = browser.post("/account/sites/oidc", {"current": PASSWORD})
    assert answer.status_code == 302 and not ExternalAccount.objects.exists()
    assert go(Client())["Location"] == "/sign-up/name"


def test_what_signs_one_account_in_connects_no_other(provider: IdentityProvider) -> None:
    newcomer(Client())
    bob = signed_in(sign_up(username="Bob", password=PASSWORD, guest=None))
    connect(bob)
    assert "signs in another account here" in bob.get("/account").content.decode()
    assert ExternalAccount.objects.get().user.username == "Ann"


def test_the_way_back_connects_only_for_whom_it_was_begun(provider: IdentityProvider) -> None:
    ann = sign_up(username="Ann", password=PASSWORD, guest=None)
    browser = signed_in(ann)
    way = there_and_back(browser.post("/account/sites/oidc", {"current": PASSWORD}))
    browser.logout()
    assert browser.get(way)["Location"] == "/sign-in"
    # Nor does an address that somebody else was given, in a session that never asked.
    assert Client().get(way)["Location"] == "/sign-in"
    assert not ExternalAccount.objects.exists()


def test_the_last_way_in_stays_until_there_is_a_password(provider: IdentityProvider) -> None:
    browser = Client()
    newcomer(browser)
    page = browser.get("/account").content.decode()
    assert "Set a password" in page and "Your password now" not in page
    refused = browser.post("/account/sites/oidc")
    assert refused.status_code == 400 and "only way to sign in" in refused.content.decode()
    new = {"password": PASSWORD, "password_again": PASSWORD}
    assert browser.post("/account/password", new).status_code == 302 and is_in(browser)
    assert browser.post("/account/sites/oidc", {"current": PASSWORD}).status_code == 302
    assert password(Client())["Location"] == "/"


def test_who_has_no_password_signs_out_everywhere(provider: IdentityProvider) -> None:
    here, there = Client(), Client()
    newcomer(here)
    go(there)
    assert is_in(there)
    assert here.post("/account/sign-out").status_code == 302
    assert not is_in(here) and not is_in(there)


def test_it_is_no_way_around_the_second_factor_nor_a_closed_account(
    provider: IdentityProvider,
) -> None:
    ann = newcomer(Client())
    app, _ = with_factor(ann)
    browser = Client()
    assert go(browser)["Location"] == "/sign-in/code" and not is_in(browser)
    assert browser.post("/sign-in/code", {"code": App(new_secret()).code()}).status_code == 400
    assert browser.post("/sign-in/code", {"code": app.code()}).status_code == 302
    User.objects.update(is_active=False)
    closed = Client()
    assert "has been closed" in go(closed).content.decode() and not is_in(closed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another-client"},
        {"nonce": "of another time"},
        {"exp": 1_000_000_000},
        {"sub": "s-2"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_and_now_lets_nobody_in(
    provider: IdentityProvider, wrong: dict[str, Any]
) -> None:
    provider.wrong = wrong
    browser = Client()
    answer = go(browser)
    assert answer.status_code == 400 and "did not confirm who you are" in answer.content.decode()
    assert browser.get("/sign-up/name")["Location"] == "/sign-in"


def test_a_token_of_another_key_and_an_answer_out_of_turn_let_nobody_in(
    provider: IdentityProvider,
) -> None:
    provider.signs_with = RSAKey.generate_key()
    assert go(Client()).status_code == 400
    provider.signs_with = provider.key
    browser = Client()
    way = there_and_back(browser.post("/sign-in/with/oidc"))
    browser.post("/sign-in/with/oidc")
    assert browser.get(re.sub("state=[^&]+", "state=another", way)).status_code == 400
    refused = Client()
    refused.post("/sign-in/with/oidc")
    assert refused.get("/sign-in/with/oidc/back?error=access_denied").status_code == 400


def test_while_the_other_site_is_away_the_page_says_so(
    provider: IdentityProvider, settings: Settings
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    answer = Client().post("/sign-in/with/oidc", headers={"accept": "text/html"})
    assert answer.status_code == 400 and "cannot be reached now" in answer.content.decode()


def test_what_is_not_set_up_is_not_there() -> None:
    assert Client().post("/sign-in/with/oidc").status_code == 404
    page = Client().get("/sign-in").content.decode()
    assert "Go on with" not in page


@pytest.mark.browser
def test_a_person_signs_up_with_another_site_in_a_browser(chromium: Path) -> None:
    with IdentityProvider() as provider:
        elsewhere = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_NAME": "The club"}
        with (
            MatchpointServer(**elsewhere, OIDC_CLIENT_SECRET=SECRET) as site,
            launch(chromium) as chrome,
        ):
            ann = Person(chrome, site.url, viewport=PHONE)
            ann.page.goto("/sign-in")
            ann.page.click("text=Go on with The club")
            ann.page.wait_for_url("**/sign-up/name")
            ann.page.click("main button")
            ann.page.goto("/account")
            ann.see_text("The club signs you in")
            ann.close()
