"""Attributes as a pool declares them, and what a player says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf

AttributeValue = str | float | tuple[str, ...] | Mapping[str, float]
"""One of the options, a number, some of the options, or milliseconds by region."""


class Kind(StrEnum):
    """What a player says: one option, some of them, a number, or the way to each region."""

    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    LATENCY = "latency"


class By(StrEnum):
    """How values are matched. `PREFER` never excludes; it is weighed against rating points."""

    EQUAL = "equal"
    OVERLAP = "overlap"
    WITHIN = "within"
    LATENCY = "latency"
    PREFER = "prefer"


#: How each kind may be matched, the usual way first.
MATCHED_BY = {
    Kind.CHOICE: (By.EQUAL, By.PREFER),
    Kind.CHOICES: (By.OVERLAP, By.PREFER),
    Kind.NUMBER: (By.WITHIN, By.PREFER),
    Kind.LATENCY: (By.LATENCY,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a pool.

    `options` are those of a choice, or the regions of a latency. `within` is how far apart two
    numbers may be, or how many milliseconds a player may have to the region of the match; it
    grows by `growth` with each second of the wait. After `after_seconds` a player's value is a
    wish only. `weight` is what a wish that is not met costs, in rating points: for each unit
    apart, for each millisecond, or as a whole. Who says nothing plays with any value.
    """

    name: str
    kind: Kind
    by: By
    options: tuple[str, ...] = ()
    within: float = 0.0
    growth: float = 0.0
    after_seconds: float = inf
    weight: float = 1.0

    def limit_after(self, wait: float) -> float:
        """How far apart numbers may be, or how long the way, after so many seconds."""
        return inf if wait >= self.after_seconds else self.within + self.growth * wait
