"""One meets one: against everything that could be, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import combinations
from math import inf
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.pairing import Reason, Rules, Ticket, match_at_once, sentence
from matchmaking.engine.pairing.contenders import Contender, contenders, fits
from matchmaking.engine.pairing.duels import cost, pair_duels, seat_overdue
from matchmaking.engine.pairing.frontier import cheapest_matching

from .builders import (
    NOW,
    broken_rules,
    drawn_rules,
    drawn_tickets,
    is_overdue,
    may_meet,
    names,
    pair_pool,
    solo,
)

NARROW = Rules(window_start=100, window_growth=10)
OPEN = Rules(window_start=5000)


def pairs(*tickets: Ticket, rules: Rules = NARROW) -> list[tuple[str, ...]]:
    return [names(match) for match in pair_pool(tickets, rules, NOW).matches]


def loss(pool: Sequence[Contender], duels: Sequence[tuple[Contender, Contender]]) -> float:
    """What the pairing costs, with those it leaves."""
    gone = {one for duel in duels for one in duel}
    left = sum(one.worth for one in pool if one not in gone)
    return left + sum(cost(one, other) for one, other in duels)


def least_loss(pool: Sequence[Contender]) -> float:
    """By trying everything."""

    @cache
    def least(left: int) -> float:
        if not left:
            return 0.0
        first = left.bit_length() - 1
        rest = left ^ 1 << first
        losses = [pool[first].worth + least(rest)]
        losses += [
            cost(pool[first], pool[other]) + least(rest ^ 1 << other)
            for other in range(first)
            if rest >> other & 1 and fits(pool[first], pool[other])
        ]
        return min(losses)

    return least((1 << len(pool)) - 1)


@settings(max_examples=60)
@given(drawn_tickets(most=10), drawn_rules())
def test_up_to_ten_nothing_is_better(tickets: list[Ticket], rules: Rules) -> None:
    pool = contenders(tickets, rules, NOW)
    assert loss(pool, pair_duels(pool)) == pytest.approx(least_loss(pool), abs=0.01)


STRICT = Rules(window_start=20, window_growth=2, rematch_memory=3)
RELAXED = replace(STRICT, longest_wait=57, region_seconds=30)


@pytest.mark.parametrize("rules", [STRICT, RELAXED], ids=["strict", "relaxed"])
@pytest.mark.parametrize(("size", "pools"), [(14, 60), (60, 6)])
def test_larger_pools_are_paired_nearly_as_by_exact_matching(
    rules: Rules, size: int, pools: int
) -> None:
    chance, exact, matches, missing = Random(5), 0, 0, 0
    for _ in range(pools):
        pool = contenders(crowded_pool(chance, size), rules, NOW)
        found, best = pair_duels(pool), exact_matching(pool)
        exact += loss(pool, found) <= loss(pool, best) + 0.01
        matches += len(best)
        missing += len(best) - len(found)
    assert exact >= 0.8 * pools
    assert missing <= 0.01 * matches


def crowded_pool(chance: Random, size: int) -> list[Ticket]:
    """Players of three regions, each of whom has met three others."""
    return [
        solo(
            f"p{number}",
            chance.gauss(1500, 300),
            waits=chance.uniform(0, 60),
            met=" ".join(f"p{chance.randrange(size)}" for _ in range(3)),
            regions=chance.choice("abc"),
        )
        for number in range(size)
    ]


def exact_matching(pool: Sequence[Contender]) -> list[tuple[Contender, Contender]]:
    """The least loss by Edmonds' blossoms, as networkx has them."""
    networkx = import_module("networkx")
    graph = networkx.Graph()
    for one, other in combinations(range(len(pool)), 2):
        if fits(pool[one], pool[other]):
            worth = pool[one].worth + pool[other].worth - cost(pool[one], pool[other])
            graph.add_edge(one, other, weight=worth)
    return [(pool[one], pool[other]) for one, other in networkx.max_weight_matching(graph)]


@settings(max_examples=50)
@given(drawn_tickets(most=40), drawn_rules())
def test_rules_hold_and_nobody_is_forgotten(tickets: list[Ticket], rules: Rules) -> None:
    pairing = pair_pool(tickets, rules, NOW)
    assert broken_rules(tickets, pairing.matches, rules) == []
    left = [waiting.ticket for waiting in pairing.waiting]
    matched = [ticket for match in pairing.matches for ticket in match.tickets]
    assert sorted(str(one.id) for one in left + matched) == sorted(str(one.id) for one in tickets)
    assert not any(may_meet(one, other, rules) for one, other in combinations(left, 2))
    if any(is_overdue(one, rules) for one in left):
        assert all(is_overdue(one, rules) for one in matched + left)


