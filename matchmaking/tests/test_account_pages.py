"""The account's own page: another password, signing out everywhere, a new token."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from lib.tokens import digest
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest, sign_up

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OTHER = "staple of another sort"
WEAK = {
    "84719305": "only digits",
    "8471 9305": "only digits",
    "٨٤٧١٩٣٠٥": "only digits",
    " " * 8: "besides spaces",
    "\u00a0\u2003 \t abc": "besides spaces",
    "\u200b" * 9: "besides spaces",
    "short": "besides spaces",
    "password1": "too common",
    "   Passw0rd": "too common",
    "Annabelle1": "too similar",
}


@pytest.fixture(autouse=True)
def settings_of_these(settings: Settings) -> None:
    settings.RATE_LIMITS = False


def signed_in() -> Client:
    browser = Client()
    user = User.objects.filter(username="Annabelle").first()
    browser.force_login(user or sign_up(username="Annabelle", password=PASSWORD, guest=None))
    return browser


def change(browser: Client, current: str, password: str) -> Any:
    form = {"current": current, "password": password, "password_again": password}
    return browser.post("/account/password", form)


@pytest.mark.parametrize(("password", "reason"), WEAK.items())
def test_every_form_that_sets_a_password_refuses_weak_ones(password: str, reason: str) -> None:
    new = {"username": "Annabelle", "password": password, "password_again": password}
    assert reason in Client().post("/sign-up", new).content.decode()
    assert not User.objects.exists()
    ann = signed_in()
    assert reason in change(ann, PASSWORD, password).content.decode()
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss"))
    twice = {"password1": password, "password2": password, "usable_password": "true"}
    pk = User.objects.get(username="Annabelle").pk
    assert reason in boss.post(f"/admin/auth/user/{pk}/password/", twice).content.decode()
    named = {"username": "annabelle.of.staff", **twice}
    assert reason in boss.post("/admin/auth/user/add/", named).content.decode()
    assert authenticate(username="Annabelle", password=PASSWORD) is not None


def test_another_password_signs_the_other_browsers_out() -> None:
    here, there = signed_in(), signed_in()
    assert change(here, PASSWORD, OTHER).status_code == 302
    assert "You are signed in as" in here.get("/account").content.decode()
    assert there.get("/account").status_code == 302
    assert authenticate(username="annabelle", password=OTHER) is not None
    assert authenticate(username="annabelle", password=PASSWORD) is None


def test_a_browser_left_signed_in_is_not_enough(settings: Settings) -> None:
    settings.RATE_LIMITS = True
    ann = signed_in()
    assert "This is not your password." in change(ann, "wrong", OTHER).content.decode()
    for _ in range(8):
        page = ann.post("/account/sign-out", {"current": "wrong"})
    assert "Too many wrong passwords" in page.content.decode()
    assert "Too many wrong passwords" in change(ann, PASSWORD, OTHER).content.decode()
    assert authenticate(username="annabelle", password=PASSWORD) is not None


def test_one_signs_out_everywhere_and_the_password_stays() -> None:
    here, there = signed_in(), signed_in()
    assert here.post("/account/sign-out", {"current": PASSWORD}).status_code == 302
    for browser in (here, there):
        assert browser.get("/account").status_code == 302
        assert change(browser, PASSWORD, OTHER).status_code == 302  # to the sign-in
    assert authenticate(username="annabelle", password=PASSWORD) is not None


def test_a_guest_withdraws_the_token_and_sees_the_new_one_once() -> None:
    guest = create_guest(username="Gus")
    browser = Client()
    browser.cookies[GUEST_COOKIE] = guest.token
    page = browser.post("/account/token")
    fresh = browser.cookies[GUEST_COOKIE].value
    assert fresh != guest.token and fresh in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert Player.objects.get().token_sha256 == digest(fresh)
    assert fresh not in browser.get("/account").content.decode()


def test_a_program_withdraws_its_token() -> None:
    guest = create_guest(username="Gus")

    def ask(token: str) -> Any:
        return Client().post("/api/players/me/token", headers={"Authorization": f"Bearer {token}"})

    fresh = ask(guest.token).json()["token"]
    assert ask(guest.token).status_code == 401
    assert ask(fresh).json()["status"] == "Token Replaced"
    assert Client().post("/api/players/me/token").status_code == 401


def test_a_browsers_cookie_follows_the_token() -> None:
    guest = create_guest(username="Gus")
    browser = Client()
    browser.cookies[GUEST_COOKIE] = guest.token
    fresh = browser.post("/api/players/me/token").json()["token"]
    assert browser.cookies[GUEST_COOKIE].value == fresh


def test_the_page_is_for_those_who_have_an_account_or_a_token() -> None:
    assert Client().get("/account").status_code == 302
    assert Client().post("/account/token").status_code == 302
    ann = signed_in()
    assert "Change the password" in ann.get("/account").content.decode()
    assert ann.post("/account/token").status_code == 302  # an account has none
    staff = Client()
    staff.force_login(User.objects.create_superuser("boss", password=PASSWORD))
    assert "boss" in staff.get("/account").content.decode()
    assert change(staff, PASSWORD, OTHER).status_code == 302
