"""What a tournament report file holds beside the round to be paired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from tournaments.engine.history import Bye, score, score_sheets

from .task import PairingTask

MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Prohibition:
    """Players of whom no two may meet, from one round to another, both included."""

    players: tuple[int, ...]
    first: int = 1
    last: int = MOST_ROUNDS

    @property
    def is_for_all_rounds(self) -> bool:
        """Whether they must never meet."""
        return self.first <= 1 and self.last >= MOST_ROUNDS - 1

    def pairs_in(self, round_number: int) -> Iterator[frozenset[int]]:
        """The pairs that must not meet in a round."""
        if self.first <= round_number <= self.last:
            yield from map(frozenset, combinations(self.players, 2))


@dataclass(frozen=True)
class Report:
    """A whole report: the round to be paired, and what concerns the rounds after it.

    `prohibitions` are those of all rounds, `later_byes` the byes by their rounds. `warnings` are
    sentences about what in the file contradicts itself.
    """

    task: PairingTask
    prohibitions: tuple[Prohibition, ...] = ()
    later_byes: tuple[tuple[int, Bye], ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, task: PairingTask) -> Report:
        """A report of which only the round to be paired is known."""
        number = task.round_number
        pairs = sorted(sorted(pair) for pair in task.forbidden)
        return cls(task, tuple(Prohibition(tuple(pair), number, number) for pair in pairs))


def wrong_totals(report: Report, totals: Mapping[int, Fraction | None]) -> Iterator[str]:
    """A sentence for each player whose total in the file is not that of the results in it.

    Programs differ in whether byes that are set beforehand and virtual points are part of it.
    """
    names = {player.id: player.label for player in report.task.history.players}
    coming, later, virtual = _points_ahead(report)
    for player, sheet in score_sheets(report.task.history).items():
        total, made = totals[player], score(sheet)
        byes = (Fraction(0), coming[player], coming[player] + later[player])
        ahead = {one + other for one in byes for other in (Fraction(0), *virtual[player])}
        # Totals have one decimal, points may have more.
        if total is not None and all(abs(total - made - one) >= Fraction(1, 10) for one in ahead):
            yield (
                f"{names[player]} has {float(total):g} points in the file, and {float(made):g} by "
                "the results in it."
            )


def _points_ahead(
    report: Report,
) -> tuple[dict[int, Fraction], dict[int, Fraction], dict[int, list[Fraction]]]:
    """Points of the coming round's byes, of later byes, and virtual ones, by player."""
    task = report.task
    coming: dict[int, Fraction] = defaultdict(Fraction)
    later: dict[int, Fraction] = defaultdict(Fraction)
    for bye in task.byes:
        coming[bye.player] += task.points.for_bye(bye.kind)
    for _, bye in report.later_byes:
        later[bye.player] += task.points.for_bye(bye.kind)
    virtual: dict[int, list[Fraction]] = defaultdict(list)
    for one in task.virtual_points:
        if one.round in (task.round_number - 1, task.round_number):
            virtual[one.player].append(one.points)
    return coming, later, virtual
