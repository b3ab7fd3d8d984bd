"""From one stage to the next: who goes through from the groups, and with which seed."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from .errors import EngineError
from .seeding import bracket_order, bracket_size

T = TypeVar("T", bound=Hashable)


def seed_qualifiers(groups: Sequence[Sequence[T]], per_group: int) -> list[T]:
    """The first so many of each group as seeds of a bracket: all winners, then all seconds.

    Group winners are seeded in the order of the groups. Within each later tier everyone takes
    the free seed at which they would meet those of their own group as late as possible.
    EngineError if a group has not got so many.
    """
    if per_group < 1:
        raise EngineError("At least one of each group goes through.")
    for number, group in enumerate(groups, start=1):
        if len(group) < per_group:
            raise EngineError(f"Group {number} has only {len(group)} to go through.")
    size = bracket_size(len(groups) * per_group)
    place_of = {seed: place for place, seed in enumerate(bracket_order(size))}
    seeds: dict[int, int] = {}
    for tier in range(per_group):
        free = [tier * len(groups) + offset + 1 for offset in range(len(groups))]
        seeds |= zip(free, _spread(free, seeds, place_of), strict=True)
    return [groups[seeds[seed]][(seed - 1) // len(groups)] for seed in sorted(seeds)]


def _spread(free: list[int], seeds: dict[int, int], place_of: dict[int, int]) -> list[int]:
    """The groups for the free seeds: no exchange of two would keep groups further apart."""
    taken: dict[int, list[int]] = {}
    for seed, group in seeds.items():
        taken.setdefault(group, []).append(place_of[seed])

    def nearness(group: int, seed: int) -> int:
        """How early this seed would meet its own group: the lower, the later."""
        rounds_apart = ((place_of[seed] ^ place).bit_length() for place in taken.get(group, ()))
        return sum(1 << 8 - min(8, apart) for apart in rounds_apart)

    groups = list(range(len(free)))
    improved = True
    while improved:
        improved = False
        for one in range(len(free)):
            for other in range(one):
                now = nearness(groups[one], free[one]) + nearness(groups[other], free[other])
                then = nearness(groups[other], free[one]) + nearness(groups[one], free[other])
                if then < now:
                    groups[one], groups[other] = groups[other], groups[one]
                    improved = True
    return groups
