"""Round robin: everyone meets everyone, by the Berger tables (FIDE Handbook C.05, annex 1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .errors import EngineError, TooFewEntrants

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TableRound:
    """One round: pairs (White, Black) in board order, and who rests: nobody or one."""

    number: int
    pairs: tuple[tuple[int, int], ...]
    resting: tuple[int, ...] = ()


def berger_table(entrant_count: int) -> tuple[TableRound, ...]:
    """A single round robin of the numbers 1 to `entrant_count`.

    With an odd number, the one paired with the missing number rests.
    """
    if entrant_count < 2:
        raise TooFewEntrants("A round robin needs at least two entrants.")
    size = entrant_count + entrant_count % 2
    leader, rounds = 1, []
    for number in range(1, size):
        pairs = _berger_round(number, leader, size)
        met = tuple(pair for pair in pairs if max(pair) <= entrant_count)
        resting = tuple(min(pair) for pair in pairs if max(pair) > entrant_count)
        rounds.append(TableRound(number, met, resting))
        leader = (leader + size // 2 - 1) % (size - 1) + 1
    return tuple(rounds)


def _berger_round(number: int, leader: int, size: int) -> list[tuple[int, int]]:
    """The highest number meets the leader, with alternating colours; the rest meet around it."""
    circle = size - 1
    pairs = [(leader, size) if number % 2 else (size, leader)]
    for step in range(1, size // 2):
        pairs.append(((leader + step - 1) % circle + 1, (leader - step - 1) % circle + 1))
    return pairs


def double_berger_table(
    entrant_count: int, *, swap_last_rounds: bool = True
) -> tuple[TableRound, ...]:
    """A double round robin: the second cycle is the first with colours reversed.

    The last two rounds of the first cycle change places, as the Handbook recommends, so that
    nobody has the same colour three times in a row where the cycles meet.
    """
    first = list(berger_table(entrant_count))
    second = [replace(one, pairs=tuple(pair[::-1] for pair in one.pairs)) for one in first]
    if swap_last_rounds and len(first) > 2:
        first[-2:] = first[:-3:-1]
    return tuple(
        replace(one, number=number) for number, one in enumerate([*first, *second], start=1)
    )


def snake_groups(seeded: Sequence[T], group_count: int) -> tuple[tuple[T, ...], ...]:
    """Groups of equal strength: the seeds are dealt forwards, then backwards, and so on.

    Sizes differ by one at most. EngineError if a group would have fewer than two.
    """
    if group_count < 1:
        raise EngineError("There must be at least one group.")
    if len(seeded) < 2 * group_count:
        raise TooFewEntrants(
            f"{len(seeded)} entrants cannot fill {group_count} groups of at least two."
        )
    groups: list[list[T]] = [[] for _ in range(group_count)]
    for index, entrant in enumerate(seeded):
        lap, position = divmod(index, group_count)
        groups[position if lap % 2 == 0 else group_count - 1 - position].append(entrant)
    return tuple(tuple(group) for group in groups)
