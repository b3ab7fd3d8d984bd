"""`/matches/<id>` and its result over HTTP; leaderboards and players as JSON."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from matchmaking.models import Match

from .meetings import bearer, meeting, player, pool, won

pytestmark = pytest.mark.django_db(transaction=True)


def post(match: Match, name: str | None, body: object = None, *, at: str = "") -> Any:
    return Client().post(
        f"/matches/{match.pk}/result{at}",
        body,
        content_type="application/json",
        headers=bearer(name) if name else {},
    )


def test_a_result_from_report_to_end() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    reply = post(match, "Ann", {"scores": [2, 1]})
    assert reply.status_code == 200
    said = reply.json()
    assert said["status"] == "Reported" and said["match"]["state"] == "open"
    assert said["match"]["report"]["by"]["username"] == "Ann"
    assert said["match"]["report"]["result"] == {
        "outcome": "played",
        "winner": 0,
        "scores": [2, 1],
        "games": [],
    }
    assert post(match, "Ann", {"scores": [2, 1]}).json() == said
    done = post(match, "Bob", at="/confirm").json()
    assert done["status"] == "Finished"
    assert (done["match"]["winner"], done["match"]["scores"]) == (0, [2, 1])
    assert [r["player"]["username"] for r in done["match"]["ratings"]] == ["Ann", "Bob"]
    assert done["match"]["ratings"][0]["after"] > done["match"]["ratings"][0]["before"] == 1500


def test_a_dispute_says_both_words() -> None:
    match = meeting("Ann", "Bob")
    report = post(match, "Ann", {"scores": [1, 0]}).json()["match"]["report"]
    body = {"report": report["id"]}
    assert post(match, "Bob", body, at="/dispute/").json()["status"] == "Disputed"
    said = post(match, "Bob", {"scores": [0, 1]}).json()
    assert said["match"]["report"]["counter"]["winner"] == 1
    assert said["match"]["report"]["confirm_by"] is None


def test_giving_up_by_the_result_route() -> None:
    match = meeting("Ann", "Bob")
    said = post(match, "Bob", {"outcome": "forfeit"}).json()
    assert said["status"] == "Finished"
    assert (said["match"]["outcome"], said["match"]["winner"]) == ("conceded", 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scores": [-1, 1]}, "bad_score"),
        ({"scores": [10**30, 0]}, "bad_score"),
        ({"scores": [999999, 0]}, "bad_score"),
        ({"scores": []}, "bad_score"),
        ({"scores": [0] * 1000}, "malformed"),
        ({"scores": "1:0"}, "malformed"),
        ({"scores": [1.5, 0]}, "malformed"),
        ({}, "malformed"),
        ({"outcome": "won"}, "malformed"),
        ({"outcome": "forfeit", "winner": 9}, "malformed"),
    ],
)
def test_results_that_cannot_be_get_400_and_change_nothing(body: object, code: str) -> None:
    match = meeting("Ann", "Bob")
    reply = post(match, "Ann", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not match.reports.exists()


def test_strangers_403_nobodies_401_finished_409_unknown_404() -> None:
    match = meeting("Ann", "Bob")
    player("Cem")
    assert post(match, "Cem", {"scores": [1, 0]}).status_code == 403
    assert post(match, None, {"scores": [1, 0]}).status_code == 401
    assert post(match, "Bob", at="/confirm").json()["code"] == "no_report"
    over = won("Dan", "Eve")
    assert post(over, "Eve", {"scores": [0, 1]}).status_code == 409
    assert post(Match(pk=uuid4()), "Ann", {"scores": [1, 0]}).status_code == 404
    assert Client().get(f"/matches/{match.pk}/result").status_code == 405


def test_a_match_is_shown_to_everybody() -> None:
    match = meeting(["Ann", "Bea"], ["Cem", "Dan"])
    shown = Client().get(f"/matches/{match.pk}/").json()
    assert [[who["username"] for who in side] for side in shown["sides"]] == [
        ["Ann", "Bea"], ["Cem", "Dan"],
    ]  # fmt: skip
    assert (shown["state"], shown["best_of"], shown["report"]) == ("open", 1, None)
    assert Client().get(f"/matches/{uuid4()}").status_code == 404
    assert Client().put(f"/matches/{match.pk}").status_code == 405


def test_the_leaderboard_as_json() -> None:
    won("Ann", "Bob")
    won("Ann", "Cem")
    board = Client().get("/api/pools/ladder/leaderboard").json()
    assert board["lines"][0]["player"]["username"] == "Ann"
    assert board["players"] == 3 and board["lines"][0]["provisional"]
    page = Client().get("/api/pools/ladder/leaderboard?limit=1&offset=1&search=").json()
    assert page["lines"] == board["lines"][1:2]
    found = Client().get("/api/pools/ladder/leaderboard/?search=ce").json()
    assert [line["player"]["username"] for line in found["lines"]] == ["Cem"]


@pytest.mark.parametrize("query", ["limit=x", "offset=-1", "limit=1e3", "limit=" + "9" * 99])
def test_a_bad_page_of_the_leaderboard_is_refused(query: str) -> None:
    pool()
    assert Client().get(f"/api/pools/ladder/leaderboard?{query}").status_code == 400


def test_a_leaderboard_of_no_pool_is_not_found() -> None:
    reply = Client().get("/api/pools/nowhere/leaderboard")
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_pool")


def test_a_player_as_json() -> None:
    won("Ann", "Bob")
    ann = Client().get(f"/api/players/{player('Ann').pk}").json()
    assert ann["username"] == "Ann" and ann["guest"]
    assert [rating["pool"] for rating in ann["ratings"]] == ["ladder"]
    assert [match["winner"] for match in ann["matches"]] == [0]
    assert Client().get(f"/api/players/{uuid4()}").status_code == 404
