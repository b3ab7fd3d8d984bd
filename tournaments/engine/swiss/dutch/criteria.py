"""The criteria of a bracket (C.04.3, C6 to C21) as the worth of a pair, one number in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from tournaments.engine.swiss.colours import Strength

from .field import Entrant


class Zone(IntEnum):
    """Where in the round somebody stands, seen from the bracket that is being paired."""

    BRACKET = 0
    NEXT = 1
    BELOW = 2
    OUT = 3  # nobody: a place below, for whoever floats there
    BYE = 4  # nobody: whoever is paired with it has the bye


@dataclass(frozen=True, slots=True)
class Kind:
    """All about somebody that the criteria look at; whoever is of one kind is paired alike.

    `rank` is 0 for the bracket's own players, and for those moved down the place of their level
    from the top, beginning with 1.
    """

    zone: Zone
    rank: int = 0
    blocked: str = ""
    colour: str = ""
    strength: int = 0
    can_rest: bool = False
    unplayed: int = 0
    down: tuple[bool, bool] = (False, False)
    up: tuple[bool, bool] = (False, False)
    is_topscorer: bool = False
    difference: int = 0
    last_two: str = ""


OUT = Kind(Zone.OUT)
BYE = Kind(Zone.BYE)


@dataclass(frozen=True, slots=True)
class Scale:
    """What counts in a bracket; `moved_levels` is how many levels its moved down come from.

    `counts_floats` says that how many float is not decided yet (C6), `sees_next` that the next
    bracket's own pairs count (C8), `bye_is_decided` that C9 does.
    """

    counts_floats: bool
    moved_levels: int
    has_topscorers: bool
    sees_next: bool
    bye_is_decided: bool

    def kind_of(self, one: Entrant, zone: Zone, rank: int, *, can_rest: bool) -> Kind:
        """The kind of somebody, without what cannot matter where they stand."""
        if zone is not Zone.BRACKET:
            return Kind(zone, blocked=one.blocked, can_rest=can_rest)
        counts_up = self.moved_levels and not rank
        return Kind(
            zone,
            rank,
            one.blocked,
            one.colour,
            min(one.strength, Strength.STRONG),
            can_rest,
            one.unplayed if self.bye_is_decided and can_rest else 0,
            (one.last.down, one.before_last.down),
            (one.last.up, one.before_last.up) if counts_up else (False, False),
            self.has_topscorers and one.contender.is_topscorer,
            one.difference if self.has_topscorers else 0,
            one.last_two if self.has_topscorers else "",
        )

    def costs(self, one: Kind, other: Kind) -> list[int] | None:
        """What a pair costs by each criterion in order; None if it may not be."""
        if one.zone > other.zone or (one.zone == other.zone and one.rank < other.rank):
            one, other = other, one
        if not _may_be(one, other):
            return None
        inside = one.zone is other.zone is Zone.BRACKET
        floats = one.zone is Zone.BRACKET and not inside
        floats_next = self.sees_next and one.zone <= Zone.NEXT < other.zone
        return [
            int(floats and self.counts_floats),
            *self._by_rank(one.rank if floats else 0),
            int(floats_next),
            *self._by_rank(one.rank if floats and floats_next else 0),
            int(floats and floats_next and not one.rank),
            one.unplayed if floats and other.zone is Zone.BYE else 0,
            *(_topscorer_costs(one, other) if inside else (0, 0)),
            *(_colour_costs(one, other) if inside else (0, 0)),
            *self._repeated_floats(one, other, inside=inside, floats=floats),
        ]

    def _by_rank(self, rank: int) -> list[int]:
        """One for a level that somebody was moved down from, the highest first."""
        return [int(rank == level) for level in range(1, self.moved_levels + 1)]

    def _repeated_floats(
        self, one: Kind, other: Kind, *, inside: bool, floats: bool
    ) -> Iterator[int]:
        """C14 to C17, and C18 to C21 by the levels of those who were moved down."""
        repeated = [
            is_repeated
            for ago in (0, 1)
            for is_repeated in (floats and one.down[ago], inside and one.rank and other.up[ago])
        ]
        for place, is_repeated in enumerate(repeated):
            is_down = place % 2 == 0
            yield int(bool(is_repeated) and not (is_down and one.rank))
        for is_repeated in repeated:
            yield from self._by_rank(one.rank if is_repeated else 0)

    def worths(self, kinds: Sequence[Kind], bits: int) -> list[list[int | None]]:
        """The worth of a pair of each two kinds: even, 0 at best; `bits` hold any sum of costs."""
        found: list[list[int | None]] = [[None] * len(kinds) for _ in kinds]
        for index, one in enumerate(kinds):
            for at, other in enumerate(kinds[: index + 1]):
                costs = self.costs(one, other)
                if costs is not None:
                    packed = 0
                    for cost in costs:
                        packed = packed << bits | cost
                    found[index][at] = found[at][index] = -2 * packed
        return found


def _may_be(one: Kind, other: Kind) -> bool:
    """Whether two kinds can be paired; the first is in the higher zone or moved down further."""
    if other.zone is Zone.BYE:
        return one.can_rest
    if other.zone is Zone.OUT:
        return True
    if other.rank:
        return False  # two moved down could not be paired above
    return not (one.blocked and one.blocked == other.blocked)


def _colour_costs(one: Kind, other: Kind) -> tuple[int, int]:
    """C12 and C13: whether one of two does not get the colour due, and the colour strongly due."""
    if not one.colour or one.colour != other.colour:
        return 0, 0
    return 1, int(min(one.strength, other.strength) >= Strength.STRONG)


def _topscorer_costs(one: Kind, other: Kind) -> tuple[int, int]:
    """C10 and C11: colours that a topscorer's pair gets too often."""
    if not (one.is_topscorer or other.is_topscorer):
        return 0, 0
    c10 = int(one.difference == other.difference and abs(one.difference) >= 2)
    if not one.colour or one.colour != other.colour:
        return c10, 0
    return c10, int(_third_time(one, other))


def _third_time(one: Kind, other: Kind) -> bool:
    """Whether one of two, who are due the same colour, gets the other for the third time."""
    had = "bb" if one.colour == "w" else "ww"
    if one.last_two == other.last_two and one.last_two in ("ww", "bb"):
        return True
    order = _pull(one), _pull(other)
    if order[0] == order[1]:
        return False
    weaker = other if order[0] > order[1] else one
    return weaker.last_two == had


def _pull(one: Kind) -> tuple[int, int]:
    """How strongly a colour is due: only for the absolute the difference counts too."""
    is_absolute = abs(one.difference) > 1 or one.last_two in ("ww", "bb")
    if is_absolute:
        return int(Strength.ABSOLUTE), abs(one.difference)
    return one.strength, 0
