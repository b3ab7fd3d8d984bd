"""Pairing in order: first come, first matched."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pair_in_order(waiting: Sequence[T]) -> list[tuple[T, T]]:
    """Pair each with the next in order; with an odd number the last one is left."""
    return [(waiting[i], waiting[i + 1]) for i in range(0, len(waiting) - 1, 2)]
