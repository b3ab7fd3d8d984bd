"""Of all best matchings the one that the rules' order names: narrowed and settled step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from .blossoms import NOBODY, Blossoms
from .matching import Matching, Worths
from .search import OUTER, Search


class _State(NamedTuple):
    """A matching as it was."""

    rings: Blossoms
    kind: list[int]
    worth: Worths
    alive: list[bool]
    price: list[int]
    settled: int
    scale: int


class Choices(Matching):
    """A complete matching of greatest worth, in which one choice after the other is made."""

    def refine(
        self,
        tags: Mapping[int, int],
        allowed: Callable[[int, int], bool],
        changed: Collection[int],
    ) -> bool:
        """Allow only pairs with these tags, if a matching of the same worth is left.

        A vertex without a tag has tag 0; `changed` are those that lose partners.
        """
        self.check()
        saved, before = self._state(), self.total()
        top, loose = self.rings.top, set(changed)
        in_rings = [vertex for vertex in changed if top[vertex] != vertex]
        for vertex in in_rings:
            loose.update(self.rings.leaves(top[vertex]))
            self._open_rings(vertex)
        self._split(tags, allowed)
        self._expose_loose(loose)
        at_these_prices = not in_rings
        if self.complete(at_these_prices=at_these_prices) and (
            at_these_prices or self.total() * saved.scale == before * self.scale
        ):
            return True
        self._set_state(saved)
        return False

    def _split(self, tags: Mapping[int, int], allowed: Callable[[int, int], bool]) -> None:
        """Make kinds of the kinds and tags there are."""
        pairs: dict[tuple[int, int], int] = {}
        kind = list(self.kind)
        for vertex in range(self.count):
            if self.alive[vertex]:
                pair = self.kind[vertex], tags.get(vertex, 0)
                kind[vertex] = pairs.setdefault(pair, len(pairs))
        self.kind = kind
        self.worth = [
            [
                self.worth[old][other_old] if allowed(tag, other_tag) else None
                for other_old, other_tag in pairs
            ]
            for old, tag in pairs
        ]

    def weigh_first(self, order: Mapping[int, int], costs: Sequence[int]) -> None:
        """Of the best matchings, find one that costs least by who is first of a pair.

        `order` has the places of some, `costs` what each place costs: of two of them the one with
        the lower place is first.
        """
        scale, settled = self.scale, self.settled
        self._split({vertex: place + 1 for vertex, place in order.items()}, lambda *_: True)
        places: list[int | None] = [None] * len(self.worth)
        for vertex, place in order.items():
            places[self.kind[vertex]] = place
        bits = sum(costs).bit_length()
        self.worth = self._with_costs(places, [2 * cost for cost in costs], bits)
        self.scale, self.settled = scale << bits, settled << bits
        self._reset()
        possible = self.complete()
        assert possible

    def _with_costs(self, places: Sequence[int | None], costs: Sequence[int], bits: int) -> Worths:
        """The worths of kinds as they are, and below them what the first of two costs.

        Equal numbers are one object: they are long, and there are as many as pairs.
        """
        shared: dict[tuple[int, int | None], int] = {}
        worths: Worths = []
        for kind, (row, place) in enumerate(zip(self.worth, places, strict=True)):
            self.check()
            found = [above[kind] for above in worths]  # a pair is worth the same from both sides
            for worth, other in zip(row[kind:], places[kind:], strict=True):
                if worth is None:
                    found.append(None)
                    continue
                first = None if place is None or other is None else min(place, other)
                weighed = shared.get((worth, first))
                if weighed is None:
                    weighed = (worth << bits) - (0 if first is None else costs[first])
                    shared[worth, first] = weighed
                found.append(weighed)
            worths.append(found)
        return worths

    def _reset(self) -> None:
        """Begin again with all who are left, for new worths."""
        kinds = {self.kind[vertex] for vertex in range(self.count) if self.alive[vertex]}
        most = {}
        for kind in kinds:
            self.check()
            row = self.worth[kind]
            worths = [worth for other in kinds if (worth := row[other]) is not None]
            most[kind] = max(worths, default=0)
        mate = [other if not self.alive[one] else NOBODY for one, other in enumerate(self.mate)]
        self.rings = Blossoms(self.count)
        self.rings.mate[:] = mate
        self.price = [
            most[self.kind[one]] // 2 if self.alive[one] else 0 for one in range(self.count)
        ]

    def settle(self, vertex: int, candidates: Iterable[int]) -> int | None:
        """Pair a vertex with the first of these that costs nothing, and take both out."""
        if self.rings.top[vertex] != vertex:
            return self._settle_in_ring(vertex, candidates)
        mate = self.mate
        own = mate[vertex]
        search: Search | None = None
        for other in candidates:
            if not self.alive[other] or not self.can_pair(vertex, other):
                continue
            if not self.is_tight(vertex, other):
                continue
            if other == own or self._swap(vertex, own, other):
                self._take_out(vertex, other)
                return other
            if search is None:
                search = self._search_without(vertex)
            if search.state[other] == OUTER:
                search.free_up(other)
                mate[vertex], mate[other] = other, vertex
                self._take_out(vertex, other)
                self.rings.dissolve_weightless()
                return other
        self.rings.dissolve_weightless()
        return None

    def _search_without(self, vertex: int) -> Search:
        """A search from whom a vertex is paired with, as if it was not there."""
        own = self.mate[vertex]
        self.mate[own] = NOBODY
        self.alive[vertex] = False
        search = self.search([own])
        self.alive[vertex] = True
        if self.mate[own] == NOBODY:
            self.mate[own] = vertex
        return search

    def _swap(self, vertex: int, own: int, other: int) -> bool:
        """Let whoever `vertex` and `other` are paired with be paired, if that costs nothing."""
        mate, top = self.mate, self.rings.top
        left = mate[other]
        if top[own] != own or top[other] != other or top[left] != left:
            return False
        if not self.is_tight(own, left):
            return False
        mate[own], mate[left] = left, own
        mate[vertex], mate[other] = other, vertex
        return True

    def _take_out(self, vertex: int, other: int) -> None:
        """Remove a pair for good."""
        self.settled += self._worth_of(vertex, other)
        self.alive[vertex] = self.alive[other] = False
        self._open_rings(vertex)
        self._open_rings(other)

    def _open_rings(self, vertex: int) -> None:
        """Take apart the rings around a vertex; their weight goes into the prices."""
        rings = self.rings
        while (ring := rings.top[vertex]) != vertex:
            if rings.z[ring] % 2:
                self._double()
            half = rings.z[ring] // 2
            for leaf in rings.leaves(ring):
                self.price[leaf] += half
            rings.dissolve(ring)

    def _expose_loose(self, vertices: Iterable[int]) -> None:
        """Take apart the pairs of these that may not be, or are not tight."""
        mate = self.mate
        for one in vertices:
            other = mate[one]
            if (
                other == NOBODY
                or not self.alive[one]
                or self.rings.top[one] == self.rings.top[other]
            ):
                continue
            if not self.can_pair(one, other) or not self.is_tight(one, other):
                mate[one] = mate[other] = NOBODY

    def _settle_in_ring(self, vertex: int, candidates: Iterable[int]) -> int | None:
        """As `settle`, for a vertex in a ring: each candidate is tried."""
        before, scale = self.total(), self.scale
        for other in candidates:
            self.check()
            if not self.alive[other] or not self.can_pair(vertex, other):
                continue
            if self._slack(vertex, other) > 0:
                continue
            saved = self._state()
            loose = {*self.rings.leaves(self.rings.top[vertex])}
            loose.update(self.rings.leaves(self.rings.top[other]))
            for one in (vertex, other):
                left = self.mate[one]
                if left != NOBODY:
                    self.mate[left] = self.mate[one] = NOBODY
            self._take_out(vertex, other)
            self.mate[vertex], self.mate[other] = other, vertex
            self._expose_loose(loose)
            if self.complete() and self.total() * scale == before * self.scale:
                return other
            self._set_state(saved)
        return None

    def _slack(self, one: int, other: int) -> int:
        """By how much the prices of two exceed what they are worth together."""
        ring, around = one, set()
        while ring in self.rings.parent:
            ring = self.rings.parent[ring]
            around.add(ring)
        ring, weight = other, 0
        while ring in self.rings.parent:
            ring = self.rings.parent[ring]
            weight += self.rings.z[ring] if ring in around else 0
        return self.price[one] + self.price[other] + weight - self._worth_of(one, other)

    def _state(self) -> _State:
        return _State(
            self.rings.copy(),
            self.kind,
            self.worth,
            list(self.alive),
            list(self.price),
            self.settled,
            self.scale,
        )

    def _set_state(self, state: _State) -> None:
        self.rings, self.kind, self.worth, self.alive = (
            state.rings,
            state.kind,
            state.worth,
            state.alive,
        )
        self.price, self.settled, self.scale = state.price, state.settled, state.scale
