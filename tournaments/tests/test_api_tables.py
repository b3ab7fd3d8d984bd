"""Tables over HTTP: Swiss rounds paired and taken back, byes, late entries, standings in words."""

from typing import Any

import pytest

from tournaments.models import Round, Tournament

from .api_client import Cup, Json, Program

# A Swiss is paired with nothing locked, in a process of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def play_round(cup: Cup, number: int) -> None:
    for key, pairing in cup.matches().items():
        if key.startswith(f"R{number}.") and pairing["state"] == "ready":
            assert cup.report(key, {"scores": [1, 0]}).status_code == 200


def table(cup: Cup, query: str = "") -> list[Json]:
    [stage] = cup.owner.get(f"{cup.address}/standings{query}")["stages"]
    lines: list[Json] = stage["groups"][0]["standings"]
    return lines


def test_a_swiss_round_by_round() -> None:
    cup = Cup(*"ABCDE", format="swiss", rounds=3)
    assert cup.answer["tournament"]["state"] == "running" and "message" not in cup.answer
    assert len(cup.answer["brackets"]) == 3 and ["E"] in cup.answer["brackets"]
    assert cup.post("rounds").json()["code"] == "round_is_open"
    play_round(cup, 1)
    assert cup.act("byes", {"entrant": "A"})["bye"]["kind"] == "half_point"
    assert cup.owner.send("DELETE", f"{cup.address}/byes", {"entrant": "A"}).status_code == 200
    cup.act("byes", {"entrant": "B", "round": 2, "kind": "zero_point", "why": "a train"})
    late = cup.act("late-entry", {"name": "Late", "rating": 1500})
    assert late["from_round"] == 2 and late["entrant"]["seed"] == 6
    paired = cup.act("rounds", {"engine": "quick"})["round"]
    assert paired["number"] == 2 and paired["name"] == "Round 2"
    assert {bye["name"]: bye["kind"] for bye in paired["byes"]}["B"] == "zero_point"
    assert cup.owner.send("DELETE", f"{cup.address}/rounds/last").status_code == 200
    assert len(cup.act("rounds")["round"]["matches"]) == len(paired["matches"])
    play_round(cup, 2)
    assert cup.owner.send("DELETE", f"{cup.address}/rounds/last").json()["code"] == "result_is_in"
    assert cup.act("rounds/end")["stage"]["state"] == "finished"
    assert cup.show()["state"] == "finished"
    assert cup.post("rounds").status_code == 409


def test_a_round_lists_its_byes_and_may_be_paired_by_hand() -> None:
    cup = Cup(*"ABCDE", format="swiss", rounds=3)
    play_round(cup, 1)
    assert cup.act("byes", {"entrant": "A", "kind": "full_point"})["bye"]["kind"] == "full_point"
    first = cup.show()["stages"][0]["groups"][0]["rounds"][0]
    assert [(bye["name"], bye["kind"]) for bye in first["byes"]] == [("E", "pairing_allocated")]
    met = next(m for m in first["matches"] if "A" not in [side["name"] for side in m["sides"]])
    again = [side["name"] for side in met["sides"]]
    rest = [name for name in "BCDE" if name not in again]
    wish = {"pairs": [rest, again], "why": "they asked"}
    assert cup.post("rounds", wish).json()["code"] == "have_met"
    assert cup.post("rounds", {"pairs": [again], "repeats": True}).json()["code"] == "bad_pairing"
    paired = cup.act("rounds", wish | {"repeats": True})["round"]
    sides = [[side["name"] for side in match["sides"]] for match in paired["matches"]]
    assert sides == [rest, again]
    second = cup.show()["stages"][0]["groups"][0]["rounds"][1]
    assert second["byes"] == paired["byes"]
    assert [bye["kind"] for bye in second["byes"]] == ["full_point"]


def test_the_next_round_is_suggested_for_pairing_by_hand() -> None:
    cup = Cup(*"ABCDE", format="swiss", rounds=3)
    ids = {one["name"]: one["id"] for one in cup.show()["entrants"]}
    after = f"{cup.address}/rounds/next"
    assert cup.owner.send("GET", after).json()["code"] == "round_is_open"
    play_round(cup, 1)  # A beats C and D beats B; E has the bye
    cup.act("byes", {"entrant": "C"})
    shown = cup.owner.get(after)
    assert shown["number"] == 2 and [one["name"] for one in shown["players"]] == list("ADEB")
    met = {one["name"]: one["met"] for one in shown["players"]}
    assert met == {"A": [], "B": [ids["D"]], "D": [ids["B"]], "E": []}
    assert [(bye["name"], bye["kind"]) for bye in shown["byes"]] == [("C", "half_point")]
    assert (
        cup.owner.get(after) == shown and len(cup.show()["stages"][0]["groups"][0]["rounds"]) == 1
    )
    paired = cup.act("rounds", {"pairs": shown["pairs"]})["round"]
    sides = [[side["entrant"] for side in match["sides"]] for match in paired["matches"]]
    assert sides == shown["pairs"] and {ids["B"], ids["D"]} not in [set(pair) for pair in sides]


def test_a_round_keeps_what_a_quick_pairing_gave_up() -> None:
    cup = Cup(*"ABCD", format="swiss", rounds=2)
    play_round(cup, 1)
    note = cup.act("rounds", {"engine": "quick"})["round"]["note"]
    first, second = cup.show()["stages"][0]["groups"][0]["rounds"]
    assert note and (first["note"], second["note"]) == ("", note)


