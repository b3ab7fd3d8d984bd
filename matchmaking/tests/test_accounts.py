"""Accounts of players and of staff share one namespace, and nobody's name can be taken away."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from lib.errors import Conflict
from matchmaking.models import Player, SignInName
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.queue.joining import Join, join_pool

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OTHER = "staple of another sort"
LIKES = ["boss", "Boss", "BOSS", "bоss", "ｂｏｓｓ"]


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.RATE_LIMITS = False


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


@pytest.mark.parametrize("alike", LIKES)
def test_nobody_signs_up_or_plays_under_the_name_of_staff(boss: User, alike: str) -> None:
    with pytest.raises(Conflict) as refusal:
        sign_up(username=alike, password=OTHER, guest=None)
    assert refusal.value.code == "name_registered"
    with pytest.raises(Conflict):
        create_guest(username=alike)
    refused = join_pool_refused(alike)
    assert refused.code == "name_registered"
    assert authenticate(username="boss", password=PASSWORD) == boss


def join_pool_refused(name: str) -> Conflict:
    with pytest.raises(Conflict) as refusal:
        join_pool(Join(name))
    return refusal.value


@pytest.mark.parametrize("alike", ["boss", "BOSS", "bоss"])
def test_no_staff_account_is_made_under_the_name_of_a_player(
    alike: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(username="Boss", password=OTHER, guest=None)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="belongs to another account"):
        call_command("createsuperuser", interactive=False, username=alike, email="")
    with pytest.raises(ValidationError):
        User.objects.create_user(alike, password=PASSWORD)
    assert User.objects.count() == 1


def test_the_admin_refuses_a_taken_name(boss: User, client: Client) -> None:
    ann = sign_up(username="Ann", password=OTHER, guest=None)
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(boss)
    new = {"username": "ANN", "usable_password": "true", "password1": OTHER, "password2": OTHER}
    page = client.post("/admin/auth/user/add/", new)
    assert "belongs to another account" in page.content.decode()
    renamed = {"username": "ANN", "date_joined_0": "2026-01-01", "date_joined_1": "12:00"}
    page = client.post(f"/admin/auth/user/{clerk.pk}/change/", renamed)
    assert "belongs to another account" in page.content.decode()
    client.post(f"/admin/auth/user/{clerk.pk}/change/", renamed | {"username": "Clara"})
    assert authenticate(username="CLARA", password="wrong") is None
    assert SignInName.objects.get(user=clerk).name_key == "clara"
    # A player is known by the name; it is shown, not changed.
    client.post(f"/admin/auth/user/{ann.pk}/change/", renamed | {"username": "Other"})
    ann.refresh_from_db()
    assert ann.username == "Ann"
    assert User.objects.count() == 3


def test_a_staff_account_may_have_a_name_that_is_reserved_to_it() -> None:
    admin = User.objects.create_superuser("admin", password=PASSWORD)
    assert authenticate(username="Admin", password=PASSWORD) == admin


@pytest.mark.parametrize("field", ["name_key", "skeleton"])
def test_the_database_keeps_account_names_apart(boss: User, field: str) -> None:
    other = User.objects.create_user("other")
    with pytest.raises(IntegrityError), transaction.atomic():
        SignInName.objects.filter(user=other).update(**{field: "boss"})


def clash() -> tuple[User, User]:
    """A staff account and a player of one name, as an older version allowed them."""
    player = sign_up(username="Boss", password=OTHER, guest=None)
    with transaction.atomic():
        (staff,) = User.objects.bulk_create([User(username="boss", is_staff=True)])
    staff.set_password(PASSWORD)
    staff.save()
    return staff, player


def test_with_an_old_clash_everybody_signs_in_by_the_exact_name() -> None:
    staff, player = clash()
    assert authenticate(username="boss", password=PASSWORD) == staff
    assert authenticate(username=" Boss ", password=OTHER) == player
    assert authenticate(username="BOSS", password=OTHER) == player
    assert authenticate(username="BOSS", password=PASSWORD) is None


def test_an_upgrade_claims_the_names_of_players_first() -> None:
    _, player = clash()
    clerk = User.objects.create_user("clerk")
    SignInName.objects.all().delete()
    import_module("matchmaking.migrations.0003_sign_in_names")._claim_names(apps, None)
    claimed = SignInName.objects.values_list("user", "name_key")
    assert set(claimed) == {(player.pk, "boss"), (clerk.pk, "clerk")}
    assert Player.objects.get().name == "Boss"
