"""Tournaments made over HTTP: every format and setting, and what is not taken."""

from typing import Any

import pytest
from django.test import Client

from matchmaking.services.players import create_guest
from tournaments.models import Action, Entrant, Stage, Tournament

from .api_client import Cup, Json, Program

pytestmark = pytest.mark.django_db

EIGHT = list("ABCDEFGH")


def stages(cup: Cup) -> list[Json]:
    found: list[Json] = cup.show()["stages"]
    return found


def test_the_draw_of_a_draft_is_what_its_start_draws() -> None:
    cup = Cup(*"ABCDE", third_place=True, byes=True, start=False)
    before = cup.show()
    draw = Program().get(f"{cup.address}/draw")
    assert (draw["refusal"], draw["byes"], draw["shuffled"], draw["groups"]) == ("", 3, False, [])
    assert [one["name"] for one in draw["entrants"]] == list("ABCDE")
    assert cup.show() == before
    cup.act("start")

    def texts(rounds: list[Json]) -> Json:
        return {
            match["key"]: [side["text"] for side in match["sides"]]
            for round_ in rounds
            for match in round_["matches"]
        }

    drawn = texts(draw["rounds"])
    assert drawn["W1.2"] == ["D", "E"] and drawn == texts(stages(cup)[0]["groups"][0]["rounds"])
    assert cup.owner.send("GET", f"{cup.address}/draw").json()["code"] == "already_started"


def test_the_draw_of_groups_of_a_shuffle_and_of_what_cannot_start() -> None:
    groups = Cup(*"ABCDEF", format="round_robin", groups=2, start=False)
    dealt = Program().get(f"{groups.address}/draw")["groups"]
    assert [[one["name"] for one in group["entrants"]] for group in dealt] == [
        ["A", "D", "E"], ["B", "C", "F"],
    ]  # fmt: skip
    shuffled = Cup(*"ABCD", seeding="random", start=False)
    draw = Program().get(f"{shuffled.address}/draw")
    first = draw["rounds"][0]["matches"][0]["sides"][0]
    assert draw["shuffled"] and first["text"] == "drawn at the start"
    odd = Cup(*"ABCD", byes=False, start=False)
    last = odd.show()["entrants"][-1]["id"]
    assert odd.owner.send("DELETE", f"{odd.address}/entrants/{last}").status_code == 200
    assert "must be even" in Program().get(f"{odd.address}/draw")["refusal"]
    many = Cup(*"ABCD", format="swiss", rounds=3, start=False)
    assert Program().get(f"{many.address}/draw")["warning"]


@pytest.mark.parametrize("change", [{"seeding": "rating"}, {"keep_apart": "region"}])
def test_a_draw_costs_the_same_queries_however_many_are_entered(
    change: Json, django_assert_max_num_queries: Any
) -> None:
    cup = Cup(*[f"P{number}" for number in range(40)], start=False, **change)
    for address in (f"{cup.address}/draw", f"/tournaments/{cup.id}"):
        with django_assert_max_num_queries(10):
            assert Client().get(address).status_code == 200


@pytest.mark.parametrize(
    ("more", "matches"),
    [
        ({}, 7),
        ({"third_place": True}, 8),
        ({"format": "double_elimination"}, 15),
        ({"format": "round_robin"}, 28),
        ({"format": "round_robin", "legs": 2}, 56),
        ({"format": "round_robin", "groups": 2}, 12),
    ],
)
def test_a_tournament_of_each_format(more: Json, matches: int) -> None:
    cup = Cup(*EIGHT, **more)
    [stage] = stages(cup)
    assert stage["format"] == more.get("format", "single_elimination")
    assert len(stage["groups"]) == more.get("groups", 1)
    rounds = [round_ for group in stage["groups"] for round_ in group["rounds"]]
    assert sum(len(round_["matches"]) for round_ in rounds) == matches
    assert cup.answer["brackets"] and cup.answer["tournament"]["state"] == "running"


def test_groups_and_then_playoffs() -> None:
    plan = [
        {"format": "round_robin", "groups": 2, "advance": 2, "name": "Groups", "draws": True,
         "points": {"win": 3, "draw": 1}, "tie_breaks": ["game_difference", "wins"]},
        {"format": "double_elimination", "best_of": 3},
    ]  # fmt: skip
    cup = Cup(*EIGHT, stages=plan)
    assert [stage["format"] for stage in stages(cup)] == ["round_robin", "double_elimination"]
    assert [stage["name"] for stage in stages(cup)] == ["Groups", "Stage 2"]
    first, second = Stage.objects.order_by("number")
    assert first.advance == 2 and (int(first.points_win), int(first.points_bye)) == (3, 1)
    assert first.tie_breaks == ["GAME_DIFFERENCE", "WINS"] and second.best_of == 3


