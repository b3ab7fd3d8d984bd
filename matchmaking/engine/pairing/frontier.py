"""The cheapest matching of points on a line, where only near ones may be paired."""

from __future__ import annotations

from collections.abc import Sequence

# A chain of pairs, the last made first; sharing tails keeps thousands of plans small.
Chain = tuple[int, int, "Chain | None"] | None
States = dict[int, tuple[float, Chain]]


def cheapest_matching(
    positions: Sequence[float],
    lower: Sequence[Sequence[tuple[int, float]]],
    left_costs: Sequence[float],
    most_states: int,
) -> list[tuple[int, int]]:
    """Pairs (higher, lower) that cost the least together with the points that are left.

    `positions` ascend. `lower[i]` has (j, cost) for each j < i that i may be paired with; leaving
    j alone costs `left_costs[j]`. A sweep from the lowest point up keeps, for each set of points
    that still wait for a higher one, the cheapest plan so far: of these the `most_states` best.
    As long as it never has to drop one, the answer is the best there is; so it is with
    `most_states` of 2 ** (n - 1) for n points, and far sooner where few points may be paired.
    """
    count = len(positions)
    last_chance = list(range(count))
    for point in range(count):
        for other, _ in lower[point]:
            last_chance[other] = point
    closing: list[list[int]] = [[] for _ in range(count)]
    for point, last in enumerate(last_chance):
        if last > point:
            closing[last].append(point)
    pairs: list[tuple[int, int]] = []
    states: States = {0: (0.0, None)}
    for point in range(count):
        position = positions[point]
        # A plan pays for its open points as far as the sweep has come, so that plans compare:
        # less the position on opening, plus it on closing.
        options = [
            (1 << (point - other), cost + positions[other], other) for other, cost in lower[point]
        ]
        ends = [(1 << (point - one), left_costs[one] + positions[one]) for one in closing[point]]
        opening = -position if last_chance[point] > point else left_costs[point]
        states = _step(states, point, options, opening, last_chance[point] > point)
        if ends:
            states = _close(states, ends)
        if len(states) > most_states:
            states = _best(states, position, most_states)
        elif len(states) == 1:
            states = _settle(states, pairs)
    _settle({0: min(states.values(), key=_cost)}, pairs)
    return pairs


def _cost(state: tuple[float, Chain]) -> float:
    return state[0]


def _step(
    states: States,
    point: int,
    options: Sequence[tuple[int, float, int]],
    opening: float,
    opens: bool,
) -> States:
    """All plans after `point` was paired with an open one, stays open, or is left for good.

    A set of open points is a number: bit k is the point k places below the sweep.
    """
    after: States = {}
    for before, (cost, chain) in states.items():
        shifted = before << 1
        key = shifted | opens
        total = cost + opening
        known = after.get(key)
        if known is None or total < known[0]:
            after[key] = (total, chain)
        for bit, pair_cost, other in options:
            if shifted & bit:
                key = shifted ^ bit
                total = cost + pair_cost
                known = after.get(key)
                if known is None or total < known[0]:
                    after[key] = (total, (point, other, chain))
    return after


def _close(states: States, ends: Sequence[tuple[int, float]]) -> States:
    """Leave those for good who have met their last chance."""
    after: States = {}
    for before, (cost, chain) in states.items():
        key, total = before, cost
        for bit, left_cost in ends:
            if key & bit:
                key ^= bit
                total += left_cost
        known = after.get(key)
        if known is None or total < known[0]:
            after[key] = (total, chain)
    return after


def _best(states: States, position: float, most: int) -> States:
    def so_far(item: tuple[int, tuple[float, Chain]]) -> float:
        return item[1][0] + position * item[0].bit_count()

    return dict(sorted(states.items(), key=so_far)[:most])


def _settle(states: States, pairs: list[tuple[int, int]]) -> States:
    """Take what the only plan has paired, and count costs from here, so that none gets lost."""
    [(key, (_, chain))] = states.items()
    while chain is not None:
        point, other, chain = chain
        pairs.append((point, other))
    return {key: (0.0, None)}
