"""Pairing everybody with somebody: maximum matching in a graph (Edmonds' blossoms)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

UNMATCHED = -1


def complete_matching(partner: list[int], may_meet: Callable[[int, int], bool]) -> list[int]:
    """As many pairs as possible, starting from those in `partner` and changing few of them.

    `partner[i]` is whom i is paired with, or UNMATCHED; the answer has the same form.
    """
    search = _Search(list(partner), may_meet)
    for root in range(len(partner)):
        if search.partner[root] == UNMATCHED:
            search.augment(root)
    return search.partner


def who_can_stay_out(partner: list[int], may_meet: Callable[[int, int], bool]) -> list[int]:
    """Whom a matching that pairs all but one could leave out, so that all others are paired.

    Those to whom a path leads from the one left out, along which pairs can be exchanged.
    """
    search = _Search(list(partner), may_meet)
    search.augment(partner.index(UNMATCHED))
    return [one for one, is_reached in enumerate(search.reached) if is_reached]


class _Search:
    """The search for paths along which pairs can be exchanged so that there is one more."""

    def __init__(self, partner: list[int], may_meet: Callable[[int, int], bool]) -> None:
        self.partner = partner
        self.may_meet = may_meet
        self.count = len(partner)

    def augment(self, root: int) -> bool:
        """Find a partner for `root` by exchanging pairs; False if there is no way."""
        self.parent = [UNMATCHED] * self.count
        self.base = list(range(self.count))
        self.reached = [False] * self.count
        self.reached[root] = True
        self.queue = deque([root])
        while self.queue:
            one = self.queue.popleft()
            for other in range(self.count):
                if self._is_new(one, other) and (end := self._visit(root, one, other)) >= 0:
                    self._exchange(end)
                    return True
        return False

    def _is_new(self, one: int, other: int) -> bool:
        return (
            one != other
            and self.base[one] != self.base[other]
            and self.partner[one] != other
            and self.may_meet(one, other)
        )

    def _visit(self, root: int, one: int, other: int) -> int:
        """Go on from `one` to `other`; returns the free end of a path, or UNMATCHED."""
        mate = self.partner[other]
        if other == root or (mate != UNMATCHED and self.parent[mate] != UNMATCHED):
            self._shrink(one, other)
        elif self.parent[other] == UNMATCHED:
            self.parent[other] = one
            if mate == UNMATCHED:
                return other
            self.reached[mate] = True
            self.queue.append(mate)
        return UNMATCHED

    def _shrink(self, one: int, other: int) -> None:
        """Treat the odd ring that `one` and `other` close as a single point."""
        top = self._common_base(one, other)
        ring = {
            *self._climb(one, top, other),
            *self._climb(other, top, one),
        }
        for node in range(self.count):
            if self.base[node] in ring:
                self.base[node] = top
                if not self.reached[node]:
                    self.reached[node] = True
                    self.queue.append(node)

    def _climb(self, node: int, top: int, child: int) -> Iterator[int]:
        """The bases from `node` up to the top of the ring, whose parents now lead back down."""
        while self.base[node] != top:
            mate = self.partner[node]
            yield self.base[node]
            yield self.base[mate]
            self.parent[node] = child
            child = mate
            node = self.parent[mate]

    def _common_base(self, one: int, other: int) -> int:
        seen = set()
        while True:
            one = self.base[one]
            seen.add(one)
            if self.partner[one] == UNMATCHED:
                break
            one = self.parent[self.partner[one]]
        while (other := self.base[other]) not in seen:
            other = self.parent[self.partner[other]]
        return other

    def _exchange(self, end: int) -> None:
        """Pair along the path that ends in `end`, back to its root."""
        while end != UNMATCHED:
            before = self.parent[end]
            following = self.partner[before]
            self.partner[end], self.partner[before] = before, end
            end = following
