"""What the documentation says of ratings, by seasons of players whose strength is known."""

import pytest

from benchmarks.ratings import matches_to_catch_up, season


@pytest.mark.parametrize(
    ("size", "sides", "most"), [(1, 2, 25), (2, 2, 40), (5, 2, 50), (1, 3, 20), (1, 8, 15)]
)
@pytest.mark.parametrize("spread", [100.0, 300.0])
def test_the_truth_lies_within_two_deviations_and_a_rank_comes_soon(
    size: int, sides: int, most: int, spread: float
) -> None:
    played = season(size, sides, spread, matches=60)
    assert played.within > 0.9 and played.ranked_after <= most


def test_with_a_floor_an_improvement_shows_in_time() -> None:
    assert matches_to_catch_up(45.0) < 0.5 * matches_to_catch_up(0.0)
