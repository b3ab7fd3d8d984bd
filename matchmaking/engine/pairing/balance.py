"""Dividing the parties of a match into sides of equal size and strength."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf

from .contenders import NEXT_ROLE, REMATCH, Contender, roles_in, would_meet_again
from .values import Rules
from .wants.roles import Wishes, displeasure

# Enough for every division into two sides of five.
_STEPS = 6_000
# How long to look for a division in which each side has its roles.
_STEPS_TO_FIRST = 20 * _STEPS


def divide(parties: Sequence[Contender], rules: Rules) -> tuple[tuple[Contender, ...], ...]:
    """Sides with as few recent opponents against each other, and as equal in rating, as can be.

    The best division there is for two sides, and wherever few parties leave few; else the best of
    the first thousands, which begin with the strongest party on the weakest side. The side of the
    longest wait is the first. `parties` fill the match exactly. Each side has the roles of a team,
    and how near they are to the players' wishes counts too; no sides at all if that cannot be.
    """
    search = _Division(parties, rules)
    search.place(0, 0.0)
    sides = [sorted(side, key=_place) for side in search.best]
    return tuple(tuple(side) for side in sorted(sides, key=lambda side: side[0].place))


def can_be_divided(parties: Iterable[tuple[Wishes, ...]], rules: Rules) -> bool:
    """Whether there are sides in which each has its roles, by what the players of parties take."""
    largest_first = sorted(parties, key=lambda party: (-len(party), party))
    return _can_be_sides(tuple(largest_first), rules.slots, rules.teams)


@lru_cache(maxsize=100_000)
def _can_be_sides(
    parties: tuple[tuple[Wishes, ...], ...], slots: tuple[str, ...], teams: int
) -> bool:
    steps = 0

    def place(index: int, sides: tuple[tuple[Wishes, ...], ...]) -> bool:
        nonlocal steps
        if index == len(parties):
            return True
        for side in dict.fromkeys(sides):  # two that are alike are the same
            steps += 1
            if steps > _STEPS_TO_FIRST:
                return False
            joined = side + parties[index]
            if len(joined) <= len(slots) and displeasure(joined, slots) is not None:
                others = list(sides)
                others.remove(side)
                if place(index + 1, (*others, joined)):
                    return True
        return False

    return place(0, ((),) * teams)


def _place(party: Contender) -> int:
    return party.place


def _total(party: Contender) -> float:
    return sum(member.rating for member in party.ticket.members)


class _Division:
    """A search party by party, the largest first, since they have the fewest places."""

    def __init__(self, parties: Sequence[Contender], rules: Rules) -> None:
        self.parties = sorted(parties, key=lambda one: (-one.size, -_total(one), one.place))
        self.totals = [_total(one) for one in self.parties]
        self.foes = [
            [earlier for earlier in range(place) if would_meet_again(one, self.parties[earlier])]
            for place, one in enumerate(self.parties)
        ]
        self.size = rules.team_size
        self.fair_share = sum(self.totals) / rules.teams
        self.room = [rules.team_size] * rules.teams
        self.strength = [0.0] * rules.teams
        self.side_of = [0] * len(self.parties)
        self.least = inf
        self.best: list[list[Contender]] = []
        self.steps = 0
        self.slots = rules.slots
        self.casts: list[tuple[Wishes, ...]] = [()] * rules.teams

    def place(self, index: int, rematches: float) -> None:
        """Put the party at `index`, and all after it, on every side in turn."""
        if index == len(self.parties):
            self._keep(rematches)
            return
        party, total = self.parties[index], self.totals[index]
        tried_empty = False
        for side in sorted(range(len(self.room)), key=self.strength.__getitem__):
            is_empty = self.room[side] == self.size
            if self.room[side] < party.size or (is_empty and tried_empty):
                continue
            if self.steps >= (_STEPS if self.best else _STEPS_TO_FIRST):
                return
            self.steps += 1
            tried_empty |= is_empty
            met = sum(self.side_of[foe] != side for foe in self.foes[index])
            self.room[side] -= party.size
            self.strength[side] += total
            self.side_of[index] = side
            cast = self.casts[side]
            if self.slots:
                self.casts[side] = (*cast, *roles_in((party,)))
            if self._is_promising(side, rematches + met):
                self.place(index + 1, rematches + met)
            self.casts[side] = cast
            self.room[side] += party.size
            self.strength[side] -= total

    def _is_promising(self, side: int, rematches: float) -> bool:
        """Whether this can still beat the best: a full side far from its share cannot.

        Nor a side whose players cannot take different roles.
        """
        if self.slots and displeasure(self.casts[side], self.slots) is None:
            return False
        if not self.best:
            return True
        unfair = abs(self.strength[side] - self.fair_share) if self.room[side] == 0 else 0.0
        return rematches * REMATCH + unfair / self.size < self.least

    def _keep(self, rematches: float) -> None:
        unfair = (max(self.strength) - min(self.strength)) / self.size
        if self.slots:
            unfair += NEXT_ROLE * sum(displeasure(cast, self.slots) or 0 for cast in self.casts)
        if not self.best or rematches * REMATCH + unfair < self.least:
            self.least = rematches * REMATCH + unfair
            self.best = [
                [one for one, on in zip(self.parties, self.side_of, strict=True) if on == side]
                for side in range(len(self.room))
            ]
