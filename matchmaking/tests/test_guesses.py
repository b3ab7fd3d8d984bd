"""What a stranger might guess: codes that people type, and the keys of other people's requests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lib import limits
from lib.limits import Buckets
from matchmaking.services.players import create_guest

pytestmark = pytest.mark.django_db(transaction=True)

Clock = list[float]
JSON = "application/json"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Buckets of this test's own, and the time, which a test moves."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    for name in ("codes_by_address", "codes_by_holder", "newcomers"):
        pace: Buckets = getattr(limits, name)
        fresh = type(pace)(burst=pace._burst, per_second=pace._per_second)
        monkeypatch.setattr(limits, name, fresh)
    return now


def post(path: str, body: Any, address: str = "192.0.2.7", token: str = "", **headers: str) -> Any:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Client().post(path, body, JSON, REMOTE_ADDR=address, headers=headers)


def party() -> Callable[..., Any]:
    """How to join a party, with the right code or another."""
    code = post("/parties", {"username": "Lea"}, "192.0.2.1").json()["party"]["code"]

    def join(name: str, *, right: bool, address: str = "192.0.2.7") -> Any:
        path = f"/parties/{code if right else 'WRONG2'}/join"
        return post(path, {"username": name}, address)

    return join


def cup() -> Callable[..., Any]:
    """How to enter a tournament, with the right code or another."""
    body = {"name": "Cup", "entry": "code", "entry_code": "1234"}
    made = post("/tournament", body).json()
    path = f"/api/tournaments/{made['tournament']['id']}"
    assert post(f"{path}/registration", {}, token=made["token"]).status_code == 200
    path += "/entrants"

    def enter(name: str, *, right: bool, address: str = "192.0.2.7") -> Any:
        token = create_guest(username=name).token
        return post(path, {"code": "1234" if right else "4321"}, address, token)

    return enter


@pytest.mark.parametrize("door", [party, cup])
def test_codes_are_not_guessed_from_one_address(door: Callable[[], Any], clock: Clock) -> None:
    enter = door()
    refused = [enter(f"Eve {n}", right=False) for n in range(101)]
    assert {one.status_code for one in refused[:-1]} <= {403, 404}
    assert refused[-1].status_code == 429 and int(refused[-1]["Retry-After"]) == 60
    assert enter("Eve", right=True).status_code == 429  # whether it was right, is not said
    assert enter("Ann", right=True, address="192.0.2.8").status_code < 300
    clock[0] += 60
    assert enter("Eve", right=True).status_code < 300


def test_sixty_players_behind_one_address_enter_and_some_mistype() -> None:
    enter = cup()
    for n in range(60):
        if n % 3 == 0:
            assert enter(f"Typo {n}", right=False).status_code == 403
        assert enter(f"Player {n}", right=True).status_code < 300


def test_the_codes_of_one_tournament_are_not_guessed_from_many_addresses() -> None:
    enter = cup()
    statuses = [
        enter(f"Eve {n}", right=False, address=f"10.0.{n // 8}.1").status_code for n in range(210)
    ]
    assert statuses[:200] == [403] * 200 and set(statuses[200:]) == {429}


# Idempotency-Key.

UUID_KEY = "0d4b9c1e-6f3a-4c52-9b78-5a1e2f3c4d5e"


@pytest.mark.parametrize("key", ["1", "k1", "retry", "0" * 40, "0000000000000001", "1" * 36])
@pytest.mark.parametrize(
    ("path", "body"),
    [("/matchmaking", {"username": "Ann"}), ("/tournament", {"players": ["Ann", "Bob"]})],
)
def test_a_stranger_who_sends_the_same_gets_no_token_of_another(
    key: str, path: str, body: Any
) -> None:
    answers = [post(path, body, **{"Idempotency-Key": key}) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 400 and answer.json()["code"] == "weak_key"
        assert "token" not in answer.json()


def test_a_random_key_makes_a_retry_safe_and_with_a_token_any_key_does() -> None:
    first, again = (
        post("/matchmaking", {"username": "Ann"}, **{"Idempotency-Key": UUID_KEY}).json()
        for _ in range(2)
    )
    assert first == again and first["token"]
    for name in ("Bob", "Cem"):  # two senders, one key, one body: each has their own answer
        token = create_guest(username=name).token
        made = post("/matchmaking", {"pool": "default"}, token=token, **{"Idempotency-Key": "1"})
        assert made.status_code == 200 and made.json()["player"]["username"] == name
