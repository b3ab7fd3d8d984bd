"""Parties into sides of several players, and more than two sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.pairing import Match, Member, Rules, Ticket, match_at_once
from matchmaking.engine.pairing.balance import divide
from matchmaking.engine.pairing.contenders import contenders
from matchmaking.engine.pairing.shapes import (
    match_shapes,
    shapes_within,
    team_shapes,
    thrifty_team_shapes,
)

from .builders import (
    NOW,
    broken_rules,
    drawn_rules,
    drawn_tickets,
    is_overdue,
    may_meet,
    names,
    pair_pool,
    party,
    solo,
)

FORMS = [(2, 2, 2), (3, 2, 3), (5, 2, 5), (1, 4, 1), (2, 3, 2)]


@st.composite
def pools(draw: st.DrawFn, most: int = 25) -> tuple[list[Ticket], Rules]:
    form = draw(st.sampled_from(FORMS))
    return draw(drawn_tickets(form[2], most)), draw(drawn_rules(*form))


@settings(max_examples=60)
@given(pools())
def test_rules_hold_and_nobody_is_forgotten(pool: tuple[list[Ticket], Rules]) -> None:
    tickets, rules = pool
    pairing = pair_pool(tickets, rules, NOW)
    assert broken_rules(tickets, pairing.matches, rules) == []
    left = [waiting.ticket for waiting in pairing.waiting]
    matched = [ticket for match in pairing.matches for ticket in match.tickets]
    assert sorted(str(one.id) for one in left + matched) == sorted(str(one.id) for one in tickets)
    assert pair_pool(tickets, rules, NOW) == pairing


@settings(max_examples=40)
@given(pools(most=15))
def test_a_newcomers_match_keeps_the_rules(pool: tuple[list[Ticket], Rules]) -> None:
    tickets, rules = pool
    if tickets:
        *waiting, newcomer = tickets
        match = match_at_once(newcomer, waiting, rules, NOW)
        if match is not None:
            assert newcomer in match.tickets
            assert broken_rules(tickets, [match], rules) == []


def can_be_filled(parties: Sequence[Ticket], rules: Rules) -> bool:
    """Whether the parties make whole sides, by trying everything."""

    def fill(sizes: tuple[int, ...], rooms: tuple[int, ...]) -> bool:
        if not sizes:
            return not any(rooms)
        return any(
            fill(sizes[1:], (*rooms[:side], room - sizes[0], *rooms[side + 1 :]))
            for side, room in enumerate(rooms)
            if room >= sizes[0] and room not in rooms[:side]
        )

    return fill(tuple(len(one.members) for one in parties), (rules.team_size,) * rules.teams)


def some_match(
    tickets: Sequence[Ticket], rules: Rules, taken: tuple[Ticket, ...] = ()
) -> tuple[Ticket, ...] | None:
    """A match of these, by trying everything; without regions."""
    players = sum(len(one.members) for one in taken)
    if players == rules.players:
        return taken if can_be_filled(taken, rules) else None
    for place, one in enumerate(tickets):
        if players + len(one.members) <= rules.players and all(
            may_meet(one, other, rules) for other in taken
        ):
            found = some_match(tickets[place + 1 :], rules, (*taken, one))
            if found:
                return found
    return None


def test_in_small_pools_hardly_a_match_is_missed() -> None:
    chance = Random(7)
    possible = found = at_once_possible = at_once_found = 0
    for number in range(480):
        size, teams, limit = [*FORMS, (5, 2, 1)][number % 6]
        rules = Rules(
            team_size=size, teams=teams, party_limit=limit, window_start=100, window_growth=8
        )
        tickets = [
            party(
                f"p{place}",
                *[chance.gauss(1500, 200)] * chance.randint(1, limit),
                waits=chance.uniform(0, 60),
            )
            for place in range(14 if limit < size else 8)
        ]
        possible += some_match(tickets, rules) is not None
        found += len(pair_pool(tickets, rules, NOW).matches) > 0
        first, *others = tickets
        near = [other for other in others if may_meet(first, other, rules)]
        at_once_possible += some_match(near, rules, (first,)) is not None
        at_once_found += match_at_once(first, others, rules, NOW) is not None
    assert possible > 300
    assert found >= 0.99 * possible
    assert at_once_found >= 0.99 * at_once_possible


@settings(max_examples=40)
@given(drawn_tickets(5, 25))
def test_who_has_waited_too_long_plays_if_sizes_allow(tickets: list[Ticket]) -> None:
    rules = Rules(
        team_size=5, party_limit=5, window_start=50, longest_wait=60, region_seconds=float("inf")
    )
    pairing = pair_pool(tickets, rules, NOW)
    waiting = [one.ticket for one in pairing.waiting]
    overdue = [one for one in waiting if is_overdue(one, rules)]
    # They fit each other: were there enough of fitting sizes, they would have met.
    counts = tuple(
        min(10 // size, sum(len(one.members) == size for one in overdue)) for size in range(1, 6)
    )
    assert not shapes_within(team_shapes(5), 2, counts)


def test_parties_stay_whole_and_sides_are_even() -> None:
    rules = Rules(team_size=3, party_limit=3, window_start=1000)
    tickets = [
        party("trio", 1500, 1500, 1500),
        party("duo", 1500, 1600),
        solo("ann", 1400),
    ]
    [match] = pair_pool(tickets, rules, NOW).matches
    assert names(match) == ("trio", "duo ann")
    assert match.gap == 0


def test_the_strong_are_spread() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=1000)
    ratings = {"ann": 1900, "bob": 1700, "cid": 1500, "dan": 1300}
    tickets = [solo(name, rating, waits=rating / 100) for name, rating in ratings.items()]
    [match] = pair_pool(tickets, rules, NOW).matches
    assert names(match) == ("ann dan", "bob cid")


def test_the_narrowest_matches_are_made_over_the_whole_pool() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=2000)
    tickets = [solo(f"p{n}", 1000 + n % 2 * 500 + n, waits=10) for n in range(8)]
    matches = pair_pool(tickets, rules, NOW).matches
    widths = [
        max(ticket.rating for ticket in match.tickets)
        - min(ticket.rating for ticket in match.tickets)
        for match in matches
    ]
    assert len(matches) == 2
    assert max(widths) == 6


def test_small_parties_are_kept_for_the_large_ones_that_need_them() -> None:
    rules = Rules(team_size=5, party_limit=4, window_start=500)
    fours = [party(f"four{n}", *[1500 + 20 * n] * 4) for n in range(4)]
    ones = [solo(f"p{n}", 1500.0 + n) for n in range(4)]
    twos = [party(f"two{n}", 1530, 1530) for n in range(5)]
    pairing = pair_pool([*fours, *ones, *twos], rules, NOW)
    assert len(pairing.matches) == 2
    assert all(len(side) == 2 for match in pairing.matches for side in match.sides)


def test_more_than_two_sides() -> None:
    rules = Rules(team_size=1, teams=4, window_start=200)
    tickets = [solo(f"p{n}", 1500 + 30 * n) for n in range(6)]
    [match] = pair_pool(tickets, rules, NOW).matches
    assert len(match.sides) == 4
    assert match.gap == 90


def test_recent_opponents_come_to_one_side_or_not_together() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=500, rematch_memory=1)
    four = [solo("ann", met="bob"), solo("bob", met="ann"), solo("cid"), solo("dan")]
    [match] = pair_pool(four, rules, NOW).matches
    assert names(match) == ("ann bob", "cid dan")
    [match] = pair_pool([*four, solo("eve", 1600)], rules, NOW).matches
    assert not {"ann", "bob"} <= {ticket.id for ticket in match.tickets}


def test_regions_come_together_before_foreign_ones() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=500, region_seconds=30)
    tickets = [
        solo(f"{region}{n}", 1500 + n, waits=40, regions=region)
        for region in ("eu", "us")
        for n in range(5)
    ]
    pairing = pair_pool(tickets, rules, NOW)
    assert sorted(match.region or "" for match in pairing.matches) == ["eu", "us"]
    mixed = pair_pool([tickets[0], tickets[1], tickets[5], tickets[6]], rules, NOW)
    assert len(mixed.matches) == 1
    strict = Rules(team_size=2, party_limit=1, window_start=500)
    assert not pair_pool([tickets[0], tickets[1], *tickets[5:7]], strict, NOW).matches


def test_who_has_waited_too_long_is_taken_into_a_dense_part_far_away() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=20, longest_wait=60)
    dense = [solo(f"p{n}", 1500 + n) for n in range(4)]
    sparse = [solo(f"q{n}", 2500 + 100 * n) for n in range(4)]
    late = solo("late", 2801, waits=60)
    [match] = pair_pool([*dense, *sparse, late], rules, NOW).matches
    assert late in match.tickets


def by_every_division(parties: Sequence[Ticket], rules: Rules) -> float:
    """The smallest gap of two sides."""
    gaps = []
    for count in range(1, len(parties)):
        for side in combinations(parties, count):
            other = tuple(one for one in parties if one not in side)
            if sum(len(one.members) for one in side) == rules.team_size:
                gaps.append(Match((side, other)).gap)
    return min(gaps)


@settings(max_examples=25)
@given(st.lists(st.integers(500, 2500), min_size=10, max_size=10), st.sampled_from(range(4)))
def test_two_sides_are_as_even_as_can_be(ratings: list[int], joined: int) -> None:
    rules = Rules(team_size=5, party_limit=5, window_start=5000)
    parties = [party("duo", *ratings[:2]), party("trio", *ratings[2:5])] if joined else []
    alone = ratings[5:] if joined else ratings
    parties += [solo(f"p{n}", rating) for n, rating in enumerate(alone)]
    [match] = pair_pool(parties, rules, NOW).matches
    assert match.gap == pytest.approx(by_every_division(parties, rules))


def test_many_sides_are_even_enough_and_quickly() -> None:
    chance = Random(3)
    rules = Rules(team_size=5, teams=8, window_start=5000)
    tickets = [solo(f"p{n}", chance.gauss(1500, 200)) for n in range(40)]
    sides = divide(contenders(tickets, rules, NOW), rules)
    means = [sum(one.rating for one in side) / 5 for side in sides]
    assert max(means) - min(means) < 60


@pytest.mark.parametrize(("size", "ways"), [(1, 1), (2, 2), (3, 3), (4, 5), (5, 7)])
def test_ways_to_fill_a_team(size: int, ways: int) -> None:
    shapes = team_shapes(size)
    assert len(set(shapes)) == ways
    for shape in shapes:
        assert sum(n * count for n, count in enumerate(shape, start=1)) == size


def test_ways_to_fill_a_match() -> None:
    assert match_shapes(team_shapes(2), 2) == ((0, 2), (2, 1), (4, 0))
    assert shapes_within(team_shapes(2), 2, (3, 1)) == ((2, 1),)
    assert shapes_within(team_shapes(5), 2, (0, 0, 3, 0, 0)) == ()
    assert thrifty_team_shapes((4, 4, 4, 4, 4)) == (
        (0, 0, 0, 0, 1),
        (0, 1, 1, 0, 0),
        (1, 0, 0, 1, 0),
    )


def fives(kind: Callable[[Random], int]) -> list[Ticket]:
    chance, players, tickets = Random(2), 0, []
    for number in range(2_000):
        size, strength = kind(chance), chance.gauss(1500, 300)
        members = tuple(Member(players + n, strength + chance.gauss(0, 50)) for n in range(size))
        players += size
        tickets.append(Ticket(number, members, NOW - chance.uniform(0, 60)))
    return tickets


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        (lambda chance: chance.randint(1, 5), 0.94),
        (lambda chance: 1, 0.98),
        (lambda chance: chance.choice((1, 1, 1, 2, 2, 3)), 0.96),
        (lambda chance: chance.choice((3, 3, 4, 2)), 0.35),  # little goes with a three
    ],
    ids=["all sizes", "alone", "mostly small", "awkward"],
)
def test_two_thousand_parties_become_fives_in_a_moment(
    kind: Callable[[Random], int], share: float
) -> None:
    tickets = fives(kind)
    rules = Rules(team_size=5, party_limit=5, window_start=50, window_growth=5, longest_wait=59)
    started = process_time()
    pairing = pair_pool(tickets, rules, NOW)
    assert process_time() - started < 4  # about 0.3 on an idle machine
    players = sum(len(ticket.members) for ticket in tickets)
    assert 10 * len(pairing.matches) >= share * players


def test_recent_opponents_are_in_no_match_of_teams_before_the_pause_is_over() -> None:
    rules = Rules(team_size=2, rematch_pause=20)
    others = [solo("cid"), solo("dan")]
    ann, bob = solo("ann", met="bob"), solo("bob", met="ann")
    assert pair_pool([ann, bob, *others], rules, NOW).matches == []
    assert len(pair_pool([ann, bob, *others, solo("eve")], rules, NOW).matches) == 1
    late = solo("bob", met="ann", waits=20)
    assert len(pair_pool([ann, late, *others], rules, NOW).matches) == 1
