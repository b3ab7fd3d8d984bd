"""A second factor: turned on at one's account, asked for at every sign-in, and the ways back."""

import re
from binascii import unhexlify
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from matchmaking.services.access.second_factor import acts_as_staff, new_secret, turn_on
from matchmaking.services.players import sign_up

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OTHER = "staple of another sort"


class App:
    """An app that makes codes: each call shows one that it has not shown."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(unhexlify(secret))
        self._totp.drift = -2

    def code(self) -> str:
        self._totp.drift += 1
        return f"{self._totp.token():06}"


@pytest.fixture(autouse=True)
def settings_of_these(settings: Settings) -> None:
    settings.RATE_LIMITS = False
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


@pytest.fixture
def ann() -> User:
    return sign_up(username="Ann", password=PASSWORD, guest=None)


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


def password(browser: Client, name: str = "ann", *, at: str = "/sign-in") -> Any:
    return browser.post(at, {"username": name, "password": PASSWORD})


def with_factor(user: User) -> tuple[App, list[str]]:
    """The user's app, and the recovery codes."""
    secret = new_secret()
    app = App(secret)
    return app, turn_on(user, secret=secret, code=app.code())


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def is_in(browser: Client) -> bool:
    return "You are signed in as" in browser.get("/account", follow=True).content.decode()


def send(browser: Client, code: str, current: str = PASSWORD, action: str = "") -> Any:
    form = {"code": code, "current": current, "action": action}
    return browser.post("/account/second-factor", form)


def test_it_is_turned_on_with_a_code_of_the_secret_that_is_shown(ann: User) -> None:
    here, there = signed_in(ann), signed_in(ann)
    page = here.get("/account/second-factor").content.decode()
    assert "otpauth://totp/Matchpoint%3AAnn" in page and "data:image/svg+xml" in page
    app = App(here.session["matchpoint_new_secret"])
    assert send(here, "000000").status_code == 400
    assert send(here, app.code(), current="wrong").status_code == 400
    assert not TOTPDevice.objects.exists()
    done = send(here, app.code())
    codes = re.findall(r"<code>([\w-]+)</code>", done.content.decode())
    assert len(set(codes)) == 10 and "no-store" in done["Cache-Control"]
    assert is_in(here) and not is_in(there)
    assert "10 recovery codes left" in here.get("/account/second-factor").content.decode()
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & set(codes)


def test_the_password_alone_lets_nobody_in(ann: User) -> None:
    app, _ = with_factor(ann)
    browser = Client()
    answer = password(browser, at="/sign-in?next=/leaderboards")
    assert answer["Location"] == "/sign-in/code" and not is_in(browser)
    assert browser.post("/sign-in/code", {"code": "000000"}).status_code == 400
    assert not is_in(browser)
    answer = browser.post("/sign-in/code", {"code": app.code()})
    assert answer["Location"] == "/leaderboards" and is_in(browser)


def test_a_code_counts_once(ann: User) -> None:
    app, recovery = with_factor(ann)
    for code in (app.code(), recovery[0].upper().replace("-", " ")):
        first, second = Client(), Client()
        for browser in (first, second):
            password(browser)
        assert first.post("/sign-in/code", {"code": code}).status_code == 302
        assert second.post("/sign-in/code", {"code": code}).status_code == 400
        assert is_in(first) and not is_in(second)


def test_wrong_codes_make_one_wait(ann: User, settings: Settings) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = 30
    app, _ = with_factor(ann)
    browser = Client()
    password(browser)
    browser.post("/sign-in/code", {"code": "000000"})
    answer = browser.post("/sign-in/code", {"code": app.code()})
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 30
    assert "Too many wrong codes" in answer.content.decode() and not is_in(browser)


