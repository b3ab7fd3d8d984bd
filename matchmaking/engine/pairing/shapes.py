"""Which party sizes fill a match exactly, with every party whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations_with_replacement

# How many parties there are of each size: place 0 for one player, place 1 for two, and so on.
Counts = tuple[int, ...]


@lru_cache(maxsize=16)
def team_shapes(team_size: int) -> tuple[Counts, ...]:
    """Every way to fill one team, as counts of `team_size` places."""

    def fill(room: int, largest: int) -> list[list[int]]:
        if room == 0:
            return [[]]
        return [
            [size, *rest]
            for size in range(min(room, largest), 0, -1)
            for rest in fill(room - size, size)
        ]

    return tuple(_counted(sizes, team_size) for sizes in fill(team_size, team_size))


def _counted(sizes: Sequence[int], team_size: int) -> Counts:
    return tuple(sizes.count(size) for size in range(1, team_size + 1))


def count_sizes(sizes: Iterable[int], team_size: int) -> list[int]:
    """How many there are of each size."""
    counts = [0] * team_size
    for size in sizes:
        counts[size - 1] += 1
    return counts


def thrifty_team_shapes(counts: Sequence[int]) -> tuple[Counts, ...]:
    """The team shapes that place the most of so many parties of each size.

    Large parties have few that go with them: they come first, each with the largest that fills
    its team. That leaves no small party to be missed by a larger one.
    """
    left, used = list(counts), set()
    for shape in sorted(team_shapes(len(left)), key=lambda shape: shape[::-1], reverse=True):
        teams = min(there // needed for there, needed in zip(left, shape, strict=True) if needed)
        if teams:
            used.add(shape)
            left = [there - teams * needed for there, needed in zip(left, shape, strict=True)]
    return tuple(sorted(used))


@lru_cache(maxsize=64)
def match_shapes(allowed: tuple[Counts, ...], teams: int) -> tuple[Counts, ...]:
    """Every way to fill a match by teams of allowed shapes, the largest parties first."""
    shapes = {
        tuple(sum(column) for column in zip(*filled, strict=True))
        for filled in combinations_with_replacement(allowed, teams)
    }
    return tuple(sorted(shapes, key=lambda shape: shape[::-1], reverse=True))


@lru_cache(maxsize=50_000)
def shapes_within(
    allowed: tuple[Counts, ...], teams: int, counts: tuple[int, ...]
) -> tuple[Counts, ...]:
    """The ways to fill a match from so many parties of each size."""
    return tuple(
        shape
        for shape in match_shapes(allowed, teams)
        if all(needed <= there for needed, there in zip(shape, counts, strict=True))
    )


@lru_cache(maxsize=50_000)
def most_of_each(
    allowed: tuple[Counts, ...], teams: int, counts: tuple[int, ...]
) -> tuple[int, ...]:
    """How many parties of each size the ways to fill a match hold at most; empty if there is none.

    Zero says that a size is of no use here: nothing goes with it.
    """
    shapes = shapes_within(allowed, teams, counts)
    return tuple(max(column) for column in zip(*shapes, strict=True))


@lru_cache(maxsize=50_000)
def has_room(shapes: tuple[Counts, ...], counts: Counts) -> bool:
    """Whether so many parties of each size are part of a way to fill a match."""
    return any(
        all(there <= needed for there, needed in zip(counts, shape, strict=True))
        for shape in shapes
    )


def capped(counts: Sequence[int], players: int) -> Counts:
    """No more of each size than a match can hold, so that few different counts are asked for."""
    return tuple(min(n, players // size) for size, n in enumerate(counts, start=1))
