"""Game servers: their players, tickets and matches, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from matchmaking.models import (
    ExternalPlayer,
    Match,
    Player,
    PlayerToken,
    RatingChange,
    Ticket,
)
from matchmaking.services.players import sign_up
from service_keys.models import Scope
from service_keys.services import revoke_key

from .servers import Server, ask

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_server_makes_players_queues_them_and_decides_their_match() -> None:
    server = Server.made()
    server.pool()
    server.players("Ann", "Bob")
    first, second = server.queue(["ann"], ["bob"])
    assert first["status"] == "Waiting" and second["status"] == "Matched"
    match = second["match"]["id"]
    seen = server.say("GET", f"/matchmaking/tickets/{first['ticket']['id']}?wait=1")
    assert seen["match"]["id"] == match

    body = {"scores": [0, 1], "statistics": {"ann": {"kills": 3, "role": "scout"}}}
    told = server.say("POST", f"/api/matches/{match}/result", body)
    assert told["match"]["state"] == "finished" and told["match"]["winner"] == 1
    assert told["match"]["decided_by"] == "game_server"
    assert told["match"]["game_server"] == "Arena"
    [statistics] = told["match"]["played"]["statistics"]
    assert statistics["player"]["username"] == "Ann"
    assert statistics["values"] == {"kills": 3, "role": "scout"}
    assert [move["player"]["username"] for move in told["match"]["ratings"]] == ["Ann", "Bob"]

    assert server.say("POST", f"/api/matches/{match}/result", body) == told
    other = server.tell(match, "result", {"scores": [1, 0]})
    assert (other.status_code, other.json()["code"]) == (409, "result_changed")
    counted = server.tell(match, "result", body | {"statistics": {"ann": {"kills": 4}}})
    assert (counted.status_code, counted.json()["code"]) == (409, "result_changed")
    late = server.tell(match, "void", {"why": "too late"})
    assert (late.status_code, late.json()["code"]) == (409, "match_closed")
    assert RatingChange.objects.count() == 2


def test_players_do_not_report_where_a_game_server_decides() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    token = server.say("POST", "/api/external-players/ann/token", {"seconds": 60})["token"]
    for what in ("result", "leave"):
        body = {"scores": [1, 0]} if what == "result" else None
        refused = ask(token, "POST", f"/matches/{match}/{what}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "server_reports")
        assert "Arena" in refused.json()["message"]


def test_names_may_repeat_and_do_not_pass_for_registered_players() -> None:
    sign_up(username="Ann", password="correct horse battery", guest=None)
    server, other = Server.made(), Server.made("Other")
    server.pool(rated=False, team_size=2, party_limit=2)
    for key, one in ((server, "a1"), (server, "a2"), (other, "a1")):
        key.say("PUT", f"/api/external-players/{one}", {"name": "Zoe"})
    assert Player.objects.filter(name="Zoe").count() == 3
    ann = server.say("PUT", "/api/external-players/ann", {"name": "Ann"})["username"]
    assert ann.startswith("Ann #")
    again = server.say("PUT", "/api/external-players/ann", {"name": "Ann"})
    assert again["username"] == ann and ExternalPlayer.objects.count() == 4
    waiting, together = server.queue(["a1"], ["a2", "ann"])
    assert (waiting["status"], together["status"]) == ("Waiting", "Waiting")
    names = set(Ticket.objects.values_list("name", flat=True))
    assert "Zoe" in names and any(name.startswith("Zoe #") for name in names)
    bad = server.ask("PUT", "/api/external-players/x", {"name": "admin"})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_name")


def test_a_token_speaks_for_its_player_until_it_ends() -> None:
    server = Server.made()
    server.pool()
    server.players("Ann", "Bob")
    tokens = [
        server.say("POST", "/api/external-players/ann/token", {"seconds": 60})["token"]
        for _ in range(2)
    ]
    joined = ask(tokens[0], "POST", "/matchmaking", {"pool": "arena"}).json()
    assert joined["player"]["username"] == "Ann"
    assert (
        ask(tokens[1], "GET", f"/matchmaking/tickets/{joined['ticket']['id']}").status_code == 200
    )

    PlayerToken.objects.filter(pk=PlayerToken.objects.earliest("pk").pk).update(
        expires_at=timezone.now()
    )
    expired = ask(tokens[0], "POST", "/matchmaking", {"pool": "arena"})
    assert (expired.status_code, expired.json()["code"]) == (401, "token_expired")
    server.say("DELETE", "/api/external-players/ann/token")
    ended = ask(tokens[1], "POST", "/parties", {})
    assert (ended.status_code, ended.json()["code"]) == (401, "unidentified")

    last = server.say("POST", "/api/external-players/ann/token")["token"]
    server.key.revoked_at = timezone.now()
    server.key.save()
    assert ask(last, "POST", "/parties", {}).status_code == 401


def test_each_ticket_has_its_own_answer_and_a_retry_the_same() -> None:
    server = Server.made()
    server.pool()
    server.players("Ann", "Bob", "Cem")
    tickets = (["ann"], ["nobody"], ["bob", "cem"], ["ann", "ann"])
    retry = {"Idempotency-Key": "one"}
    answers = server.queue(*tickets, **retry)
    codes = [one.get("code", one["status"]) for one in answers]
    assert codes == ["Waiting", "unknown_player", "party_too_large", "malformed"]
    assert server.queue(*tickets, **retry) == answers
    kept = server.queue(["ann"])[0]
    assert kept["ticket"]["id"] == answers[0]["ticket"]["id"]
    assert Ticket.objects.count() == 1


def test_a_party_waits_as_one_without_being_made_by_hand() -> None:
    server = Server.made()
    server.pool(team_size=2, party_limit=2)
    server.players("Ann", "Bob", "Cem", "Dan")
    [party] = server.queue(["ann", "bob"])
    assert server.queue(["ann", "bob"])[0]["ticket"]["id"] == party["ticket"]["id"]
    split = server.queue(["bob"], ["ann", "cem"])
    assert [one["code"] for one in split] == ["member_busy", "member_busy"]
    made = server.queue(["cem", "dan"])[0]
    sides = [{p["username"] for p in made["players"] if p["side"] == side} for side in (0, 1)]
    assert sides == [{"Ann", "Bob"}, {"Cem", "Dan"}]
    server.queue(["ann", "bob"])
    assert Ticket.objects.filter(state="waiting").count() == 0, "they play"


def test_a_key_has_so_many_open_tickets(settings: Any) -> None:
    settings.MATCHPOINT_TICKETS_OF_A_KEY = 2
    server = Server.made()
    server.pool(window_start=0, gather_seconds=60)
    server.players("Ann", "Bob", "Cem")
    answers = server.queue(["ann"], ["bob"], ["cem"])
    assert [one.get("code") for one in answers] == [None, None, "too_many_tickets"]
    gone = server.say("DELETE", f"/matchmaking/tickets/{answers[0]['ticket']['id']}")
    assert gone["status"] == "Left"
    assert server.queue(["cem"])[0]["status"] == "Waiting"


def test_the_rating_is_the_servers_only_where_the_pool_says_so() -> None:
    server, other = Server.made(), Server.made("Other")
    server.pool(window_start=50, rating_by_server=True)
    for each in (server, other):
        each.players("Ann", "Bob")
    refused = other.queue({"players": ["ann"], "rating": 1800})[0]
    assert refused["code"] == "rating_not_taken"
    far = server.queue({"players": ["ann"], "rating": 1900}, {"players": ["bob"]})
    assert [one["status"] for one in far] == ["Waiting", "Waiting"]
    near = other.queue(["ann"])[0]
    assert near["status"] == "Matched" and near["players"][0]["username"] == "Bob"


def test_keys_that_may_not() -> None:
    server = Server.made()
    server.pool()
    server.players("Ann", "Bob")
    match = server.match("Ann", "Bob")
    ticket = Ticket.objects.latest("waiting_since").pk
    other = Server.made("Other")
    of_another = [
        other.tell(match, "result", {"scores": [1, 0]}),
        other.tell(match, "allocation", {"address": "evil:1"}),
        other.ask("GET", f"/matchmaking/tickets/{ticket}"),
        other.ask("DELETE", f"/matchmaking/tickets/{ticket}"),
    ]
    assert [one.status_code for one in of_another] == [403] * 4
    assert [one.json()["code"] for one in of_another] == ["not_your_match"] * 2 + [
        "not_your_ticket"
    ] * 2
    reader = Server.made("Reader", Scope.READ)
    refused = reader.ask("POST", "/api/tickets", {"tickets": [{"players": ["a"]}]})
    assert refused.json()["code"] == "key_lacks_scope"
    assert (
        ask("mp_unknown", "POST", "/api/tickets", {"tickets": [{"players": ["a"]}]}).status_code
        == 401
    )
    assert ask("", "POST", "/api/tickets", {"tickets": [{"players": ["a"]}]}).status_code == 401
    assert server.tell(uuid4(), "start").status_code == 404
    assert Match.objects.get(pk=match).state == "open"


def test_a_key_is_looked_at_before_the_pool() -> None:
    server, reader = Server.made(), Server.made("Reader", Scope.READ)
    server.pool()
    server.pool("shut", is_open=False)
    server.players("Ann")
    retry = {"Idempotency-Key": "one"}
    server.queue(["ann"], **retry)
    ticket = {"players": ["ann"], "regions": ["moon"]}
    for pool in ("arena", "shut", "nowhere"):
        body = {"pool": pool, "tickets": [ticket]}
        for token, told in (("mp_" + "x" * 43, 401), (reader.token, 403), (server.token, 200)):
            assert ask(token, "POST", "/api/tickets", body).status_code == told, (pool, told)
    revoke_key(key_id=server.key.pk)
    body = {"pool": "arena", "tickets": [{"players": ["ann"]}]}
    again = server.ask("POST", "/api/tickets", body, **retry)
    assert (again.status_code, again.json()["code"]) == (401, "revoked_key")


def test_roles_are_of_the_players_of_the_ticket() -> None:
    server = Server.made()
    server.pool(team_size=2, party_limit=2, roles={"keeper": 1})
    server.players("Ann", "Bob")
    wrong = [
        {"players": ["ann"], "roles": {"bob": ["keeper"]}},
        {"players": ["ann"], "roles": {"ann": ["wing"]}},
    ]
    assert [answer["code"] for answer in server.queue(*wrong)] == ["bad_roles"] * 2
