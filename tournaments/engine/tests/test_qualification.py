"""Seeding a bracket from groups."""

from __future__ import annotations

import pytest

from tournaments.engine.errors import EngineError
from tournaments.engine.qualification import seed_qualifiers
from tournaments.engine.seeding import bracket_order, bracket_size, first_round_pairs


def groups(count: int, size: int) -> list[list[str]]:
    return [[f"{chr(65 + group)}{place + 1}" for place in range(size)] for group in range(count)]


def meeting_round(seeded: list[str], one: str, other: str) -> int:
    order = bracket_order(bracket_size(len(seeded)))
    places = [order.index(seeded.index(entrant) + 1) for entrant in (one, other)]
    return (places[0] ^ places[1]).bit_length()


def test_two_groups_cross_over() -> None:
    assert seed_qualifiers(groups(2, 4), 2) == ["A1", "B1", "A2", "B2"]


@pytest.mark.parametrize("count", [2, 4, 8, 16])
def test_first_and_second_of_a_group_can_only_meet_in_the_final(count: int) -> None:
    seeded = seed_qualifiers(groups(count, 3), 2)
    assert sorted(seeded[:count]) == [f"{chr(65 + group)}1" for group in range(count)]
    final = (2 * count).bit_length() - 1
    for group in range(count):
        letter = chr(65 + group)
        assert meeting_round(seeded, f"{letter}1", f"{letter}2") == final


@pytest.mark.parametrize(("count", "per_group"), [(3, 2), (4, 3), (5, 2), (6, 4), (8, 4), (7, 3)])
def test_nobody_meets_their_own_group_in_round_one(count: int, per_group: int) -> None:
    seeded = seed_qualifiers(groups(count, per_group), per_group)
    assert len(set(seeded)) == count * per_group
    pairs = [(seeded[a - 1], seeded[b - 1]) for a, b in first_round_pairs(len(seeded))]
    assert all(one[0] != other[0] for one, other in pairs)
    tiers = [entrant[1] for entrant in seeded]
    assert tiers == sorted(tiers)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(EngineError, match="Group 2 has only 1"):
        seed_qualifiers([["a", "b"], ["c"]], 2)
    with pytest.raises(EngineError):
        seed_qualifiers([["a", "b"]], 0)
