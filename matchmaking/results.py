"""How a match ends: who won, by which score, and how."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.errors import Refusal

from .models import Match, Outcome, Report

SIDES = 2
#: The most points that a side can have, in a game or where more than two sides meet.
MOST_POINTS = 9999
#: The points of each game, in the order of the sides.
Games = tuple[tuple[int, int], ...]


class BadScore(Refusal):
    """Scores that decide nothing, or that this match cannot have."""

    code = "bad_score"


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a match; `winner` is the index of a side, None in a draw and a double forfeit.

    `scores` are the games won by each side, none where it was not played; `games` the points of
    each game, none where nobody said them.
    """

    winner: int | None
    outcome: Outcome
    scores: tuple[int, ...] = ()
    games: Games = ()

    @classmethod
    def by_score(
        cls,
        scores: Sequence[int] | None,
        *,
        best_of: int,
        draws: bool = False,
        sides: int = SIDES,
        drawn: int | None = None,
        games: Sequence[Sequence[int]] = (),
    ) -> "Result":
        """The result of a match that was played; raises `BadScore`.

        `drawn` counts the games that neither side won. `games` are the points of each game, from
        which the rest follows; those of a single game may also be its `scores`. Without draws
        the winner needs more than half of the games. With draws the side with more wins is the
        winner, and no game may be missing that could change it. Where more than two sides meet,
        scores are points, and the most points win.
        """
        if sides > SIDES:
            if games or drawn:
                raise BadScore("Where more than two sides meet, give only a score for each.")
            return cls._by_points(scores or (), draws=draws, sides=sides)
        if best_of == 1 and not games and scores is not None and sum(scores) > 1:
            games, scores = [scores], None
        if games:
            return cls._by_games(games, best_of, draws=draws, said=(scores, drawn))
        won = _checked_wins(scores or (), best_of)
        if drawn is None:
            drawn = int(draws and best_of == 1 and not any(won))
        return cls._by_wins(won, drawn, best_of, draws=draws)

    @classmethod
    def _by_games(
        cls,
        games: Sequence[Sequence[int]],
        best_of: int,
        *,
        draws: bool,
        said: tuple[Sequence[int] | None, int | None],
    ) -> "Result":
        """The result by the points of each game, with which what is `said` besides must agree."""
        checked = _checked_games(games, best_of, draws=draws)
        won = wins_of(checked)
        drawn = len(checked) - sum(won)
        scores, other_drawn = said
        if (scores is not None and tuple(scores) != won) or other_drawn not in {None, drawn}:
            raise BadScore(
                f"By the points of the games it is {won[0]}:{won[1]} with {drawn} drawn, "
                "and the score beside them is another. Correct one of them."
            )
        result = cls._by_wins(won, drawn, best_of, draws=draws)
        if not draws and wins_of(checked[-1:]).index(1) != result.winner:
            raise BadScore("The side that wins the match wins its last game. Check their order.")
        return replace(result, games=checked)

    @classmethod
    def _by_wins(cls, won: tuple[int, int], drawn: int, best_of: int, *, draws: bool) -> "Result":
        first, second = won
        if not draws:
            needed = best_of // 2 + 1
            if drawn:
                raise BadScore("Each game of this match has a winner: leave out the drawn games.")
            if max(won) != needed:
                raise BadScore(
                    f"{first}:{second} decides nothing: best of {best_of} is won with {needed}."
                )
            return cls(int(second > first), Outcome.PLAYED, won)
        missing = best_of - first - second - drawn
        if drawn < 0 or missing < 0:
            raise BadScore(
                f"{first}:{second} and {drawn} drawn is no score that best of {best_of} can have."
            )
        if missing and abs(first - second) <= missing:
            raise BadScore(
                f"{first}:{second} says nothing of {missing} of the {best_of} games. Give the "
                "number of drawn games too, or the points of each game."
            )
        if first == second:
            return cls(None, Outcome.DRAWN, won)
        return cls(int(second > first), Outcome.PLAYED, won)

    @classmethod
    def _by_points(cls, scores: Sequence[int], *, draws: bool, sides: int) -> "Result":
        if len(scores) != sides or min(scores) < 0 or max(scores) > MOST_POINTS:
            raise _not_points(sides)
        best = [side for side, points in enumerate(scores) if points == max(scores)]
        if len(best) == 1:
            return cls(best[0], Outcome.PLAYED, tuple(scores))
        if draws:
            return cls(None, Outcome.DRAWN, tuple(scores))
        raise BadScore("Two sides have the most points, and this match has one winner.")

    @classmethod
    def forfeit(cls, winner: int) -> "Result":
        """One side did not come, or was expelled."""
        return cls(winner, Outcome.FORFEIT)

    @classmethod
    def double_forfeit(cls) -> "Result":
        """Neither side came."""
        return cls(None, Outcome.DOUBLE_FORFEIT)

    @classmethod
    def of(cls, match: Match) -> "Result":
        """The result of a finished match."""
        assert match.outcome is not None
        return cls(match.winner, Outcome(match.outcome), tuple(match.scores), as_games(match.games))

    def agreed_with(self, other: "Result") -> "Result | None":
        """What both say; None where they differ. Points that only one gives are left out."""
        if self == other:
            return self
        without = replace(self, games=())
        differs = self.games and other.games
        return None if differs or without != replace(other, games=()) else without


