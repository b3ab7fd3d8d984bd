"""Files over HTTP: out, back in the same, and what is no file that can be taken."""

import json
from typing import Any

import pytest
from django.test import Client

from tournaments.models import Entrant, Tournament

from .api_client import JSON, Cup, Json, check_shape
from .imported.challonge import Answer, elimination

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT = "/api/tournaments/import"


def send(path: str, content: bytes, kind: str, *, token: str = "", **headers: str) -> Any:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    # Not `post`, which would write the content in the charset of its type.
    response = Client().generic("POST", path, content, content_type=kind, headers=headers)
    check_shape("POST", path, response)
    return response


def fetch(cup: Cup, path: str) -> Any:
    response = cup.owner.send("GET", f"{cup.address}/{path}")
    assert response.status_code == 200, response.content
    assert response["Content-Disposition"].startswith('attachment; filename="')
    return response


def names(answer: Json) -> list[str]:
    return [entrant["name"] for entrant in answer["entrants"]]


def test_a_list_of_entrants_goes_out_and_comes_back() -> None:
    cup = Cup("Ann", "Bob", start=False)
    cup.act("entrants", {"entrants": [{"name": "Cem", "rating": 1500, "club": "=1+1"}]})
    out = fetch(cup, "entrants.csv")
    assert out["Content-Type"] == "text/csv; charset=utf-8" and b"'=1+1" in out.content
    other = Cup(entry="open")
    back = send(f"{other.address}/entrants.csv", out.content, "text/csv", token=other.owner.token)
    assert back.status_code == 201 and names(back.json()) == ["Ann", "Bob", "Cem"]
    assert Entrant.objects.get(tournament=other.id, name="Cem").club == "=1+1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n", "no entrants"),
        (b"name,rating\nAnn,many\n", "Line 2"),
        (b"Ann\nann\n", "line 1"),
        (b"Ann,1500,North,South,1,Bob\n", "single players"),
        (b"Ann\x00\n", "zero byte"),
        ("Ann\n".encode("utf-32"), "UTF-32"),
        (b'"Ann\n', "Line 1"),
        (b"a" * 40 + b"\n", "Line 1"),
    ],
)
def test_a_list_that_cannot_be_read_adds_nobody(content: bytes, said: str) -> None:
    cup = Cup("A", "B", start=False)
    path = f"{cup.address}/entrants.csv"
    response = send(path, content, "text/csv", token=cup.owner.token)
    assert response.status_code == 400, response.content
    assert said.lower() in response.json()["message"].lower()
    assert Entrant.objects.count() == 2


def test_files_that_are_over_long_or_of_another_kind() -> None:
    cup = Cup("A", "B", start=False)
    path, token = f"{cup.address}/entrants.csv", cup.owner.token
    assert send(path, b"Ann\n" * 2_500_000, "text/csv", token=token).status_code == 413
    assert send(path, b"Ann", "application/x-www-form-urlencoded", token=token).status_code == 415
    assert send(path, b"Ann", "text/csv").status_code == 401
    assert send(IMPORT, b"x" * 10_000_000, "text/plain").status_code == 413
    assert send(IMPORT, b"<xml>", "text/xml").status_code == 415
    assert Entrant.objects.count() == 2 and Tournament.objects.count() == 1


