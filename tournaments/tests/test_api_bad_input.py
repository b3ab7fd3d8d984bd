"""What nobody should send to the API: refused with the reason, and nothing is changed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from matchmaking.services.players import create_guest

from .api_client import JSON, Cup, Json, Program, rows

pytestmark = pytest.mark.django_db


def refused(response: Any, *statuses: int) -> Json:
    """A refusal as the project has them, with a sentence in it."""
    assert response.status_code in (statuses or (400,)), response.content
    answer: Json = response.json()
    assert answer.keys() == {"status", "code", "message"} and answer["status"] == "Error"
    assert answer["message"].endswith((".", "?")) and "msgspec" not in answer["message"]
    return answer


BODIES: list[tuple[bytes, str]] = [
    (b"", "$"),
    (b"hello", "not JSON"),
    (b'{"players": ["A"', "not JSON"),
    (b"[]", "object"),
    (b"null", "object"),
    (b'"A"', "object"),
    (b'{"players": NaN}', "not JSON"),
    (b'{"players": ["\xff", "B"]}', "not JSON"),
    ('{"players": ["A", "B"]}'.encode("utf-16"), "not JSON"),
    (b"[" * 30_000, "not"),
    (b'{"players": ' + b"[" * 100 + b"]" * 100 + b"}", "$.players"),
    (b'{"players": ["\\ud800", "B"]}', "not JSON"),
    (b'{"players": ["A\\u0000", "B"]}', "Player 1"),
    (b'{"players": ["A", "B"], "best_of": 1e400}', "out of range"),
    (b'{"players": {"A": "B"}}', "$.players"),
]


@pytest.mark.parametrize("path", ["/tournament", "/tournament/"])
@pytest.mark.parametrize(("body", "said"), BODIES)
def test_a_body_that_cannot_be_read(path: str, body: bytes, said: str) -> None:
    before = rows()
    response = Client().post(path, body, content_type=JSON)
    assert said in refused(response)["message"]
    assert rows() == before


def test_an_empty_body_is_one_that_says_nothing() -> None:
    cup = Cup("A", "B", start=False)
    headers = {"Authorization": f"Bearer {cup.owner.token}"}
    for path in ("start", "stations/next", "cancel"):
        response = Client().generic("POST", f"{cup.address}/{path}", headers=headers)
        assert response.status_code == 200


def test_a_body_that_is_no_json_or_over_long() -> None:
    cup = Cup("A", "B")
    before = rows()
    match = cup.matches()["W1.1"]["id"]
    path = f"{cup.address}/matches/{match}/result"
    headers = {"Authorization": f"Bearer {cup.owner.token}"}
    form = Client().post(path, {"scores": "1"}, headers=headers)
    assert refused(form, 415)["code"] == "wrong_type"
    for size in (70_000, 10_000_000):
        big = b'{"scores": [1, 0], "why": "' + b"x" * size + b'"}'
        long = Client().post(path, big, content_type=JSON, headers=headers)
        assert refused(long, 413)["code"] == "too_large"
    assert rows() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("matches/{match}/result", {"scores": [1, 1]}),
        ("matches/{match}/result", {"scores": [2, 2]}),
        ("matches/{match}/result", {"scores": [1, -1]}),
        ("matches/{match}/result", {"scores": [10**30, 0]}),
        ("matches/{match}/result", {"scores": [1.0, 0]}),
        ("matches/{match}/result", {"scores": [[1], 0]}),
        ("matches/{match}/result", {"scores": [1, 0], "revision": -1}),
        ("matches/{match}/result", {"scores": [1, 0], "why": "a\u0000b"}),
        ("matches/{match}/result", {"outcome": "forfeit", "winner": "Nobody"}),
        ("matches/{match}/result", {"outcome": "bribed"}),
        ("matches/{match}/result", {"scores": [1, 0], "winner": 1}),
        ("matches/{match}/result", {"outcome": "forfeit", "winner": 0, "scores": [1, 0]}),
        ("matches/{match}/result", {"outcome": "double_forfeit", "scores": [1, 0]}),
        ("matches/{match}/reopen", {"dry_run": "yes"}),
        ("matches/{match}/live", {}),
        ("withdraw", {"entrant": {"id": 1}}),
        ("withdraw", {"entrant": -1}),
        ("withdraw", {"entrant": 2**63}),
        ("withdraw", {"entrant": True}),
        ("replace", {"entrant": "A"}),
        ("replace", {"entrant": "A", "name": "x" * 33}),
        ("replace", {"entrant": "A", "name": "a\u202eb"}),
        ("seeds", {"order": ["A"]}),
        ("seeds", {"lot": -1}),
        ("seeds", {"lot": 10**30}),
        ("stations", {"names": [""]}),
        ("stations", {"names": ["a\u0000"]}),
        ("judges", {"name": ""}),
        ("judges", {"name": "Jo", "station": 99}),
        ("judges", {"name": "Jo", "station": "1"}),
        ("matches/{match}/station", {}),
    ],
)
def test_a_wrong_request_changes_nothing(path: str, body: Json) -> None:
    cup = Cup(*"ABCD")
    match = cup.matches()["W1.1"]["id"]
    before = rows()
    response = cup.post(path.format(match=match), body)
    refused(response, 400, 404)
    assert rows() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "matches/{unknown}/result", {"scores": [1, 0]}),
        ("POST", "matches/{unknown}/live", {"scores": [1, 0]}),
        ("POST", "matches/{unknown}/reopen", {}),
        ("POST", "matches/{unknown}/station", {"station": 1}),
        ("PATCH", "entrants/9999999", {"name": "X"}),
        ("DELETE", "entrants/9999999", {}),
        ("DELETE", "entrants/99999999999999999999999999", {}),
        ("PATCH", "stations/9999999", {"name": "X"}),
        ("DELETE", "stations/9999999", {}),
        ("DELETE", "judges/9999999", {}),
    ],
)
def test_what_is_not_there(method: str, path: str, body: Json) -> None:
    cup = Cup(*"ABCD")
    before = rows()
    sent = cup.owner.send(method, f"{cup.address}/{path.format(unknown=uuid4())}", body)
    refused(sent, 404, 409)
    assert rows() == before


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/tournament", {"players": ["A", "B"], "best_off": 3}, "$.best_off"),
        ("/tournament", {"entry": "open", "stages": [{"formt": "swiss"}]}, "$.stages[0].formt"),
        ("/tournament", {"entrants": [{"name": "A", "elo": 1}]}, "$.entrants[0].elo"),
        ("/tournament", {"players": ["A", "B"], "points": {"wins": 3}}, "$.points.wins"),
        ("{cup}/matches/{match}/result", {"scores": [1, 0], "note": "x"}, "$.note"),
        ("{cup}/matches/{match}/reopen", {"dry-run": True}, "$.dry-run"),
        ("{cup}/withdraw", {"entrant": "A", "reason": "x"}, "$.reason"),
    ],
)
def test_a_field_that_is_misspelt_is_named(path: str, body: Json, place: str) -> None:
    cup = Cup(*"ABCD")
    address = path.format(cup=cup.address, match=cup.matches()["W1.1"]["id"])
    before = rows()
    message = refused(cup.owner.send("POST", address, body))["message"]
    assert f"There is no such field - at `{place}`" in message and rows() == before


def test_a_tournament_that_is_not_there() -> None:
    cup, nowhere = Cup(*"ABCD"), f"/api/tournaments/{uuid4()}"
    for path in ("", "/standings", "/entrants", "/actions", "/stations", "/schedule", "/judges"):
        refused(cup.owner.send("GET", nowhere + path), 404)
    for path in ("start", "cancel", "undo", "rounds", "check-in", "registration"):
        refused(cup.owner.send("POST", f"{nowhere}/{path}"), 404)
    refused(Client().get("/api/tournaments/7"), 404)
    refused(Client().get("/api/nothing"), 404)


def test_what_others_may_not_do() -> None:
    cup = Cup(*"ABCD")
    other = Program(Cup("X", "Y").answer["token"])
    guest = Program(create_guest(username="Cem").token)
    before = rows()
    requests: list[tuple[str, Json | None]] = [
        ("start", None), ("cancel", None), ("undo", None), ("rounds", None),
        ("withdraw", {"entrant": "A"}), ("disqualify", {"entrant": "A"}),
        ("reinstate", {"entrant": "A"}), ("replace", {"entrant": "A", "name": "Z"}),
        ("late-entry", {"name": "Z"}), ("byes", {"entrant": "A"}),
        ("entrants", {"players": ["Z"]}), ("seeds", {"by": "lot"}),
        ("check-in", {"entrant": "A"}), ("check-in/window", None), ("registration", None),
        ("stations", {"names": ["1"]}), ("stations/next", None), ("judges", {"name": "Jo"}),
        ("rounds/end", None),
    ]  # fmt: skip
    for path, body in requests:
        refused(cup.post(path, body, by=Program()), 401)
        refused(cup.post(path, body, by=other), 401)
        refused(cup.post(path, body, by=guest), 403)
    for path in ("", "/stages"):
        wanted: Json = {"stages": []} if path else {"name": "Mine"}
        method = "PUT" if path else "PATCH"
        refused(guest.send(method, cup.address + path, wanted), 403)
    assert rows() == before


def test_a_header_that_is_no_bearer_token() -> None:
    headers = {"Authorization": "Basic abc"}
    response = Client().get("/api/tournaments", headers=headers)
    assert refused(response, 401)["code"] == "unidentified"
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_page_of_another_site_cannot_act_for_a_signed_in_browser() -> None:
    cup = Cup("A", "B")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["matchpoint_guest"] = create_guest(username="Cem").token
    response = browser.post(f"{cup.address}/cancel", "{}", content_type=JSON)
    assert refused(response, 403)["code"] == "csrf"
