"""The quick pairing: absolute rules, colours, and speed."""

from __future__ import annotations

import pickle
from dataclasses import replace
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.errors import EngineError
from tournaments.engine.history import Bye, ByeKind, Colour, History, Player, Round
from tournaments.engine.swiss import (
    NoPairingPossible,
    PairingTask,
    QuickEngine,
    SwissPairing,
    broken_rules,
)
from tournaments.engine.swiss.colours import Strength, colour_preference, first_is_white
from tournaments.engine.swiss.contenders import contenders, may_meet
from tournaments.engine.swiss.matching import UNMATCHED, complete_matching, who_can_stay_out
from tournaments.engine.swiss.quick_engine import seat

from .builders import DATA
from .tournaments import by_chance, forfeited, history, played, published_rounds, won

W, B = Colour.WHITE, Colour.BLACK


def colours(letters: str) -> tuple[Colour, ...]:
    return tuple(Colour(letter) for letter in letters)


@settings(deadline=None, max_examples=60)
@given(st.integers(8, 40), st.integers(1, 4), st.sampled_from([0.0, 0.1]), st.integers(0, 10**9))
def test_random_tournaments_keep_the_absolute_rules(
    players: int, rounds: int, absence: float, seed: int
) -> None:
    def keeps_the_rules(task: PairingTask) -> None:
        assert broken_rules(task, QuickEngine().pair(task)) == []

    by_chance(players, rounds, Random(seed), absence=absence, watch=keeps_the_rules)


def test_a_thousand_players_are_paired_in_a_moment() -> None:
    started = process_time()
    by_chance(1000, 3, Random(1))
    assert process_time() - started < 10


def test_a_round_that_cannot_be_is_refused_in_a_moment() -> None:
    """Two who have had a bye may meet nobody: no choice of who has the bye helps."""
    nobody = frozenset(frozenset((one, other)) for one in (1, 2) for other in range(3, 302))
    players = tuple(Player(number) for number in range(1, 302))
    rounds = tuple(played(byes={one: ByeKind.PAIRING_ALLOCATED}) for one in (1, 2))
    task = PairingTask(History(players, rounds), (), nobody | {frozenset((1, 2))})
    started = process_time()
    with pytest.raises(NoPairingPossible):
        QuickEngine().pair(task)
    assert process_time() - started < 3


def test_the_bye_goes_to_the_lowest_who_may_have_it() -> None:
    first = played(won(1, 3), won(2, 4), byes={5: ByeKind.PAIRING_ALLOCATED})
    task = PairingTask(history("Ann Bob Cid Dan Eve", first))
    assert QuickEngine().pair(task).resting == (4,)


def test_a_win_by_forfeit_is_as_good_as_a_bye() -> None:
    first = played(won(1, 3), forfeited(4, 2), byes={5: ByeKind.PAIRING_ALLOCATED})
    task = PairingTask(history("Ann Bob Cid Dan Eve", first))
    assert QuickEngine().pair(task).resting == (3,)


def test_a_forfeited_pair_may_meet_again() -> None:
    task = PairingTask(history("Ann Bob", played(forfeited(1, 2))))
    assert len(QuickEngine().pair(task).pairs) == 1


def test_no_pairing_is_left_when_all_have_met() -> None:
    with pytest.raises(NoPairingPossible):
        QuickEngine().pair(PairingTask(history("Ann Bob", played(won(1, 2)))))
    rounds = (
        played(won(1, 2), byes={3: ByeKind.PAIRING_ALLOCATED}),
        played(won(1, 3), byes={2: ByeKind.PAIRING_ALLOCATED}),
        played(won(2, 3), byes={1: ByeKind.PAIRING_ALLOCATED}),
    )
    with pytest.raises(NoPairingPossible):
        QuickEngine().pair(PairingTask(history("Ann Bob Cid", *rounds)))


def test_what_cannot_be_paired_is_refused() -> None:
    full = history("Ann Bob Cid Dan", played(won(1, 2), won(3, 4)))
    with pytest.raises(EngineError, match="ends with round 1"):
        QuickEngine().pair(PairingTask(replace(full, planned_rounds=1)))
    with pytest.raises(EngineError, match="not finished"):
        QuickEngine().pair(PairingTask(history("Ann Bob", Round(unfinished=((1, 2),)))))
    with pytest.raises(EngineError, match="no player 9"):
        QuickEngine().pair(PairingTask(full, (Bye(9, ByeKind.ZERO_POINT),)))
    with pytest.raises(EngineError, match="same number"):
        QuickEngine().pair(PairingTask(replace(full, players=(*full.players, full.players[0]))))
    absent = tuple(Bye(number, ByeKind.ZERO_POINT) for number in (1, 2, 3, 4))
    with pytest.raises(NoPairingPossible, match="at least one player present"):
        QuickEngine().pair(PairingTask(full, absent))


