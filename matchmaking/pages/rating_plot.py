"""A rating's history as a plot: the geometry of an SVG, for a template to render."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

WIDTH, HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 14, 38
_STEPS = (5, 10, 25, 50, 100, 250, 500, 1000)
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Point:
    """A rating after a match."""

    at: datetime
    rating: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale: its position and label."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A match's point in the picture; `words` is its tooltip."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Coordinates in a box of `width` by `height`; `band` is the 95 % interval, as a polygon."""

    width: int
    height: int
    left: int
    right: int
    foot: int
    line: str
    band: str
    dots: Sequence[Dot]
    scale: Sequence[Tick]
    start: str
    end: str
    summary: str


def plot(points: Sequence[Point]) -> Plot | None:
    """The picture of a history, match by match; None when there are fewer than two points."""
    if len(points) < 2:
        return None
    low, high, step = _range(points)
    right, foot = WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def x(index: int) -> float:
        return round(_LEFT + (right - _LEFT) * index / (len(points) - 1), 1)

    def y(rating: float) -> float:
        inside = min(max(rating, low), high)
        return round(foot - (foot - _TOP) * (inside - low) / (high - low), 1)

    above = [f"{x(i)},{y(p.rating + 2 * p.deviation)}" for i, p in enumerate(points)]
    below = [f"{x(i)},{y(p.rating - 2 * p.deviation)}" for i, p in enumerate(points)]
    return Plot(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=right,
        foot=foot,
        line=" ".join(f"{x(i)},{y(p.rating)}" for i, p in enumerate(points)),
        band=" ".join([*above, *reversed(below)]),
        dots=[Dot(x(i), y(p.rating), _words(p)) for i, p in enumerate(points)],
        scale=[Tick(y(value), str(value)) for value in range(low, high + 1, step)],
        start=_day(points[0].at),
        end=_day(points[-1].at),
        summary=_summary(points),
    )


def _range(points: Sequence[Point]) -> tuple[int, int, int]:
    """The scale's ends and step: round numbers around every rating, with some room."""
    ratings = [point.rating for point in points]
    room = max(20.0, (max(ratings) - min(ratings)) * 0.15)
    bottom, top = min(ratings) - room, max(ratings) + room
    step = next((s for s in _STEPS if (top - bottom) / s <= _MOST_LINES), _STEPS[-1])
    return floor(bottom / step) * step, ceil(top / step) * step, step


def _summary(points: Sequence[Point]) -> str:
    first, last = points[0], points[-1]
    best, worst = (f(point.rating for point in points) for f in (max, min))
    return (
        f"{len(points)} ratings from {_day(first.at)} to {_day(last.at)}: from {first.rating:.0f} "
        f"to {last.rating:.0f}, highest {best:.0f}, lowest {worst:.0f}."
    )


def _words(point: Point) -> str:
    return f"{_day(point.at)}: {point.rating:.0f} ± {2 * point.deviation:.0f}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"
