"""What the benchmark claims, on fewer arrivals: near ratings, and nobody waits longer for it."""

from __future__ import annotations

import pytest

from benchmarks.pairing import DUELS, FIVES, measure_newcomer, measure_quality, measure_speed
from matchmaking.engine.pairing import Rules


def test_gaps_are_well_below_those_of_first_come_at_the_same_wait() -> None:
    held_back, at_ticks, first_fit, first_fit_at_ticks = measure_quality(1_500)
    for comparison in (held_back, at_ticks):
        assert comparison.wait_ratio == pytest.approx(1, abs=0.01)
        assert comparison.gap_ratio < 0.6
    assert first_fit.gap_ratio < 1.02
    assert first_fit_at_ticks.gap_ratio < 0.85
    assert first_fit_at_ticks.wait_ratio < 1.02


@pytest.mark.parametrize("rules", [DUELS, FIVES])
def test_what_is_timed_is_a_pairing(rules: Rules) -> None:
    speed = measure_speed("a few", rules, 200, crowded=True)
    assert speed.matches > 0.3 * speed.players / rules.players
    assert measure_newcomer(rules, 20) < 1_000