def test_a_task_can_be_sent_to_another_process() -> None:
    task = PairingTask(by_chance(10, 3, Random(1)), (Bye(2, ByeKind.HALF_POINT),))
    assert pickle.loads(pickle.dumps(task)) == task


def test_broken_rules_are_named() -> None:
    task = PairingTask(history("Ann Bob Cid Dan", played(won(1, 2), won(3, 4))))
    assert broken_rules(task, SwissPairing(((1, 2), (3, 4)))) == [
        "Ann and Bob may not meet.",
        "Cid and Dan may not meet.",
    ]
    assert "Dan is left out." in broken_rules(task, SwissPairing(((1, 3),), (2,)))
    assert "Ann is paired twice." in broken_rules(task, SwissPairing(((1, 3), (1, 4)), (2,)))
    assert "9 is not to be paired." in broken_rules(task, SwissPairing(((1, 9), (3, 2)), (4,)))


@pytest.mark.parametrize(
    ("so_far", "colour", "strength"),
    [
        ("", None, Strength.NONE),
        ("w", B, Strength.STRONG),
        ("b", W, Strength.STRONG),
        ("wb", W, Strength.MILD),
        ("bw", B, Strength.MILD),
        ("wbw", B, Strength.STRONG),
        ("bww", B, Strength.ABSOLUTE),
        ("bbww", B, Strength.ABSOLUTE),
        ("wwwbb", W, Strength.ABSOLUTE),
        ("wwbw", B, Strength.ABSOLUTE),
        ("wwwwbb", B, Strength.ABSOLUTE),
    ],
)
def test_colour_preferences(so_far: str, colour: Colour | None, strength: Strength) -> None:
    preference = colour_preference(colours(so_far))
    assert preference.strength is strength
    assert colour is None or preference.colour is colour


@pytest.mark.parametrize(
    ("first", "second", "white"),
    [
        ("", "", True),
        ("w", "b", False),
        ("", "w", True),
        ("w", "ww", True),  # the stronger wish
        ("wbww", "wwbww", True),  # both absolute: the wider difference
        ("wbw", "bww", True),  # the last round with different colours
        ("wb", "wb", True),  # the higher ranked
    ],
)
def test_who_gets_white(first: str, second: str, white: bool) -> None:
    assert first_is_white(colours(first), colours(second), W) is white


@pytest.mark.parametrize("name", ["046p9r-48", "100p9r-61", "180p9r-63"])
def test_colours_are_those_of_published_rounds(name: str) -> None:
    for task, expected in published_rounds(DATA / "swiss" / f"{name}.trf"):
        present = {one.id: one for one in contenders(task)}
        for match in expected.matches:
            pair = (present[match.white], present[match.black])
            higher, lower = sorted(pair, key=lambda one: (-one.score, one.number))
            assert may_meet(task, higher, lower)
            assert seat(task, higher, lower) == (match.white, match.black)


@settings(deadline=None, max_examples=100)
@given(st.integers(2, 8), st.randoms(use_true_random=False), st.floats(0.1, 0.9))
def test_matching_is_as_large_as_can_be(count: int, rng: Random, density: float) -> None:
    allowed = {
        frozenset((one, other))
        for one in range(count)
        for other in range(one)
        if rng.random() < density
    }
    partner = complete_matching(
        [UNMATCHED] * count, lambda one, other: frozenset((one, other)) in allowed
    )
    matched = {one for one, mate in enumerate(partner) if mate != UNMATCHED}
    assert all(partner[partner[one]] == one for one in matched)
    assert all(frozenset((one, partner[one])) in allowed for one in matched)
    assert len(matched) == 2 * largest_matching(frozenset(range(count)), allowed)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([3, 5, 7, 9]), st.randoms(use_true_random=False), st.floats(0.2, 0.9))
def test_who_can_stay_out_is_everybody_without_whom_all_can_be_paired(
    count: int, rng: Random, density: float
) -> None:
    allowed = {
        frozenset((one, other))
        for one in range(count)
        for other in range(one)
        if rng.random() < density
    }

    def may_meet(one: int, other: int) -> bool:
        return frozenset((one, other)) in allowed

    partner = complete_matching([UNMATCHED] * count, may_meet)
    everybody = frozenset(range(count))
    expected = [
        one for one in range(count) if 2 * largest_matching(everybody - {one}, allowed) == count - 1
    ]
    assert (partner.count(UNMATCHED) == 1) is bool(expected)
    if expected:
        assert who_can_stay_out(partner, may_meet) == expected


def largest_matching(nodes: frozenset[int], allowed: set[frozenset[int]]) -> int:
    """By trying everything."""
    if len(nodes) < 2:
        return 0
    one = min(nodes)
    rest = nodes - {one}
    found = [largest_matching(rest, allowed)]
    found += [
        1 + largest_matching(rest - {other}, allowed)
        for other in rest
        if frozenset((one, other)) in allowed
    ]
    return max(found)
