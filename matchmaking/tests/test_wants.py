"""Attributes and roles: what pools declare, players say, and matches agree on."""

from typing import Any

import msgspec
import pytest
from django.utils import timezone

from lib.errors import Malformed
from matchmaking.callers import NOBODY
from matchmaking.models import Match, Player, Pool, Seat, Ticket
from matchmaking.services.parties import MemberWishes, create_party, join_party
from matchmaking.services.queue.joining import Join, Joined, join_pool
from matchmaking.services.queue.ready_checks import accept_match
from matchmaking.services.queue.ticks import tick_pools

from .queueing import age, caller, guest, join, party_of, pool, ticket
from .test_queue_api import ask, refused, send

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]

MODE: Json = {"name": "mode", "kind": "choice", "options": ["ranked", "casual"], "required": True}
MAPS: Json = {"name": "maps", "kind": "choices", "options": ["dust", "nuke", "mill"]}
LEVEL: Json = {"name": "level", "kind": "number", "within": 5, "growth": 1, "default": 10}
WAY: Json = {"name": "way", "kind": "latency", "options": ["eu", "us"], "within": 80}

BAD_WANTS: list[tuple[Json, str, str]] = [
    ({"attributes": {"mode": "fast"}}, "bad_attributes",
     '`mode` takes one of ranked, casual, not "fast".'),
    ({"attributes": {"mode": ["ranked"]}}, "bad_attributes", 'not ["ranked"]'),
    ({}, "bad_attributes", "`mode` is missing. It takes one of ranked, casual."),
    ({"attributes": {"mode": "ranked", "map": 1}}, "bad_attributes",
     "has no attribute 'map'. There are: `mode`, `maps`, `level`."),
    ({"attributes": {"mode": "ranked", "maps": []}}, "bad_attributes", "a list of some of"),
    ({"attributes": {"mode": "ranked", "level": True}}, "bad_attributes", "takes a number"),
    ({"attributes": {"mode": "ranked", "level": 1e12}}, "bad_attributes", "takes a number"),
    ({"attributes": {"mode": "ranked", "level": 10**400}}, "bad_attributes", "takes a number"),
    ({"attributes": {"mode": "ranked"}, "roles": ["wing"]}, "bad_roles",
     "has no role 'wing'. There are: keeper."),
    ({"attributes": {"mode": "ranked"}, "roles": ["keeper", "keeper"]}, "bad_roles", "twice"),
    ({"attributes": [1]}, "malformed", "object"),
]  # fmt: skip


def test_what_a_player_says_is_checked() -> None:
    pool("arena", team_size=2, attributes=[MODE, MAPS, LEVEL], roles={"keeper": 1})
    for said, code, words in BAD_WANTS:
        answer = send("POST", "/matchmaking", {"username": "Ann", "pool": "arena", **said})
        assert refused(answer) == (400, code), said
        assert words in msgspec.json.decode(answer.content)["message"]
    assert not Ticket.objects.exists()


def test_a_match_over_http_says_what_its_players_have_in_common() -> None:
    pool("arena", attributes=[MODE, MAPS, LEVEL])
    says = {"mode": "ranked", "maps": ["mill", "dust"]}
    waits = ask("POST", "/matchmaking", {"username": "Ann", "pool": "arena", "attributes": says})
    assert waits["ticket"]["attributes"] == {
        "mode": "ranked", "maps": ["dust", "mill"], "level": 10.0,
    }  # fmt: skip
    casual = {"mode": "casual"}
    ask("POST", "/matchmaking", {"username": "Cid", "pool": "arena", "attributes": casual})
    shown = ask("GET", f"/matchmaking/tickets/{waits['ticket']['id']}", token=waits["token"])
    assert shown["why"] == "Nobody with the same `mode` waits yet."
    theirs = {"mode": "ranked", "maps": ["nuke", "dust"], "level": 12}
    met = ask("POST", "/matchmaking", {"username": "Bob", "pool": "arena", "attributes": theirs})
    assert met["match"]["attributes"] == {"mode": "ranked", "maps": ["dust"]}
    detail = ask("GET", f"/matches/{met['match']['id']}")
    assert detail["attributes"] == met["match"]["attributes"]
    [arena] = [one for one in ask("GET", "/api/pools")["pools"] if one["slug"] == "arena"]
    assert arena["attributes"] == [MODE, MAPS, LEVEL] and arena["roles"] == {}


def test_a_latency_decides_the_region() -> None:
    arena = pool("arena", attributes=[WAY])
    join(guest("Ann"), arena, attributes={"way": {"eu": 20, "us": 70}})
    met = join(guest("Bob"), arena, attributes={"way": {"eu": 60, "us": 30}})
    assert met.match is not None
    assert (met.match.region, met.match.attributes) == ("eu", {"way": "eu"})