def test_what_the_password_began_ends_with_it_and_with_time(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = with_factor(ann)
    browser = Client()
    assert browser.get("/sign-in/code")["Location"] == "/sign-in"
    password(browser)
    ann.set_password(OTHER)
    ann.save()
    answer = browser.post("/sign-in/code", {"code": app.code()})
    assert answer["Location"] == "/sign-in" and not is_in(browser)
    ann.set_password(PASSWORD)
    ann.save()
    password(browser)
    monkeypatch.setattr("matchmaking.pages.access.sign_in._HALF_SECONDS", -1)
    assert browser.get("/sign-in/code")["Location"] == "/sign-in"


def test_new_codes_replace_the_old_ones_and_it_is_turned_off(ann: User) -> None:
    app, old = with_factor(ann)
    here, there = signed_in(ann), signed_in(ann)
    page = send(here, app.code(), action="codes").content.decode()
    new = re.findall(r"<code>([\w-]+)</code>", page)
    assert send(here, old[0], action="off").status_code == 400
    assert is_in(there)
    assert send(here, new[0], action="off").status_code == 302
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert is_in(here) and not is_in(there)
    assert password(Client())["Location"] == "/"


def test_the_admin_is_no_way_around_it(boss: User) -> None:
    before = signed_in(boss)
    assert before.get("/admin/").status_code == 200
    app, _ = with_factor(boss)
    assert before.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in?next=")
    assert not is_in(before)
    browser = Client()
    door = browser.get("/admin/login/?next=/admin/auth/user/")["Location"]
    assert password(browser, "boss", at=door)["Location"] == "/sign-in/code"
    assert browser.get("/admin/auth/user/").status_code == 302
    assert browser.post("/admin/login/", {"username": "boss", "password": PASSWORD})[
        "Location"
    ].startswith("/sign-in")
    answer = browser.post("/sign-in/code", {"code": app.code()})
    assert answer["Location"] == "/admin/auth/user/"
    assert browser.get("/admin/auth/user/").status_code == 200


def test_who_is_not_staff_is_told_so_at_the_admin(ann: User) -> None:
    answer = signed_in(ann).get("/admin/", follow=True)
    assert answer.status_code == 403 and "not one of staff" in answer.content.decode()


def test_staff_without_one_are_players_where_it_is_required(boss: User, settings: Settings) -> None:
    before = signed_in(boss)
    assert acts_as_staff(boss) and before.get("/admin/").status_code == 200
    settings.MATCHPOINT_STAFF_SECOND_FACTOR = True
    assert not acts_as_staff(boss)
    answer = before.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/account/second-factor"
    assert "Staff need a second factor" in answer.content.decode()
    fresh = Client()
    assert password(fresh, "boss")["Location"] == "/account/second-factor"
    fresh.get("/account/second-factor")
    assert send(fresh, App(fresh.session["matchpoint_new_secret"]).code()).status_code == 200
    assert fresh.get("/admin/").status_code == 200
    assert not is_in(before)


def test_a_lost_device_is_reset_on_the_command_line(ann: User, capsys: Any) -> None:
    with_factor(ann)
    browser, other = signed_in(ann), signed_in(User.objects.create_user("bob"))
    call_command("reset_second_factor", "ANN")
    assert "signs in by the password alone" in capsys.readouterr().out
    assert not is_in(browser) and is_in(other)
    assert password(browser)["Location"] == "/"
    for name, sentence in (("ann", "has no second factor"), ("nobody", "no account called")):
        with pytest.raises(CommandError, match=sentence):
            call_command("reset_second_factor", name)


def test_a_lost_device_is_reset_by_staff_but_a_superusers_by_superusers_only(
    ann: User, boss: User
) -> None:
    for user in (ann, boss):
        with_factor(user)
    clerk = User.objects.create_user("clerk", is_staff=True)
    rights = Permission.objects.filter(codename__in=("view_user", "change_user"))
    clerk.user_permissions.set(rights)
    page = signed_in(clerk).post(
        "/admin/auth/user/",
        {"action": "reset_second_factor", "_selected_action": [ann.pk, boss.pk]},
        follow=True,
    )
    assert "Only a superuser may do this for boss" in page.content.decode()
    assert list(TOTPDevice.objects.values_list("user__username", flat=True)) == ["boss"]


def test_nobody_sees_the_secrets_in_the_admin(boss: User) -> None:
    assert signed_in(boss).get("/admin/otp_totp/totpdevice/").status_code == 404
