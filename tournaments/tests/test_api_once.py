"""What an organiser asks for with an Idempotency-Key is done once, and answered twice the same."""

from collections.abc import Callable
from typing import Any

import pytest

from lib import idempotency
from lib.models import StoredResponse
from matchmaking.services.players import create_guest
from tournaments.models import Action, Entrant

from .api_client import Cup, Json, Program

pytestmark = pytest.mark.django_db

ONCE = {"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}


def sent(cup: Cup, path: str, body: Json | None = None, **more: str) -> tuple[int, Json]:
    answer = cup.owner.send("POST", f"{cup.address}/{path}", body, **ONCE, **more)
    return answer.status_code, answer.json()


def draft() -> Cup:
    return Cup("Ann", "Bob", "Cem", "Dan", start=False)


def running() -> Cup:
    cup = Cup("Ann", "Bob", "Cem", "Dan")
    assert cup.report("W1.1", {"scores": [1, 0]}).status_code == 200
    return cup


@pytest.mark.parametrize(
    ("made", "path", "body"),
    [
        (draft, "entrants", {"players": ["Eve"]}),
        (draft, "start", None),
        (draft, "check-in/window", {"open": True}),
        (draft, "cancel", {"why": "rain"}),
        (running, "withdraw", {"entrant": "Ann"}),
        (running, "undo", None),
        (running, "matches/first/reopen", {"why": "wrong board"}),
        (running, "stations", {"names": ["Board 1"]}),
    ],
)
def test_a_request_that_comes_twice_is_done_once_and_answered_the_same(
    made: Callable[[], Cup], path: str, body: Json | None
) -> None:
    cup = made()
    if "first" in path:
        path = path.replace("first", cup.matches()["W1.1"]["id"])
    status, answer = sent(cup, path, body)
    assert status in {200, 201}, answer
    known = list(Action.objects.values_list("number", "text"))
    assert sent(cup, path, body) == (status, answer)
    assert list(Action.objects.values_list("number", "text")) == known


def test_a_round_is_paired_once() -> None:
    cup = Cup("Ann", "Bob", "Cem", "Dan", start=False, stages=[{"format": "swiss"}])
    cup.act("start")
    for key in cup.matches():
        assert cup.report(key, {"scores": [1, 0]}).status_code == 200
    status, answer = sent(cup, "rounds")
    assert status == 201, answer
    assert sent(cup, "rounds") == (status, answer)
    assert cup.owner.send("POST", f"{cup.address}/rounds").status_code == 409


def test_another_body_is_refused() -> None:
    cup = draft()
    assert sent(cup, "cancel", {"why": "rain"})[0] == 200
    status, answer = sent(cup, "cancel", {"why": "snow"})
    assert (status, answer["code"]) == (422, "idempotency_mismatch")


def test_a_refusal_is_not_kept_and_another_s_key_is_none_of_ours() -> None:
    cup = draft()
    assert sent(cup, "entrants", {"players": ["Ann"]})[0] == 409
    assert not StoredResponse.objects.exists()
    assert sent(cup, "entrants", {"players": ["Eve"]})[0] == 201
    stranger = Program(create_guest(username="Zoe").token)
    refused = stranger.send("POST", f"{cup.address}/entrants", {"players": ["Eve"]}, **ONCE)
    assert refused.status_code == 403


def test_who_is_overtaken_by_the_same_request_gets_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second comes while the first is at work, and waits for the tournament's lock."""
    cup = draft()
    first = sent(cup, "entrants", {"players": ["Eve"]})
    looks: list[Any] = []

    def too_early(keys: Any) -> dict[str, StoredResponse]:
        monkeypatch.setattr(idempotency, "stored_responses", look)
        looks.append(keys)
        return {}

    look = idempotency.stored_responses
    monkeypatch.setattr(idempotency, "stored_responses", too_early)
    assert sent(cup, "entrants", {"players": ["Eve"]}) == first
    assert looks and Entrant.objects.filter(name="Eve").count() == 1