def test_entrants_with_more_than_names() -> None:
    entrants = [
        {"name": "Ann", "rating": 1500, "club": "North"},
        {"name": "Bob", "rating": 1900, "region": "South"},
    ]
    cup = Cup(entrants=entrants, seeding="rating", keep_apart="club")
    listed = cup.owner.get(f"{cup.address}/entrants")["entrants"]
    assert [(e["name"], e["rating"], e["club"], e["region"]) for e in listed] == [
        ("Bob", 1900, "", "South"),
        ("Ann", 1500, "North", ""),
    ]


def test_every_setting_is_kept() -> None:
    cup = Cup(
        *"ABCD",
        start=False,
        name="Friday",
        about="Bring a racket.",
        entry="code",
        entry_code="s3same",
        capacity=16,
        team_size=1,
        check_in_minutes=20,
        starts_at="2099-01-01T18:00:00+01:00",
        match_minutes=12,
        reporting="players",
        keep_apart="region",
        byes=True,
    )
    row = Tournament.objects.get(pk=cup.id)
    assert (row.name, row.about, row.entry, row.entry_code) == (
        "Friday", "Bring a racket.", "code", "s3same",
    )  # fmt: skip
    assert (row.capacity, row.check_in_minutes, row.match_minutes) == (16, 20, 12)
    assert row.starts_at is not None and row.starts_at.isoformat() == "2099-01-01T17:00:00+00:00"
    assert cup.show()["state"] == "draft" and cup.answer["brackets"] == []
    assert "s3same" not in str(cup.show())


def test_a_draft_is_changed_and_started() -> None:
    cup = Cup(*"ABCD", start=False)
    answer = cup.owner.send("PATCH", cup.address, {"name": "Renamed", "seeding": "listed"}).json()
    assert answer["name"] == "Renamed"
    plan = {"stages": [{"format": "double_elimination"}]}
    assert cup.owner.send("PUT", f"{cup.address}/stages", plan).status_code == 200
    started = cup.act("start")
    assert started["brackets"] == [["A", "B"], ["C", "D"]]
    assert cup.post("start").json()["code"] == "already_started"
    assert cup.owner.send("PUT", f"{cup.address}/stages", plan).status_code == 409
    assert cup.owner.send("PATCH", cup.address, {"byes": True}).status_code == 409
    assert cup.act("cancel", {"why": "rain"})["tournament"]["state"] == "cancelled"
    assert cup.post("cancel").status_code == 409


def test_where_players_enter_by_themselves_it_is_a_draft_at_first() -> None:
    cup = Cup(entry="open", capacity=2)
    assert cup.show()["state"] == "draft"
    assert cup.act("registration")["state"] == "registration"
    for name, status in (("Ann", "entered"), ("Bob", "entered"), ("Cem", "waiting")):
        player = Program(create_guest(username=name).token)
        [entered] = player.post(f"{cup.address}/entrants")["entrants"]
        assert (entered["name"], entered["status"]) == (name, status)


