"""What a Swiss engine is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tournaments.engine.errors import EngineError
from tournaments.engine.history import Bye, History, PointSystem


class NoPairingPossible(EngineError):
    """No pairing of the round keeps the absolute rules: the organiser must decide what to do."""


class PairingFailed(EngineError):
    """The engine could not do its work: not the fault of those who asked."""


@dataclass(frozen=True, slots=True)
class VirtualPoints:
    """Points that count in the pairing of one round only: an accelerated Swiss (FIDE C.04.7)."""

    player: int
    round: int
    points: Fraction


@dataclass(frozen=True)
class PairingTask:
    """The next round of a tournament.

    The players of `history` are in the order of their pairing numbers, the first is number 1.
    `byes` are those of the round to be paired: players with one are not paired. `forbidden` pairs
    must not meet. `virtual_points` are those of all rounds: the earlier ones decide who floated.
    """

    history: History
    byes: tuple[Bye, ...] = ()
    forbidden: frozenset[frozenset[int]] = frozenset()
    virtual_points: tuple[VirtualPoints, ...] = ()

    @property
    def round_number(self) -> int:
        """The number of the round to be paired."""
        return len(self.history.rounds) + 1

    @property
    def is_last_round(self) -> bool:
        """Whether the tournament is known to end with this round."""
        return self.history.planned_rounds == self.round_number

    @property
    def absent(self) -> frozenset[int]:
        """The players not to be paired."""
        return frozenset(bye.player for bye in self.byes)

    @property
    def points(self) -> PointSystem:
        """What a round is worth."""
        return self.history.points

    def check(self) -> None:
        """EngineError if the round cannot be paired yet, or has unknown players."""
        known = {player.id for player in self.history.players}
        if len(known) < len(self.history.players):
            raise EngineError("Two players have the same number.")
        if any(played.unfinished for played in self.history.rounds):
            raise EngineError("A round is not finished: it must be before the next is paired.")
        if unknown := self.absent - known:
            raise EngineError(f"There is no player {min(unknown)}.")
        if 0 < self.history.planned_rounds < self.round_number:
            raise EngineError(
                f"The tournament ends with round {self.history.planned_rounds}: "
                f"there is no round {self.round_number}."
            )
        if not known - self.absent:
            raise NoPairingPossible("A round needs at least one player present.")


@dataclass(frozen=True, slots=True)
class SwissPairing:
    """A round: pairs (White, Black) in board order, and the player with the bye, if any."""

    pairs: tuple[tuple[int, int], ...]
    resting: tuple[int, ...] = ()


class SwissEngine(Protocol):
    """Whatever pairs the next round of a Swiss tournament."""

    def pair(self, task: PairingTask) -> SwissPairing:
        """The next round; NoPairingPossible if there is none, PairingFailed if it broke."""
        ...
