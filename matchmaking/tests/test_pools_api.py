"""Pools and seasons over HTTP: who may, what is set, and what is refused."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from matchmaking.models import EndReason, Pool, Season, Ticket
from matchmaking.services.players import create_guest
from service_keys.models import KeyAction, Scope

from .queueing import pool
from .servers import JSON, Server, ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maker() -> Server:
    return Server.made("Maker", Scope.POOLS)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_key_makes_changes_and_deletes_a_pool(maker: Server) -> None:
    rules = {
        "slug": "arena", "name": "Arena", "team_size": 3, "party_limit": 2, "window_start": 100,
        "regions": ["eu", "us"], "roles": {"keeper": 1, "any": 2}, "decided_by": "game_server",
        "game_server": "Maker", "rating_by_server": True, "backfill": True,
        "attributes": [{"name": "maps", "kind": "choices", "options": ["dust", "nuke"]}],
    }  # fmt: skip
    made = maker.say("POST", "/api/pools", rules)
    assert made["is_open"] and {name: made[name] for name in rules if name != "attributes"} == {
        name: value for name, value in rules.items() if name != "attributes"
    }
    assert refused(maker.ask("POST", "/api/pools", rules)) == (409, "pool_exists")

    changed = maker.say("PATCH", "/api/pools/arena", {"name": "Ring", "game_server": None,
                                                      "decided_by": "players"})  # fmt: skip
    assert changed == made | {"name": "Ring", "game_server": None, "decided_by": "players"}
    by_id = {"decided_by": "game_server", "game_server": str(maker.key.pk)}
    assert maker.say("PATCH", "/api/pools/arena", by_id)["game_server"] == "Maker"

    assert maker.say("DELETE", "/api/pools/arena") == {"status": "Deleted", "slug": "arena"}
    assert refused(maker.ask("DELETE", "/api/pools/arena")) == (404, "unknown_pool")
    texts = KeyAction.objects.order_by("pk").values_list("text", flat=True)
    assert [text.split()[0] for text in texts] == ["Made", "Changed", "Changed", "Deleted"]


def test_a_pool_that_is_closed_ends_its_waits_and_opens_again(maker: Server) -> None:
    where = pool("arena")
    token = create_guest(username="Ann").token
    assert ask(token, "POST", "/matchmaking", {"pool": "arena"}).status_code == 200
    assert not maker.say("PATCH", "/api/pools/arena", {"is_open": False})["is_open"]
    assert Ticket.objects.get(pool=where).reason == EndReason.POOL_CLOSED
    assert refused(maker.ask("DELETE", "/api/pools/arena")) == (409, "pool_in_use")
    assert refused(maker.ask("DELETE", "/api/pools/default")) == (409, "pool_in_use")
    assert maker.say("PATCH", "/api/pools/arena", {"is_open": True})["is_open"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"team_size": 2, "teams": 40}, "bad_pool", "40 players"),
        ({"party_limit": 2}, "bad_pool", "party"),
        ({"window_start": -1}, "bad_pool", "window"),
        ({"ready_seconds": 0}, "bad_pool", "ready check"),
        ({"name": ""}, "bad_pool", "`name`"),
        ({"regions": ["eu", "eu"]}, "bad_pool", "`regions`"),
        ({"attributes": [{"name": "x"}]}, "bad_pool", "`attributes`"),
        ({"roles": {"keeper": 9}}, "bad_pool", "`roles`"),
        ({"decided_by": "game_server"}, "bad_pool", "key"),
        ({"game_server": "Nobody"}, "bad_pool", "`game_server`"),
        ({"play_settings": {"a": "\0"}}, "bad_pool", "NUL"),
        ({"play_settings": {"a": 1}}, "bad_settings", "play_settings"),
        ({"plays": "ludo"}, "unknown_game", "ludo"),
        ({"team_size": 99}, "malformed", "team_size"),
        ({"rated": "yes"}, "malformed", "rated"),
        ({"leaving": "all"}, "malformed", "leaving"),
        ({"name": "a\0b"}, "malformed", "name"),
        ({"slug": "other"}, "malformed", "slug"),
        ({"best_of": None}, "malformed", "best_of"),
        ([], "malformed", "object"),
    ],
    ids=str,
)
def test_rules_that_do_not_fit_change_nothing(
    maker: Server, changes: Any, code: str, field: str
) -> None:
    pool("arena")
    before = Pool.objects.filter(slug="arena").values().get()
    response = maker.ask("PATCH", "/api/pools/arena", changes)
    assert refused(response)[1] == code and response.status_code in {400, 404}
    assert field in response.json()["message"]
    assert Pool.objects.filter(slug="arena").values().get() == before
    assert not KeyAction.objects.exists()


def test_only_the_right_ones_may(maker: Server) -> None:
    pool("arena")
    path, body = "/api/pools/arena", {"name": "Ring"}
    assert refused(ask("", "PATCH", path, body)) == (401, "unidentified")
    assert refused(ask("nobody's", "PATCH", path, body)) == (401, "unidentified")
    assert refused(Server.made().ask("PATCH", path, body)) == (403, "key_lacks_scope")
    guest = create_guest(username="Ann")
    assert refused(ask(guest.token, "PATCH", path, body)) == (403, "forbidden")

    account = User.objects.create_user("Sam", is_staff=True)
    client = Client()
    client.force_login(account)
    assert refused(client.patch(path, body, JSON)) in {(401, "unidentified"), (403, "forbidden")}
    account.user_permissions.add(Permission.objects.get(codename="change_pool"))
    assert client.patch(path, body, JSON).json()["name"] == "Ring"
    assert LogEntry.objects.get().user == account
    assert client.delete(path).status_code in {401, 403}


def test_seasons_are_begun_changed_ended_and_read_in_parts(maker: Server) -> None:
    pool("arena")
    path = "/api/pools/arena/seasons"
    first = maker.say("POST", path, {"name": "Spring", "keep_percent": 50})
    assert (first["number"], first["name"], first["ended_at"]) == (1, "Spring", None)
    assert refused(maker.ask("POST", path, {})) == (409, "season_runs")
    soon = {"ends_at": "2100-01-01T00:00:00Z"}
    assert maker.say("PATCH", f"{path}/1", soon)["ends_at"] == "2100-01-01T00:00:00.000Z"
    assert refused(maker.ask("PATCH", f"{path}/1", {"keep_percent": 101})) == (400, "malformed")
    assert maker.say("POST", f"{path}/end", {"number": 1})["ended_at"]
    for method, where, sent in (("POST", "/end", {"number": 1}), ("PATCH", "/1", soon)):
        assert refused(maker.ask(method, path + where, sent)) == (409, "season_over")
    assert refused(maker.ask("PATCH", f"{path}/9", soon)) == (404, "not_found")

    page = ask("", "GET", f"{path}?size=1").json()
    rest = ask("", "GET", f"{path}?size=1&cursor={page['next']}").json()
    assert [one["number"] for one in (*page["seasons"], *rest["seasons"])] == [2, 1]
    assert rest["next"] is None and Season.objects.count() == 2


def test_pools_are_read_in_parts_and_all_at_once_by_default() -> None:
    for slug in ("a", "b", "c"):
        pool(slug)
    everything = ask("", "GET", "/api/pools").json()
    assert everything["next"] is None
    read: list[Any] = []
    cursor: Any = ""
    while cursor is not None:
        page = ask("", "GET", f"/api/pools?size=2&cursor={cursor}").json()
        read += page["pools"]
        cursor = page["next"]
    assert read == everything["pools"] and len(read) >= 3
