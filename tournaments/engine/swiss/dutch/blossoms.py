"""The pairs so far, and the odd rings (Edmonds' blossoms) that a search treats as one point."""

from __future__ import annotations

from typing import NamedTuple

NOBODY = -1
Edge = tuple[int, int]


class Place(NamedTuple):
    """A point of the alternating path behind a node: the edge that it was reached by."""

    outer: int
    inner: int


class Blossoms:
    """Whom each vertex is paired with, and the rings that hold them.

    Nodes are vertices (0 to count - 1) and rings (from count on). `top` is the outermost node of
    a vertex. The first of a ring's children holds its base, which is paired outside the ring.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.mate = [NOBODY] * count
        self.top = list(range(count))
        self.parent: dict[int, int] = {}
        self.children: dict[int, list[int]] = {}
        self.links: dict[int, list[Edge]] = {}  # from each child to the next one
        self.leaves_of: dict[int, list[int]] = {}
        self.base_of: dict[int, int] = {}
        self.z: dict[int, int] = {}
        self._next = count

    def leaves(self, node: int) -> list[int]:
        """The vertices of a node."""
        return [node] if node < self.count else self.leaves_of[node]

    def base(self, node: int) -> int:
        """The vertex of a node that is paired outside it."""
        return node if node < self.count else self.base_of[node]

    def make(self, children: list[int], links: list[Edge]) -> int:
        """A ring of these nodes."""
        ring = self._next
        self._next += 1
        leaves = [leaf for child in children for leaf in self.leaves(child)]
        for leaf in leaves:
            self.top[leaf] = ring
        for child in children:
            self.parent[child] = ring
        self.children[ring], self.links[ring] = children, links
        self.leaves_of[ring], self.z[ring] = leaves, 0
        self.base_of[ring] = self.base(children[0])
        return ring

    def dissolve(self, ring: int) -> list[int]:
        """Take an outermost ring apart; returns the nodes that were in it."""
        children = self.children.pop(ring)
        for child in children:
            del self.parent[child]
            for leaf in self.leaves(child):
                self.top[leaf] = child
        del self.links[ring], self.leaves_of[ring], self.base_of[ring], self.z[ring]
        return children

    def dissolve_weightless(self) -> None:
        """Take apart all outermost rings with no weight, and those then outermost."""
        waiting = [ring for ring in self.children if ring not in self.parent]
        while waiting:
            ring = waiting.pop()
            if not self.z[ring]:
                waiting += [node for node in self.dissolve(ring) if node >= self.count]

    def rebase(self, node: int, vertex: int) -> None:
        """Change the pairs within a node so that this vertex of it is free to be paired outside."""
        waiting = [(node, vertex)]
        while waiting:
            ring, new = waiting.pop()
            if ring < self.count or self.base_of[ring] == new:
                continue
            child = new
            while self.parent[child] != ring:
                child = self.parent[child]
            children, links = self.children[ring], self.links[ring]
            at = children.index(child)
            waiting.append((child, new))
            size = len(children)
            # The way round from the old base to the new one that has an even number of steps.
            for index in range(0, at, 2) if at % 2 == 0 else range(at + 1, size, 2):
                one, other = links[index]
                waiting.append((children[index], one))
                waiting.append((children[(index + 1) % size], other))
                self.mate[one], self.mate[other] = other, one
            self.children[ring] = children[at:] + children[:at]
            self.links[ring] = links[at:] + links[:at]
            self.base_of[ring] = new

    def copy(self) -> Blossoms:
        """The same, to be changed apart."""
        twin = Blossoms(self.count)
        twin.mate, twin.top, twin.parent = list(self.mate), list(self.top), dict(self.parent)
        twin.children = {ring: list(found) for ring, found in self.children.items()}
        twin.links = {ring: list(found) for ring, found in self.links.items()}
        twin.leaves_of = dict(self.leaves_of)
        twin.base_of, twin.z, twin._next = dict(self.base_of), dict(self.z), self._next
        return twin
