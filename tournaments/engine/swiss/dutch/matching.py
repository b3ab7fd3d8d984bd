"""The best way to pair everybody: a perfect matching of greatest worth, and its refinements.

Edmonds' method with prices (dual variables), for graphs in which nearly all vertices can be paired
and the worth of a pair follows from the kinds of the two: a search takes time by vertices, not by
edges. Worths are integers of any size, so that many criteria in order are one number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from .blossoms import NOBODY, Blossoms
from .search import FREE, INNER, OUTER, Group, Search

Worths = list[list[int | None]]


class Matching:
    """A matching under way; `kind` and `worth` may be narrowed between the calls.

    `worth[a][b]` is None where the kinds may not be paired; `barred[v]` are the vertices that v
    may not be paired with besides. All worths are even. `check` is called after each small piece
    of work, and may raise to end it.
    """

    def __init__(
        self,
        kind: list[int],
        worth: Worths,
        barred: Sequence[set[int]],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.count = len(kind)
        self.kind, self.worth, self.barred, self.check = kind, worth, barred, check
        self.rings = Blossoms(self.count)
        self.alive = [True] * self.count
        most = [max((one for one in row if one is not None), default=0) for row in worth]
        self.first_price = [one // 2 for one in most]
        self.price = [self.first_price[one] for one in kind]
        self.settled = 0  # the worth of those that are out of it
        self.scale = 1

    @property
    def mate(self) -> list[int]:
        """Whom each is paired with."""
        return self.rings.mate

    def can_pair(self, one: int, other: int) -> bool:
        """Whether two may be paired."""
        return (
            one != other
            and self.worth[self.kind[one]][self.kind[other]] is not None
            and other not in self.barred[one]
        )

    def is_tight(self, one: int, other: int) -> bool:
        """Whether two may be paired without loss, as far as prices tell; of different rings."""
        worth = self.worth[self.kind[one]][self.kind[other]]
        return worth == self.price[one] + self.price[other] and other not in self.barred[one]

    def fits(self, one: int, kind: int) -> bool:
        """Whether somebody is tight with a kind, at the first prices."""
        worth = self.worth[self.kind[one]][kind]
        return worth is not None and worth == self.price[one] + self.first_price[kind]

    def suggest(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Begin with these pairs, where they are tight and nobody is paired yet."""
        mate = self.mate
        for one, other in pairs:
            if mate[one] == mate[other] == NOBODY and one != other and self.is_tight(one, other):
                mate[one], mate[other] = other, one

    def unpaired(self) -> list[int]:
        """Those who are still to be paired."""
        mate, alive = self.mate, self.alive
        return [one for one in range(self.count) if alive[one] and mate[one] == NOBODY]

    def search(self, roots: Iterable[int]) -> Search:
        """Search once from these unpaired vertices."""
        found = Search(self.rings, self.kind, self.price, self.worth, self.barred, self.alive)
        found.run(roots, self.check)
        return found

    def complete(self, *, at_these_prices: bool = False) -> bool:
        """Pair everybody with the greatest worth; False if it is impossible.

        `at_these_prices` allows no loss of worth against the last complete matching.
        """
        while roots := self.unpaired():
            found = self.search(roots)
            if not found.augmented and (at_these_prices or not self._reprice(found)):
                self.rings.dissolve_weightless()
                return False
            self.rings.dissolve_weightless()
        return True

    def _reprice(self, search: Search) -> bool:
        """Lower the prices of the outer, raise those of the inner, until an edge gets tight."""
        step = self._step(search)
        if step is None:
            return False
        if step % 2:  # all are doubled, so that halves stay whole
            self._double()
            step *= 2
        half = step // 2
        for vertex, state in enumerate(search.state):
            if state == OUTER and self.alive[vertex]:
                self.price[vertex] -= half
            elif state == INNER:
                self.price[vertex] += half
        rings = self.rings
        for ring in rings.z:
            if ring not in rings.parent:
                state = search.state[rings.base_of[ring]]
                if state != FREE:
                    rings.z[ring] += step if state == OUTER else -step
        return True

    def _step(self, search: Search) -> int | None:
        """Twice by how much prices can change; None if there is no limit."""
        groups = self._groups(search.state)
        outer, free = list(groups[OUTER].items()), list(groups[FREE].items())
        best = self._least_inner_weight(search.state)
        for index, ((kind, price), members) in enumerate(outer):
            self.check()
            row = self.worth[kind]
            # The price of a free one stays, so that edge nears by one share only.
            for share, others, joins in (
                (2, free, self._has_edge),
                (1, outer[index:], self._has_edge_between),
            ):
                for (other_kind, other_price), vertices in others:
                    worth = row[other_kind]
                    if worth is None:
                        continue
                    slack = share * (price + other_price - worth)
                    if (best is None or slack < best) and joins(members, vertices):
                        best = slack
        return best

    def _groups(self, states: Sequence[int]) -> dict[int, dict[Group, list[int]]]:
        """Those who are in it by state, kind and price."""
        groups: dict[int, dict[Group, list[int]]] = defaultdict(lambda: defaultdict(list))
        for vertex, state in enumerate(states):
            if self.alive[vertex]:
                groups[state][self.kind[vertex], self.price[vertex]].append(vertex)
        return groups

    def _least_inner_weight(self, states: Sequence[int]) -> int | None:
        rings = self.rings
        return min(
            (
                weight
                for ring, weight in rings.z.items()
                if ring not in rings.parent and states[rings.base_of[ring]] == INNER
            ),
            default=None,
        )

    def _has_edge(self, members: list[int], others: list[int]) -> bool:
        return any(not self.barred[one].issuperset(others) for one in members)

    def _has_edge_between(self, members: list[int], others: list[int]) -> bool:
        """Whether an edge joins different nodes."""
        top = self.rings.top
        if len({top[one] for one in members} | {top[one] for one in others}) == 1:
            return False
        return any(
            top[one] != top[other] and other not in self.barred[one]
            for one in members
            for other in others
        )

    def _double(self) -> None:
        self.worth = [[None if one is None else 2 * one for one in row] for row in self.worth]
        self.price = [2 * one for one in self.price]
        for ring in self.rings.z:
            self.rings.z[ring] *= 2
        self.settled *= 2
        self.scale *= 2

    def total(self) -> int:
        """The worth of all pairs."""
        found = self.settled
        for one, other in enumerate(self.mate):
            if self.alive[one] and one < other:
                found += self._worth_of(one, other)
        return found

    def _worth_of(self, one: int, other: int) -> int:
        worth = self.worth[self.kind[one]][self.kind[other]]
        assert worth is not None
        return worth
