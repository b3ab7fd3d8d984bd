"""How far the pairing of a round got when it was told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from tournaments.engine.swiss.task import PairingFailed

#: Asked after each small piece of work; False ends the work.
MayGoOn = Callable[[], bool]


def always() -> bool:
    """No limit."""
    return True


class Step(Enum):
    """What is decided of a round, and of each bracket, one after the other (C.04.3)."""

    ROUND = "whether all can be paired, and at which score the bye goes (C1 to C5)"
    CRITERIA = "how many float and how well the bracket can be paired (C6 to C21)"
    MOVED = "who of those moved down is paired, and with whom (4.2 and 4.4)"
    HALVES = "who changes between the halves (4.3)"
    OPPONENTS = "whom the top half meets (4.2)"


@dataclass(frozen=True, slots=True)
class DecidedBracket:
    """A bracket that is paired for good: its score, pairs (the higher first), and who floats on."""

    score: Fraction
    pairs: tuple[tuple[int, int], ...]
    floating: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is decided, the highest score first, of how many brackets, and what came next.

    `score` and `players` are those of the bracket that was being paired: None and all players
    before the first.
    """

    decided: tuple[DecidedBracket, ...]
    brackets: int
    score: Fraction | None
    players: int
    step: Step

    def __str__(self) -> str:
        """What is decided, and what came next: two sentences."""
        pairs = sum(len(one.pairs) for one in self.decided)
        done = (
            f"Decided: {len(self.decided)} of {self.brackets} score groups, with {pairs} "
            f"{'pair' if pairs == 1 else 'pairs'}."
            if self.decided
            else "No pair is decided yet."
        )
        where = ""
        if self.score is not None:
            where = f" in the bracket of {self.players} players with {float(self.score):g} points"
        return f"{done} Next{where}: {self.step.value}."


class PairingUnfinished(PairingFailed):
    """The engine was told to stop before the round was paired."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(str(progress))
        self.progress = progress


class Stopped(Exception):
    """The work may not go on."""


class Work:
    """Work on a round, which may be stopped; `step` is what it is at."""

    def __init__(self, may_go_on: MayGoOn) -> None:
        self._may_go_on = may_go_on
        self.step = Step.ROUND

    def begin(self, step: Step) -> None:
        """Go on to what is decided next; raises `Stopped`."""
        self.step = step
        self.check()

    def check(self) -> None:
        """Raises `Stopped` if the work may not go on."""
        if not self._may_go_on():
            raise Stopped
