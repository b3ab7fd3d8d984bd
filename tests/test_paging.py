"""Lists are paged, sorted and tagged the same way everywhere."""

import re
from time import sleep
from typing import Any

import pytest
from django.test import Client

from matchmaking.models import Match, Pool, Seat
from matchmaking.services.players import create_guest
from tournaments.models import Tournament

pytestmark = pytest.mark.django_db


def make_cup(name: str, **more: Any) -> Any:
    body = {"name": name, "players": ["Ann", "Bob", "Cem", "Dan"], **more}
    return Client().post("/tournament", body, "application/json").json()


def make_matches(many: int) -> None:
    pool, _ = Pool.objects.get_or_create(slug="default", defaults={"name": "Default"})
    for number in range(many):
        match = Match.objects.create(pool=pool)
        for side in (0, 1):
            player = create_guest(username=f"P{match.pk.hex[:8]}{number}{side}").player
            Seat.objects.create(match=match, pool=pool, side=side, player=player, name=player.name)


def test_what_comes_meanwhile_moves_no_line_to_another_page() -> None:
    for name in "DCBA":
        make_cup(name)
    first = Client().get("/api/tournaments?size=2&sort=name").json()
    make_cup("AA")
    Tournament.objects.filter(name="B").update(name="0")
    rest = Client().get(f"/api/tournaments?size=2&sort=name&cursor={first['next']}").json()
    assert [one["name"] for one in first["tournaments"]] == ["A", "B"]
    assert [one["name"] for one in rest["tournaments"]] == ["C", "D"] and rest["next"] is None


@pytest.mark.parametrize("sort", ["created", "-created"])
def test_the_link_leads_through_the_whole_list(sort: str) -> None:
    make_matches(5)
    address, seen = f"/api/matches?size=2&sort={sort}&pool=default&state=open", []
    for _ in range(9):
        response = Client().get(address)
        seen += [one["created_at"] for one in response.json()["matches"]]
        link = re.fullmatch(r'<(.*)>; rel="next"', response.get("Link", ""))
        assert (link is not None) == (response.json()["next"] is not None)
        if link is None:
            break
        address = link[1]
    assert len(seen) == 5 and seen == sorted(seen, reverse=sort.startswith("-"))


def test_a_page_by_number_goes_on_by_cursor() -> None:
    for name in "DCBA":
        make_cup(name)
    second = Client().get("/api/tournaments?page=2&size=1&sort=name").json()
    assert (second["page"], second["pages"], second["tournaments"][0]["name"]) == (2, 4, "B")
    third = Client().get(f"/api/tournaments?size=1&sort=name&cursor={second['next']}").json()
    assert third["tournaments"][0]["name"] == "C"


@pytest.mark.parametrize(
    "path", ["/api/tournaments", "/api/matches", "/api/pools/default/leaderboard"]
)
def test_a_cursor_of_ones_own_making_or_of_another_order_is_refused(path: str) -> None:
    for cursor in ("x", "W10.x", "%00", "9" * 900):
        refused = Client().get(f"{path}?cursor={cursor}")
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")
    make_matches(2)
    ours = Client().get("/api/matches?size=1").json()["next"]
    assert Client().get(f"/api/matches?sort=created&cursor={ours}").json()["code"] == "bad_cursor"
    assert Client().get(f"{path}?sort=nonsense").status_code == 400
    assert Client().get(f"{path}?size=201").status_code == 400


def test_matches_by_player_and_since_when() -> None:
    make_matches(1)
    sleep(0.01)
    make_matches(1)
    [last, first] = Client().get("/api/matches").json()["matches"]
    of_player = Client().get(f"/api/matches?player={first['players'][0]['id']}").json()
    assert [one["id"] for one in of_player["matches"]] == [first["id"]]
    since = Client().get(f"/api/matches?since={last['created_at'][:-1]}Z").json()
    assert [one["id"] for one in since["matches"]] == [last["id"]]
    assert Client().get("/api/matches?since=2030-01-31T18:00:00").status_code == 400


def tag(path: str, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = Client().get(path, headers=headers)
    assert response.status_code == 200, response.content
    again = Client().get(path, headers=headers | {"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    return str(response["ETag"])


def test_a_draw_is_not_sent_again_until_it_changes() -> None:
    body = {"players": ["Ann", "Bob"], "start": False}
    made = Client().post("/tournament", body, "application/json").json()
    path = f"/api/tournaments/{made['tournament']['id']}"
    before = tag(f"{path}/draw")
    headers = {"Authorization": f"Bearer {made['token']}"}
    more = {"players": ["Cem"]}
    added = Client().post(f"{path}/entrants", more, "application/json", headers=headers)
    assert added.status_code == 201
    assert tag(f"{path}/draw") != before


@pytest.mark.django_db(transaction=True)
def test_a_ticket_is_not_sent_again_until_it_changes() -> None:
    ann = queued("Ann")
    before = tag(f"/matchmaking/tickets/{ann['ticket']['id']}", ann["token"])
    queued("Bob")
    assert tag(f"/matchmaking/tickets/{ann['ticket']['id']}", ann["token"]) != before


def queued(name: str) -> Any:
    return Client().post("/matchmaking", {"username": name}, "application/json").json()


@pytest.mark.parametrize("part", ["", "/standings", "/entrants", "/stations", "/matches.csv"])
def test_a_tournament_is_not_sent_again_until_it_changes(part: str) -> None:
    made = make_cup("Cup")
    path = f"/api/tournaments/{made['tournament']['id']}"
    before = tag(path + part)
    headers = {"Authorization": f"Bearer {made['token']}"}
    names = {"names": ["Table 1"]}
    pairing = Client().get(path).json()["stages"][0]["groups"][0]["rounds"][0]["matches"][0]
    Client().post(f"{path}/stations", names, "application/json", headers=headers)
    rename = {"name": "Anne"}
    one = Client().get(f"{path}/entrants").json()["entrants"][0]["id"]
    Client().patch(f"{path}/entrants/{one}", rename, "application/json", headers=headers)
    result = {"scores": [1, 0]}
    entered = Client().post(
        f"{path}/matches/{pairing['id']}/result", result, "application/json", headers=headers
    )
    assert entered.status_code == 200
    assert tag(path + part) != before


def test_pools_matches_and_leaderboards_are_not_sent_again_until_they_change() -> None:
    make_matches(1)
    paths = ("/api/pools", "/api/pools/default", "/api/pools/default/leaderboard", "/api/matches")
    before = [tag(path) for path in paths]
    Pool.objects.update(name="Another")
    assert all(tag(path) != old for path, old in zip(paths[:3], before, strict=False))
    create_guest(username="Zoe")
    assert tag("/api/matches") == before[3]
