"""Round robin tables and groups."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tournaments.engine.errors import EngineError, TooFewEntrants
from tournaments.engine.round_robin import (
    TableRound,
    berger_table,
    double_berger_table,
    snake_groups,
)

from .builders import DATA

PUBLISHED = json.loads((DATA / "berger.json").read_text())
EVERY_SIZE = range(2, 131)


@pytest.mark.parametrize("entrant_count", [int(count) for count in PUBLISHED])
def test_equals_the_published_tables(entrant_count: int) -> None:
    ours = [[list(pair) for pair in table.pairs] for table in berger_table(entrant_count)]
    assert ours == PUBLISHED[str(entrant_count)]


def meetings(table: tuple[TableRound, ...]) -> Counter[frozenset[int]]:
    return Counter(frozenset(pair) for one in table for pair in one.pairs)


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_everyone_meets_everyone_once_and_sits_once_a_round(entrant_count: int) -> None:
    table = berger_table(entrant_count)
    everyone = list(range(1, entrant_count + 1))
    assert [one.number for one in table] == list(range(1, len(table) + 1))
    assert len(table) == entrant_count - 1 + entrant_count % 2
    for one in table:
        seated = [number for pair in one.pairs for number in pair]
        assert sorted([*seated, *one.resting]) == everyone
        assert len(one.resting) == entrant_count % 2
    met = meetings(table)
    assert set(met.values()) == {1}
    assert len(met) == entrant_count * (entrant_count - 1) // 2


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_colours_are_shared_fairly(entrant_count: int) -> None:
    whites = Counter(pair[0] for one in berger_table(entrant_count) for pair in one.pairs)
    games = entrant_count - 1
    assert all(abs(2 * whites[number] - games) <= 1 for number in range(1, entrant_count + 1))


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_double_cycle_gives_both_colours_against_everyone(entrant_count: int) -> None:
    table = double_berger_table(entrant_count)
    ordered = Counter(pair for one in table for pair in one.pairs)
    assert set(ordered.values()) == {1}
    assert len(ordered) == entrant_count * (entrant_count - 1)
    assert [one.number for one in table] == list(range(1, len(table) + 1))


def test_the_first_cycle_ends_with_its_last_rounds_swapped() -> None:
    single, double = berger_table(6), double_berger_table(6)
    assert [one.pairs for one in double[:5]] == [single[index].pairs for index in (0, 1, 2, 4, 3)]
    plain = double_berger_table(6, swap_last_rounds=False)
    assert [one.pairs for one in plain[:5]] == [one.pairs for one in single]


@pytest.mark.parametrize("entrant_count", range(4, 40, 2))
def test_no_colour_three_times_in_a_row_where_the_cycles_meet(entrant_count: int) -> None:
    colours: dict[int, str] = {}
    for one in double_berger_table(entrant_count):
        for white, black in one.pairs:
            colours[white] = colours.get(white, "") + "w"
            colours[black] = colours.get(black, "") + "b"
    assert not any("www" in row or "bbb" in row for row in colours.values())


def test_snake_seeding() -> None:
    assert snake_groups(range(1, 9), 3) == ((1, 6, 7), (2, 5, 8), (3, 4))
    assert snake_groups("ABCD", 1) == (("A", "B", "C", "D"),)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(TooFewEntrants):
        berger_table(1)
    with pytest.raises(TooFewEntrants):
        snake_groups("ABC", 2)
    with pytest.raises(EngineError):
        snake_groups("ABC", 0)