@settings(max_examples=40)
@given(drawn_tickets(most=25), drawn_rules(), st.randoms(use_true_random=False))
def test_the_same_pool_is_paired_the_same(
    tickets: list[Ticket], rules: Rules, chance: Random
) -> None:
    # Only those who came at the same time depend on the order in which they are given.
    distinct = list({(one.at_head, one.waiting_since): one for one in tickets}.values())
    shuffled = chance.sample(distinct, len(distinct))
    assert pair_pool(shuffled, rules, NOW) == pair_pool(distinct, rules, NOW)
    assert pair_pool(tickets, rules, NOW) == pair_pool(list(tickets), rules, NOW)


@settings(max_examples=50)
@given(drawn_tickets(most=20), drawn_rules())
def test_a_newcomer_plays_at_once_if_anybody_fits(tickets: list[Ticket], rules: Rules) -> None:
    if not tickets:
        return
    *waiting, newcomer = tickets
    match = match_at_once(newcomer, waiting, rules, NOW)
    if match is None:
        assert not any(may_meet(newcomer, other, rules) for other in waiting)
        return
    assert newcomer in match.tickets
    assert broken_rules(tickets, [match], rules) == []
    opponent = next(ticket for ticket in match.tickets if ticket is not newcomer)
    if any(is_overdue(one, rules) for one in waiting if may_meet(newcomer, one, rules)):
        assert is_overdue(opponent, rules)


def test_neighbours_meet_rather_than_those_who_came_together() -> None:
    assert pairs(
        solo("ann", 1500, waits=4),
        solo("bob", 1900, waits=3),
        solo("cid", 1510, waits=2),
        solo("dan", 1890, waits=1),
        rules=OPEN,
    ) == [("ann", "cid"), ("bob", "dan")]


def test_as_many_play_as_can() -> None:
    # Bob and Cid are the nearest, but then Ann and Dan would wait.
    chain = (solo("ann", 1000), solo("bob", 1090), solo("cid", 1100), solo("dan", 1190))
    assert pairs(*chain) == [("ann", "bob"), ("cid", "dan")]


def test_windows_must_reach_both_ways_and_grow() -> None:
    fresh, patient = solo("ann", 1500), solo("bob", 1750, waits=30)
    assert pairs(fresh, patient) == []
    assert pairs(solo("ann", 1500, waits=14), patient) == []
    assert pairs(solo("ann", 1500, waits=15), patient) == [("bob", "ann")]


def test_the_longest_wait_is_met_by_anybody_and_first() -> None:
    rules = Rules(window_start=100, longest_wait=60, region_seconds=inf)
    old = solo("old", 2600, waits=60, regions="eu")
    assert pairs(solo("new", 1500, regions="us"), old, rules=rules) == [("old", "new")]
    three = (solo("ann", 1500, waits=5), solo("bob", 1500, waits=1), old)
    assert pairs(*three, rules=rules) == [("old", "ann")]


def test_who_has_waited_too_long_takes_the_place_of_the_one_who_suits_best() -> None:
    rules = Rules(window_start=100, longest_wait=60)
    tickets = [solo("ann", 1500, waits=5), solo("bob", 1510, waits=9), solo("cid", 1900)]
    tickets += [solo("dan", 1950), solo("old", 1600, waits=70), solo("older", 1600, waits=80)]
    ann, bob, cid, dan, old, older = sorted(
        contenders(tickets, rules, NOW), key=lambda one: str(one.ticket.id)
    )
    assert seat_overdue([(ann, bob), (cid, dan)], [old]) == [(old, bob), (cid, dan)]
    assert seat_overdue([(ann, bob), (cid, dan)], [ann]) == [(ann, bob), (cid, dan)]
    assert seat_overdue([(ann, older)], [old]) == [(old, older)]
    assert seat_overdue([(older, old)], []) == [(older, old)]


def test_only_for_their_sake_are_windows_exceeded() -> None:
    rules = Rules(window_start=100, longest_wait=60)
    tickets = [solo("ann", 1000), solo("late", 1500, waits=60), solo("later", 1550, waits=70)]
    assert pairs(*tickets, solo("bob", 2500), rules=rules) == [("later", "late")]


def test_of_equals_the_longer_wait_goes_first() -> None:
    three = (solo("ann", 1500, waits=1), solo("bob", 1500, waits=9), solo("cid", 1500, waits=5))
    assert pairs(*three) == [("bob", "cid")]
    returned = solo("ann", 1500, waits=1, at_head=True)
    assert pairs(returned, *three[1:]) == [("ann", "bob")]


