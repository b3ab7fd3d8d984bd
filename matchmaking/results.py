"""How a match ends: who won, by which score, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import Refusal

from .models import Match, Outcome, Report

SIDES = 2
#: What a side can have at most where points are counted, not games.
MOST_POINTS = 9999


class BadScore(Refusal):
    """Scores that decide nothing, or that this match cannot have."""

    code = "bad_score"


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a match; `winner` is the index of a side, None in a draw and a double forfeit.

    `scores` are the games won by each side, none where it was not played.
    """

    winner: int | None
    outcome: Outcome
    scores: tuple[int, ...] = ()

    @classmethod
    def by_score(
        cls, scores: Sequence[int], *, best_of: int, draws: bool = False, sides: int = SIDES
    ) -> "Result":
        """The result of a score; raises `BadScore`.

        Without draws the winner needs more than half of the games. With draws single games may be
        drawn too: the side with more wins, and equal scores are a draw. Where more than two
        sides meet, scores are points, and the most points win.
        """
        if sides > SIDES:
            return cls._by_points(scores, draws=draws, sides=sides)
        _check_games(scores, best_of)
        first, second = scores
        if draws:
            if first == second:
                return cls(None, Outcome.DRAWN, (first, second))
            return cls(int(second > first), Outcome.PLAYED, (first, second))
        needed = best_of // 2 + 1
        if max(scores) != needed:
            raise BadScore(
                f"{first}:{second} decides nothing: best of {best_of} is won with {needed}."
            )
        return cls(int(second > first), Outcome.PLAYED, (first, second))

    @classmethod
    def _by_points(cls, scores: Sequence[int], *, draws: bool, sides: int) -> "Result":
        if len(scores) != sides or min(scores) < 0 or max(scores) > MOST_POINTS:
            raise BadScore(
                f"Give {sides} scores from 0 to {MOST_POINTS}, in the order of the sides."
            )
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
        return cls(match.winner, Outcome(match.outcome), tuple(match.scores))


def _check_games(scores: Sequence[int], best_of: int) -> None:
    """Two numbers of games, none below zero, no more together than there are games."""
    if len(scores) != SIDES or min(scores) < 0:
        raise BadScore("Give two scores, none below zero, in the order of the sides.")
    if sum(scores) > best_of:
        raise BadScore(f"{scores[0]}:{scores[1]} is more games than best of {best_of} allows.")


def check_live_scores(scores: Sequence[int], *, best_of: int) -> list[int]:
    """The score of a match that is being played; raises `BadScore`. None at all is none yet."""
    if scores:
        _check_games(scores, best_of)
    return list(scores)


def report_claim(report: Report) -> Result:
    """The result that a report claims."""
    return Result(report.winner, Outcome(report.outcome), tuple(report.scores))


def report_counter(report: Report) -> Result | None:
    """The result that the other side claims in a dispute, if it gave one."""
    claim = report.counter
    if claim is None:
        return None
    return Result(claim["winner"], Outcome(claim["outcome"]), tuple(claim["scores"]))
