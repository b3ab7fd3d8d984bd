"""Colours in the Dutch system: who prefers which, and who gets which (FIDE C.04.3, 1.6 to 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from tournaments.engine.history import Colour


class Strength(IntEnum):
    """How much a colour preference weighs."""

    NONE = 0
    MILD = 1
    STRONG = 2
    ABSOLUTE = 3


@dataclass(frozen=True, slots=True)
class Preference:
    """The colour due to somebody; without any strength the colour means nothing.

    `imbalance` is how many more games one had with one colour than with the other.
    """

    colour: Colour
    strength: Strength
    imbalance: int


def colour_preference(played: Sequence[Colour]) -> Preference:
    """The preference after the colours of the games played so far (1.7); the first that fits."""
    difference = sum(1 if colour is Colour.WHITE else -1 for colour in played)
    last = played[-1] if played else Colour.BLACK
    same_twice = len(played) > 1 and played[-2] is last
    imbalance = abs(difference)
    more_often = Colour.WHITE if difference > 0 else Colour.BLACK
    if same_twice and (imbalance < 2 or more_often is last):
        return Preference(last.other, Strength.ABSOLUTE, imbalance)
    if imbalance:
        strength = Strength.ABSOLUTE if imbalance > 1 else Strength.STRONG
        return Preference(more_often.other, strength, imbalance)
    return Preference(last.other, Strength.MILD if played else Strength.NONE, 0)


class ColourRule(Enum):
    """What decides the colours of a pair; the value is the article."""

    BOTH_DUE = "5.2.1"
    STRONGER = "5.2.2"
    HISTORY = "5.2.3"
    RANK = "5.2.4"
    NUMBER = "5.2.5"


def first_is_white(
    first: Sequence[Colour], second: Sequence[Colour], colour_at_rest: Colour
) -> bool:
    """Whether the first of two gets White (5.2); the first is the higher ranked.

    The colours are those of the games played. `colour_at_rest` is the first one's by number,
    for when nothing else decides.
    """
    return first_colour(first, second, colour_at_rest)[0] is Colour.WHITE


def first_colour(
    first: Sequence[Colour], second: Sequence[Colour], colour_at_rest: Colour
) -> tuple[Colour, ColourRule]:
    """The colour of the higher ranked of two, and the rule that decides it."""
    own, other = colour_preference(first), colour_preference(second)
    if not own.strength and not other.strength:
        return colour_at_rest, ColourRule.NUMBER
    if own.strength and other.strength and own.colour is other.colour:
        return _same_wish(own, other, first, second)
    return own.colour if own.strength else other.colour.other, ColourRule.BOTH_DUE


def _same_wish(
    own: Preference, other: Preference, first: Sequence[Colour], second: Sequence[Colour]
) -> tuple[Colour, ColourRule]:
    """The first one's colour where both prefer the same (5.2.2 to 5.2.4)."""
    if own.strength != other.strength:
        is_due = own.strength > other.strength
        return own.colour if is_due else own.colour.other, ColourRule.STRONGER
    if own.strength is Strength.ABSOLUTE and own.imbalance != other.imbalance:
        is_due = own.imbalance > other.imbalance
        return own.colour if is_due else own.colour.other, ColourRule.STRONGER
    for mine, theirs in zip(reversed(first), reversed(second), strict=False):
        if mine is not theirs:
            return mine.other, ColourRule.HISTORY
    return own.colour, ColourRule.RANK
