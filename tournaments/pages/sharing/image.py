"""The picture that a shared link shows: a tournament on a tennis court, drawn with Pillow."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from . import fonts

SIZE = (1200, 630)
COURT, DEEP, CHALK, BALL = "#0f5743", "#0b4535", "#f6fbf7", "#d9f03f"
FAINT = "#4d8a76"
MARGIN = 72
NAME_LINES = 2
BRACKET_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """The content of the picture; equal ones look the same."""

    name: str
    facts: str
    headline: str
    rows: tuple[str, ...] = ()
    is_bracket: bool = True

    @property
    def fingerprint(self) -> str:
        """A short name for this picture, for caches."""
        return sha256(repr(astuple(self)).encode()).hexdigest()[:20]


def draw_preview(preview: Preview) -> bytes:
    """The picture as a PNG file, 1200 by 630."""
    image = Image.new("RGB", SIZE, DEEP)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), 20, fill=COURT)
    pen.rounded_rectangle((36, 36, SIZE[0] - 36, SIZE[1] - 36), 14, outline=CHALK, width=3)
    if preview.is_bracket:
        _draw_bracket(pen)
    else:
        _draw_rows(pen, preview.rows)
    bottom = _draw_name(pen, preview.name)
    fonts.write(pen, (MARGIN, bottom + 18), preview.facts, CHALK, 34)
    if preview.headline and fonts.can_write(preview.headline):
        size = _fitting(preview.headline, 52, 660)
        pen.ellipse((MARGIN, 502, MARGIN + 26, 528), BALL)
        fonts.write(pen, (MARGIN + 44, 515), preview.headline, CHALK, size, "lm")
    fonts.write(pen, (SIZE[0] - MARGIN, SIZE[1] - 62), "matchpoint", CHALK, 26, "rs")
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _fitting(text: str, size: int, width: int) -> int:
    """The largest size up to one in which a line is no wider than that."""
    while size > 20 and fonts.length(text, size) > width:
        size -= 2
    return size


def _draw_name(pen: ImageDraw.ImageDraw, name: str) -> int:
    """Draw the name in as many lines as it needs; returns where it ends."""
    size = 76
    while size > 40 and len(_wrapped(name, size, 680)) > NAME_LINES:
        size -= 4
    top = MARGIN + 20
    for line in _wrapped(name, size, 680)[: NAME_LINES + 1]:
        fonts.write(pen, (MARGIN, top), line, CHALK, size)
        top += round(size * 1.15)
    return top


def _wrapped(text: str, size: int, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, size, width):
            longer = f"{lines[-1]} {piece}".strip()
            if fonts.length(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line]


def _pieces(word: str, size: int, width: int) -> list[str]:
    """A word cut where it is wider than a line."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and fonts.length(pieces[-1] + sign, size) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _draw_bracket(pen: ImageDraw.ImageDraw) -> None:
    """Lines that narrow towards a ball: a bracket, whatever its size."""
    top, height, left, step = 110, 380, 800, 74
    rows = [
        top + height * (2 * i + 1) / 2**BRACKET_ROUNDS for i in range(2 ** (BRACKET_ROUNDS - 1))
    ]
    for number in range(BRACKET_ROUNDS):
        x = left + number * step
        for y in rows:
            pen.line((x, y, x + step, y), FAINT if number < 2 else CHALK, 4)
        pairs = list(zip(rows[::2], rows[1::2], strict=False))
        for upper, lower in pairs:
            pen.line((x + step, upper, x + step, lower), FAINT if number < 2 else CHALK, 4)
        rows = [(upper + lower) / 2 for upper, lower in pairs] or rows
    x, y = left + BRACKET_ROUNDS * step, rows[0]
    pen.ellipse((x - 16, y - 16, x + 16, y + 16), BALL)


def _draw_rows(pen: ImageDraw.ImageDraw, rows: Sequence[str]) -> None:
    """The top of the standings."""
    for number, row in enumerate(rows[:6]):
        y = 120 + number * 62
        place = f"{number + 1}"
        fonts.write(pen, (800, y), place, BALL if number == 0 else FAINT, 30, "lm")
        fonts.write(pen, (840, y), row, CHALK, _fitting(row, 30, 280), "lm")
        pen.line((800, y + 30, 1120, y + 30), FAINT, 2)
