"""Seeding, and the standard order of a bracket."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.seeding import (
    bracket_order,
    bracket_size,
    first_round_pairs,
    keep_apart,
    seed_as_listed,
    seed_at_random,
    seed_by_rating,
)


def clashes(seeded: Sequence[str]) -> int:
    """Pairs of round one whose entrants bear the same letter (a dot is nobody's)."""
    pairs = first_round_pairs(len(seeded))
    return sum(seeded[a - 1][0] == seeded[b - 1][0] != "." for a, b in pairs)


def club(entrant: str) -> str | None:
    return None if entrant[0] == "." else entrant[0]


def test_the_first_meets_the_last() -> None:
    assert bracket_order(2) == [1, 2]
    assert bracket_order(8) == [1, 8, 4, 5, 2, 7, 3, 6]


@pytest.mark.parametrize("size", [2, 4, 8, 16, 32, 64, 128, 1024])
def test_the_best_meet_as_late_as_can_be(size: int) -> None:
    order = bracket_order(size)
    assert sorted(order) == list(range(1, size + 1))
    while len(order) > 1:
        assert all(a + b == len(order) + 1 for a, b in zip(order[::2], order[1::2], strict=True))
        order = [min(pair) for pair in zip(order[::2], order[1::2], strict=True)]


@pytest.mark.parametrize("size", [-2, 0, 1, 3, 12])
def test_only_powers_of_two_have_an_order(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        bracket_order(size)


@pytest.mark.parametrize(("count", "size"), [(1, 2), (2, 2), (3, 4), (4, 4), (5, 8), (1024, 1024)])
def test_bracket_size(count: int, size: int) -> None:
    assert bracket_size(count) == size


def test_listed_neighbours_meet() -> None:
    assert seed_as_listed(["A", "B", "C", "D"]) == ["A", "C", "D", "B"]
    seeded = seed_as_listed(list("ABCDEF"))
    assert {(seeded[a - 1], seeded[b - 1]) for a, b in first_round_pairs(6)} == {
        ("C", "D"),
        ("E", "F"),
    }
    assert seeded[:2] == ["A", "B"]


@pytest.mark.parametrize("count", range(2, 131))
def test_listing_keeps_everyone_and_pairs_neighbours(count: int) -> None:
    entrants = list(range(count))
    seeded = seed_as_listed(entrants)
    assert sorted(seeded) == entrants
    assert all(seeded[b - 1] == seeded[a - 1] + 1 for a, b in first_round_pairs(count))


def test_seeding_by_lot_is_repeatable_and_by_rating_is_stable() -> None:
    assert seed_at_random("ABCDEF", Random(4)) == seed_at_random("ABCDEF", Random(4))
    assert sorted(seed_at_random("ABCDEF", Random(4))) == list("ABCDEF")
    ratings = {"A": 1500, "B": 1700, "C": 1500, "D": 1900}
    assert seed_by_rating("ABCD", lambda one: ratings[one]) == ["D", "B", "A", "C"]


def test_club_mates_are_kept_apart_with_the_least_stir() -> None:
    assert keep_apart(["x1", "y2", "y3", "x4"], club) == ["x1", "y2", "x4", "y3"]
    untouched = ["x1", "x2", "y3", "y4"]
    assert keep_apart(untouched, club) == untouched


def test_those_without_a_club_may_meet() -> None:
    untouched = [".1", ".2", ".3", ".4"]
    assert keep_apart(untouched, club) == untouched


@settings(deadline=None, max_examples=120)
@given(st.lists(st.sampled_from("xyz."), min_size=2, max_size=10))
def test_no_arrangement_of_the_weaker_half_has_fewer_clashes(clubs: list[str]) -> None:
    seeded = [f"{name}{number}" for number, name in enumerate(clubs)]
    pairs = first_round_pairs(len(seeded))
    arranged = keep_apart(seeded, club)
    assert sorted(arranged) == sorted(seeded)
    movable = {b - 1 for _, b in pairs}
    fixed = [i for i in range(len(seeded)) if i not in movable]
    assert [arranged[i] for i in fixed] == [seeded[i] for i in fixed]
    better = [seeded[a - 1][0] for a, _ in pairs]
    worse = [seeded[b - 1][0] for _, b in pairs]
    fewest = min(
        sum(a == b != "." for a, b in zip(better, order, strict=True))
        for order in set(permutations(worse))
    )
    assert clashes(arranged) == fewest


def test_a_thousand_entrants_of_few_clubs_are_seeded_quickly() -> None:
    rng = Random(1)
    seeded = [f"{rng.choice('abcd')}{number}" for number in range(1024)]
    started = process_time()
    assert clashes(keep_apart(seeded, club)) == 0
    assert process_time() - started < 2
