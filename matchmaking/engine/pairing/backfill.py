"""Places in running matches, filled by who waits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from .contenders import ANYWHERE, Contender, contenders
from .values import Rules, Ticket
from .wants.compiled import Wants, agree, layout_of, wants_of
from .wants.roles import ANY_ROLE, assign


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on a side of a running match.

    `role` is that of who left, empty or "any" for anybody's. `rating` is what the newcomer should
    have, such as the mean of the match. `attributes` are what the match's players have in common,
    `region` is where it is played, and `avoids` names who may not come, such as who left.
    """

    match: Hashable
    side: int
    rating: float
    role: str = ""
    region: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict, hash=False)
    avoids: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Filled:
    """A ticket, and the place that each of its members takes, in their order."""

    ticket: Ticket
    places: tuple[Place, ...]


def fill_places(
    places: Sequence[Place], waiting: Iterable[Ticket], rules: Rules, now: float
) -> list[Filled]:
    """Who takes which places: the longest wait first, each where the rating is nearest.

    A ticket fits by its own window, as in a new match; the match has none. A party comes as a
    whole, to one side that has so many places. A place is taken once; others stay open.
    """
    layout = layout_of(rules.attributes)
    sides = _sides(places, [wants_of(layout, [one.attributes], 0.0) for one in places])
    filled: list[Filled] = []
    for one in contenders([*waiting], rules, now):
        if not sides:
            break
        if one.size > rules.party_limit:
            continue
        found = min(
            ((gap, number) for number, side in enumerate(sides) if (gap := side.gap(one)) < inf),
            default=None,
        )
        if found is not None:
            filled.append(Filled(one.ticket, sides[found[1]].seat(one)))
            sides = [side for side in sides if side.free]
    return filled


class _Side:
    """The free places on one side of a match."""

    def __init__(self, wants: Wants, first: Place) -> None:
        self.wants, self.first = wants, first
        self.free: list[Place] = []

    def gap(self, one: Contender) -> float:
        """How far a party's rating is from what the side has; infinite if it does not fit."""
        first, gap = self.first, abs(one.rating - self.first.rating)
        if one.size > len(self.free) or not (one.is_overdue or gap <= one.own_window):
            return inf
        if first.region and one.accepts != ANYWHERE and first.region not in one.ticket.regions:
            return inf
        avoided = {player for place in self.free for player in place.avoids}
        if not avoided.isdisjoint(one.players) or self._roles(one) is None:
            return inf
        return gap if one.wants is None or agree(one.wants, self.wants) else inf

    def seat(self, one: Contender) -> tuple[Place, ...]:
        """Give a party that fits its places."""
        taken: list[Place] = []
        for role in self._roles(one) or ():
            place = next(each for each in self.free if (each.role or ANY_ROLE) == role)
            self.free.remove(place)
            taken.append(place)
        return tuple(taken)

    def _roles(self, one: Contender) -> tuple[str, ...] | None:
        wishes = tuple(member.roles for member in one.ticket.members)
        return assign(wishes, tuple(place.role or ANY_ROLE for place in self.free))


def _sides(places: Sequence[Place], wants: Sequence[Wants]) -> list[_Side]:
    """The places by match, side, and what the match is."""
    sides: dict[tuple[Hashable, int, float, str | None], _Side] = {}
    for place, wanted in zip(places, wants, strict=True):
        key = (place.match, place.side, place.rating, place.region)
        sides.setdefault(key, _Side(wanted, place)).free.append(place)
    return list(sides.values())
