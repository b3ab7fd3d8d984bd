"""Guests and registered players: made, named, signed up; nobody passes for somebody else."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from lib.errors import Conflict
from lib.names import BadName
from lib.tokens import digest
from matchmaking.models import Player, Ticket
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.queue.joining import Join, Joined, join_pool

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def register(name: str, guest: Player | None = None) -> Player:
    return Player.objects.get(user=sign_up(username=name, password=PASSWORD, guest=guest))


def wait(name: str) -> Player:
    joined = join_pool(Join(name))
    assert isinstance(joined, Joined)
    return joined.player


def test_a_guest_has_a_name_and_a_token_shown_once() -> None:
    guest = create_guest(username=" Ann ")
    assert guest.player.name == "Ann" and guest.player.is_guest
    assert Player.objects.get().token_sha256 == digest(guest.token)


def test_guests_may_share_a_name() -> None:
    assert create_guest(username="Ann").player != create_guest(username="Ann").player


@pytest.mark.parametrize("name", ["", "Admin", "x" * 33, "a\x00b"])
def test_nobody_bears_a_bad_name(name: str) -> None:
    with pytest.raises(BadName):
        create_guest(username=name)
    with pytest.raises(BadName):
        register(name)
    assert not Player.objects.exists() and not User.objects.exists()


@pytest.mark.parametrize("alike", ["Paul", "PAUL", "paul", "PauI", "Pаul", "  Paul "])
def test_a_registered_name_and_its_likes_are_taken(alike: str) -> None:
    register("Paul")
    with pytest.raises(Conflict) as refusal:
        create_guest(username=alike)
    assert refusal.value.code == "name_registered"
    with pytest.raises(Conflict):
        register(alike)
    assert Player.objects.count() == 1


def test_a_guest_who_signs_up_stays_the_same_player() -> None:
    ann = wait("Ann")
    player = register("Ann", guest=ann)
    assert player.pk == ann.pk and not player.is_guest
    assert player.token_sha256 is None  # the password speaks from now on
    assert Ticket.objects.get().player_id == ann.pk


def test_nobody_signs_up_under_the_name_of_somebody_who_waits() -> None:
    wait("Ann")
    with pytest.raises(Conflict, match="waits"):
        register("Ann")
    assert not User.objects.exists()


def test_other_guests_of_a_registered_name_are_called_something_else() -> None:
    other = create_guest(username="Ann").player
    ann = register("Ann")
    other.refresh_from_db()
    assert ann.name == "Ann" and other.name.startswith("Guest ")


def test_one_signs_in_by_the_name_in_any_case() -> None:
    player = register("Łukasz")
    for name in ("Łukasz", "łukasz", " ŁUKASZ "):
        assert authenticate(username=name, password=PASSWORD) == player.user
    assert authenticate(username="Łukasz", password="wrong") is None
    assert authenticate(username="Lukasz", password=PASSWORD) is None
    assert authenticate(username="x" * 10_000, password=PASSWORD) is None


@pytest.mark.parametrize("field", ["name_key", "skeleton"])
def test_the_database_keeps_registered_names_apart(field: str) -> None:
    register("Ann")
    user = User.objects.create(username="other")
    forms = {"name_key": "other", "skeleton": "other"} | {field: "ann"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Player.objects.create(user=user, name="other", **forms)
    Player.objects.create(name="other", **forms)  # a guest may
