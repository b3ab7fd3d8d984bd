"""Curves drawn as SVG, for the documentation: both axes are logarithmic."""

from collections.abc import Mapping, Sequence
from math import floor, log10

_WIDTH, _HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 16, 232, 44
_COLOURS = ("#2a6fdb", "#c2410c", "#15803d", "#7c3aed", "#71717a")

Curve = Sequence[tuple[float, float]]


def draw(title: str, across: str, up: str, curves: Mapping[str, Curve]) -> str:
    """Named curves of (across, up), all above zero, with axes named."""
    points = [point for curve in curves.values() for point in curve]
    plot = _Plot([x for x, _ in points], [y for _, y in points])
    body = [*plot.grid(across, up)]
    for number, (name, curve) in enumerate(curves.items()):
        body += plot.curve(name, curve, _COLOURS[number % len(_COLOURS)], number)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            ' font-family="sans-serif" font-size="12" role="img">',
            f"<title>{title}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


class _Plot:
    """The area between whole powers of ten."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self.x_range, self.y_range = _powers(xs), _powers(ys)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The position of a point."""
        return (
            _LEFT + _share(x, self.x_range) * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - _share(y, self.y_range) * (_HEIGHT - _TOP - _BOTTOM),
        )

    def grid(self, across: str, up: str) -> list[str]:
        """Lines at the powers of ten, and the names of the axes."""
        lines = []
        for power in range(self.x_range[0], self.x_range[1] + 1):
            x, _ = self.place(10.0**power, 10.0 ** self.y_range[0])
            lines.append(_line(x, _TOP, x, _HEIGHT - _BOTTOM))
            lines.append(_text(x, _HEIGHT - _BOTTOM + 16, _number(power), "middle"))
        for power in range(self.y_range[0], self.y_range[1] + 1):
            _, y = self.place(10.0 ** self.x_range[0], 10.0**power)
            lines.append(_line(_LEFT, y, _WIDTH - _RIGHT, y))
            lines.append(_text(_LEFT - 6, y + 4, _number(power), "end"))
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        lines.append(_text(middle, _HEIGHT - 8, across, "middle"))
        lines.append(_text(_WIDTH - _RIGHT + 12, _TOP + 10, up, "start"))
        return lines

    def curve(self, name: str, curve: Curve, colour: str, number: int) -> list[str]:
        """One curve with its points, and its name beside the plot."""
        placed = [self.place(x, y) for x, y in curve]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        at = _TOP + 36 + 20 * number
        return [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
            *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed),
            f'<rect x="{_WIDTH - _RIGHT + 12}" y="{at - 9}" width="10" height="10"'
            f' fill="{colour}"/>',
            _text(_WIDTH - _RIGHT + 28, at, name, "start"),
        ]


def _powers(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all values."""
    low, high = floor(log10(min(values))), floor(log10(max(values)))
    return low, high + (max(values) > 10.0**high)


def _share(value: float, powers: tuple[int, int]) -> float:
    low, high = powers
    return (log10(value) - low) / max(1, high - low)


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d4d4d8"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#27272a">{text}</text>'
