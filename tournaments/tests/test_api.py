"""Tournaments over HTTP: made, read, and played on by who holds the token."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lib.names import parse_name
from matchmaking.models import Match, Player
from matchmaking.services.players import create_guest
from matchmaking.tests.staff import staff
from tournaments.models import Entrant, Pairing, Tournament
from tournaments.services.permissions import RIGHT

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
JSON = "application/json"


def send(method: str, path: str, body: object = None, *, token: str = "", **headers: str) -> Any:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = getattr(Client(), method.lower())
    return request(path, body, content_type=JSON, headers=headers)


def create(*players: str, **more: Any) -> Json:
    response = send("POST", "/tournament", {"players": players, **more})
    assert response.status_code == 201, response.content
    answer: Json = response.json()
    return answer


def address(answer: Json) -> str:
    return f"/api/tournaments/{answer['tournament']['id']}"


def matches(answer: Json) -> list[Json]:
    tournament = send("GET", address(answer)).json()
    [stage] = tournament["stages"]
    return [match for round_ in stage["groups"][0]["rounds"] for match in round_["matches"]]


def report(answer: Json, match: Json, body: Json, *, token: str | None = None) -> Any:
    path = f"{address(answer)}/matches/{match['id']}/result"
    return send("POST", path, body, token=answer["token"] if token is None else token)


@pytest.mark.parametrize("path", ["/tournament", "/tournament/"])
def test_making_a_tournament(path: str) -> None:
    response = send("POST", path, {"players": ["A", "B", "C", "D"], "name": "Friday Cup"})
    assert response.status_code == 201
    answer = response.json()
    assert answer["status"] == "Tournament Created"
    assert answer["brackets"] == [["A", "D"], ["B", "C"]]
    assert answer["tournament"]["name"] == "Friday Cup"
    assert answer["tournament"]["url"].endswith(f"/tournaments/{answer['tournament']['id']}")
    assert len(answer["token"]) == 43
    assert Tournament.objects.get().state == "running"


def test_an_odd_number_of_players() -> None:
    response = send("POST", "/tournament", {"players": ["A", "B", "C"]})
    assert response.status_code == 400
    answer = response.json()
    assert (answer["status"], answer["message"]) == ("Error", "Number of players must be even.")
    assert not Tournament.objects.exists()
    assert create("A", "B", "C", byes=True)["brackets"] == [["A"], ["B", "C"]]


def test_an_even_number_that_is_no_power_of_two_has_byes_too() -> None:
    assert create(*"ABCDEF")["brackets"] == [["A"], ["D", "E"], ["B"], ["C", "F"]]


def test_seedings() -> None:
    assert create(*"ABCD", seeding="listed")["brackets"] == [["A", "B"], ["C", "D"]]
    players = [f"P{number}" for number in range(64)]
    given, drawn = create(*players), create(*players, seeding="random")
    assert given["brackets"] != drawn["brackets"]
    assert sorted(name for pair in drawn["brackets"] for name in pair) == sorted(players)


def test_reading_a_tournament() -> None:
    answer = create(*"ABCD")
    tournament = send("GET", f"{address(answer)}/").json()
    assert tournament["id"] == answer["tournament"]["id"] and tournament["state"] == "running"
    assert [entrant["name"] for entrant in tournament["entrants"]] == list("ABCD")
    assert [p["state"] for p in matches(answer)] == ["ready", "ready", "pending"]
    assert answer["token"] not in str(tournament)
    assert send("GET", f"/api/tournaments/{uuid4()}").status_code == 404


def test_rounds_stand_in_the_order_of_the_bracket() -> None:
    answer = create(*"ABCD", format="double_elimination")
    keys = ["W1.1", "W1.2", "W2.1", "L1.1", "L2.1", "GF", "GF2"]
    assert [match["key"] for match in matches(answer)] == keys


def test_playing_it_through() -> None:
    answer = create(*"ABCD")
    for number in (0, 1):
        response = report(answer, matches(answer)[number], {"scores": [1, 0]})
        assert response.status_code == 200 and response.json()["match"]["winner"] == 0
    final = matches(answer)[2]
    assert [side["name"] for side in final["sides"]] == ["A", "B"]
    response = report(answer, final, {"outcome": "forfeit", "winner": 1})
    assert response.json()["match"]["outcome"] == "forfeit"
    assert send("GET", address(answer)).json()["state"] == "finished"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"scores": [1, 1]}, 400, "bad_score"),
        ({"scores": [1]}, 400, "bad_score"),
        ({"scores": [1, -1]}, 400, "bad_score"),
        ({"scores": [2, 2]}, 400, "bad_score"),
        ({"scores": ["1", "0"]}, 400, "malformed"),
        ({"scores": [True, False]}, 400, "malformed"),
        ({"scores": [1.5, 0]}, 400, "malformed"),
        ({"scores": 1}, 400, "malformed"),
        ({}, 400, "malformed"),
        ([], 400, "malformed"),
        ({"outcome": "forfeit"}, 400, "malformed"),
        ({"outcome": "forfeit", "winner": 2}, 400, "malformed"),
        ({"outcome": "forfeit", "winner": "0"}, 400, "malformed"),
        ({"outcome": "bribed", "winner": 0}, 400, "malformed"),
    ],
)
def test_results_that_are_none(body: object, status: int, code: str) -> None:
    answer = create("A", "B")
    [match] = matches(answer)
    response = report(answer, match, body)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"] and Match.objects.get().state == "open"


def test_a_result_comes_once_and_from_the_organiser() -> None:
    answer, other = create("A", "B"), create("C", "D")
    [match] = matches(answer)
    won = {"scores": [1, 0]}
    for token, status in (("", 401), ("forged", 401), (other["token"], 401)):
        assert report(answer, match, won, token=token).status_code == status
    guest = create_guest(username="Cem")
    assert report(answer, match, won, token=guest.token).status_code == 403
    assert report(answer, match, won).status_code == 200
    again = report(answer, match, {"scores": [0, 1]})
    assert again.status_code == 409 and Pairing.objects.get(pk=match["id"]).winner == 0


def test_results_of_what_does_not_exist() -> None:
    answer = create("A", "B")
    won = {"scores": [1, 0]}
    assert report(answer, {"id": uuid4()}, won).status_code == 404
    missing = f"/api/tournaments/{uuid4()}/matches/{uuid4()}/result"
    assert send("POST", missing, won, token=answer["token"]).status_code == 404


def test_a_guest_who_makes_a_tournament_is_its_organiser() -> None:
    guest = create_guest(username="Olga")
    response = send("POST", "/tournament", {"players": ["A", "B"]}, token=guest.token)
    answer = response.json()
    [match] = matches(answer)
    assert report(answer, match, {"scores": [1, 0]}, token=guest.token).status_code == 200


def test_an_unknown_token_makes_no_tournament() -> None:
    response = send("POST", "/tournament", {"players": ["A", "B"]}, token="forged")
    assert response.status_code == 401 and not Tournament.objects.exists()


def test_staff_with_the_right_to_may_enter_results() -> None:
    answer = create("A", "B")
    [match] = matches(answer)
    path = f"{address(answer)}/matches/{match['id']}/result"
    for name, rights, status in (
        ("vera", ["tournaments.view_tournament"], 403),
        ("sue", [RIGHT], 200),
    ):
        browser = staff(name, *rights)
        user, (_, key, alike) = User.objects.get(username=name), parse_name(name)
        Player.objects.create(user=user, name=name, name_key=key, skeleton=alike)
        response = browser.post(path, {"scores": [1, 0]}, content_type=JSON)
        assert response.status_code == status


def test_a_retry_with_a_key_makes_one_tournament() -> None:
    body = {"players": ["A", "B"]}
    key = {"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}
    first = send("POST", "/tournament", body, **key)
    again = send("POST", "/tournament/", body, **key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = send("POST", "/tournament", {"players": ["C", "D"]}, **key)
    assert other.status_code == 422
    assert Tournament.objects.count() == 1 and Entrant.objects.count() == 2


def test_what_the_routes_do_not_do() -> None:
    answer = create("A", "B")
    for method, path, allowed in (
        ("GET", "/tournament", "POST"),
        ("PUT", "/tournament", "POST"),
        ("POST", address(answer), "GET, HEAD, PATCH"),
        ("GET", f"{address(answer)}/matches/{uuid4()}/result", "POST"),
    ):
        response = send(method, path)
        assert response.status_code == 405 and response["Allow"] == allowed
        assert response.json()["status"] == "Error"
