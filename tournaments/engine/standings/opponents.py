"""Tie-breaks on the opponents' scores: Buchholz, Sonneborn-Berger, and their cuts."""

from dataclasses import dataclass
from fractions import Fraction

from tournaments.engine.history import Line

from .field import FORFEITS, VOLUNTARY, Field, System
from .values import Term, Value, shown, total

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one round adds; `voluntary` is a round that the participant chose to miss."""

    opponent_score: Fraction
    amount: Fraction
    text: str
    voluntary: bool


def buchholz(field: Field, player: int, *, lowest_cut: int = 0, highest_cut: int = 0) -> Value:
    """The sum of the opponents' scores (C.07 8.1)."""
    return _cut_total(_contributions(field, player), lowest_cut, highest_cut)


def sonneborn_berger(field: Field, player: int, *, lowest_cut: int = 0) -> Value:
    """The sum of the opponents' scores times the points made against them (C.07 9.1)."""
    return _cut_total(_contributions(field, player, times_points=True), lowest_cut, 0)


def _contributions(field: Field, player: int, *, times_points: bool = False) -> list[Contribution]:
    contributions = []
    for line in field.finished_lines(player):
        opponent_score, text = _opponent_score(field, player, line)
        amount = opponent_score
        if times_points:
            amount *= line.points
            text = f"{text}: {shown(opponent_score)} {TIMES} {shown(line.points)}"
        # Whether the participant was there to play matters in a Swiss only.
        voluntary = field.system is System.SWISS and line.kind in VOLUNTARY
        contributions.append(Contribution(opponent_score, amount, text, voluntary))
    return contributions


def _opponent_score(field: Field, player: int, line: Line) -> tuple[Fraction, str]:
    """The score of the opponent of one round, or of the dummy in an unplayed one (16.4)."""
    if line.opponent is not None and field.counts_as_played(line):
        opponent_score = field.adjusted_scores[line.opponent]
        return opponent_score, f"round {line.round}, {field.name(line.opponent)}"
    own = field.scores[player]
    # The most that a dummy opponent's score may be (C.07 of 2026, 16.4.1 and 16.4.2).
    if line.kind in FORFEITS and line.opponent is not None:
        limit = field.adjusted_scores[line.opponent]
    else:
        limit = field.points.draw * field.round_count
    if own <= limit:
        return own, f"round {line.round}, not played: own score"
    return limit, f"round {line.round}, not played: own score {shown(own)}, limited"


def _cut_total(contributions: list[Contribution], lowest: int, highest: int) -> Value:
    """The sum without so many of the least, then so many of the most significant values."""
    kept = list(range(len(contributions)))
    for _ in range(min(lowest, len(kept))):
        kept.remove(_least_significant(contributions, kept))
    for _ in range(min(highest, len(kept))):
        kept.remove(max(kept, key=lambda one: _significance(contributions[one])))
    terms = [
        Term(one.amount, one.text, cut=index not in kept) for index, one in enumerate(contributions)
    ]
    return total(terms, "no rounds yet")


def _significance(one: Contribution) -> tuple[Fraction, Fraction]:
    """The opponent's score decides, then the contribution (C.07 14.1.1)."""
    return one.opponent_score, one.amount


def _least_significant(contributions: list[Contribution], kept: list[int]) -> int:
    """Which one to cut next.

    A round missed voluntarily goes first, as long as it is worth no less (C.07 16.5.1).
    """
    least = min(kept, key=lambda one: _significance(contributions[one]))
    missed = [one for one in kept if contributions[one].voluntary]
    if not missed:
        return least
    lowest = min(missed, key=lambda one: _significance(contributions[one])[::-1])
    return lowest if contributions[lowest].amount >= contributions[least].amount else least