def test_ratings_mean_nothing_without_a_window() -> None:
    tickets = [solo(f"p{n}", rating, waits=9 - n) for n, rating in enumerate((900, 2100, 1000))]
    assert pairs(*tickets, solo("last", 2100), rules=Rules()) == [("p0", "p1"), ("p2", "last")]


def test_last_opponents_are_avoided_while_there_are_others() -> None:
    rules = Rules(window_start=500, rematch_memory=1)
    ann, bob = solo("ann", 1500, met="bob old"), solo("bob", 1500, met="ann")
    cid, dan = solo("cid", 1900), solo("dan", 1100, met="ann")
    assert pairs(ann, bob, rules=rules) == [("ann", "bob")]
    assert pairs(ann, bob, cid, dan, rules=rules) in (
        [("ann", "cid"), ("bob", "dan")],
        [("ann", "dan"), ("bob", "cid")],
    )
    [waits] = pair_pool([ann, bob, cid], rules, NOW).waiting
    assert waits.ticket in (ann, bob)
    forgotten = solo("ann", 1500, met="eve bob")
    assert pairs(forgotten, solo("bob", 1500), cid, rules=rules) == [("ann", "bob")]


def test_a_region_is_preferred_and_then_relaxed() -> None:
    rules = Rules(window_start=1000, region_seconds=30)
    ann, bob = solo("ann", 1500, regions="eu"), solo("bob", 1500, regions="us")
    assert pairs(ann, bob, rules=rules) == []
    patient = solo("ann", 1500, waits=30, regions="eu")
    [match] = pair_pool([patient, bob], rules, NOW).matches
    assert match.region == "us"
    cid = solo("cid", 1700, regions="eu")
    assert pairs(patient, bob, cid, rules=rules) == [("ann", "cid")]
    choosy = solo("ann", 1500, regions="eu us"), solo("bob", 1500, regions="us eu as")
    assert pair_pool(choosy, rules, NOW).matches[0].region == "eu"
    assert pair_pool([ann, solo("eve", 1500)], rules, NOW).matches[0].region == "eu"
    assert pair_pool([solo("dan"), solo("eve")], rules, NOW).matches[0].region is None


def test_nobody_is_too_far_along_the_line_to_be_found() -> None:
    # A hundred fresh players with other regions stand between the two who fit.
    rules = Rules(window_start=1, window_growth=1)
    crowd = [solo(f"p{n}", 1502 + n, regions=f"r{n}") for n in range(100)]
    ends = (solo("low", 1500, waits=200), solo("high", 1603, waits=200))
    assert pairs(*crowd, *ends, rules=rules) == [("low", "high")]


@pytest.mark.parametrize("most_states", [4, 32])
def test_a_sweep_with_few_plans_pairs_neighbours(most_states: int) -> None:
    positions = [0.0, 1.0, 1.5, 4.0, 4.2, 9.0]
    lower = [
        [(other, positions[point] - positions[other]) for other in range(point)]
        for point in range(6)
    ]
    found = cheapest_matching(positions, lower, [1e6] * 6, most_states)
    assert sorted(found) == [(1, 0), (3, 2), (5, 4)]


def test_recent_opponents_do_not_meet_before_one_has_waited_through_the_pause() -> None:
    rules = Rules(rematch_pause=20)
    ann, bob = solo("ann", met="bob", waits=5), solo("bob", met="ann")
    assert pairs(ann, bob, rules=rules) == [] and match_at_once(bob, [ann], rules, NOW) is None
    [why, _] = pair_pool([ann, bob], rules, NOW).waiting
    assert (why.reason, why.next_fit_seconds) == (Reason.PAUSE, 15)
    assert sentence(why, rules) == (
        "Only who met you last fits yet. One more fits in 15 s at the latest."
    )
    assert pairs(ann, bob, solo("cid"), rules=rules) == [("ann", "cid")]
    assert pairs(solo("ann", met="bob", waits=20), bob, rules=rules) == [("ann", "bob")]


def test_ten_thousand_are_paired_in_a_moment() -> None:
    chance = Random(1)
    tickets = [
        solo(f"p{n}", chance.gauss(1500, 300), waits=chance.uniform(0, 60)) for n in range(10_000)
    ]
    started = process_time()
    pairing = pair_pool(tickets, Rules(window_start=50, window_growth=5), NOW)
    assert process_time() - started < 4  # about 0.4 on an idle machine
    assert len(pairing.matches) >= 4_995
