"""Attributes: against everything that could be, and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import inf
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.pairing import (
    Attribute,
    By,
    Explanations,
    Kind,
    Member,
    Rules,
    Ticket,
    match_at_once,
    pair_pool,
    sentence,
)
from matchmaking.engine.pairing.contenders import contenders, fits
from matchmaking.engine.pairing.duels import pair_duels

from .builders import NOW, broken_rules, is_overdue, may_meet, names, party, solo
from .test_duels import exact_matching, least_loss, loss
from .wanting import (
    AGE,
    LEVEL,
    MAP,
    MODE,
    TONGUE,
    WAY,
    broken_wants,
    could_play,
    wanting,
    wanting_pools,
)

OPEN = Rules()


def fit(one: Ticket, other: Ticket, rules: Rules) -> bool:
    return may_meet(one, other, rules) and could_play([one, other], rules)


def saying(ticket: Ticket, **attributes: object) -> Ticket:
    members = tuple(replace(one, attributes=attributes) for one in ticket.members)
    return replace(ticket, members=members)


def pairs(*tickets: Ticket, rules: Rules) -> list[tuple[str, ...]]:
    return [names(match) for match in pair_pool(tickets, rules, NOW)]


@settings(max_examples=80)
@given(wanting_pools(most=10))
def test_up_to_ten_nothing_is_better(pool: tuple[list[Ticket], Rules]) -> None:
    able = contenders(*pool, NOW)
    assert loss(able, pair_duels(able)) == pytest.approx(least_loss(able), abs=0.01)


@settings(max_examples=80)
@given(wanting_pools(most=40))
def test_no_two_are_left_who_fit(pool: tuple[list[Ticket], Rules]) -> None:
    tickets, rules = pool
    matches = pair_pool(tickets, rules, NOW)
    assert broken_wants(matches, rules) == []
    judged = rules if all(one.kind is not Kind.LATENCY for one in rules.attributes) else None
    assert not judged or broken_rules(tickets, matches, judged) == []
    matched = [one for match in matches for one in match.tickets]
    left = [one for one in tickets if one not in matched]
    assert not any(fit(one, other, rules) for one, other in combinations(left, 2))
    for late in [one for one in left if is_overdue(one, rules)]:
        for one, other in (match.tickets for match in matches):
            for out, stays in ((one, other), (other, one)):
                assert is_overdue(out, rules) or not fit(late, stays, rules)
    assert pair_pool(tickets, rules, NOW) == matches


@settings(max_examples=50)
@given(wanting_pools(most=20))
def test_a_newcomer_plays_at_once_if_anybody_fits(pool: tuple[list[Ticket], Rules]) -> None:
    tickets, rules = pool
    if tickets:
        *waiting, newcomer = tickets
        match = match_at_once(newcomer, waiting, rules, NOW)
        assert (match is not None) == any(fit(newcomer, other, rules) for other in waiting)
        assert not match or broken_wants([match], rules) == []


@settings(max_examples=60)
@given(
    st.sampled_from([(2, 2, 2), (3, 2, 3), (1, 4, 1)]).flatmap(
        lambda form: wanting_pools(form, most=25)
    )
)
def test_teams_want_the_same(pool: tuple[list[Ticket], Rules]) -> None:
    tickets, rules = pool
    matches = pair_pool(tickets, rules, NOW)
    assert broken_wants(matches, rules) == []
    assert pair_pool(tickets, rules, NOW) == matches


@pytest.mark.parametrize(
    "attributes",
    [(MODE, MAP), (LEVEL,), (MAP, AGE)],
    ids=lambda many: " and ".join(one.name for one in many),
)
def test_larger_pools_are_paired_nearly_as_by_exact_matching(
    attributes: tuple[Attribute, ...],
) -> None:
    chance, exact, matches, missing = Random(5), 0, 0, 0
    rules = Rules(window_start=60, window_growth=4, longest_wait=57, attributes=attributes)
    for _ in range(10):
        crowd = [
            solo(f"p{n}", chance.gauss(1500, 300), waits=chance.uniform(0, 60)) for n in range(60)
        ]
        pool = contenders(wanting(crowd, rules, chance), rules, NOW)
        best = exact_matching(pool)
        found = pair_duels(pool)
        exact += loss(pool, found) <= loss(pool, best) + 0.01
        matches += len(best)
        missing += len(best) - len(found)
    assert exact >= 7
    assert missing <= 0.01 * matches


def test_who_says_nothing_plays_with_any_value() -> None:
    rules = Rules(attributes=(MODE,))
    fast, slow, silent = (saying(solo("fast"), mode="fast"), saying(solo("slow"), mode="slow"),
                          solo("silent"))  # fmt: skip
    assert pairs(fast, slow, rules=rules) == []
    assert pairs(fast, silent, rules=rules) == [("fast", "silent")]


def test_a_match_says_what_its_players_have_in_common() -> None:
    rules = Rules(attributes=(MODE, MAP, TONGUE))
    ann = saying(solo("ann"), mode="fast", map=["nuke", "mill", "pier"], tongue="de")
    bob = saying(solo("bob"), map=["pier", "nuke"], tongue="en")
    [match] = pair_pool([ann, bob], rules, NOW)
    assert match.attributes == {"mode": "fast", "map": ["nuke", "pier"]}


def test_a_requirement_becomes_a_wish() -> None:
    rules = Rules(attributes=(MAP,))
    ann = saying(solo("ann", waits=79), map=["dust"])
    bob, cid = saying(solo("bob"), map=["nuke"]), saying(solo("cid"), map=["dust"])
    assert pairs(ann, bob, rules=rules) == []
    late = replace(ann, waiting_since=NOW - 80)
    [match] = pair_pool([late, bob], rules, NOW)
    assert match.attributes == {"map": ["nuke"]}, "bob's is no wish yet"
    assert pairs(late, bob, cid, rules=rules) == [("ann", "cid")], "the wish counts"


def test_numbers_come_within_reach_and_wishes_only_weigh() -> None:
    rules = Rules(attributes=(LEVEL,))
    ann, bob = saying(solo("ann"), level=10), saying(solo("bob"), level=16)
    assert pairs(ann, bob, rules=rules) == []
    assert pairs(*[replace(one, waiting_since=NOW - 10) for one in (ann, bob)], rules=rules)
    four = [saying(solo(f"p{n}", 1500 + n), age=20 + 40 * (n % 2)) for n in range(4)]
    ages = Rules(window_start=100, attributes=(AGE,))
    assert pairs(*four, rules=ages) == [("p0", "p2"), ("p1", "p3")]


def test_the_shortest_way_decides_where() -> None:
    rules = Rules(attributes=(WAY,))
    ann = saying(solo("ann"), way={"eu": 20, "us": 50})
    bob = saying(solo("bob"), way={"us": 30, "eu": 55, "asia": 9})
    [match] = pair_pool([ann, bob], rules, NOW)
    assert (match.region, match.attributes) == ("us", {"way": "us"})
    assert pairs(ann, saying(solo("cid"), way={"asia": 9}), rules=rules) == []


def test_what_every_member_of_a_party_says_counts() -> None:
    rules = Rules(team_size=2, party_limit=2, attributes=(MAP,))
    one, two = party("duo", 1500, 1500).members
    duo = replace(
        party("duo", 1500, 1500),
        members=(replace(one, attributes={"map": ["dust", "nuke"]}),
                 replace(two, attributes={"map": ["nuke", "mill"]})),
    )  # fmt: skip
    both = [saying(solo(name), map=["dust", "mill"]) for name in ("ann", "bob")]
    assert pairs(duo, *both, rules=rules) == []
    assert len(pairs(duo, *[saying(each, map=["nuke"]) for each in both], rules=rules)) == 1


def test_all_of_a_match_have_one_option_in_common() -> None:
    rules = Rules(team_size=1, teams=3, attributes=(MAP,))
    ring = [("dust", "nuke"), ("nuke", "mill"), ("mill", "dust")]
    three = [saying(solo(f"p{n}"), map=list(maps)) for n, maps in enumerate(ring)]
    assert pairs(*three, rules=rules) == [], "each two have one in common, but not all three"
    more = saying(solo("p3"), map=["dust", "pier"])
    [match] = pair_pool([*three, more], rules, NOW)
    assert match.attributes == {"map": ["dust"]}


SERVERS = Attribute(
    name="server", kind=Kind.CHOICE, by=By.EQUAL, options=tuple(f"s{n}" for n in range(60))
)
SPREAD = Attribute(name="spread", kind=Kind.NUMBER, by=By.WITHIN, within=50, growth=0.5)
PICKS = Attribute(
    name="picks", kind=Kind.CHOICES, by=By.OVERLAP, options=tuple(f"o{n}" for n in range(40))
)


@pytest.mark.parametrize("window", [50.0, inf], ids=["rated", "unrated"])
@pytest.mark.parametrize("silent", [0.0, 0.001], ids=["all say", "a few do not"])
@pytest.mark.parametrize("one", [SERVERS, SPREAD, PICKS], ids=lambda one: one.name)
def test_a_pool_that_splits_is_paired_in_a_moment(
    one: Attribute, window: float, silent: float
) -> None:
    chance = Random(3)

    def value() -> object:
        if one is SPREAD:
            return chance.uniform(0, 100_000)
        return chance.choice(one.options) if one is SERVERS else chance.sample(one.options, 2)

    tickets = [
        Ticket(
            n,
            (Member(n, chance.gauss(1500, 300),
                    attributes={one.name: value()} if chance.random() >= silent else {}),),
            NOW - chance.uniform(0, 60),
        )
        for n in range(6_000)
    ]  # fmt: skip
    rules = Rules(window_start=window, window_growth=5, attributes=(one,))
    started = process_time()
    matches = pair_pool(tickets, rules, NOW)
    assert process_time() - started < 4  # about 0.5 on an idle machine
    matched = {ticket.id for match in matches for ticket in match.tickets}
    left = contenders([each for each in tickets if each.id not in matched], rules, NOW)
    assert len(left) < 3_000
    assert not any(fits(first, second) for first, second in combinations(left, 2))


def why(one: Ticket, *others: Ticket, rules: Rules) -> str:
    explained = Explanations([one, *others], rules, NOW).of(one.id)
    return sentence(explained, rules)


def test_who_waits_is_told_which_attribute_keeps_others_away() -> None:
    ann = saying(solo("ann", waits=30), mode="fast", map=["dust"], level=10)
    other = saying(solo("bob"), mode="slow", map=["dust"], level=10)
    assert why(ann, other, rules=Rules(attributes=(MODE,))) == (
        "Nobody with the same `mode` waits yet."
    )
    far = saying(solo("cid"), map=["nuke"], level=20)
    assert why(ann, far, rules=Rules(attributes=(MAP,))) == (
        "Nobody with a `map` in common with you waits yet. "
        "One more fits in 50 s at the latest. `map` is only a wish in 50 s."
    )
    assert why(ann, far, rules=Rules(attributes=(LEVEL,))) == (
        "Nobody with a `level` near yours waits yet. One more fits in 50 s at the latest."
    )
    assert why(ann, other, far, rules=Rules(attributes=(MODE, MAP))).startswith(
        "Nobody who wants all that you want waits yet."
    )
    near = saying(solo("dan"), way={"eu": 30, "us": 100})
    away = saying(solo("eve"), way={"eu": 300, "us": 70})
    assert why(near, away, rules=Rules(attributes=(WAY,))) == (
        "Nobody near enough to a region that is near to you waits yet. "
        "One more fits in 40 s at the latest."
    )


@settings(max_examples=60)
@given(wanting_pools(most=8))
def test_an_explanation_counts_those_who_fit_and_says_when_one_more_does(
    pool: tuple[list[Ticket], Rules],
) -> None:
    tickets, rules = pool
    explanations = Explanations(tickets, rules, NOW)
    for one in tickets:
        explained = explanations.of(one.id)
        fitting = [other for other in tickets if other is not one and fit(one, other, rules)]
        assert explained.fitting_players == len(fitting)
        if not fitting and 0 < explained.next_fit_seconds < inf:
            later = NOW + explained.next_fit_seconds + 0.01
            then = contenders(tickets, rules, later)
            mine = next(each for each in then if each.ticket is one)
            assert any(fits(mine, other) for other in then if other is not mine)
