"""What a round does by the criteria of the Dutch system (C.04.3, 2), as values.

It looks at the finished pairing alone, so it holds any engine to the rules, or an organiser's own
round; what no pairing could avoid it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tournaments.engine.history import Colour
from tournaments.engine.swiss.colours import ColourRule, Strength
from tournaments.engine.swiss.contenders import broken_rules, colour_of_higher
from tournaments.engine.swiss.task import PairingTask, SwissPairing

from .field import Entrant, entrants


class Direction(Enum):
    """Which way somebody floats."""

    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Rest:
    """Who has the bye, and how that was chosen (C5, C9).

    `barred` are those of the same score or less who may not have another one (C2); `unplayed`
    is how many rounds the player has not played. `is_lowest` says that nobody with fewer points
    may have it.
    """

    player: int
    unplayed: int
    barred: tuple[int, ...]
    is_lowest: bool


@dataclass(frozen=True, slots=True)
class Float:
    """Somebody paired with a player of another score; `again` after one or two rounds (C14-C21)."""

    player: int
    direction: Direction
    levels: int
    again: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """Somebody who does not get the colour due (C12, C13).

    `third_time` in a row (C11), or `far` from as many games with White as with Black (C10).
    """

    player: int
    due: Colour
    strength: Strength
    third_time: bool
    far: bool


@dataclass(frozen=True, slots=True)
class Board:
    """A pair as it was before the round, and the rule for its colours; whether it was `kept`."""

    white: Entrant
    black: Entrant
    rule: ColourRule
    kept: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A round by the criteria: what breaks the absolute ones, in words, and the rest as values."""

    broken: tuple[str, ...]
    boards: tuple[Board, ...]
    rest: Rest | None
    floats: tuple[Float, ...]
    denied: tuple[Denied, ...]
    topscorers: tuple[int, ...]


def verdict_on(task: PairingTask, pairing: SwissPairing) -> Verdict:
    """Look at a round of players who are all to be paired."""
    field = entrants(task)
    of = {one.contender.id: one for one in field}
    known = [pair for pair in pairing.pairs if of.keys() >= {*pair}]
    resting = [of[one] for one in pairing.resting if one in of]
    return Verdict(
        tuple(broken_rules(task, pairing)),
        tuple(_board(task, of[white], of[black]) for white, black in known),
        _rest(resting[0], field) if resting else None,
        tuple(one for pair in known for one in _floats(*(of[player] for player in pair))),
        tuple(one for white, black in known for one in _denied(of[white], of[black])),
        tuple(one.contender.id for one in field if one.contender.is_topscorer),
    )


def _board(task: PairingTask, white: Entrant, black: Entrant) -> Board:
    higher, lower = sorted((white, black), key=lambda one: one.place)
    colour, rule = colour_of_higher(task, higher.contender, lower.contender)
    return Board(white, black, rule, (colour is Colour.WHITE) == (higher is white))


def _rest(resting: Entrant, field: list[Entrant]) -> Rest:
    lower = [one for one in field if one.level <= resting.level]
    return Rest(
        resting.contender.id,
        resting.unplayed,
        tuple(one.contender.id for one in lower if one.contender.had_bye),
        all(one.contender.had_bye for one in lower if one.level < resting.level),
    )


def _floats(one: Entrant, other: Entrant) -> Iterator[Float]:
    for own, theirs in ((one, other), (other, one)):
        levels = theirs.level - own.level
        if not levels:
            continue
        before = enumerate((own.last, own.before_last), start=1)
        again = tuple(ago for ago, past in before if (past.up if levels > 0 else past.down))
        direction = Direction.UP if levels > 0 else Direction.DOWN
        yield Float(own.contender.id, direction, abs(levels), again)


def _denied(white: Entrant, black: Entrant) -> Iterator[Denied]:
    for one, colour in ((white, Colour.WHITE), (black, Colour.BLACK)):
        if one.colour in ("", colour.value):
            continue
        step = 1 if colour is Colour.WHITE else -1
        yield Denied(
            one.contender.id,
            colour.other,
            one.strength,
            one.last_two == 2 * colour.value,
            abs(one.difference + step) > 2,
        )
