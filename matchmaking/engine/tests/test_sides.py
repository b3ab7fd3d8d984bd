"""Teams and more than two sides by Glicko-2: what holds for every match of them."""

from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.glicko2 import HIGHEST_DEVIATION, Rating, rate_match
from matchmaking.engine.sides import rate_sides

ratings = st.builds(
    Rating, st.floats(0, 4000), st.floats(20, HIGHEST_DEVIATION), st.floats(0.01, 0.2)
)
NEW = Rating()


@st.composite
def matches(draw: st.DrawFn) -> tuple[list[list[Rating]], list[int], list[list[float]]]:
    size, sides = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    of_side = st.lists(ratings, min_size=size, max_size=size)
    waits = st.lists(st.floats(0, 50), min_size=size, max_size=size)
    return (
        draw(st.lists(of_side, min_size=sides, max_size=sides)),
        draw(st.lists(st.integers(1, sides), min_size=sides, max_size=sides)),
        draw(st.lists(waits, min_size=sides, max_size=sides)),
    )


def rate(sides: list[list[Rating]], *ranks: int) -> list[list[Rating]]:
    return rate_sides(sides, ranks, idle_periods=[[1.0] * len(side) for side in sides])


@given(ratings, ratings, st.sampled_from([(1, 2, 1.0), (2, 1, 0.0), (1, 1, 0.5)]), st.floats(0, 9))
def test_one_against_one_is_glicko2(
    ann: Rating, bob: Rating, ending: tuple[int, int, float], idle: float
) -> None:
    first, second, score = ending
    after = rate_sides([[ann], [bob]], (first, second), idle_periods=[[idle], [1.0]])
    expected = rate_match((ann, bob), score, idle_periods=(idle, 1.0))
    for one, other in zip((after[0][0], after[1][0]), expected, strict=True):
        assert one.rating == pytest.approx(other.rating)
        assert one.deviation == pytest.approx(other.deviation)
        assert one.volatility == pytest.approx(other.volatility)


@given(matches())
def test_every_match_leaves_ratings_that_can_be(match: Any) -> None:
    sides, ranks, idle = match
    after = rate_sides(sides, ranks, idle_periods=idle)
    assert [len(side) for side in after] == [len(side) for side in sides]
    for side, waits, before in zip(after, idle, sides, strict=True):
        for new, old, wait in zip(side, before, waits, strict=True):
            assert isfinite(new.rating) and new.deviation > 0
            assert wait > 0 or new.deviation < old.deviation


@given(matches())
def test_the_order_in_which_sides_are_named_does_not_matter(match: Any) -> None:
    sides, ranks, idle = match
    after = rate_sides(sides, ranks, idle_periods=idle)
    turned = rate_sides(sides[::-1], ranks[::-1], idle_periods=idle[::-1])
    for one, other in zip(after, turned[::-1], strict=True):
        for new, same in zip(one, other, strict=True):
            assert new.rating == pytest.approx(same.rating, abs=1e-6)
            assert new.deviation == pytest.approx(same.deviation)


def test_equals_gain_and_lose_the_same_and_team_mates_too() -> None:
    won, lost = rate([[NEW, NEW], [NEW, NEW]], 1, 2)
    assert won[0] == won[1] and lost[0] == lost[1]
    assert won[0].rating - 1500 == pytest.approx(1500 - lost[0].rating)


def test_the_surer_of_two_team_mates_moves_less() -> None:
    sure, new = rate([[Rating(1500, 60), NEW], [NEW, NEW]], 1, 2)[0]
    assert 0 < sure.rating - 1500 < new.rating - 1500


def test_a_match_in_a_larger_team_says_less_and_among_more_sides_more() -> None:
    deviations = [rate([[NEW] * n, [NEW] * n], 1, 2)[0][0].deviation for n in (1, 2, 3, 5)]
    assert deviations == sorted(deviations)
    deviations = [rate([[NEW]] * n, *range(1, n + 1))[0][0].deviation for n in (2, 3, 4, 8)]
    assert deviations == sorted(deviations, reverse=True)


def test_of_three_sides_the_middle_one_stays_where_it_is() -> None:
    first, second, third = rate([[NEW], [NEW], [NEW]], 1, 2, 3)
    assert first[0].rating > 1500 > third[0].rating
    assert second[0].rating == pytest.approx(1500)
    assert rate([[NEW], [NEW], [NEW]], 1, 1, 1)[2][0].rating == pytest.approx(1500)
