"""The players of a round as the Dutch system sees them: levels, colours due, floats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tournaments.engine.history import Colour, Kind, Line, Sheets, score_sheets
from tournaments.engine.swiss.colours import Strength
from tournaments.engine.swiss.contenders import Contender, contenders
from tournaments.engine.swiss.task import PairingTask


@dataclass(frozen=True, slots=True)
class Floats:
    """Whether somebody floated down or up in one round (1.4)."""

    down: bool = False
    up: bool = False


@dataclass(frozen=True, slots=True)
class Entrant:
    """A player to be paired; `place` is theirs in the order of the round (1.2).

    `level` is the score's place among the scores, the lowest 0. `difference` is games with White
    minus games with Black, `last_two` the colours of the last two games. `met` are the places of
    those they may not meet again.
    """

    place: int
    contender: Contender
    level: int
    colour: str
    strength: Strength
    difference: int
    last_two: str
    last: Floats
    before_last: Floats
    unplayed: int
    met: frozenset[int]

    @property
    def blocked(self) -> str:
        """The colour that two who are due it absolutely may not both be (C3)."""
        is_bound = self.strength is Strength.ABSOLUTE and not self.contender.is_topscorer
        return self.colour if is_bound else ""


def entrants(task: PairingTask) -> list[Entrant]:
    """Everyone to be paired, the highest ranked first."""
    found = sorted(contenders(task), key=lambda one: (-one.score, one.number))
    place_of = {one.id: place for place, one in enumerate(found)}
    level_of = {points: level for level, points in enumerate(sorted({one.score for one in found}))}
    barred: dict[int, set[int]] = {one.id: set(one.met) for one in found}
    for pair in task.forbidden:
        for one, other in (tuple(pair), tuple(pair)[::-1]) if len(pair) == 2 else ():
            if one in barred:
                barred[one].add(other)
    floats = _Floated(task)
    return [
        Entrant(
            place,
            one,
            level_of[one.score],
            one.preference.colour.value if one.preference.strength else "",
            one.preference.strength,
            sum(1 if colour is Colour.WHITE else -1 for colour in one.colours),
            "".join(colour.value for colour in one.colours[-2:]),
            floats.of(one.id, 1),
            floats.of(one.id, 2),
            len(task.history.rounds) - len(one.colours),
            frozenset(place_of[other] for other in barred[one.id] if other in place_of),
        )
        for place, one in enumerate(found)
    ]


class _Floated:
    """Who floated in the rounds before, by the scores of that time."""

    def __init__(self, task: PairingTask) -> None:
        self.task = task
        self.sheets: Sheets = score_sheets(task.history)
        self.virtual = {(one.player, one.round): one.points for one in task.virtual_points}
        self._scores: dict[int, dict[int, Fraction]] = {}

    def of(self, player: int, rounds_ago: int) -> Floats:
        """How a player floated so many rounds ago."""
        number = len(self.task.history.rounds) + 1 - rounds_ago
        if number < 1:
            return Floats()
        line = self.sheets[player][number - 1]
        if line.kind is not Kind.PLAYED or line.opponent is None:
            return Floats(down=self._had_points(line))
        scores = self._before(number)
        own, other = scores[player], scores[line.opponent]
        return Floats(down=own > other, up=own < other)

    def _had_points(self, line: Line) -> bool:
        return line.kind is Kind.PAIRING_BYE or line.points > self.task.points.loss

    def _before(self, number: int) -> dict[int, Fraction]:
        """What everyone was paired by in a round."""
        if number not in self._scores:
            self._scores[number] = {
                player: sum((line.points for line in sheet[: number - 1]), Fraction(0))
                + self.virtual.get((player, number), 0)
                for player, sheet in self.sheets.items()
            }
        return self._scores[number]
