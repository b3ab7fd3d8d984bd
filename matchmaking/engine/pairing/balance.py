"""Dividing the parties of a match into sides of equal size and strength."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from .contenders import REMATCH, Contender, would_meet_again
from .values import Rules

# Enough for every division into two sides of five.
_STEPS = 6_000


def divide(parties: Sequence[Contender], rules: Rules) -> tuple[tuple[Contender, ...], ...]:
    """Sides with as few recent opponents against each other, and as equal in rating, as can be.

    The best division there is for two sides, and wherever few parties leave few; else the best of
    the first thousands, which begin with the strongest party on the weakest side. The side of the
    longest wait is the first. `parties` fill the match exactly.
    """
    search = _Division(parties, rules)
    search.place(0, 0.0)
    sides = [sorted(side, key=_place) for side in search.best]
    return tuple(tuple(side) for side in sorted(sides, key=lambda side: side[0].place))


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
            if self.best and self.steps >= _STEPS:
                return
            self.steps += 1
            tried_empty |= is_empty
            met = sum(self.side_of[foe] != side for foe in self.foes[index])
            self.room[side] -= party.size
            self.strength[side] += total
            self.side_of[index] = side
            if self._is_promising(side, rematches + met):
                self.place(index + 1, rematches + met)
            self.room[side] += party.size
            self.strength[side] -= total

    def _is_promising(self, side: int, rematches: float) -> bool:
        """Whether this can still beat the best: a full side far from its share cannot."""
        unfair = abs(self.strength[side] - self.fair_share) if self.room[side] == 0 else 0.0
        return rematches * REMATCH + unfair / self.size < self.least

    def _keep(self, rematches: float) -> None:
        unfair = (max(self.strength) - min(self.strength)) / self.size
        if rematches * REMATCH + unfair < self.least:
            self.least = rematches * REMATCH + unfair
            self.best = [
                [one for one, on in zip(self.parties, self.side_of, strict=True) if on == side]
                for side in range(len(self.room))
            ]