WRONG: list[tuple[Json, str]] = [
    ({"format": "triple"}, "$.format"),
    ({"format": "triple"}, "'swiss'"),
    ({"format": 1}, "$.format"),
    ({"best_of": 2}, "Best of 2"),
    ({"best_of": 0}, "best of 1 to"),
    ({"best_of": -1}, "$.best_of"),
    ({"best_of": "3"}, "$.best_of"),
    ({"best_of": True}, "$.best_of"),
    ({"best_of": 10**30}, "$.best_of"),
    ({"draws": True}, "no draws"),
    ({"format": "double_elimination", "third_place": True}, "third-place"),
    ({"format": "swiss", "rounds": 8}, "8 rounds are too many"),
    ({"format": "swiss", "rounds": 0}, "1 to"),
    ({"format": "swiss", "groups": 2}, "one group"),
    ({"format": "round_robin", "groups": 5}, "5 groups"),
    ({"format": "round_robin", "legs": 3}, "legs"),
    ({"format": "round_robin", "tie_breaks": ["luck"]}, "LUCK"),
    ({"format": "round_robin", "tie_breaks": ["wins", "WINS"]}, "twice"),
    ({"format": "round_robin", "points": {"win": -1}}, "Points"),
    ({"format": "round_robin", "points": {"win": "many"}}, "$.points.win"),
    ({"format": "round_robin", "points": {"win": 1.001}}, "at most 2 decimals"),
    ({"format": "round_robin", "points": 3}, "$.points"),
    ({"stages": []}, "stages"),
    ({"stages": [{"format": "swiss"}, {}]}, "Stage 1"),
    ({"stages": [{"format": "swiss", "advance": 9}, {}]}, "9 shall go on"),
    ({"stages": [{"format": "nope"}]}, "$.stages[0].format"),
    ({"stages": [{"advance": 2}]}, "last stage"),
    ({"seeding": "strongest"}, "$.seeding"),
    ({"keep_apart": "family"}, "$.keep_apart"),
    ({"entry": "code"}, "code"),
    ({"capacity": 1}, "capacity"),
    ({"capacity": 4}, "8 take part"),
    ({"team_size": 99}, "team"),
    ({"starts_at": "tomorrow"}, "$.starts_at"),
    ({"starts_at": "2099-01-01T18:00:00"}, "$.starts_at"),
    ({"starts_at": "2001-01-01T18:00:00Z"}, "past"),
    ({"starts_at": "9999-12-31T23:59:59-14:00"}, "between 1970 and 2199"),
    ({"starts_at": "0001-01-01T00:00:00+14:00"}, "between 1970 and 2199"),
    ({"reporting": "everybody"}, "$.reporting"),
    ({"rated_in": "no\u0000pool"}, "pool"),
    ({"rated_in": "nowhere"}, "pool"),
    ({"about": "a\u0000b"}, "printable"),
    ({"name": "a\u0000b"}, "printable"),
    ({"entrants": [{"name": "X"}]}, "not both"),
    ({"start": "yes"}, "$.start"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_a_wrong_tournament_is_refused_with_what_to_correct_and_nothing_is_stored(
    more: Json, said: str
) -> None:
    response = Program().send("POST", "/tournament", {"players": EIGHT} | more)
    assert response.status_code in {400, 404, 409}, response.content
    assert said in response.json()["message"]
    assert not Tournament.objects.exists() and not Entrant.objects.exists()
    assert not Stage.objects.exists() and not Action.objects.exists()


@pytest.mark.parametrize(
    ("entrants", "said"),
    [
        ([{"name": "Ann"}, {"rating": 3}], "$.entrants[1].name"),
        ([{"name": "Ann", "rating": -1}, {"name": "Bob"}], "$.entrants[0].rating"),
        ([{"name": "Ann", "rating": 10_000}, {"name": "Bob"}], "$.entrants[0].rating"),
        ([{"name": "Ann", "club": "x" * 41}, {"name": "Bob"}], "club"),
        ([{"name": "Ann", "club": "a\u0000"}, {"name": "Bob"}], "printable"),
        ([{"name": "Ann"}, "Bob"], "$.entrants[1]"),
        ([{"name": "Ann"}, {"name": "ann"}], "2 times"),
        ([{"name": "Ann"}], "at least two"),
        ("Ann, Bob", "$.entrants"),
    ],
)
def test_wrong_entrants_are_named(entrants: Any, said: str) -> None:
    response = Program().send("POST", "/tournament", {"entrants": entrants})
    assert response.status_code == 400 and said in response.json()["message"]
    assert not Tournament.objects.exists()


def test_tournaments_are_listed_by_pages_and_state() -> None:
    for number in range(3):
        Cup("A", "B", name=f"Cup {number}")
    Cup("A", "B", name="Draft", start=False)
    everybody = Program()
    first = everybody.get("/api/tournaments?size=2")
    assert [one["name"] for one in first["tournaments"]] == ["Draft", "Cup 2"]
    assert (first["page"], first["pages"], first["total"]) == (1, 2, 4)
    assert first["tournaments"][0]["entrants"] == 2
    last = everybody.get("/api/tournaments/?size=2&page=2")
    assert [one["name"] for one in last["tournaments"]] == ["Cup 1", "Cup 0"]
    drafts = everybody.get("/api/tournaments?state=draft")
    assert [one["name"] for one in drafts["tournaments"]] == ["Draft"]
    for wrong in ("state=lost", "page=0", "page=x", "size=201", f"page={10**30}"):
        response = everybody.send("GET", f"/api/tournaments?{wrong}")
        assert response.status_code == 400
        assert f"at `{wrong.partition('=')[0]}`" in response.json()["message"]
