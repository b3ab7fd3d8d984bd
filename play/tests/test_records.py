"""Stored games are played again by their engines: the same outcome, or a clear word why not."""

from dataclasses import replace

import pytest

from play.engine.game import GameOutcome, Reason
from play.engine.record import (
    Change,
    Recorded,
    Turn,
    check_record,
    outcome_of_record,
    pack_record,
    states_of_record,
)
from play.registry import game_of

from .records import bots_play


@pytest.mark.parametrize("slug", ["pong", "connect-four", "race", "matches"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_bots_played_comes_out_again(slug: str, seed: int) -> None:
    more = {"points": 3} if slug == "pong" else {}
    recorded, outcome = bots_play(slug, seed=seed, **more)
    replayed = outcome_of_record(game_of(slug), recorded)
    assert (replayed.outcome, replayed.length) == (outcome, recorded.length)
    assert replayed.scores == outcome.scores
    check_record(game_of(slug), recorded, outcome)
    assert len(list(states_of_record(game_of(slug), recorded))) == recorded.length + 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"winner": 1}, "side 0 won, not: side 1 won"),
        ({"scores": (3, 3)}, "not 3:3"),
        ({"reason": Reason.RESIGNED}, "over by its rules"),
    ],
)
def test_another_outcome_is_not_what_comes_out(wrong: dict[str, object], word: str) -> None:
    game, recorded = game_of("race"), pushed(30)
    outcome = outcome_of_record(game, recorded).outcome
    assert outcome is not None
    with pytest.raises(ValueError, match=word):
        check_record(game, recorded, replace(outcome, **wrong))  # type: ignore[arg-type]


def pushed(steps: int, length: int = 30) -> Recorded:
    """A race in which side 0 pushes for so many steps."""
    changes = [Change(0, 0, 1), Change(steps, 0, 0)]
    return Recorded({"goal": 30}, 1, 0, pack_record(changes), length)


@pytest.mark.parametrize(
    ("recorded", "word"),
    [
        (pushed(30, 45), "over after 30, not after 45"),
        (pushed(20), "is 2:0, not 3:0"),
        (replace(pushed(30), record=b"?"), "no record"),
        (replace(pushed(30), record=pack_record([Change(0, 2, 1)])), "no record"),
        (replace(pushed(30), record=pack_record([Change(0, 0, 7)])), "no record of 30 steps"),
        (replace(pushed(30), settings={"goal": "far"}), "no settings of Race"),
    ],
)
def test_another_record_is_not_the_stored_game(recorded: Recorded, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check_record(game_of("race"), recorded, GameOutcome(0, (3, 0)))


@pytest.mark.parametrize(
    ("moves", "word"), [("33", "not 3"), ("339", "Nobody can take 9"), ("331", "")]
)
def test_a_record_of_moves_is_as_long_as_it_says_and_legal(moves: str, word: str) -> None:
    recorded = Recorded({}, 1, 0, pack_record([Turn(move, 5) for move in moves]), 3)
    if not word:
        check_record(game_of("matches"), recorded, GameOutcome(0, (1, 0)))
        return
    with pytest.raises(ValueError, match=word):
        check_record(game_of("matches"), recorded, GameOutcome(0, (1, 0)))


@pytest.mark.parametrize(
    ("reason", "winner", "word"),
    [
        (Reason.RESIGNED, 1, ""),
        (Reason.AGREED, None, ""),
        (Reason.AGREED, 0, "agreed: side 0 won"),
        (Reason.RESIGNED, None, "resigned: nobody won"),
        (Reason.TIME, 0, ""),
        (Reason.TIME, 1, "the turn of side 1, whose time was over"),
        (Reason.PLAYED, 0, "not over after 1"),
    ],
)
def test_a_game_that_was_given_up_is_not_over_by_its_rules(
    reason: Reason, winner: int | None, word: str
) -> None:
    recorded = Recorded({}, 1, 0, pack_record([Turn("3", 5)]), 1)  # side 1 is to move
    if not word:
        check_record(game_of("matches"), recorded, GameOutcome(winner, (0, 0), reason))
        return
    with pytest.raises(ValueError, match=word):
        check_record(game_of("matches"), recorded, GameOutcome(winner, (0, 0), reason))


def test_a_record_is_a_few_kilobytes() -> None:
    recorded, _ = bots_play("pong", points=11)
    assert len(recorded.record) < 8192
