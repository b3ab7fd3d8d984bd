"""Places in running matches, and who takes them."""

from __future__ import annotations

from dataclasses import replace

from matchmaking.engine.pairing import (
    Attribute,
    By,
    Kind,
    Member,
    Place,
    Rules,
    Ticket,
    fill_places,
)

from .builders import NOW, party, solo

MODE = Attribute(name="mode", kind=Kind.CHOICE, by=By.EQUAL, options=("fast", "slow"))
RULES = Rules(
    team_size=3,
    party_limit=2,
    window_start=100,
    window_growth=1,
    longest_wait=90,
    attributes=(MODE,),
    roles=(("keeper", 1),),
)


def place(match: str, rating: float = 1500, role: str = "", side: int = 0, **more: object) -> Place:
    return replace(Place(match=match, side=side, rating=rating, role=role), **more)  # type: ignore[arg-type]


def saying(ticket: Ticket, mode: str | None = None, *roles: str) -> Ticket:
    said = {} if mode is None else {"mode": mode}
    members = tuple(
        Member(one.player, one.rating, (), said, tuple(roles)) for one in ticket.members
    )
    return replace(ticket, members=members)


def taken(places: list[Place], *waiting: Ticket) -> list[tuple[object, ...]]:
    """Who goes where: the ticket, then the match and role of each of its places."""
    return [
        (one.ticket.id, *(f"{each.match} {each.role}".strip() for each in one.places))
        for one in fill_places(places, waiting, RULES, NOW)
    ]


def test_the_longest_wait_takes_the_nearest_place_and_each_is_taken_once() -> None:
    places = [place("m1", 1560), place("m2", 1500)]
    late, later, last = solo("ann", waits=30), solo("bob", waits=20), solo("cid", waits=10)
    assert taken(places, last, late, later) == [("ann", "m2"), ("bob", "m1")]
    assert taken(places, solo("far", 1800)) == []
    assert taken(places, solo("far", 1800, waits=90)) == [("far", "m1")]


def test_who_comes_wants_what_the_match_is() -> None:
    fast = place("m1", attributes={"mode": "fast"}, region="eu", avoids=frozenset({"gone"}))
    assert taken([fast], saying(solo("ann"), "slow")) == []
    assert taken([fast], solo("ann", regions="us")) == []
    assert taken([fast], solo("gone")) == []
    assert taken([fast], saying(solo("ann", regions="eu"), "fast")) == [("ann", "m1")]


def test_a_match_stays_where_it_is_played() -> None:
    way = Attribute(name="way", kind=Kind.LATENCY, by=By.LATENCY, options=("eu", "us"), within=80)
    rules = replace(RULES, attributes=(way,))
    waits = replace(
        solo("ann"), members=(Member("ann", 1500, attributes={"way": {"eu": 20, "us": 90}}),)
    )
    for region, count in (("eu", 1), ("us", 0)):
        there = place("m1", attributes={"way": region})
        assert len(fill_places([there], [waits], rules, NOW)) == count


def test_a_role_is_taken_by_who_can_and_a_party_needs_a_place_for_each() -> None:
    keeper, other = place("m1", role="keeper"), place("m1", role="any")
    assert taken([keeper], saying(solo("ann"), None, "wing")) == []
    assert taken([keeper], saying(solo("ann"), None, "wing", "keeper")) == [("ann", "m1 keeper")]
    two = party("duo", 1500, 1500)
    assert taken([keeper, place("m1", side=1), place("m2")], two) == []
    assert taken([other, keeper], saying(two, None, "wing")) == []
    first, second = two.members
    mixed = replace(
        two, members=(replace(first, roles=("keeper",)), replace(second, roles=("wing",)))
    )
    assert taken([other, keeper], mixed) == [("duo", "m1 keeper", "m1 any")]