def test_a_round_says_why_it_was_paired_so() -> None:
    cup = Cup(*"ABCDE", format="swiss", rounds=3)
    play_round(cup, 1)
    anybody = Program()
    paired = cup.act("rounds")["round"]
    why = anybody.get(f"{cup.address}/rounds/2/why")
    assert (why["number"], why["stage"], why["broken"]) == (2, 1, [])
    sides = [[side["entrant"] for side in match["sides"]] for match in paired["matches"]]
    assert [[one["white"], one["black"]] for one in why["boards"]] == sides
    articles = {reason["article"] for one in why["boards"] for reason in one["reasons"]}
    assert {"1.3", "1.4", "1.7", "5.2.1"} <= articles
    assert "C5" in {reason["article"] for reason in why["bye"]}
    assert {"words": "Pairs of different scores: 1", "article": "C6"} in why["whole"]
    assert anybody.send("GET", f"{cup.address}/rounds/3/why").status_code == 404
    play_round(cup, 2)
    cup.act("rounds", {"engine": "quick"})
    refused = anybody.send("GET", f"{cup.address}/rounds/3/why")
    assert refused.status_code == 409 and refused.json()["code"] == "no_reasons"
    assert "quickly" in refused.json()["message"]
    assert anybody.get(f"{cup.address}/rounds/1/why?stage=1")["boards"]


def test_standings_with_the_words_that_reproduce_them() -> None:
    cup = Cup(*"ABCD", format="round_robin", points={"win": 3, "draw": 1}, draws=True)
    play_round(cup, 1)
    [stage] = cup.owner.get(f"{cup.address}/standings")["stages"]
    assert stage["tie_breaks"][0]["name"] == "points" and stage["tie_breaks"][0]["definition"]
    first, *_, last = stage["groups"][0]["standings"]
    assert (first["rank"], first["shared_by"], first["won"], first["played"]) == (1, 2, 1, 1)
    assert first["values"][0]["value"] == "3" and "3" in first["values"][0]["words"]
    assert (last["rank"], last["lost"]) == (3, 1)
    play_round(cup, 2)
    assert [line["played"] for line in table(cup)] == [2] * 4
    assert [line["played"] for line in table(cup, "?after_round=1")] == [1] * 4
    wrong = cup.owner.send("GET", f"{cup.address}/standings?after_round=0")
    assert wrong.status_code == 400


def test_places_in_a_bracket() -> None:
    cup = Cup(*"ABCD")
    cup.report("W1.1", {"scores": [1, 0]})
    lines = {line["name"]: line for line in table(cup)}
    assert (lines["D"]["rank"], lines["D"]["shared_by"]) == (3, 2)
    assert lines["A"]["settled"] is False
    for key in ("W1.2", "W2.1"):
        cup.report(key, {"scores": [1, 0]})
    assert [(line["name"], line["rank"]) for line in table(cup)][:2] == [("A", 1), ("B", 2)]


def test_the_length_of_one_round() -> None:
    cup = Cup(*"ABCD")
    final = f"{cup.address}/stages/1/groups/1/rounds/winners/2"
    assert cup.owner.send("PATCH", final, {"best_of": 5}).json()["round"]["best_of"] == 5
    for body, status in (({"best_of": 4}, 400), ({"best_of": 0}, 400), ({}, 400)):
        assert cup.owner.send("PATCH", final, body).status_code == status
    for path, status in (("winners/9", 404), ("sideways/1", 400)):
        where = f"{cup.address}/stages/1/groups/1/rounds/{path}"
        assert cup.owner.send("PATCH", where, {"best_of": 3}).status_code == status
    assert Program().send("PATCH", final, {"best_of": 3}).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("rounds", {"engine": "slow"}, 400),
        ("rounds", {"stage": 7}, 409),
        ("rounds", None, 409),
        ("rounds/end", None, 409),
        ("byes", {"entrant": "A", "round": 1}, 409),
        ("byes", {"entrant": "A", "kind": "pairing_allocated"}, 400),
        ("late-entry", {"name": "X"}, 409),
        ("late-entry", {}, 400),
    ],
)
def test_what_an_elimination_has_not(path: str, body: Any, status: int) -> None:
    cup = Cup("A", "B")
    before = cup.show()
    assert cup.post(path, body).status_code == status
    assert cup.show() == before


def test_a_retry_makes_one_swiss_and_hears_of_its_first_round() -> None:
    body = {"players": list("ABCD"), "format": "swiss", "rounds": 2}
    first, again = (
        Program().send("POST", "/tournament", body, **{"Idempotency-Key": "k1-6f1c2d9a4b7e8035"})
        for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() and len(first.json()["brackets"]) == 2
    assert Tournament.objects.count() == 1 and Round.objects.count() == 1


def test_a_swiss_that_cannot_be_paired_in_time_stands_and_says_so(settings: Any) -> None:
    settings.MATCHPOINT_SWISS_SECONDS = 0
    cup = Cup(*"ABCD", format="swiss", rounds=2)
    assert cup.answer["brackets"] == [] and cup.answer["message"]
    assert cup.answer["tournament"]["state"] == "running"
    assert cup.post("rounds").json()["code"] in {"pairing_timeout", "busy"}
    assert len(cup.act("rounds", {"engine": "quick"})["round"]["matches"]) == 2