def _not_points(sides: int) -> BadScore:
    return BadScore(f"Give {sides} scores from 0 to {MOST_POINTS}, in the order of the sides.")


def _checked_wins(scores: Sequence[int], best_of: int) -> tuple[int, int]:
    """Two numbers of games, none below zero, no more together than there are games."""
    if len(scores) != SIDES or min(scores) < 0:
        raise BadScore("Give two scores, none below zero, in the order of the sides.")
    first, second = scores
    if first + second > best_of:
        raise BadScore(f"{first}:{second} is more games than best of {best_of} allows.")
    return first, second


def _checked_games(games: Sequence[Sequence[int]], best_of: int, *, draws: bool) -> Games:
    """The points of each game, level in none unless there are draws."""
    if len(games) > best_of:
        raise BadScore(f"The points of {len(games)} games are more than best of {best_of} allows.")
    for number, points in enumerate(games, start=1):
        if len(points) != SIDES or min(points) < 0 or max(points) > MOST_POINTS:
            raise BadScore(
                f"Game {number}: give two numbers of points from 0 to {MOST_POINTS}, in the order "
                "of the sides."
            )
        if points[0] == points[1] and not draws:
            raise BadScore(
                f"Game {number} ended {points[0]}:{points[1]}, and each game of this match has a "
                "winner."
            )
    return as_games(games)


def as_games(stored: Sequence[Sequence[int]]) -> Games:
    """The points of each game as a result has them."""
    return tuple((first, second) for first, second in stored)


def wins_of(games: Games) -> tuple[int, int]:
    """How many of these games each side won."""
    return sum(a > b for a, b in games), sum(a < b for a, b in games)


def final_score(match: Match) -> Sequence[int]:
    """What is shown of a finished match: games won by each side, or the points of its one game."""
    shown: Sequence[int] = match.games[0] if len(match.games) == 1 else match.scores
    return shown


def points_of(match: Match) -> tuple[int, int]:
    """The points of each side in all games; of a single game the score, where nothing else is."""
    games = match.games or ([match.scores] if match.best_of == 1 and match.scores else [])
    return sum(first for first, _ in games), sum(second for _, second in games)


def drawn_games(match: Match) -> int:
    """How many games of a finished match were drawn: as many as its result leaves open."""
    if match.games:
        return len(match.games) - sum(wins_of(as_games(match.games)))
    first, second = match.scores or (match.best_of, 0)
    missing = match.best_of - int(first) - int(second)
    return missing if abs(first - second) <= missing else 0


def check_live_scores(scores: Sequence[int], *, best_of: int, sides: int = SIDES) -> list[int]:
    """The score of a match that is being played; raises `BadScore`. None at all is none yet.

    In a single game, and where more than two sides meet, it is the points.
    """
    if scores and sides > SIDES:
        if len(scores) != sides or min(scores) < 0 or max(scores) > MOST_POINTS:
            raise _not_points(sides)
    elif scores and best_of == 1:
        _checked_games([scores], best_of, draws=True)
    elif scores:
        _checked_wins(scores, best_of)
    return list(scores)


def report_claim(report: Report) -> Result:
    """The result that a report claims."""
    return Result(
        report.winner, Outcome(report.outcome), tuple(report.scores), as_games(report.games)
    )


def report_counter(report: Report) -> Result | None:
    """The result that the other side claims in a dispute, if it gave one."""
    claim = report.counter
    if claim is None:
        return None
    games = as_games(claim.get("games", ()))
    return Result(claim["winner"], Outcome(claim["outcome"]), tuple(claim["scores"]), games)
