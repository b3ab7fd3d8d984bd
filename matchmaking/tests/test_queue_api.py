"""Parties, ready checks and pools over HTTP, as programs use them."""

from typing import Any

import msgspec
import pytest
from django.test import Client

from matchmaking.models import Party, Player, Pool, Ticket

from .queueing import pool

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]

NOBODYS = "3d30fa4f-264e-4432-9d9d-9fc701661208"


def send(method: str, path: str, body: Json | None = None, *, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().generic(
        method,
        path,
        b"" if body is None else msgspec.json.encode(body),
        content_type="application/json",
        headers=headers,
    )


def ask(method: str, path: str, body: Json | None = None, *, token: str = "") -> Json:
    response = send(method, path, body, token=token)
    assert response.status_code in {200, 201}, response.content
    answer: Json = msgspec.json.decode(response.content)
    return answer


def refused(response: Any) -> tuple[int, str]:
    answer = msgspec.json.decode(response.content)
    assert answer["status"] == "Error" and len(answer["message"]) > 10
    return response.status_code, answer["code"]


def names(party: Json) -> list[str]:
    return [member["username"] for member in party["members"]]


def test_a_partys_story() -> None:
    pool("squads", team_size=2, party_limit=2)
    made = ask("POST", "/parties", {"username": "Ann", "pool": "squads"})
    code, ann = made["party"]["code"], made["token"]
    joined = ask("POST", f"/parties/{code.lower()}/join/", {"username": "Bob"})
    bob = joined["token"]
    assert names(joined["party"]) == ["Ann", "Bob"]
    assert names(ask("GET", f"/parties/{code}", token=bob)["party"]) == ["Ann", "Bob"]
    body = {"party": code.lower(), "pool": "squads"}
    waits = ask("POST", "/matchmaking", body, token=ann)
    assert waits["status"] == "Waiting" and waits["ticket"]["party"] == code
    bobs = ask("POST", "/matchmaking", {"pool": "squads"}, token=bob)["ticket"]["id"]
    shown = ask("GET", f"/matchmaking/tickets/{bobs}", token=bob)
    assert (shown["place"], shown["why"]) == (1, "Nobody else waits here yet.")
    for name in ("Cem", "Dan"):
        last = ask("POST", "/matchmaking", {"username": name, "pool": "squads"})
    assert last["status"] == "Matched"
    assert [player["side"] for player in last["players"]] == [0, 0, 1, 1]
    assert ask("GET", f"/matchmaking/tickets/{bobs}", token=bob)["status"] == "Matched"
    assert ask("DELETE", f"/parties/{code}/members/me", token=bob)["status"] == "Left"
    assert refused(send("GET", f"/parties/{code}", token=bob)) == (404, "unknown_party")


def test_what_is_refused_of_parties_changes_nothing() -> None:
    ann = ask("POST", "/parties", {"username": "Ann"})
    before = (Player.objects.count(), Party.objects.count())
    cases = [
        (send("POST", "/parties"), (401, "unidentified")),
        (send("POST", "/parties", {"username": "Bob", "pool": "nowhere"}), (404, "unknown_pool")),
        (
            send("POST", "/parties", {"username": "Bob", "pool": "default"}),
            (409, "party_too_large"),
        ),
        (send("POST", "/parties", {"username": " "}), (400, "bad_name")),
        (send("POST", "/parties", token=ann["token"]), (409, "in_party")),
        (send("POST", "/parties/NOSUCH/join", {"username": "Bob"}), (404, "unknown_party")),
        (send("DELETE", "/parties/NOSUCH/members/me", token=ann["token"]), (404, "unknown_party")),
        (send("PUT", "/parties"), (405, "wrong_method")),
        (send("POST", "/matchmaking", {"party": 7}), (400, "malformed")),
        (send("POST", "/matchmaking", {"regions": ["x"] * 99}), (400, "malformed")),
        (
            send("POST", "/matchmaking", {"username": "Bob", "regions": ["eu"]}),
            (400, "bad_region"),
        ),
    ]
    for response, wanted in cases:
        assert refused(response) == wanted
    assert before == (Player.objects.count(), Party.objects.count())
    assert not Ticket.objects.exists()


def proposed() -> list[tuple[str, str]]:
    """The addresses and tokens of two tickets for which a match was found."""
    pool("careful", ready_seconds=30)
    joined = [
        ask("POST", "/matchmaking", {"username": name, "pool": "careful"}) for name in ("A", "B")
    ]
    assert [one["status"] for one in joined] == ["Waiting", "Proposed"]
    assert joined[1]["check"]["players"] == 2
    return [(f"/matchmaking/tickets/{one['ticket']['id']}", one["token"]) for one in joined]


def test_both_accept() -> None:
    (first, ann), (second, bob) = proposed()
    assert ask("GET", first, token=ann)["check"]["accepted"] == 0
    shown = ask("POST", f"{first}/accept", token=ann)
    assert (shown["status"], shown["check"]["answer"]) == ("Proposed", "accepted")
    assert ask("POST", f"{second}/accept/", token=bob)["status"] == "Matched"
    assert ask("GET", first, token=ann)["match"]["state"] == "open"


def test_one_declines() -> None:
    (first, ann), (second, bob) = proposed()
    assert ask("POST", f"{second}/decline", token=bob)["status"] == "Declined"
    assert ask("GET", first, token=ann)["status"] == "Waiting"
    again = send("POST", "/matchmaking", {"pool": "careful"}, token=bob)
    assert refused(again) == (409, "cooldown")
    assert refused(send("POST", f"{second}/accept", token=bob)) == (409, "check_over")
    assert refused(send("POST", f"{first}/accept", token=ann)) == (409, "no_check")


def test_anothers_check_is_not_ones_own() -> None:
    (first, _), (_, bob) = proposed()
    for deed in ("accept", "decline"):
        assert refused(send("POST", f"{first}/{deed}", token=bob)) == (403, "forbidden")
        assert refused(send("POST", f"{first}/{deed}")) == (401, "unidentified")
    assert {ticket.state for ticket in Ticket.objects.all()} == {"proposed"}


def test_leaving_while_asked_is_reported_what_to_do() -> None:
    (first, ann), _ = proposed()
    assert refused(send("DELETE", first, token=ann)) == (409, "ticket_proposed")


def test_pools_are_reported_with_their_rules_and_how_they_do() -> None:
    pool("ranked", window_start=100, regions=["eu"], ready_seconds=20)
    ask("POST", "/matchmaking", {"username": "Ann", "pool": "ranked"})
    shown = {one["slug"]: one for one in ask("GET", "/api/pools")["pools"]}
    assert set(shown) == {Pool.DEFAULT, "ranked"}
    ranked = shown["ranked"]
    assert (ranked["window_start"], ranked["regions"], ranked["ready_seconds"]) == (
        100.0,
        ["eu"],
        20,
    )
    assert ranked["statistics"] == {
        "waiting": 1,
        "median_wait_seconds": None,
        "matches_last_hour": 0,
    }
    assert ask("GET", "/api/pools/ranked") == ranked
    assert refused(send("GET", "/api/pools/nowhere")) == (404, "unknown_pool")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/matchmaking", {"username": "Ann", "region": "eu"}),
        ("POST", "/matchmaking", {"username": "Ann", "skill": 1800}),
        ("POST", "/parties", {"username": "Ann", "game": "chess"}),
        ("POST", f"/matches/{NOBODYS}/result", {"score": [1, 0]}),
        ("POST", f"/matchmaking/tickets/{NOBODYS}/accept", {"chek": NOBODYS}),
        ("GET", f"/matchmaking/tickets/{NOBODYS}?wiat=25", None),
    ],
)
def test_a_field_that_is_not_known_is_refused(method: str, path: str, body: Json | None) -> None:
    answer = send(method, path, body)
    assert answer.status_code == 400 and b"no such field" in answer.content.lower()
    assert not Player.objects.exists()