@pytest.mark.parametrize("more", [{}, {"format": "double_elimination"}, {"format": "round_robin"}])
def test_a_whole_tournament_goes_out_and_comes_back(more: Json) -> None:
    cup = Cup(*"ABCD", **more)
    key = next(iter(cup.matches()))
    cup.report(key, {"scores": [1, 0]})
    content = fetch(cup, "export.json").content
    once = {"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}
    made = send(IMPORT, content, JSON, **once)
    assert made.status_code == 201
    assert send(IMPORT, content, JSON, **once).json() == made.json()
    assert Tournament.objects.count() == 2
    answer = made.json()
    copy = Client().get(f"/api/tournaments/{answer['tournament']['id']}").json()
    shown = cup.show()
    assert copy["state"] == shown["state"] and names(copy) == names(shown)
    played = copy["stages"][0]["groups"][0]["rounds"][0]["matches"][0]
    assert played["scores"] == [1, 0] and played["winner"] == 0
    match = copy["stages"][0]["groups"][0]["rounds"][0]["matches"][1]["id"]
    path = f"/api/tournaments/{copy['id']}/matches/{match}/result"
    assert send(path, b'{"scores": [0, 1]}', JSON, token=answer["token"]).status_code == 200


def test_the_whole_is_for_the_organiser() -> None:
    cup = Cup("A", "B")
    assert Client().get(f"{cup.address}/export.json").status_code == 401


def test_a_report_file_goes_out_and_comes_back() -> None:
    cup = Cup(*"ABCDE", format="swiss", rounds=3)
    cup.report("R1.1", {"scores": [1, 0]})
    cup.report("R1.2", {"scores": [0, 1]})
    report = fetch(cup, "stages/1/groups/1.trf")
    assert report["Content-Type"] == "text/plain; charset=utf-8" and b"\n142 3\n" in report.content
    made = send(IMPORT, report.content, "text/plain").json()
    copy = Client().get(f"/api/tournaments/{made['tournament']['id']}").json()
    assert sorted(names(copy)) == list("ABCDE") and copy["stages"][0]["format"] == "swiss"
    for path in ("stages/1/groups/2.trf", "stages/2/groups/1.trf"):
        assert cup.owner.send("GET", f"{cup.address}/{path}").status_code == 404
    bracket = Cup("A", "B")
    assert bracket.owner.send("GET", f"{bracket.address}/stages/1/groups/1.trf").status_code == 400


def test_a_report_file_may_be_in_any_usual_encoding() -> None:
    text = "012 Open\n001    1      Dvořák\n001    2      Bob\nXXR 1\n"
    guessed = send(IMPORT, text.encode("cp1250"), "text/plain").json()
    assert "Windows-1250" in guessed["warnings"][0]
    named = send(IMPORT, text.encode("cp1250"), "text/plain; charset=windows-1250").json()
    assert named["warnings"] == []
    assert send(IMPORT, text.encode(), "text/plain; charset=utf-8").json()["warnings"] == []
    assert Entrant.objects.filter(name="Dvořák").count() == 3
    unknown = send(IMPORT, text.encode("cp1250"), "text/plain; charset=klingon")
    assert unknown.status_code == 400 and unknown.json()["code"] == "bad_encoding"


def test_results_and_standings_as_tables() -> None:
    cup = Cup(*"ABCD", format="round_robin")
    cup.report("R1.1", {"scores": [1, 0]})
    matches = fetch(cup, "matches.csv").content.decode("utf-8-sig").splitlines()
    assert len(matches) == 1 + 6
    standings = fetch(cup, "standings.csv").content.decode("utf-8-sig").splitlines()
    assert len(standings) == 1 + 4


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\n", JSON),
        (b"{}", JSON),
        (b'{"matchpoint": 2}', JSON),
        (b'{"matchpoint": 1}', JSON),
        (b'{"matchpoint": 1, "tournament": {"name": 7}}', JSON),
        (b"[" * 100_000, JSON),
        (b"\xff\xfe\x00", JSON),
        (b"\n", "text/plain"),
        (b"hello", "text/plain"),
        (b"001 abc", "text/plain"),
        (b"\xff" * 1000, "text/plain"),
        (b"\x00" * 1000, "text/plain"),
    ],
)
def test_a_file_that_makes_no_tournament(content: bytes, kind: str) -> None:
    response = send(IMPORT, content, kind)
    assert response.status_code == 400 and response.json()["message"]
    assert not Tournament.objects.exists()


def test_an_import_is_looked_at_before_it_is_made() -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora"])
    elimination(answer, double=True)
    answer.play(lambda first, second: (min(first, second), "2-0" if first < second else "0-2"))
    content = json.dumps(answer.value()).encode()
    shown = send(f"{IMPORT}?preview=true&from=challonge", content, JSON)
    assert shown.status_code == 200 and not Tournament.objects.exists()
    preview = shown.json()
    assert (preview["source"], preview["state"], preview["played"]) == ("challonge", "finished", 6)
    assert preview["entrants"] == ["Ann", "Bob", "Cem", "Dora"] and preview["warnings"] == []
    assert send(IMPORT, content, JSON).status_code == 201


@pytest.mark.parametrize("source", ["toornament", "trf", "start.gg", "matchpoint"])
def test_an_import_of_another_source_than_it_is(source: str) -> None:
    answer = Answer(["Ann", "Bob"])
    elimination(answer)
    refused = send(f"{IMPORT}?from={source}", json.dumps(answer.value()).encode(), JSON)
    assert refused.status_code == 400 and refused.json()["message"]
    assert not Tournament.objects.exists()
