"""Roles in teams: against trying everything, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.pairing import (
    Explanations,
    Member,
    Rules,
    Ticket,
    match_at_once,
    pair_pool,
    sentence,
)
from matchmaking.engine.pairing.balance import can_be_divided, divide
from matchmaking.engine.pairing.contenders import contenders
from matchmaking.engine.pairing.wants.roles import Casting, assign, displeasure

from .builders import NOW, broken_rules, names, party, solo
from .wanting import broken_wants, can_be_cast, wanting

ROLES = ("keeper", "healer", "wing")
TRIOS = Rules(team_size=3, roles=(("keeper", 1), ("healer", 1)))


def playing(ticket: Ticket, *roles: str) -> Ticket:
    return replace(ticket, members=tuple(replace(one, roles=roles) for one in ticket.members))


wishes = st.lists(st.sampled_from(ROLES), max_size=3, unique=True).map(tuple)
slots = st.lists(st.sampled_from((*ROLES, "any")), min_size=1, max_size=5).map(tuple)


@given(st.lists(wishes, max_size=5).map(tuple), slots)
def test_nothing_suits_a_team_better(
    players: tuple[tuple[str, ...], ...], slots: tuple[str, ...]
) -> None:
    if len(players) > len(slots):
        assert assign(players, slots) is None
        return
    best, found = can_be_cast(players, slots), assign(players, slots)
    assert displeasure(players, slots) == best
    assert (found is None) == (best is None)
    if found is not None:
        steps = [
            one.index(role) if one and role != "any" else 0
            for one, role in zip(players, found, strict=True)
        ]
        assert sum(steps) == best
        assert all(found.count(role) <= slots.count(role) for role in found)


@given(st.lists(wishes, max_size=6), slots.filter(lambda slots: len(slots) <= 3))
def test_those_who_are_cast_are_as_many_as_can_be(
    players: list[tuple[str, ...]], slots: tuple[str, ...]
) -> None:
    casting = Casting(slots, teams=2)
    cast = sum(casting.add((one,)) for one in players)
    both = slots + slots
    assert cast == max(
        size
        for size in range(min(len(players), len(both)) + 1)
        if any(can_be_cast(some, both) is not None for some in combinations(players, size))
    )


def some_match(tickets: Sequence[Ticket], rules: Rules) -> bool:
    """Whether these could make a match, by trying everything; ratings do not matter."""
    for group in combinations(tickets, 4):
        if sum(len(one.members) for one in group) != rules.players:
            continue
        for count in range(1, 4):
            for side in combinations(group, count):
                sides = [side, [one for one in group if one not in side]]
                if all(_is_team(each, rules) for each in sides):
                    return True
    return False


def _is_team(side: Sequence[Ticket], rules: Rules) -> bool:
    players = [member.roles for one in side for member in one.members]
    return len(players) == rules.team_size and can_be_cast(players, rules.slots) is not None


FILLING = ([1] * 6, [2, 1, 1, 1, 1], [2, 2, 1, 1], [2, 2, 2], [3, 1, 1, 1], [3, 2, 1], [3, 3])


@given(st.lists(wishes, min_size=6, max_size=6), st.sampled_from(FILLING))
def test_whether_parties_can_be_divided_is_as_trying_everything_says(
    said: list[tuple[str, ...]], sizes: list[int]
) -> None:
    players, tickets = iter(said), []
    for number, size in enumerate(sizes):
        made = party(f"p{number}", *[1500.0] * size)
        cast = tuple(replace(one, roles=next(players)) for one in made.members)
        tickets.append(replace(made, members=cast))
    is_possible = any(
        _is_team(side, TRIOS) and _is_team([one for one in tickets if one not in side], TRIOS)
        for count in range(1, len(tickets))
        for side in combinations(tickets, count)
    )
    parties = contenders(tickets, TRIOS, NOW)
    assert can_be_divided([one.roles for one in parties], TRIOS) == is_possible
    assert bool(divide(parties, TRIOS)) == is_possible


@pytest.mark.parametrize("sizes", [(1,), (1, 2)], ids=["alone", "parties"])
def test_in_small_pools_hardly_a_match_is_missed(sizes: tuple[int, ...]) -> None:
    chance, possible, found = Random(4), 0, 0
    size = 2 if sizes == (1,) else 3
    rules = Rules(team_size=size, party_limit=max(sizes), roles=(("keeper", 1), ("healer", 1)))
    for _ in range(200):
        tickets = [
            party(f"p{n}", *[1500.0] * chance.choice(sizes)) for n in range(chance.randint(4, 7))
        ]
        tickets = wanting(tickets, replace(rules, roles=((*rules.roles, ("wing", 0)))), chance)
        matches = pair_pool(tickets, rules, NOW)
        assert broken_wants(matches, rules) == broken_rules(tickets, matches, rules) == []
        is_possible = some_match(tickets, rules)
        possible += is_possible
        found += is_possible and bool(matches)
    assert possible > 60
    assert found == possible if sizes == (1,) else found >= 0.98 * possible


@settings(max_examples=40)
@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_every_side_has_its_roles(count: int, chance: Random) -> None:
    rules = Rules(
        team_size=4, party_limit=3, window_start=200, window_growth=3, longest_wait=50,
        rematch_memory=2, roles=(("keeper", 1), ("healer", 2)),
    )  # fmt: skip
    crowd = [
        party(
            f"p{n}", *[chance.gauss(1500, 200)] * chance.randint(1, 3), waits=chance.uniform(0, 60)
        )
        for n in range(count)
    ]
    tickets = wanting(crowd, rules, chance)
    matches = pair_pool(tickets, rules, NOW)
    assert broken_wants(matches, rules) == broken_rules(tickets, matches, rules) == []
    assert pair_pool(tickets, rules, NOW) == matches


def test_the_only_keeper_is_waited_for_and_the_second_choice_taken() -> None:
    healers = [playing(solo(f"h{n}", waits=9), "healer", "wing") for n in range(6)]
    keeper = playing(solo("kim"), "keeper")
    assert pair_pool([*healers, keeper], TRIOS, NOW) == []
    second = playing(solo("kai"), "healer", "keeper")
    match = match_at_once(second, [*healers, keeper], TRIOS, NOW)
    assert match is not None
    cast = dict(zip([one.id for one in match.tickets], sum(match.roles, ()), strict=True))
    assert (cast["kim"], cast["kai"]) == ("keeper", "keeper")
    assert sorted(cast.values()) == ["any", "any", "healer", "healer", "keeper", "keeper"]


def test_best_roles_are_weighed_against_even_sides() -> None:
    rules = Rules(team_size=2, roles=(("keeper", 1), ("wing", 1)))
    four = [
        playing(solo("ann", 1510), "keeper", "wing"),
        playing(solo("bob", 1500), "keeper", "wing"),
        playing(solo("cid", 1500), "wing", "keeper"),
        playing(solo("dan", 1490), "wing", "keeper"),
    ]
    [match] = pair_pool(four, rules, NOW)
    assert names(match) == ("ann dan", "bob cid")
    assert match.roles == (("keeper", "wing"), ("keeper", "wing"))


def test_a_party_stays_on_one_side_with_its_roles() -> None:
    rules = Rules(team_size=2, party_limit=2, roles=(("keeper", 1), ("wing", 1)))
    keepers = playing(party("duo", 1500, 1500), "keeper")
    others = [playing(solo("ann"), "wing"), playing(solo("bob"), "wing")]
    assert pair_pool([keepers, *others], rules, NOW) == [], "two keepers would be on one side"


def test_thousands_without_a_keeper_are_seen_to_in_a_moment() -> None:
    chance = Random(2)
    rules = Rules(team_size=5, window_start=50, window_growth=5, roles=(("keeper", 1), ("wing", 2)))
    tickets = [
        Ticket(n, (Member(n, chance.gauss(1500, 300), roles=("wing", "healer")),), NOW - 30)
        for n in range(3_000)
    ]
    started = process_time()
    assert pair_pool(tickets, rules, NOW) == []
    few = [playing(one, "keeper") if n % 10 == 0 else one for n, one in enumerate(tickets)]
    matches = pair_pool(few, rules, NOW)
    assert process_time() - started < 4
    assert len(matches) >= 0.9 * 150


def test_who_waits_is_told_which_role_is_missing() -> None:
    def why(name: str, *tickets: Ticket) -> str:
        return sentence(Explanations(tickets, TRIOS, NOW).of(name), TRIOS)

    healers = [playing(solo(f"h{n}"), "healer") for n in range(6)]
    assert why("h0", *healers) == "No keeper waits yet."
    keeper = playing(solo("kim"), "keeper")
    assert why("kim", *healers, keeper) == "No other keeper waits yet."
    assert why("kim", healers[0], keeper) == "No other keeper waits yet."
