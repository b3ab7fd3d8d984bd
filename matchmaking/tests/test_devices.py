"""Wrong passwords are counted, and nobody is locked out by them but those who send them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from lib import limits
from lib.limits import Buckets
from matchmaking.devices import DEVICE_COOKIE
from matchmaking.services.players import sign_up

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
Clock = list[float]


@pytest.fixture(autouse=True)
def clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Buckets of this test's own, and the time, which a test moves."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    for name in ("passwords_by_name_there", "passwords_by_address", "passwords_by_name"):
        pace: Buckets = getattr(limits, name)
        fresh = Buckets(burst=pace._burst, per_second=pace._per_second)
        monkeypatch.setattr(limits, name, fresh)
    return now


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


SignIn = Callable[..., Any]


def on_site(client: Client, name: str, password: str, address: str) -> Any:
    form = {"username": name, "password": password}
    return client.post("/sign-in", form, REMOTE_ADDR=address)


def in_admin(client: Client, name: str, password: str, address: str) -> Any:
    form = {"username": name, "password": password}
    door = client.get("/admin/", follow=True).redirect_chain[-1][0]
    assert door.startswith("/sign-in?")
    return client.post(door, form, REMOTE_ADDR=address)


WAYS = pytest.mark.parametrize("sign_in", [on_site, in_admin])


def guess(sign_in: SignIn, times: int, *, name: str = "boss", address: str) -> Any:
    for _ in range(times):
        response = sign_in(Client(), name, "wrong", address)
    return response


@WAYS
def test_a_guesser_is_stopped_in_every_spelling_of_the_name(boss: User, sign_in: SignIn) -> None:
    guess(sign_in, 4, address="10.0.0.1")
    guess(sign_in, 4, name="BOSS", address="10.0.0.1")
    stopped = sign_in(Client(), "boss", PASSWORD, "10.0.0.1")
    assert stopped.status_code in {200, 429} and "Too many wrong" in stopped.content.decode()


def test_who_is_stopped_is_told_by_the_status_when_to_come_back(boss: User) -> None:
    stopped = guess(on_site, 9, address="10.0.0.1")
    assert stopped.status_code == 429 and int(stopped["Retry-After"]) > 0


@WAYS
def test_one_stranger_never_locks_the_owner_out(boss: User, clock: Clock, sign_in: SignIn) -> None:
    for _ in range(10):
        guess(sign_in, 9, address="10.0.0.1")
        clock[0] += 20
    assert sign_in(Client(), "boss", PASSWORD, "10.0.0.2").status_code == 302


@WAYS
def test_a_device_that_has_signed_in_is_not_locked_by_a_thousand_strangers(
    boss: User, sign_in: SignIn
) -> None:
    mine = Client()
    sign_in(mine, "boss", PASSWORD, "10.0.0.9")
    mine.cookies.pop("sessionid")
    for n in range(30):
        guess(sign_in, 8, address=f"10.0.1.{n}")
    guess(sign_in, 8, address="10.0.0.9")
    stranger = sign_in(Client(), "boss", PASSWORD, "10.0.0.2")
    assert "Too many wrong" in stranger.content.decode()
    assert sign_in(mine, "boss", PASSWORD, "10.0.0.9").status_code == 302


def test_a_device_that_is_known_is_stopped_by_its_own_wrong_passwords(boss: User) -> None:
    mine = Client()
    on_site(mine, "boss", PASSWORD, "10.0.0.9")
    mine.cookies.pop("sessionid")
    statuses = [on_site(mine, "boss", "wrong", f"10.0.0.{n}").status_code for n in range(10)]
    assert statuses[:8] == [200] * 8 and statuses[8:] == [429] * 2


def test_a_forged_cookie_and_that_of_another_account_make_no_device_known(boss: User) -> None:
    mine = Client()
    sign_up(username="Ann", password=PASSWORD, guest=None)
    on_site(mine, "ann", PASSWORD, "10.0.0.9")
    mine.cookies.pop("sessionid")
    guess(on_site, 8, address="10.0.0.9")
    assert on_site(mine, "boss", PASSWORD, "10.0.0.9").status_code == 429
    mine.cookies[DEVICE_COOKIE] = "forged:1x:2y"
    assert on_site(mine, "boss", PASSWORD, "10.0.0.9").status_code == 429


def test_a_new_password_makes_devices_forget(boss: User) -> None:
    mine = Client()
    on_site(mine, "boss", PASSWORD, "10.0.0.9")
    mine.cookies.pop("sessionid")
    boss.set_password("another one")
    boss.save()
    guess(on_site, 8, address="10.0.0.9")
    assert on_site(mine, "boss", "another one", "10.0.0.9").status_code == 429


def test_a_shared_device_knows_several_accounts(boss: User) -> None:
    shared = Client()
    sign_up(username="Ann", password=PASSWORD, guest=None)
    for name in ("ann", "boss"):
        on_site(shared, name, PASSWORD, "10.0.0.9")
        shared.cookies.pop("sessionid")
    for name in ("ann", "boss"):
        guess(on_site, 9, name=name, address="10.0.0.9")
        assert on_site(shared, name, PASSWORD, "10.0.0.9").status_code == 302
        shared.cookies.pop("sessionid")


def test_sixty_players_behind_one_address_sign_in_at_once_and_some_mistype() -> None:
    for n in range(60):
        sign_up(username=f"Player {n}", password=PASSWORD, guest=None)
    for n in range(60):
        if n % 3 == 0:
            assert on_site(Client(), f"Player {n}", "mistyped", "10.0.0.1").status_code == 200
        assert on_site(Client(), f"Player {n}", PASSWORD, "10.0.0.1").status_code == 302


def test_scripts_cannot_read_the_devices_cookie(boss: User) -> None:
    mine = Client()
    morsel = on_site(mine, "boss", PASSWORD, "10.0.0.9").cookies[DEVICE_COOKIE]
    assert morsel["httponly"] and morsel["samesite"] == "Lax" and int(morsel["max-age"]) > 10**7
