"""Results over HTTP: every way a match can end, by whom, corrected, taken back."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from matchmaking.services.players import create_guest

from .api_client import JSON, Cup, Json, Program

pytestmark = pytest.mark.django_db


def status_code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_a_forfeit_is_won_by_index_or_by_name() -> None:
    cup = Cup(*"ABCD")
    assert cup.report("W1.1", {"outcome": "forfeit", "winner": "D"}).json()["match"]["winner"] == 1
    assert cup.report("W1.2", {"outcome": "forfeit", "winner": 0}).json()["match"]["winner"] == 0
    assert [side["name"] for side in cup.matches()["W2.1"]["sides"]] == ["D", "B"]


@pytest.mark.parametrize("winner", [None, 2, -1, "C", "0", True, [0], 10**30])
def test_a_winner_who_is_not_in_the_match(winner: object) -> None:
    cup = Cup("A", "B")
    response = cup.report("W1.1", {"outcome": "forfeit", "winner": winner})
    assert status_code(response) == (400, "malformed")
    assert "winner" in response.json()["message"]


def test_neither_side_came() -> None:
    cup = Cup(*"ABCD")
    answer = cup.report("W1.1", {"outcome": "double_forfeit"}).json()
    assert answer["match"]["outcome"] == "double_forfeit" and answer["match"]["winner"] is None
    cup.report("W1.2", {"scores": [1, 0]})
    assert cup.show()["state"] == "finished"


def test_draws_where_the_format_has_them() -> None:
    cup = Cup(*"ABCD", format="round_robin", draws=True)
    answer = cup.report("R1.1", {"outcome": "draw"}).json()
    assert (answer["match"]["outcome"], answer["match"]["winner"]) == ("drawn", None)
    assert cup.report("R1.2", {"outcome": "draw", "scores": [1, 0]}).status_code == 400
    knockout = Cup("A", "B")
    assert status_code(knockout.report("W1.1", {"outcome": "draw"})) == (400, "bad_score")


@pytest.mark.parametrize("scores", [[2, 2], [1, 1], [3, 0], [2, -1], [2], [2, 0, 0], [0, 0]])
def test_scores_that_best_of_three_cannot_have(scores: list[int]) -> None:
    cup = Cup("A", "B", best_of=3)
    assert status_code(cup.report("W1.1", {"scores": scores})) == (400, "bad_score")
    assert cup.report("W1.1", {"scores": [1, 2]}).json()["match"]["winner"] == 1


def test_a_live_score_is_no_result() -> None:
    cup = Cup("A", "B", best_of=3)
    match = cup.matches()["W1.1"]["id"]
    answer = cup.act(f"matches/{match}/live", {"scores": [1, 1]})
    assert answer["match"]["state"] == "ready" and answer["match"]["winner"] is None
    for scores in ([2, 2], [-1, 0], [1], "1:1", None):
        assert cup.post(f"matches/{match}/live", {"scores": scores}).status_code == 400
    cup.act(f"matches/{match}/result", {"scores": [2, 1]})
    assert cup.post(f"matches/{match}/live", {"scores": [0, 0]}).status_code == 409


def test_a_match_that_is_not_ready_has_no_result() -> None:
    cup = Cup(*"ABCDEF")
    bodies: Json = {"result": {"scores": [1, 0]}, "live": {"scores": []}, "reopen": {}}
    for key, shown in (("W3.1", "earlier matches"), ("W1.1", "nobody comes")):
        match = cup.matches()[key]["id"]
        for path, body in bodies.items():
            response = cup.post(f"matches/{match}/{path}", body)
            assert status_code(response) == (409, "not_ready")
            assert shown in response.json()["message"]
    response = cup.post(f"matches/{uuid4()}/result", {"scores": [1, 0]})
    assert status_code(response) == (404, "not_found")


def test_a_match_keeps_its_id_whoever_comes_to_it() -> None:
    cup = Cup(*"ABCD")
    before = cup.matches()
    for key in ("W1.1", "W1.2", "W2.1"):
        cup.report(key, {"scores": [1, 0]})
    played = cup.matches()["W2.1"]
    cup.act(f"matches/{before['W1.1']['id']}/reopen")
    assert cup.report("W2.1", {"scores": [1, 0]}).json()["code"] == "not_ready"
    cup.report("W1.1", {"scores": [0, 1]})
    final = cup.matches()["W2.1"]
    assert before["W2.1"]["id"] == played["id"] == final["id"]
    assert Client().get(f"/matches/{final['id']}", headers={"Accept": JSON}).status_code == 200
    assert [side["name"] for side in final["sides"]] == ["D", "B"] and final["scores"] == []
    stale = {"scores": [0, 1], "revision": played["revision"]}
    assert cup.report("W2.1", stale).json()["code"] == "result_changed"
    assert cup.report("W2.1", stale | {"revision": final["revision"]}).status_code == 200


def test_a_second_result_is_refused_and_a_correction_names_what_it_has_seen() -> None:
    cup = Cup(*"ABCD")
    cup.report("W1.1", {"scores": [1, 0]})
    assert cup.report("W1.1", {"scores": [0, 1]}).status_code == 409
    seen = revision(cup, "W1.1")
    answer = cup.report("W1.1", {"scores": [0, 1], "revision": seen, "why": "mistyped"}).json()
    assert answer["match"]["winner"] == 1
    assert cup.matches()["W2.1"]["sides"][0]["name"] == "D"
    late = cup.report("W1.1", {"scores": [1, 0], "revision": seen})
    assert status_code(late) == (409, "result_changed")


def revision(cup: Cup, key: str) -> int:
    seen: int = cup.matches()[key]["revision"]
    return seen


def test_reopening_first_says_what_it_would_empty() -> None:
    cup = Cup(*"ABCD")
    for key in ("W1.1", "W1.2", "W2.1"):
        cup.report(key, {"scores": [1, 0]})
    before = cup.show()
    assert before["state"] == "finished"
    reopen = f"matches/{before_match(before)}/reopen"
    shown = cup.act(reopen, {"dry_run": True})
    assert shown["dry_run"] and [p["key"] for p in shown["emptied"]] == ["W2.1"]
    assert cup.show() == before
    done = cup.act(reopen, {"why": "wrong table"})
    assert [p["key"] for p in done["emptied"]] == ["W2.1"]
    now = cup.matches()
    assert (now["W1.1"]["state"], now["W2.1"]["state"]) == ("ready", "pending")
    assert cup.show()["state"] == "running"
    assert cup.post(reopen).status_code == 409


def before_match(answer: Json) -> str:
    match: str = answer["stages"][0]["groups"][0]["rounds"][0]["matches"][0]["id"]
    return match


def test_undo_takes_back_one_action_after_the_other_and_the_record_shows_it() -> None:
    cup = Cup(*"ABCD")
    cup.report("W1.1", {"scores": [1, 0]})
    cup.report("W1.2", {"scores": [1, 0], "why": "late"})
    assert cup.act("undo", {"why": "oops"})["action"]["verb"]
    assert [p["state"] for p in cup.matches().values()] == ["decided", "ready", "pending"]
    cup.act("undo")
    assert [p["state"] for p in cup.matches().values()] == ["ready", "ready", "pending"]
    answer = cup.owner.get(f"{cup.address}/actions")
    actions = answer["actions"]
    assert (
        actions[-1]["number"]
        <= answer["undoable"]
        < min(action["number"] for action in actions if action["verb"] in {"result", "undo"})
    )
    assert cup.post("undo", {"number": answer["undoable"] + 1}).status_code == 409
    results = [a for a in actions if a["verb"] == "result"]
    assert [a["undone"] for a in results] == [True, True] and results[0]["why"] == "late"
    older = cup.owner.get(f"{cup.address}/actions?before={actions[0]['number']}&size=1")["actions"]
    assert older == actions[1:2]


def test_nothing_is_left_to_undo() -> None:
    cup = Cup("A", "B", start=False)
    while cup.post("undo").status_code == 200:
        pass
    assert status_code(cup.post("undo")) == (409, "nothing_to_undo")
    assert cup.owner.get(f"{cup.address}/actions")["undoable"] is None


def test_only_the_organiser_corrects_and_judges_enter_results() -> None:
    cup = Cup(*"ABCD")
    judge = Program(cup.act("judges", {"name": "Jo"})["token"])
    stranger = Program(create_guest(username="Cem").token)
    for by, status in ((Program(), 401), (Program("forged"), 401), (stranger, 403)):
        assert cup.report("W1.1", {"scores": [1, 0]}, by=by).status_code == status
    assert cup.report("W1.1", {"scores": [1, 0]}, by=judge).status_code == 200
    match = cup.matches()["W1.1"]["id"]
    correction = {"scores": [0, 1], "revision": revision(cup, "W1.1")}
    assert cup.report("W1.1", correction, by=judge).status_code == 403
    for path in ("undo", "cancel", f"matches/{match}/reopen", "start", "seeds"):
        body = {"by": "lot"} if path == "seeds" else None
        assert cup.post(path, body, by=judge).status_code == 403
        assert cup.post(path, body, by=Program()).status_code == 401
    assert judge.get(f"{cup.address}/actions")["actions"]
    assert stranger.send("GET", f"{cup.address}/actions").status_code == 403


def test_a_judge_of_one_station_stays_there() -> None:
    cup = Cup(*"ABCD")
    stations = cup.act("stations", {"names": ["Court 1", "Court 2"]})["stations"]
    match = cup.matches()["W1.2"]
    cup.act(f"matches/{match['id']}/station", {"station": stations[1]["id"]})
    body = {"name": "Jo", "station": stations[1]["id"]}
    judge = Program(cup.act("judges", body)["token"])
    assert cup.report("W1.1", {"scores": [1, 0]}, by=judge).status_code == 403
    assert cup.report("W1.2", {"scores": [1, 0]}, by=judge).status_code == 200


def test_the_points_of_games_are_taken_and_shown() -> None:
    cup = Cup(*"ABCD", best_of=3)
    three = [[11, 5], [7, 11], [11, 9]]
    match = cup.report("W1.1", {"games": three}).json()["match"]
    assert (match["scores"], match["games"], match["winner"]) == ([2, 1], three, 0)
    assert cup.matches()["W1.1"]["games"] == three
    refused = cup.report("W1.2", {"games": three, "scores": [1, 2]})
    assert status_code(refused) == (400, "bad_score")
    for games in ([[11]], [["11", 5]], 11, [[11, 5]] * 100, None):
        assert cup.report("W1.2", {"games": games}).status_code == 400


def test_a_single_game_takes_its_points_as_the_score() -> None:
    cup = Cup("A", "B")
    match = cup.matches()["W1.1"]["id"]
    live = cup.act(f"matches/{match}/live", {"scores": [7, 5]})["match"]
    assert [side["score"] for side in live["sides"]] == ["7", "5"]
    found = cup.report("W1.1", {"scores": [16, 9]}).json()["match"]
    assert (found["scores"], found["games"]) == ([1, 0], [[16, 9]])
    assert [side["score"] for side in found["sides"]] == ["16", "9"]


def test_missing_games_are_asked_for() -> None:
    cup = Cup(*"ABCD", format="round_robin", best_of=2, draws=True)
    for body in ({"scores": [1, 0]}, {"scores": [0, 0]}, {"outcome": "draw"}):
        refused = cup.report("R1.1", body)
        assert status_code(refused) == (400, "bad_score")
        assert "of the 2 games" in refused.json()["message"]
    match = cup.report("R1.1", {"scores": [1, 0], "drawn": 1}).json()["match"]
    assert (match["scores"], match["winner"]) == ([1, 0], 0)
    match = cup.report("R1.2", {"outcome": "draw", "drawn": 2}).json()["match"]
    assert (match["scores"], match["outcome"]) == ([0, 0], "drawn")
    won = {"outcome": "draw", "games": [[2, 1], [2, 1]]}
    assert status_code(cup.report("R2.1", won)) == (400, "malformed")


def test_points_are_added_to_a_result_and_taken_off_again() -> None:
    cup = Cup(*"ABCD")
    cup.report("W1.1", {"scores": [1, 0]})
    cup.report("W1.1", {"scores": [16, 9], "revision": revision(cup, "W1.1")})
    cup.report("W1.1", {"scores": [13, 7], "revision": revision(cup, "W1.1")})
    cup.act("undo")
    assert cup.matches()["W1.1"]["games"] == [[16, 9]]
    cup.act("undo")
    found = cup.matches()["W1.1"]
    assert (found["scores"], found["games"]) == ([1, 0], [])
