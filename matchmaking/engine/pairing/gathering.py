"""Searching one match in a line of parties, which is in the order of their ratings.

All in the line would play in one region.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from itertools import accumulate
from math import inf

from .balance import can_be_divided
from .contenders import Contender, fits, is_too_early, would_meet_again
from .shapes import Counts, capped, has_room, most_of_each, shapes_within
from .values import Rules
from .wants.compiled import Wants, together
from .wants.roles import Casting, Wishes, rank

Group = tuple[Contender, ...]

# How often to start again without the party that excluded the most players.
_ATTEMPTS = 6
# How many parties are added or left out while those are sought who have all the roles.
_CASTING_STEPS = 120


def value(group: Group) -> float:
    """What a match is worth: the waits it ends, less the width of its ratings."""
    ratings = [one.rating for one in group]
    players = sum(one.size for one in group)
    return sum(one.worth for one in group) - (max(ratings) - min(ratings)) * players / 2


def could_fill(
    counts: Sequence[int],
    shapes: tuple[Counts, ...],
    rules: Rules,
    must: Contender | None = None,
) -> bool:
    """Whether so many parties of each size can fill a match, with one of `must`'s size in it."""
    within = shapes_within(shapes, rules.teams, capped(counts, rules.players))
    return any(must is None or shape[must.size - 1] for shape in within)


def _running_counts(line: Sequence[Contender], team_size: int) -> list[Counts]:
    """For each place, and the end, how many parties of each size stand below it."""
    running = [(0,) * team_size]
    for one in line:
        last = running[-1]
        running.append((*last[: one.size - 1], last[one.size - 1] + 1, *last[one.size :]))
    return running


class Gathering:
    """The search for one match in `line`, by team shapes that are allowed."""

    def __init__(
        self,
        line: Sequence[Contender],
        rules: Rules,
        shapes: tuple[Counts, ...],
        *,
        with_rematches: bool,
    ) -> None:
        self.line = line
        self.rules = rules
        self.shapes = shapes
        self.with_rematches = with_rematches
        self._ratings = [one.rating for one in line]
        self._counts_below = _running_counts(line, rules.team_size)
        self._able_below = {
            role: [0, *accumulate(_able(one, role) for one in line)] for role, _ in rules.roles
        }

    def narrowest(self, lowest: int, must: Contender | None = None) -> Group | None:
        """The narrowest match from the place `lowest` up, and with `must` wherever it stands."""
        if must is not None and not self.may_join(self.line[lowest], must):
            return None
        useful = self._useful(lowest, must)
        if not useful or (must is not None and not useful[must.size - 1]):
            return None
        skipped: set[Contender] = set()
        for _ in range(_ATTEMPTS):
            taken = _Taken(self, must, useful)
            group = self._gather(taken, lowest, skipped)
            if group is not None:
                return group
            excluding = taken.most_excluding(self.line[lowest])
            if excluding is None:
                return None
            skipped.add(excluding)
        return None

    def _useful(self, lowest: int, must: Contender | None) -> Counts:
        """How many of each size a match from here up could hold; empty if there can be none."""
        first = self.line[lowest]
        end = bisect_right(self._ratings, first.rating + first.window, lowest)
        below, until = self._counts_below[lowest], self._counts_below[end]
        counts = [most - less for most, less in zip(until, below, strict=True)]
        for role, needed in self.rules.roles:
            able = self._able_below[role]
            there = able[end] - able[lowest] + (0 if must is None else _able(must, role))
            if there < needed * self.rules.teams:
                return ()
        if must is not None:
            counts[must.size - 1] += 1  # may count it twice: that lets a vain search pass, no more
        return most_of_each(self.shapes, self.rules.teams, capped(counts, self.rules.players))

    def _gather(self, taken: _Taken, lowest: int, skipped: set[Contender]) -> Group | None:
        """Take parties one by one, upwards, until some of them fill a match."""
        first = self.line[lowest]
        highest = first.rating + first.window
        for place in range(lowest, len(self.line)):
            one = self.line[place]
            if one.rating > highest:
                break
            if one in skipped or not taken.take(one):
                continue
            if taken.may_fill:
                group = taken.filled()
                if group is not None:
                    return group
        return taken.filled() if taken.is_untried else None

    def may_join(self, one: Contender, other: Contender) -> bool:
        """Whether two parties may be in one match, as this search has it."""
        if one is other:
            return True
        return fits(one, other) and (self.with_rematches or not would_meet_again(one, other))


def _able(one: Contender, role: str) -> int:
    """How many of a party's players could take a role."""
    return sum(rank(wishes, role) is not None for wishes in one.roles)