def test_time_loosens_what_is_required() -> None:
    arena = pool("arena", attributes=[{**LEVEL, "within": 2}])
    join(guest("Ann"), arena, attributes={"level": 1})
    assert join(guest("Bob"), arena, attributes={"level": 8}).match is None
    for one in Player.objects.all():
        age(one, 6)
    assert tick_pools(now=timezone.now()) == 1


@pytest.mark.parametrize("ready_seconds", [None, 20], ids=["at once", "ready check"])
def test_every_seat_has_its_role(ready_seconds: int | None) -> None:
    arena = pool(
        "arena", team_size=2, ready_seconds=ready_seconds, attributes=[MAPS],
        roles={"keeper": 1, "any": 1},
    )  # fmt: skip
    wings = [guest(name) for name in ("Ann", "Bob", "Cid")]
    for one in wings:
        assert not join(one, arena, roles={"": ["keeper"]} if one.name == "Cid" else {}).match
    Ticket.objects.exclude(player__name="Cid").update(roles=["wing"])
    last = guest("Dan")
    joined = join(last, arena, roles={"": ["keeper", "any"]}, attributes={"maps": ["nuke"]})
    for one in [*wings, last] if ready_seconds else []:
        accept_match(ticket_id=ticket(one).pk, caller=caller(one))
    match = Match.objects.get()
    assert match.attributes == {"maps": ["nuke"]}
    roles = {seat.name: (seat.side, seat.role) for seat in Seat.objects.all()}
    assert {roles["Cid"][1], roles["Dan"][1]} == {"keeper"}
    assert roles["Cid"][0] != roles["Dan"][0]
    if joined.match is not None:
        assert {one.username: one.role for one in joined.players}["Dan"] == "keeper"
    detail = ask("GET", f"/matches/{match.pk}")
    assert sorted(one["role"] for side in detail["sides"] for one in side) == [
        "any", "any", "keeper", "keeper",
    ]  # fmt: skip


def test_each_member_of_a_party_says_their_own() -> None:
    arena = pool("arena", team_size=2, party_limit=2, attributes=[MODE, MAPS], roles={"keeper": 1})
    ann, bob = guest("Ann"), guest("Bob")
    code = party_of(ann, bob, where=arena).code
    says = {"mode": "ranked", "maps": ["dust", "mill"]}
    for wrong in ({"mode": 1}, {"way": "eu"}):
        with pytest.raises(Malformed):
            join_party(code=code, caller=caller(bob), wishes=MemberWishes(wrong))
    join_party(code=code, caller=caller(bob), wishes=MemberWishes({"mode": "casual"}, ["keeper"]))
    with pytest.raises(Malformed, match="`mode` does not go together"):
        join(ann, arena, party=code, attributes=says)
    mine = {"mode": "ranked", "maps": ["mill", "nuke"]}
    join_party(code=code, caller=caller(bob), wishes=MemberWishes(mine))
    Pool.objects.update(roles={"keeper": 1, "healer": 1})
    with pytest.raises(Malformed, match="no place for the roles"):
        join(ann, arena, party=code, attributes=says, roles={str(ann.pk): ["keeper"]})
    join(ann, arena, party=code, attributes=says, roles={"": ["healer"]})
    assert (ticket(bob).attributes["maps"], ticket(bob).roles) == (["nuke", "mill"], ["keeper"])
    assert (ticket(ann).attributes["maps"], ticket(ann).roles) == (["dust", "mill"], ["healer"])
    with pytest.raises(Malformed, match="nobody who would wait"):
        join(guest("Eve"), arena, attributes=says, roles={"ext-1": ["keeper"]})


def test_a_party_of_any_pool_keeps_no_such_text() -> None:
    for odd in ({"mode": "\0"}, {"mode": "x" * 5_000}):
        with pytest.raises(Malformed):
            create_party(caller=NOBODY, username="Ann", wishes=MemberWishes(odd))


def test_a_rating_that_comes_with_a_join_is_gone_by() -> None:
    arena = pool("arena", window_start=100)
    join(guest("Ann"), arena, rating=2000.0)
    assert join(guest("Bob"), arena).match is None
    met = join_pool(Join("Cid", "arena", rating=2050.0))
    assert isinstance(met, Joined) and met.match is not None


def test_who_waits_while_the_pool_changes_waits_on() -> None:
    arena = pool("arena", attributes=[MODE])
    join(guest("Ann"), arena, attributes={"mode": "ranked"})
    Pool.objects.update(attributes=[{**MODE, "options": ["rapid"]}])
    arena.refresh_from_db()
    assert join(guest("Bob"), arena, attributes={"mode": "rapid"}).match is None
    assert join(guest("Cid"), arena, attributes={"mode": "rapid"}).match is not None
