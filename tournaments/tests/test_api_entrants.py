"""Entrants over HTTP: added, registered, admitted, checked in, seeded, withdrawn, replaced."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaking.services.players import create_guest
from tournaments.models import Entrant

from .api_client import Cup, Json, Program

pytestmark = pytest.mark.django_db


def player(name: str) -> Program:
    return Program(create_guest(username=name).token)


def listed(cup: Cup) -> dict[str, Json]:
    found = cup.owner.get(f"{cup.address}/entrants")["entrants"]
    return {entrant["name"]: entrant for entrant in found}


def test_the_organiser_adds_changes_and_takes_off() -> None:
    cup = Cup("A", "B", start=False)
    answer = cup.act("entrants", {"players": ["C"], "entrants": [{"name": "D", "rating": 1200}]})
    assert [(e["name"], e["seed"]) for e in answer["entrants"]] == [("C", 3), ("D", 4)]
    path = f"{cup.address}/entrants/{listed(cup)['C']['id']}"
    changed = cup.owner.send("PATCH", path, {"name": "Cem", "club": "North"}).json()["entrant"]
    assert (changed["name"], changed["club"], changed["rating"]) == ("Cem", "North", None)
    assert cup.owner.send("PATCH", path, {"name": "Cem", "rating": 5}).status_code == 200
    assert cup.owner.send("PATCH", path, {"club": "South", "name": "a"}).status_code == 409
    assert listed(cup)["Cem"]["club"] == "North"
    assert cup.owner.send("DELETE", path, {"why": "ill"}).status_code == 200
    assert cup.owner.send("DELETE", path).status_code == 404
    assert set(listed(cup)) == {"A", "B", "D"}


def test_players_register_with_a_code_and_leave() -> None:
    cup = Cup(entry="code", entry_code="s3same")
    ann, path = player("Ann"), f"{cup.address}/entrants"
    assert ann.send("POST", path, {"code": "s3same"}).json()["code"] == "registration_closed"
    cup.act("registration")
    assert ann.send("POST", path, {"code": "wrong"}).json()["code"] == "wrong_code"
    assert Program().send("POST", path, {"code": "s3same"}).status_code == 401
    [entered] = ann.post(path, {"code": "s3same", "rating": 1400})["entrants"]
    assert (entered["status"], entered["rating"]) == ("entered", 1400)
    assert ann.send("POST", path, {"code": "s3same"}).status_code == 409
    assert ann.send("POST", path, {"players": ["X"]}).status_code == 403
    own = f"{path}/{entered['id']}"
    assert player("Bob").send("DELETE", own).status_code == 403
    assert ann.send("DELETE", own).status_code == 200
    assert not Entrant.objects.exists()


def test_whoever_asks_is_admitted_or_declined() -> None:
    cup = Cup(entry="approval")
    cup.act("registration", {"open": True})
    for name in ("Ann", "Bob"):
        [entered] = player(name).post(f"{cup.address}/entrants")["entrants"]
        assert entered["status"] == "applied"
    for name, status in (("Ann", "entered"), ("Bob", "declined")):
        path = f"{cup.address}/entrants/{listed(cup)[name]['id']}"
        answer = cup.owner.send("PATCH", path, {"status": status}).json()
        assert answer["entrant"]["status"] == status
    assert cup.act("registration", {"open": False})["state"] == "draft"


def test_whoever_does_not_check_in_is_left_out() -> None:
    cup = Cup("A", "B", "C", entry="open")
    assert cup.act("check-in/window")["state"] == "check_in"
    dan = player("Dan")
    dan.post(f"{cup.address}/entrants")
    cup.act("check-in", {"entrant": "A"})
    cup.act("check-in", {"entrant": listed(cup)["B"]["id"]})
    cup.act("check-in", {"entrant": "A", "present": False})
    cup.act("check-in", {"entrant": "A"})
    assert dan.send("POST", f"{cup.address}/check-in").status_code == 200
    assert dan.send("POST", f"{cup.address}/check-in", {"entrant": "C"}).status_code == 403
    assert cup.post("check-in", {"entrant": "Nobody"}).status_code == 404
    assert player("Eve").send("POST", f"{cup.address}/check-in").status_code == 404
    cup.owner.send("PATCH", cup.address, {"byes": True})
    cup.act("start")
    assert listed(cup)["C"]["status"] == "absent"
    assert cup.post("check-in", {"all": True}).status_code == 409


def test_seeds_until_the_first_result() -> None:
    cup = Cup(*"ABCD", start=False)
    ids = {name: entrant["id"] for name, entrant in listed(cup).items()}
    answer = cup.act("seeds", {"order": [ids[name] for name in "DCBA"]})
    assert [entrant["name"] for entrant in answer["entrants"]] == list("DCBA")
    one, two = (cup.act("seeds", {"by": "lot", "lot": 7})["entrants"] for _ in range(2))
    assert [e["name"] for e in one] == [e["name"] for e in two]
    for body in ({}, {"order": [1]}, {"by": "luck"}, {"order": "DCBA"}):
        assert cup.post("seeds", body).status_code == 400
    assert cup.post("seeds", {"by": "rating"}).json()["code"] == "no_ratings"
    cup.act("start")
    cup.report("W1.1", {"scores": [1, 0]})
    assert cup.post("seeds", {"by": "lot"}).json()["code"] == "too_late"


def test_leaving_and_coming_back() -> None:
    cup = Cup(*"ABCD", format="round_robin")
    answer = cup.act("withdraw", {"entrant": "A", "why": "injured"})
    assert answer["entrant"]["status"] == "withdrawn"
    lost = [p for p in cup.matches().values() if "A" in [side["name"] for side in p["sides"]]]
    assert len(lost) == 3 and {p["outcome"] for p in lost} == {"forfeit"}
    assert cup.post("withdraw", {"entrant": "A"}).json()["code"] == "has_left"
    assert len(cup.act("reinstate", {"entrant": "A"})["matches"]) == 3
    assert cup.post("reinstate", {"entrant": "A"}).status_code == 409
    assert cup.act("disqualify", {"entrant": "B"})["entrant"]["status"] == "disqualified"
    for body, status in (({"entrant": "Z"}, 404), ({"entrant": 10**12}, 404), ({}, 400),
                         ({"entrant": None}, 400), ({"entrant": "a\u0000"}, 400)):  # fmt: skip
        assert cup.post("withdraw", body).status_code == status
    assert cup.post("withdraw", {"entrant": "C", "why": "a\u0000b"}).status_code == 400
    assert cup.post("withdraw", {"entrant": "C", "why": "x" * 301}).status_code == 400
    assert listed(cup)["C"]["status"] == "entered"


def test_somebody_else_takes_the_place() -> None:
    cup = Cup(*"ABCD")
    answer = cup.act("replace", {"entrant": "D", "name": "Dana", "why": "ill"})
    assert answer["entrant"]["name"] == "Dana"
    assert cup.matches()["W1.1"]["sides"][1]["name"] == "Dana"
    assert cup.post("replace", {"entrant": "Dana", "name": "a"}).status_code == 409


def test_stations_are_added_called_and_freed() -> None:
    cup = Cup(*"ABCD")
    stations = cup.act("stations", {"names": ["Court 1", "Court 2"]})["stations"]
    called = cup.act("stations/next")["matches"]
    assert [match["key"] for match in called] == ["W1.1", "W1.2"]
    there = cup.owner.get(f"{cup.address}/stations")["stations"]
    assert [station["match"] for station in there] == [match["id"] for match in called]
    one = f"{cup.address}/stations/{stations[0]['id']}"
    assert cup.owner.send("DELETE", one).json()["code"] == "station_taken"
    assert cup.post(f"matches/{called[0]['id']}/station", {"station": None}).status_code == 200
    assert cup.owner.send("PATCH", one, {"name": "Centre"}).json()["station"]["name"] == "Centre"
    assert cup.owner.send("DELETE", one).status_code == 200
    assert cup.post("stations", {"names": ["Court 2"]}).status_code == 409
    assert cup.post("stations", {"names": []}).status_code == 400
    starts = cup.owner.get(f"{cup.address}/schedule")["starts"]
    assert starts.keys() == {match["id"] for match in cup.matches().values()}


def test_a_schedule_is_the_same_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    cup, day = Cup(*"ABCD"), datetime(2030, 5, 1, 12, tzinfo=UTC)
    seen = []
    for seconds in (5, 55, 60):
        moment = day + timedelta(seconds=seconds)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        seen.append(cup.owner.get(f"{cup.address}/schedule"))
    assert seen[0] == seen[1] != seen[2]


def test_judges_are_invited_once_and_removed() -> None:
    cup = Cup(*"ABCD")
    path, key = f"{cup.address}/judges", {"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}
    first = cup.owner.post(path, {"name": "Jo"}, **key)
    assert cup.owner.post(path, {"name": "Jo"}, **key) == first
    assert cup.post("judges", {"name": "Jo"}).status_code == 409
    assert cup.post("judges", {"name": "Kim", "is_player": True}).status_code == 404
    [judge] = cup.owner.get(path)["judges"]
    assert judge == first["judge"]
    assert Program(first["token"]).send("GET", path).status_code == 403
    assert cup.owner.send("DELETE", f"{path}/{judge['id']}").status_code == 200
    assert cup.report("W1.1", {"scores": [1, 0]}, by=Program(first["token"])).status_code == 401


def test_a_roster_is_kept_after_the_registration() -> None:
    cup = Cup("Owls", "Cats", team_size=2)
    owls, cats = cup.owner.get(f"{cup.address}/entrants")["entrants"]
    path = f"entrants/{owls['id']}/members"
    [ann] = cup.act(path, {"name": "Ann"})["entrant"]["members"]
    assert ann["captain"]
    members = cup.act(path, {"name": "Bea"})["entrant"]["members"]
    bea = members[1]["id"]
    assert cup.post(path, {"name": "Cid"}).json()["code"] == "roster_full"
    for address in (f"members/{bea}", f"members/{ann['id']}"):
        for stranger, status in ((Program(), 401), (Cup("X", "Y").owner, 401)):
            sent = stranger.send("DELETE", f"{cup.address}/{address}")
            assert sent.status_code == status
    captain = cup.owner.send("DELETE", f"{cup.address}/members/{ann['id']}")
    assert captain.json()["code"] == "captain"
    members = cup.act(f"members/{bea}/captain")["entrant"]["members"]
    assert [m["name"] for m in members if m["captain"]] == ["Bea"]
    left = cup.owner.send("DELETE", f"{cup.address}/members/{ann['id']}").json()
    assert [member["name"] for member in left["entrant"]["members"]] == ["Bea"]
    assert cup.post(f"entrants/{cats['id']}/members", {"name": ""}).status_code == 400
    other = Cup("X", "Y", team_size=2)
    for address in (f"entrants/{owls['id']}/members", f"members/{bea}/captain"):
        assert other.post(address, {"name": "Eve"}).status_code in {400, 404}


def test_a_judge_is_moved_to_another_station() -> None:
    cup = Cup("A", "B")
    one, two = cup.act("stations", {"names": ["1", "2"]})["stations"]
    judge = cup.act("judges", {"name": "Jo", "station": one["id"]})["judge"]
    for station in (two["id"], None):
        sent = cup.owner.send("PATCH", f"{cup.address}/judges/{judge['id']}", {"station": station})
        assert sent.json()["judge"]["station"] == station
    foreign = Cup("X", "Y").act("stations", {"names": ["1"]})["stations"][0]["id"]
    for body, status in (({"station": foreign}, 404), ({}, 400)):
        sent = cup.owner.send("PATCH", f"{cup.address}/judges/{judge['id']}", body)
        assert sent.status_code == status


def test_settings_and_plans_are_read_as_they_are_changed() -> None:
    stages = [{"format": "swiss", "rounds": 3, "tie_breaks": ["buchholz"], "advance": 2}, {}]
    cup = Cup(*"ABCDEF", stages=stages, start=False)
    change = {"about": "At the club.", "capacity": 8, "starts_at": "2030-01-01T10:00:00.000Z"}
    assert cup.owner.send("PATCH", cup.address, change).status_code == 200
    shown = cup.show()
    assert change.items() <= shown["settings"].items()
    assert stages[0].items() <= shown["stages"][0].items()
    assert cup.owner.send("PATCH", cup.address, shown["settings"]).status_code == 200