class _Taken:
    """The parties taken so far, all of whom fit each other, in ascending order of rating."""

    def __init__(self, gathering: Gathering, must: Contender | None, useful: Counts) -> None:
        self.gathering = gathering
        self.must = must
        self.useful = useful
        self.parties: list[Contender] = []
        self.counts = [0] * gathering.rules.team_size
        self.total = 0
        # Limits for the next one: not above the lowest window's end, nor with a window that
        # ends above the lowest rating. Parties that have waited too long set no limits.
        self.ceiling, self.floor = inf, inf
        self.players: set[Hashable] = set()
        self.avoids: set[Hashable] = set()
        self.excluded: dict[Contender, int] = {}
        self.wants: Wants | None = None
        self.slots = gathering.rules.slots
        self.alike: dict[tuple[Wishes, ...], int] = {}
        # Whether enough players for each role are there, wherever their parties go.
        self.casting = Casting(self.slots, gathering.rules.teams)
        self.cast = 0
        # With roles a vain search is long: the next one waits until there are more parties.
        self.tried, self.next_try = 0, 0
        if must is not None:
            self._add(must)

    def take(self, one: Contender) -> bool:
        """Take the next party if it is useful and fits all; else count which party excluded it."""
        if one is self.must:
            return True
        there = self.alike.get(one.roles, 0) if self.slots else self.counts[one.size - 1]
        if there >= self.useful[one.size - 1]:
            return False
        if self._fits_all(one):
            if not one.is_overdue:
                self.ceiling = min(self.ceiling, one.rating + one.window)
                self.floor = min(self.floor, one.rating)
            self._add(one)
            return True
        for other in self.parties:
            if not self.gathering.may_join(one, other):
                self.excluded[other] = self.excluded.get(other, 0) + one.size
                break
        return False

    def _fits_all(self, one: Contender) -> bool:
        if not one.is_overdue and (
            one.rating > self.ceiling or one.rating - self.floor > one.window
        ):
            return False
        if self.must is not None and not fits(one, self.must):
            return False
        if self.wants and one.wants and together(self.wants, one.wants) is None:
            return False
        if self.gathering.with_rematches:
            return not one.is_paused or not any(is_too_early(one, p) for p in self.parties)
        return self.avoids.isdisjoint(one.players) and one.avoids.isdisjoint(self.players)

    def _add(self, one: Contender) -> None:
        self.parties.append(one)
        self.counts[one.size - 1] += 1
        self.total += one.size
        self.players.update(one.players)
        self.avoids.update(one.avoids)
        if one.wants is not None:
            self.wants = one.wants if self.wants is None else together(self.wants, one.wants)
        if self.slots:
            self.alike[one.roles] = self.alike.get(one.roles, 0) + 1
            if self.cast < self.gathering.rules.players:
                self.cast += sum(self.casting.add((wishes,)) for wishes in one.roles)

    @property
    def may_fill(self) -> bool:
        """Whether there may be enough of them for a match."""
        if not self.slots:
            return self.total >= self.gathering.rules.players
        return self._is_castable and len(self.parties) >= self.next_try

    @property
    def is_untried(self) -> bool:
        """Whether parties with roles were taken since they were last sought among."""
        return bool(self.slots) and self._is_castable and len(self.parties) > self.tried

    @property
    def _is_castable(self) -> bool:
        return self.cast >= self.gathering.rules.players

    def most_excluding(self, first: Contender) -> Contender | None:
        """The party that excluded the most players, except the first and the required one."""
        blamed = {
            one: size
            for one, size in self.excluded.items()
            if one is not first and one is not self.must
        }
        return max(blamed, key=lambda one: (blamed[one], -one.place), default=None)

    def filled(self) -> Group | None:
        """The most deserving of the parties taken, if some fill a match."""
        rules = self.gathering.rules
        shapes = shapes_within(self.gathering.shapes, rules.teams, tuple(self.counts))
        if self.must is not None:
            shapes = tuple(shape for shape in shapes if shape[self.must.size - 1])
        if not shapes:
            return None
        if self.slots:
            self.tried = len(self.parties)
            self.next_try = self.tried + self.tried // 3 + 1
            return _Cast(self, shapes).found()
        by_size: list[list[Contender]] = [[] for _ in self.counts]
        for one in sorted(self.parties, key=self.priority):
            by_size[one.size - 1].append(one)
        worth = [list(accumulate((one.worth for one in some), initial=0.0)) for some in by_size]
        best = max(
            shapes,
            key=lambda shape: sum(total[n] for total, n in zip(worth, shape, strict=True)),
        )
        return tuple(one for some, n in zip(by_size, best, strict=True) for one in some[:n])

    def priority(self, one: Contender) -> tuple[bool, float, int]:
        return one is not self.must, -one.worth, one.place


class _Cast:
    """The search for parties, the most deserving first, that fill all roles of all teams."""

    def __init__(self, taken: _Taken, shapes: tuple[Counts, ...]) -> None:
        self.rules, self.must, self.shapes = taken.gathering.rules, taken.must, shapes
        self.players = self.rules.players
        self.parties = sorted(taken.parties, key=taken.priority)
        # For each place, and the end, how many players stand from there on.
        sizes = [one.size for one in reversed(self.parties)]
        self.rest = [0, *accumulate(sizes)][::-1]
        self.casting = Casting(self.rules.slots, self.rules.teams)
        self.chosen: list[Contender] = []
        self.counts = [0] * self.rules.team_size
        self.steps = 0

    def found(self) -> Group | None:
        """A match in which each side has its roles."""
        return tuple(self.chosen) if self._choose(0, 0) else None

    def _choose(self, first: int, players: int) -> bool:
        """Choose some of the parties from a place on, beside those that are chosen."""
        if players == self.players:
            return can_be_divided([one.roles for one in self.chosen], self.rules)
        for place in range(first, len(self.parties)):
            self.steps += 1
            if self.steps > _CASTING_STEPS or players + self.rest[place] < self.players:
                return False
            one = self.parties[place]
            taken = self.casting.taken
            self.counts[one.size - 1] += 1
            if has_room(self.shapes, tuple(self.counts)) and self.casting.add(one.roles):
                self.chosen.append(one)
                if self._choose(place + 1, players + one.size):
                    return True
                self.chosen.pop()
                self.casting.taken = taken
            self.counts[one.size - 1] -= 1
            if one is self.must:
                return False
        return False
