"""The Dutch engine told to stop: it pairs nothing, and says how far it is."""

from __future__ import annotations

from itertools import combinations, count, pairwise
from random import Random

import pytest

from tournaments.engine.history import PointSystem
from tournaments.engine.swiss import (
    DutchEngine,
    PairingTask,
    PairingUnfinished,
    Progress,
    Step,
    SwissPairing,
)
from tournaments.engine.swiss.dutch.progress import MayGoOn

from .odd_swisses import Habits, play


def steps(most: int) -> MayGoOn:
    """A limit of so many steps of work."""
    counter = count()
    return lambda: next(counter) < most


def steps_needed(task: PairingTask) -> int:
    counter = count()
    DutchEngine(lambda: next(counter) >= 0).pair(task)
    return next(counter)


def stopped(task: PairingTask, most: int) -> Progress:
    with pytest.raises(PairingUnfinished) as stop:
        DutchEngine(steps(most)).pair(task)
    return stop.value.progress


def fifth_round() -> PairingTask:
    """Thirty players with many draws, of whom some may not meet, and one rests."""

    def pair(task: PairingTask) -> SwissPairing:
        return DutchEngine().pair(task)

    habits = Habits(draws=0.5, forbidden=3)
    *_, last = play(Random(5), 31, 5, habits, PointSystem(), pair)
    return last


def test_whatever_the_limit_what_is_decided_is_as_in_the_whole_round() -> None:
    task = fifth_round()
    whole = DutchEngine().pair(task)
    needed = steps_needed(task)
    boards = {frozenset(pair) for pair in whole.pairs}
    found = [stopped(task, most) for most in range(0, needed, max(1, needed // 100))]
    for progress in found:
        decided = [frozenset(pair) for one in progress.decided for pair in one.pairs]
        assert boards.issuperset(decided)
        assert len({*decided}) == len(decided)
    reached = [len(progress.decided) for progress in found]
    assert reached == sorted(reached)
    assert reached[0] == 0 and reached[-1] >= found[0].brackets - 2 > 1
    assert {progress.step for progress in found} >= {Step.ROUND, Step.CRITERIA, Step.OPPONENTS}
    assert DutchEngine(steps(needed)).pair(task) == whole
    assert stopped(task, needed - 1).decided


def test_the_decided_follow_one_another_as_the_brackets_do() -> None:
    """Whoever floats from one is paired in the next, floats on, or rests."""
    task = fifth_round()
    decided = stopped(task, steps_needed(task) - 1).decided
    assert [one.score for one in decided] == sorted((one.score for one in decided), reverse=True)
    assert any(one.floating for one in decided)
    for one, following in pairwise(decided):
        seen = {*following.floating, *(player for pair in following.pairs for player in pair)}
        assert seen.issuperset(one.floating)


def test_it_says_in_words_what_it_was_at() -> None:
    """Eight of whom the first four may not meet the others."""
    habits = Habits(draws=0.5)
    first = next(play(Random(1), 8, 1, habits, PointSystem(), lambda _: None))
    halves = frozenset(frozenset((one, other)) for one in range(1, 5) for other in range(5, 9))
    task = PairingTask(first.history, forbidden=halves)
    said = {str(stopped(task, most)) for most in range(steps_needed(task))}
    assert said >= {
        "No pair is decided yet. Next: whether all can be paired, and at which score the bye goes "
        "(C1 to C5).",
        "No pair is decided yet. Next in the bracket of 8 players with 0 points: who changes "
        "between the halves (4.3).",
    }


def test_a_hundred_that_nobody_of_the_other_half_may_meet_can_be_stopped_anywhere() -> None:
    """What is dear here is the exchange of a quarter of the players."""
    players = next(play(Random(1), 100, 1, Habits(), PointSystem(), lambda _: None)).history
    apart = {frozenset(pair) for pair in combinations(range(1, 101), 2) if pair[0] <= 50 < pair[1]}
    progress = stopped(PairingTask(players, forbidden=frozenset(apart)), 3_000)
    assert (progress.step, progress.players, progress.brackets) == (Step.HALVES, 100, 1)
