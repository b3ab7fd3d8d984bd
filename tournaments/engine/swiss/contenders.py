"""The players to pair in a Swiss round, and the absolute rules (FIDE C.04.3, 2.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tournaments.engine.history import ByeKind, Colour, Kind, Line, score, score_sheets

from .colours import ColourRule, Preference, Strength, colour_preference, first_colour
from .task import PairingTask, SwissPairing


@dataclass(frozen=True)
class Contender:
    """Somebody to be paired; `number` is the pairing number that colours go by.

    `score` is what the pairing goes by: the points made, and the virtual ones of this round.
    """

    id: int
    number: int
    points: Fraction
    score: Fraction
    colours: tuple[Colour, ...]
    met: frozenset[int]
    had_bye: bool
    is_topscorer: bool

    @cached_property
    def preference(self) -> Preference:
        """The colour due."""
        return colour_preference(self.colours)


def contenders(task: PairingTask) -> list[Contender]:
    """Everyone present, in the order of the pairing numbers."""
    sheets = score_sheets(task.history)
    virtual = {
        one.player: one.points for one in task.virtual_points if one.round == task.round_number
    }
    resting = {bye.player for bye in task.byes if bye.kind is ByeKind.PAIRING_ALLOCATED}
    number, found = 0, []
    for player in task.history.players:
        sheet = sheets[player.id]
        is_present = player.id not in task.absent
        # A player never paired, and not now, has no number yet, as in the Dutch engine. The bye
        # of the pairing is a way to be paired.
        number += is_present or player.id in resting or any(_was_paired(line) for line in sheet)
        if is_present:
            ahead = virtual.get(player.id, Fraction(0))
            found.append(_contender(task, player.id, number, sheet, ahead))
    return found


def _was_paired(line: Line) -> bool:
    return line.opponent is not None or line.kind is Kind.PAIRING_BYE


def _contender(
    task: PairingTask, player: int, number: int, sheet: tuple[Line, ...], virtual: Fraction
) -> Contender:
    played = [line for line in sheet if line.kind is Kind.PLAYED]
    points = score(sheet)
    return Contender(
        player,
        number,
        points,
        points + virtual,
        tuple(line.colour for line in played if line.colour is not None),
        frozenset(line.opponent for line in played if line.opponent is not None),
        any(_bars_from_bye(task, line) for line in sheet),
        task.is_last_round and points + virtual > task.points.win * (task.round_number - 1) / 2,
    )


def _bars_from_bye(task: PairingTask, line: Line) -> bool:
    """Whether the round forbids another bye: a bye, or a win's worth without playing (C2)."""
    if line.kind is Kind.PLAYED:
        return False
    return line.kind is Kind.PAIRING_BYE or line.points == task.points.win


def may_meet(task: PairingTask, one: Contender, other: Contender) -> bool:
    """Whether two may be paired: not twice (C1), nor with the same absolute preference (C3)."""
    if other.id in one.met or frozenset((one.id, other.id)) in task.forbidden:
        return False
    if one.is_topscorer or other.is_topscorer:
        return True
    return not (
        one.preference.strength is other.preference.strength is Strength.ABSOLUTE
        and one.preference.colour is other.preference.colour
    )


def seat(task: PairingTask, higher: Contender, lower: Contender) -> tuple[int, int]:
    """White and Black of a pair (FIDE C.04.3, 5.2)."""
    colour, _ = colour_of_higher(task, higher, lower)
    return (higher.id, lower.id) if colour is Colour.WHITE else (lower.id, higher.id)


def colour_of_higher(
    task: PairingTask, higher: Contender, lower: Contender
) -> tuple[Colour, ColourRule]:
    """The colour of the higher ranked of a pair, and what decides it."""
    first = task.history.first_colour
    by_number = first if higher.number % 2 else first.other
    return first_colour(higher.colours, lower.colours, by_number)


def in_board_order(
    task: PairingTask, pairs: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """The boards of a round as they are published (FIDE C.04.2).

    The higher ranked of each pair decides, by score, then the other's score, then the higher
    ranked one's number.
    """
    present = {one.id: one for one in contenders(task)}

    def place(pair: tuple[int, int]) -> tuple[Fraction, Fraction, int]:
        higher, lower = sorted(
            (present[one] for one in pair), key=lambda one: (-one.points, one.number)
        )
        return -higher.points, -lower.points, higher.number

    return tuple(sorted(pairs, key=place))


def broken_rules(task: PairingTask, pairing: SwissPairing) -> list[str]:
    """What a pairing of the round does against the absolute rules, in words; nothing if fine."""
    present = {one.id: one for one in contenders(task)}
    named = {player.id: player.label for player in task.history.players}
    seated = Counter([*(player for pair in pairing.pairs for player in pair), *pairing.resting])
    problems = [f"{named.get(one, one)} is not to be paired." for one in seated.keys() - present]
    problems += [f"{named[one]} is left out." for one in present.keys() - seated]
    problems += [f"{named.get(one, one)} is paired twice." for one in seated if seated[one] > 1]
    if problems:
        return problems
    problems += [
        f"{named[white]} and {named[black]} may not meet."
        for white, black in pairing.pairs
        if not may_meet(task, present[white], present[black])
    ]
    problems += [
        f"{named[one]} may not have another bye." for one in pairing.resting if present[one].had_bye
    ]
    if len(pairing.resting) > 1:
        problems.append("More than one player has the bye.")
    return problems
