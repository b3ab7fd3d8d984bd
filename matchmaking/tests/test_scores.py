"""Scores: games won, the points of each game, and draws that account for every game."""

from typing import Any

import pytest

from matchmaking.models import Match, Outcome
from matchmaking.results import BadScore, Result, check_live_scores, drawn_games, points_of
from matchmaking.wording import result_as_news, result_in_words, scoreline

NAMES = ["Ann", "Bob"]
THREE = [(11, 5), (7, 11), (11, 9)]


def read(scores: list[int] | None = None, **rules: Any) -> Result:
    return Result.by_score(scores, **({"best_of": 1} | rules))


@pytest.mark.parametrize(
    ("scores", "winner"), [([16, 9], 0), ([9, 16], 1), ([2, 0], 0), ([0, 9999], 1)]
)
def test_the_score_of_a_single_game_may_be_its_points(scores: list[int], winner: int) -> None:
    result = read(scores)
    assert (result.winner, result.scores) == (winner, (1 - winner, winner))
    assert result.games == (tuple(scores),)
    assert read(None, games=[scores]) == result


def test_a_single_game_without_points_has_none() -> None:
    assert read([0, 1]) == Result(1, Outcome.PLAYED, (0, 1))
    assert read([0, 0], draws=True) == Result(None, Outcome.DRAWN, (0, 0))


def test_the_points_of_each_game_say_who_won_how_many() -> None:
    result = read(games=THREE, best_of=3)
    assert result == Result(0, Outcome.PLAYED, (2, 1), tuple(THREE))
    assert read([2, 1], games=THREE, best_of=3) == result
    drawn = read(games=[(20, 20), (3, 1)], best_of=2, draws=True)
    assert (drawn.winner, drawn.scores) == (0, (1, 0))
    level = read([3, 3], draws=True)
    assert (level.outcome, level.scores, level.games) == (Outcome.DRAWN, (0, 0), ((3, 3),))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"games": [[16, 9]]}, "won with 2"),
        ({"games": [[16, 9, 1], [1, 2]]}, "two numbers of points"),
        ({"games": [[16, -1], [1, 2]]}, "two numbers of points"),
        ({"games": [[10_000, 1], [1, 2]]}, "two numbers of points"),
        ({"games": [[1, 1], [1, 2], [1, 2]]}, "Game 1 ended 1:1"),
        ({"games": [[1, 0], [1, 2], [1, 0], [1, 0]]}, "4 games are more"),
        ({"games": [[1, 0], [1, 0], [0, 1]]}, "wins its last game"),
        ({"scores": [1, 2], "games": THREE}, "By the points of the games it is 2:1"),
        ({"scores": [2, 1], "drawn": 1}, "leave out the drawn games"),
        ({"scores": [1, 1], "best_of": 1}, "Game 1 ended 1:1"),
        ({"scores": [3, 1, 2], "sides": 3, "games": [[1, 2]]}, "more than two sides"),
    ],
)
def test_points_that_cannot_be(said: dict[str, Any], words: str) -> None:
    with pytest.raises(BadScore, match=words):
        read(**({"best_of": 3} | said))


@pytest.mark.parametrize(
    ("scores", "best_of", "drawn", "winner"),
    [
        ([1, 0], 2, 1, 0),
        ([1, 1], 2, None, None),
        ([0, 0], 2, 2, None),
        ([2, 0], 3, None, 0),
        ([0, 1], 3, 2, 1),
        ([2, 0], 5, 2, 0),  # the last game changes nothing
        ([0, 0], 1, 1, None),
    ],
)
def test_with_draws_a_result_accounts_for_every_game(
    scores: list[int], best_of: int, drawn: int | None, winner: int | None
) -> None:
    result = read(scores, best_of=best_of, draws=True, drawn=drawn)
    assert (result.winner, result.scores) == (winner, tuple(scores))


@pytest.mark.parametrize(
    ("scores", "best_of", "drawn", "words"),
    [
        ([1, 0], 2, None, "says nothing of 1 of the 2 games"),
        ([0, 0], 3, None, "says nothing of 3 of the 3 games"),
        ([1, 1], 3, 0, "says nothing of 1 of the 3 games"),
        ([1, 0], 3, 1, "says nothing of 1 of the 3 games"),
        ([1, 0], 2, 2, "no score that best of 2"),
        ([1, 0], 2, -1, "no score that best of 2"),
        ([0, 0], 1, 0, "says nothing of 1"),
    ],
)
def test_with_draws_missing_games_are_asked_for(
    scores: list[int], best_of: int, drawn: int | None, words: str
) -> None:
    with pytest.raises(BadScore, match=words):
        read(scores, best_of=best_of, draws=True, drawn=drawn)


def test_what_two_sides_agree_on() -> None:
    bare, full = read([2, 1], best_of=3), read(games=THREE, best_of=3)
    other = read(games=[(11, 5), (7, 11), (11, 2)], best_of=3)
    assert full.agreed_with(full) == full
    assert full.agreed_with(bare) == bare.agreed_with(full) == bare
    assert full.agreed_with(other) is None and bare.agreed_with(read([1, 2], best_of=3)) is None


def test_results_in_words() -> None:
    points, lost = read([16, 9]), read(games=[(5, 11), (11, 7), (9, 11)], best_of=3)
    assert result_in_words(points, NAMES) == "Ann won 16:9"
    assert result_in_words(read([9, 16]), NAMES) == "Bob won 16:9"
    assert result_as_news(lost, NAMES) == "Bob beat Ann 2:1 (11:5, 7:11, 11:9)"
    assert result_as_news(read([3, 3], draws=True), NAMES) == "Ann and Bob drew 3:3"
    assert result_as_news(read([0, 0], draws=True), NAMES) == "Ann and Bob drew"


def match(result: Result, best_of: int = 1) -> Match:
    return Match(
        best_of=best_of,
        outcome=result.outcome,
        winner=result.winner,
        scores=list(result.scores),
        games=[list(points) for points in result.games],
    )


def test_what_is_shown_beside_the_names() -> None:
    assert scoreline(match(read([16, 9]))) == "16:9"
    assert scoreline(match(read([3, 3], draws=True))) == "3:3"
    assert scoreline(match(read(games=THREE, best_of=3), 3)) == "2:1"
    assert scoreline(match(read([0, 0], draws=True))) == "½:½"


def test_the_points_that_tables_count() -> None:
    assert points_of(match(read([16, 9]))) == (16, 9)
    assert points_of(match(read([0, 1]))) == (0, 1)
    assert points_of(match(read(games=THREE, best_of=3), 3)) == (29, 25)
    assert points_of(match(read([2, 1], best_of=3), 3)) == (0, 0)
    assert points_of(match(Result.forfeit(0))) == (0, 0)


def test_how_many_games_were_drawn_follows_from_the_result() -> None:
    rules: dict[str, Any] = {"best_of": 3, "draws": True}
    assert drawn_games(match(read([1, 0], drawn=2, **rules), 3)) == 2
    assert drawn_games(match(read([2, 0], **rules), 3)) == 0
    assert drawn_games(match(read(games=[(1, 1), (2, 1), (2, 1)], **rules), 3)) == 1
    assert drawn_games(Match(best_of=3)) == 0


def test_the_live_score_of_a_single_game_is_its_points() -> None:
    assert check_live_scores([7, 7], best_of=1) == [7, 7]
    for scores, best_of in (([7, -1], 1), ([7], 1), ([2, 2], 3)):
        with pytest.raises(BadScore):
            check_live_scores(scores, best_of=best_of)
