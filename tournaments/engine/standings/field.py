"""The field of a tournament as the tie-breaks see it: score sheets and adjusted scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cached_property

from tournaments.engine.history import (
    History,
    Kind,
    Line,
    Player,
    PointSystem,
    Result,
    Sheets,
    score,
    score_sheets,
)

REQUESTED_BYES = frozenset({Kind.HALF_POINT_BYE, Kind.ZERO_POINT_BYE})
VOLUNTARY = REQUESTED_BYES | {Kind.FORFEIT_LOSS}
FORFEITS = frozenset({Kind.FORFEIT_WIN, Kind.FORFEIT_LOSS})


class System(Enum):
    """How opponents are found, which decides what an unplayed round means."""

    SWISS = "swiss"
    ROUND_ROBIN = "round_robin"  # pre-determined: forfeits count as games, FIDE C.07 15.2


@dataclass(frozen=True)
class Field:
    """Everyone's score sheet under the rules of one system (FIDE C.07, edition of 2026).

    `round_count` is the number of rounds looked at, `is_complete` whether the last of them is
    the last of the tournament.
    """

    players: dict[int, Player]
    sheets: Sheets
    points: PointSystem
    system: System
    round_count: int
    is_complete: bool

    @classmethod
    def of(cls, history: History, system: System) -> Field:
        """The field of a tournament; in a round robin a round of rest is no round at all."""
        sheets = score_sheets(history)
        if system is System.ROUND_ROBIN:
            sheets = {
                player: tuple(line for line in lines if line.opponent is not None)
                for player, lines in sheets.items()
            }
        return cls(
            {player.id: player for player in history.players},
            sheets,
            history.points,
            system,
            len(history.rounds),
            len(history.rounds) == history.round_count,
        )

    @cached_property
    def scores(self) -> dict[int, Fraction]:
        """Everyone's points."""
        return {player: score(lines) for player, lines in self.sheets.items()}

    @cached_property
    def adjusted_scores(self) -> dict[int, Fraction]:
        """Everyone's points as the opponents' tie-breaks count them (C.07 16.3)."""
        if self.system is System.ROUND_ROBIN:
            return self.scores
        return {
            player: adjusted_score(lines, self.points.draw) for player, lines in self.sheets.items()
        }

    @cached_property
    def rounds_begun(self) -> int:
        """The last round in which anything is decided."""
        finished = (line.round for player in self.sheets for line in self.finished_lines(player))
        return max(finished, default=0)

    def finished_lines(self, player: int) -> list[Line]:
        """The rounds of one participant, those still being played aside."""
        return [line for line in self.sheets[player] if line.kind is not Kind.UNFINISHED]

    def counts_as_played(self, line: Line) -> bool:
        """Whether the tie-breaks on opponents treat this round as a game (C.07 15.2)."""
        if line.kind in FORFEITS:
            return self.system is System.ROUND_ROBIN
        return line.kind is Kind.PLAYED

    def name(self, player: int | None) -> str:
        """What a participant is called."""
        return "nobody" if player is None else self.players[player].label

    @cached_property
    def drawn_out(self) -> Field:
        """The field as if all pairs of the final round had drawn (Fore Buchholz, C.07 8.3)."""
        if not self.is_complete:
            return self
        return replace(
            self,
            sheets={
                player: tuple(self._drawn(line) for line in lines)
                for player, lines in self.sheets.items()
            },
        )

    def _drawn(self, line: Line) -> Line:
        if line.round != self.round_count or line.opponent is None:
            return line
        return replace(line, kind=Kind.PLAYED, result=Result.DRAW, points=self.points.draw)


def adjusted_score(lines: tuple[Line, ...], draw: Fraction) -> Fraction:
    """The points, with byes asked for at the very end counted as draws (C.07 16.2.5, 16.3.2)."""
    adjusted = Fraction(0)
    is_end = True
    for line in reversed(lines):
        adjusted += draw if is_end and line.kind in REQUESTED_BYES else line.points
        is_end = is_end and line.kind in VOLUNTARY
    return adjusted
