"""The matching below the Dutch engine, held against networkx."""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.swiss.dutch.choices import Choices


@dataclass
class Case:
    """A graph by kinds of vertices and pairs that are barred."""

    kinds: list[int]
    worth: list[list[int | None]]
    barred: list[set[int]] = field(default_factory=list)

    @property
    def graph(self) -> nx.Graph:
        found = nx.Graph()
        found.add_nodes_from(range(len(self.kinds)))
        for one, kind in enumerate(self.kinds):
            for other in range(one):
                worth = self.worth[kind][self.kinds[other]]
                if worth is not None and other not in self.barred[one]:
                    found.add_edge(one, other, weight=worth)
        return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = 2 * draw(st.integers(1, 8))
    kind_count = draw(st.integers(1, 5))
    case = Case([draw(st.integers(0, kind_count - 1)) for _ in range(count)], [])
    most = draw(st.sampled_from([1, 3, 100]))
    case.worth = [[None] * kind_count for _ in range(kind_count)]
    for one in range(kind_count):
        for other in range(one + 1):
            worth = draw(st.none() | st.integers(0, most).map(lambda cost: -2 * cost))
            case.worth[one][other] = case.worth[other][one] = worth
    case.barred = [set() for _ in range(count)]
    vertices = st.integers(0, count - 1)
    for one, other in draw(st.lists(st.tuples(vertices, vertices), max_size=3 * count)):
        case.barred[one].add(other)
        case.barred[other].add(one)
    return case


def best(graph: nx.Graph) -> int | None:
    """The worth of the best perfect matching."""
    pairs = nx.max_weight_matching(graph, maxcardinality=True)
    if 2 * len(pairs) < graph.number_of_nodes():
        return None
    return sum(int(graph[one][other]["weight"]) for one, other in pairs)


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_it_is_the_best_and_each_choice_is_the_first_that_costs_nothing(case: Case) -> None:
    graph = case.graph
    matching = Choices(case.kinds, case.worth, case.barred)
    expected = best(graph)
    assert matching.complete() is (expected is not None)
    if expected is None:
        return
    assert matching.total() == expected * matching.scale
    spent, left = 0, sorted(graph)
    while left:
        vertex = left.pop(0)
        chosen = matching.settle(vertex, left)
        for other in left:
            rest = best(graph.subgraph(one for one in left if one != other))
            if graph.has_edge(vertex, other) and rest is not None:
                worth = graph[vertex][other]["weight"]
                if spent + worth + rest == expected:
                    assert chosen == other
                    spent += worth
                    break
        assert chosen in left
        left.remove(chosen)
    assert spent == expected


@settings(max_examples=100, deadline=None)
@given(case=cases(), data=st.data())
def test_it_is_narrowed_only_where_nothing_is_lost(case: Case, data: st.DataObject) -> None:
    graph = case.graph
    matching = Choices(case.kinds, case.worth, case.barred)
    if not matching.complete():
        return
    chosen = data.draw(st.sets(st.sampled_from(sorted(graph))))
    narrower = graph.copy()
    narrower.remove_edges_from(
        [edge for edge in graph.edges if len(chosen.intersection(edge)) == 2]
    )
    is_possible = best(narrower) == best(graph)
    done = matching.refine(
        dict.fromkeys(chosen, 1), lambda one, other: not one == other == 1, chosen
    )
    assert done is is_possible
    expected = best(graph)
    assert expected is not None
    assert matching.total() == expected * matching.scale
    if done:
        assert not any({one, matching.mate[one]} <= chosen for one in chosen)
