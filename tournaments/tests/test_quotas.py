"""Who makes tournaments without end is stopped; staff and an honest club are not."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from lib import limits
from lib.limits import AddressBuckets, Buckets
from matchmaking.services.players import create_guest
from tournaments.models import Tournament, TournamentState
from tournaments.services.setup.quotas import LEAST_SIZE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "making_by_address", AddressBuckets(burst=10_240, per_second=0))
    monkeypatch.setattr(limits, "making_by_player", Buckets(burst=2_000, per_second=0))


def make(count: int = 2, *, client: Client | None = None, token: str = "", at: str = "") -> Any:
    players = [f"P{number}" for number in range(count)]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return (client or Client(REMOTE_ADDR=at or "10.1.1.1")).post(
        "/tournament", {"players": players, "start": False}, "application/json", headers=headers
    )


def test_large_tournaments_count_for_more() -> None:
    assert [make(1024).status_code for _ in range(11)] == [201] * 10 + [429]
    assert make(1024, at="10.1.1.2").status_code == 201


def test_a_venue_makes_a_hundred_small_ones_at_once() -> None:
    assert LEAST_SIZE * 100 < 2_000
    assert {make(8).status_code for _ in range(100)} == {201}


def test_one_player_is_counted_wherever_they_are() -> None:
    token = create_guest(username="Host").token
    answers = [make(1000, token=token, at=f"10.1.1.{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[-1]["Retry-After"] and answers[-1].json()["code"] == "rate_limited"


def test_open_tournaments_of_nobody_and_of_guests_are_counted_by_address(
    settings: Settings,
) -> None:
    settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_ADDRESS = 3
    tokens = [create_guest(username=name).token for name in ("Ann", "Bob")]
    assert [make(token=token).status_code for token in ("", *tokens)] == [201] * 3
    refused = make()
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_open")
    assert make(token=tokens[0]).status_code == 409
    assert make(at="10.1.1.2").status_code == 201
    Tournament.objects.filter(organiser=None).update(state=TournamentState.CANCELLED)
    assert make().status_code == 201
    old = Tournament.objects.order_by("created_at")
    Tournament.objects.update(created_at=old[0].created_at - timedelta(days=31))
    assert make().status_code == 201


def test_open_tournaments_of_one_player_are_counted_and_staff_are_not(settings: Settings) -> None:
    settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_PLAYER = 2
    settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_ADDRESS = 3
    token = create_guest(username="Host").token
    codes = [make(token=token, at=f"10.1.1.{n}").status_code for n in range(3)]
    assert codes == [201, 201, 409]
    client = Client(REMOTE_ADDR="10.1.1.9")
    client.force_login(User.objects.create_superuser("boss"))
    assert {make(1024, client=client).status_code for _ in range(12)} == {201}


def test_imports_are_counted_too(settings: Settings) -> None:
    settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_ADDRESS = 1
    made = make().json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    client = Client(REMOTE_ADDR="10.1.1.1")
    address = f"/api/tournaments/{made['tournament']['id']}/export.json"
    file = client.get(address, headers=headers).content
    answer = client.post("/api/tournaments/import", file, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_open")
