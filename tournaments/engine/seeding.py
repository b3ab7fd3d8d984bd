"""Seeding: the order of entrants, and the place of each seed in a bracket."""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from random import Random
from typing import TypeVar

T = TypeVar("T")


def bracket_size(entrant_count: int) -> int:
    """The smallest power of two (2 at least) that holds so many entrants."""
    return max(2, 1 << (entrant_count - 1).bit_length())


def bracket_order(size: int) -> list[int]:
    """The seeds of a full first round from top to bottom: neighbours meet, 1 meets the last.

    The two best can only meet in the final, the four best in the semi-finals, and so on.
    `size` is a power of two, 2 at least; ValueError otherwise.
    """
    if size < 2 or size & (size - 1):
        raise ValueError(f"A bracket has a power of two places, not {size}.")
    order = [1, 2]
    while len(order) < size:
        last = 2 * len(order) + 1
        order = [seed for better in order for seed in (better, last - better)]
    return order


def first_round_pairs(entrant_count: int) -> list[tuple[int, int]]:
    """The seeds that really meet in round one, better seed first, from top to bottom."""
    order = bracket_order(bracket_size(entrant_count))
    pairs = zip(order[::2], order[1::2], strict=True)
    return [(better, worse) for better, worse in pairs if worse <= entrant_count]


def seed_as_listed(entrants: Sequence[T]) -> list[T]:
    """Seed so that neighbours in the list meet in round one, and the first ones get the byes."""
    byes = bracket_size(len(entrants)) - len(entrants)
    by_seed: dict[int, T] = dict(enumerate(entrants[:byes], start=1))
    met = (seed for pair in first_round_pairs(len(entrants)) for seed in pair)
    by_seed.update(zip(met, entrants[byes:], strict=True))
    return [by_seed[seed] for seed in sorted(by_seed)]


def listed_again(seeded: Sequence[T]) -> list[T]:
    """The list that `seed_as_listed` seeds like this."""
    places = seed_as_listed(range(len(seeded)))
    by_place = dict(zip(places, seeded, strict=True))
    return [by_place[place] for place in range(len(seeded))]


def seed_at_random(entrants: Sequence[T], chance: Random) -> list[T]:
    """Seed in random order."""
    return chance.sample(list(entrants), len(entrants))


def seed_by_rating(entrants: Sequence[T], rating: Callable[[T], float]) -> list[T]:
    """Seed by strength, the highest rating first; equals keep the order they came in."""
    return sorted(entrants, key=rating, reverse=True)


def keep_apart(seeded: Sequence[T], group: Callable[[T], Hashable | None]) -> list[T]:
    """Re-seed so that as few of one group (club, region) as possible meet in round one.

    Only the weaker half of those who play round one moves, and no further than it must: the top
    seeds and the byes stay. None as a group means that an entrant belongs to nobody.
    """
    pairs = sorted(first_round_pairs(len(seeded)))
    better = [seeded[first - 1] for first, _ in pairs]
    worse = [seeded[second - 1] for _, second in pairs]
    opponents = _opponents_apart([group(one) for one in better], [group(one) for one in worse])
    result = list(seeded)
    for (_, seed), opponent in zip(pairs, opponents, strict=True):
        result[seed - 1] = worse[opponent]
    return result


def _opponents_apart(
    better: Sequence[Hashable | None], worse: Sequence[Hashable | None]
) -> list[int]:
    """For each of the better ones whom to meet: a maximum matching across groups.

    Starts from everyone meeting their own opponent and follows the shortest chain of exchanges
    for each forbidden pair; forbidden pairs that cannot be avoided remain.
    """

    def may_meet(one: int, other: int) -> bool:
        return better[one] is None or better[one] != worse[other]

    opponent = list(range(len(better)))
    for start in range(len(better)):
        if not may_meet(start, opponent[start]):
            _exchange(start, opponent, may_meet)
    return opponent


def _exchange(start: int, opponent: list[int], may_meet: Callable[[int, int], bool]) -> None:
    """Pass opponents round the shortest ring of pairs that frees `start`, if there is one.

    `start` takes the opponent of the next in the ring and so on; the last takes that of `start`.
    If no ring frees everyone, it may end at another forbidden pair.
    Nearest pairs are tried first.
    """
    came_from: dict[int, int] = {start: start}
    queue = deque([start])
    fallback = start
    while queue:
        taker = queue.popleft()
        if taker != start and may_meet(taker, opponent[start]):
            _pass_round(start, taker, came_from, opponent)
            return
        others = [one for one in range(len(opponent)) if one not in came_from]
        for giver in sorted(others, key=lambda one: abs(one - taker)):
            if may_meet(taker, opponent[giver]):
                came_from[giver] = taker
                queue.append(giver)
                if fallback == start and not may_meet(giver, opponent[giver]):
                    fallback = giver
    _pass_round(start, fallback, came_from, opponent)


def _pass_round(start: int, last: int, came_from: dict[int, int], opponent: list[int]) -> None:
    freed = opponent[start]
    ring = [last]
    while ring[-1] != start:
        ring.append(came_from[ring[-1]])
    ring.reverse()
    for taker, giver in pairwise(ring):
        opponent[taker] = opponent[giver]
    opponent[last] = freed
