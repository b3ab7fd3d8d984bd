"""One search for paths along which pairs are exchanged so that there is one more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from .blossoms import NOBODY, Blossoms, Edge

FREE, OUTER, INNER, DONE = range(4)
#: What tells the vertices apart that a search treats alike: kind, and price.
Group = tuple[int, int]


class Search:
    """Grows trees of tight edges from the unpaired, and pairs two where their trees meet.

    An edge is tight if the prices of its ends add up to its worth. Vertices of one kind and price
    have the same tight edges, but for those that are barred, so edges are never listed.
    """

    def __init__(
        self,
        rings: Blossoms,
        kind: Sequence[int],
        price: Sequence[int],
        worth: Sequence[Sequence[int | None]],
        barred: Sequence[set[int]],
        alive: Sequence[bool],
    ) -> None:
        self.rings, self.kind, self.price = rings, kind, price
        self.worth, self.barred = worth, barred
        self.state = [FREE] * rings.count
        self.entry: dict[int, Edge | None] = {}
        self.root: dict[int, int] = {}
        self.tree: dict[int, list[int]] = defaultdict(list)
        self.queue: list[int] = []
        self.free: dict[Group, list[int]] = defaultdict(list)
        self.outer: dict[Group, list[list[int]]] = {}
        self.augmented = 0
        self._tight: dict[Group, list[Group]] = {}
        self._prices: dict[int, set[int]] = defaultdict(set)  # those there are of each kind
        for vertex in range(rings.count):
            if alive[vertex]:
                self.free[kind[vertex], price[vertex]].append(vertex)
        for (one, its_price), members in self.free.items():
            self._prices[one].add(its_price)
            members.reverse()

    def run(self, roots: Iterable[int], check: Callable[[], None]) -> int:
        """Search from these unpaired vertices; returns how many paths were found."""
        for vertex in roots:
            self._make_outer(self.rings.top[vertex], None, vertex)
        self.queue.reverse()
        while self.queue:
            check()
            vertex = self.queue.pop()
            if self.state[vertex] == OUTER:
                self._scan(vertex)
        return self.augmented

    def _make_outer(self, node: int, entry: Edge | None, root: int) -> None:
        self.entry[node], self.root[node] = entry, root
        self.tree[root].append(node)
        for leaf in self.rings.leaves(node):
            self.state[leaf] = OUTER
            self.queue.append(leaf)

    def _groups(self, group: Group) -> list[Group]:
        """The groups that this one has tight edges to."""
        found = self._tight.get(group)
        if found is None:
            kind, price = group
            row, found = self.worth[kind], []
            for other, prices in self._prices.items():
                worth = row[other]
                if worth is not None and worth - price in prices:
                    found.append((other, worth - price))
            self._tight[group] = found
        return found

    def _scan(self, vertex: int) -> None:
        """Follow all tight edges of an outer vertex."""
        own = self.kind[vertex], self.price[vertex]
        for group in self._groups(own):
            if self.free[group]:
                self._reach_all(vertex, self.free[group])
            if group in self.outer and self._meet_all(vertex, self.outer[group]):
                return
        self.outer.setdefault(own, []).append([vertex])

    def _reach_all(self, vertex: int, members: list[int]) -> None:
        barred, kept, state = self.barred[vertex], [], self.state
        while members:
            other = members.pop()
            if state[other] != FREE:
                continue
            if other in barred:
                kept.append(other)
            else:
                self._reach(vertex, other)
        kept.reverse()
        members += kept

    def _reach(self, vertex: int, other: int) -> None:
        """Make a free node inner, and the one it is paired with outer."""
        rings = self.rings
        node = rings.top[other]
        self.entry[node] = vertex, other
        root = self.root[rings.top[vertex]]
        self.root[node] = root
        self.tree[root].append(node)
        for leaf in rings.leaves(node):
            self.state[leaf] = INNER
        base = rings.base(node)
        mate = rings.mate[base]
        self._make_outer(rings.top[mate], (base, mate), root)

    def _meet_all(self, vertex: int, clusters: list[list[int]]) -> bool:
        """Use the tight edges to other outer vertices; True if a path was found."""
        rings, barred, state, own = self.rings, self.barred[vertex], self.state, []
        others: list[list[int]] = []
        for cluster in clusters:
            if state[cluster[0]] == DONE:
                continue
            if rings.top[cluster[0]] != rings.top[vertex]:
                for other in cluster:
                    if other not in barred:
                        if self.root[rings.top[other]] != self.root[rings.top[vertex]]:
                            self._augment(vertex, other)
                            return True
                        self._shrink(vertex, other)
                        break
            if rings.top[cluster[0]] == rings.top[vertex]:
                own += cluster
            else:
                others.append(cluster)
        clusters[:] = [*others, own] if own else others
        return False

    def _way_up(self, vertex: int) -> tuple[list[int], list[Edge]]:
        """The nodes from a vertex up to its root, and the edges between them."""
        top, nodes, edges = self.rings.top, [self.rings.top[vertex]], []
        while (entry := self.entry[nodes[-1]]) is not None:
            edges.append((entry[1], entry[0]))
            nodes.append(top[entry[0]])
        return nodes, edges

    def _shrink(self, one: int, other: int) -> None:
        """Treat the ring that an edge between two outer nodes closes as one outer node."""
        nodes, edges = self._way_up(one)
        far_nodes, far_edges = self._way_up(other)
        seen = {node: place for place, node in enumerate(nodes)}
        far = next(place for place, node in enumerate(far_nodes) if node in seen)
        near = seen[far_nodes[far]]
        children = [*reversed(nodes[: near + 1]), *far_nodes[:far]]
        links = [(upper, lower) for lower, upper in reversed(edges[:near])]
        links += [(one, other), *far_edges[:far]]
        top = children[0]
        ring = self.rings.make(children, links)
        self.entry[ring], self.root[ring] = self.entry[top], self.root[top]
        for child in children[1:]:
            for leaf in self.rings.leaves(child):
                if self.state[leaf] == INNER:
                    self.state[leaf] = OUTER
                    self.queue.append(leaf)

    def _augment(self, one: int, other: int) -> None:
        roots = self.root[self.rings.top[one]], self.root[self.rings.top[other]]
        self._flip(one, other)
        self._flip(other, one)
        self.augmented += 1
        for root in roots:
            for node in self.tree[root]:
                for leaf in self.rings.leaves(node):
                    self.state[leaf] = DONE

    def _flip(self, vertex: int, other: int) -> None:
        """Pair an outer vertex with another, and exchange the pairs from it up to its root."""
        rings = self.rings
        while True:
            entry = self.entry[rings.top[vertex]]
            rings.rebase(rings.top[vertex], vertex)
            rings.mate[vertex] = other
            if entry is None:
                return
            inner = rings.top[entry[0]]
            above = self.entry[inner]
            assert above is not None
            rings.rebase(inner, above[1])
            rings.mate[above[1]] = above[0]
            vertex, other = above

    def free_up(self, vertex: int) -> None:
        """Exchange pairs so that the root is paired and this outer vertex is not."""
        rings = self.rings
        entry = self.entry[rings.top[vertex]]
        rings.rebase(rings.top[vertex], vertex)
        rings.mate[vertex] = NOBODY
        if entry is not None:
            above = self.entry[rings.top[entry[0]]]
            assert above is not None
            rings.rebase(rings.top[entry[0]], above[1])
            rings.mate[above[1]] = above[0]
            self._flip(*above)
