"""Glicko-2 by the numbers, and what holds for every rating."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.glicko2 import (
    HIGHEST_DEVIATION,
    Game,
    Rating,
    rate_match,
    rate_period,
    widen,
)

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "glicko2.json").read_text()
)

ratings = st.builds(
    Rating,
    st.floats(0, 4000),
    st.floats(20, HIGHEST_DEVIATION),
    st.floats(0.01, 0.2),
)
scores = st.sampled_from([0.0, 0.5, 1.0])
idle = st.floats(0, 50)


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_rating_periods_with_known_answers(case: dict[str, Any]) -> None:
    games = [Game(Rating(rating, deviation), score) for rating, deviation, score in case["games"]]
    after = rate_period(Rating(*case["player"]), games, tau=case["tau"])
    rating, deviation, volatility = case["expected"]
    assert after.rating == pytest.approx(rating, abs=1e-9)
    assert after.deviation == pytest.approx(deviation, abs=1e-9)
    assert after.volatility == pytest.approx(volatility, abs=1e-11)


def test_the_example_of_the_paper() -> None:
    opponents = [(1400, 30, 1), (1550, 100, 0), (1700, 300, 0)]
    games = [Game(Rating(rating, deviation), score) for rating, deviation, score in opponents]
    after = rate_period(Rating(1500, 200, 0.06), games, tau=0.5)
    assert after.rating == pytest.approx(1464.06, abs=0.01)
    assert after.deviation == pytest.approx(151.52, abs=0.01)
    assert after.volatility == pytest.approx(0.05999, abs=0.00001)


def test_a_match_after_one_period_is_a_rating_period_of_one_game() -> None:
    ann, bob = Rating(1600, 80, 0.05), Rating(1500, 120, 0.07)
    after = rate_match((ann, bob), 1, idle_periods=(1, 1))
    assert after == (rate_period(ann, [Game(bob, 1)]), rate_period(bob, [Game(ann, 0)]))


def test_empty_periods_before_a_match_are_glickmans_too() -> None:
    ann, bob = Rating(1600, 80, 0.05), Rating(1500, 120, 0.07)
    late = rate_period(rate_period(rate_period(ann, []), []), [])
    after = rate_match((ann, bob), 0, idle_periods=(4, 1))
    assert after[0].rating == pytest.approx(rate_period(late, [Game(bob, 0)]).rating, abs=1e-9)
    assert after[1].rating == pytest.approx(rate_period(bob, [Game(late, 1)]).rating, abs=1e-9)


@given(ratings, st.floats(0, 20), st.floats(0, 20))
def test_idle_time_adds_up_and_never_makes_surer(
    player: Rating, first: float, second: float
) -> None:
    once, twice = widen(player, first + second), widen(widen(player, first), second)
    assert once.deviation == pytest.approx(twice.deviation)
    assert (once.rating, once.volatility) == (player.rating, player.volatility)
    assert player.deviation <= once.deviation <= HIGHEST_DEVIATION
    assert rate_period(player, [], periods=first) == widen(player, first)


@given(ratings, ratings, idle, idle)
def test_winning_is_good_and_losing_is_not(
    ann: Rating, bob: Rating, ann_idle: float, bob_idle: float
) -> None:
    periods = (ann_idle, bob_idle)
    lost, drawn, won = (
        rate_match((ann, bob), score, idle_periods=periods)[0].rating for score in (0, 0.5, 1)
    )
    assert lost <= drawn <= won
    assert lost <= ann.rating <= won


@given(ratings, ratings, scores, idle, idle)
def test_a_match_looks_the_same_from_either_side(
    ann: Rating, bob: Rating, score: float, ann_idle: float, bob_idle: float
) -> None:
    first = rate_match((ann, bob), score, idle_periods=(ann_idle, bob_idle))
    second = rate_match((bob, ann), 1 - score, idle_periods=(bob_idle, ann_idle))
    assert first == second[::-1]


@given(ratings, ratings, scores)
def test_the_sooner_a_match_the_surer_it_leaves_one(ann: Rating, bob: Rating, score: float) -> None:
    deviations = [
        rate_match((ann, bob), score, idle_periods=(periods, 0))[0].deviation
        for periods in (0, 0.5, 1)
    ]
    assert deviations == sorted(deviations)
    assert deviations[0] < ann.deviation


@given(
    st.builds(Rating, st.floats(-9e5, 9e5), st.floats(1e-3, 1e3), st.floats(1e-4, 5)),
    st.builds(Rating, st.floats(-9e5, 9e5), st.floats(1e-3, 1e3), st.floats(1e-4, 5)),
    scores,
    st.floats(0, 1e6),
    st.floats(0.1, 2),
)
def test_even_absurd_ratings_have_an_answer(
    ann: Rating, bob: Rating, score: float, periods: float, tau: float
) -> None:
    for after in rate_match((ann, bob), score, idle_periods=(periods, 0), tau=tau):
        assert isfinite(after.rating) and isfinite(after.deviation) and isfinite(after.volatility)


def test_what_is_no_rating_is_refused() -> None:
    for bad in ((float("nan"), 350, 0.06), (1500, 0, 0.06), (1500, 350, -1)):
        with pytest.raises(ValueError, match="no Glicko-2 rating"):
            Rating(*bad)
    with pytest.raises(ValueError, match="from 0 to 1"):
        Game(Rating(), 2)
    with pytest.raises(ValueError, match="less than nothing"):
        widen(Rating(), -1)
    with pytest.raises(ValueError, match="tau"):
        rate_period(Rating(), [Game(Rating(), 1)], tau=0)
