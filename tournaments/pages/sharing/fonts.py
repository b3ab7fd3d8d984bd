"""Letters for pictures, in any script that the machine has a font for.

The font that comes with Pillow has the letters of English. For others fontconfig is asked, where it
is installed. Accents that no font has are left out; a line with letters that no font has is not
written at all, rather than as boxes.
"""

import shutil
import subprocess
from functools import lru_cache
from unicodedata import category, normalize

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont
Run = tuple[str, str]
#: The name of the font that comes with Pillow, among those named by their files.
OWN = ""
FINDER_SECONDS = 5
#: A code point that is never a letter: a font draws it as it draws every unknown letter.
_NOTHING = "\uffff"
_PROBE_SIZE = 24


def can_write(text: str) -> bool:
    """Whether there is a font for each letter."""
    return _runs(text) is not None


def length(text: str, size: int) -> float:
    """How wide a line is, in pixels."""
    return sum(_font(file, size).getlength(run) for run, file in _runs(text) or ())


def write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, fill: str, size: int,
    anchor: str = "la",
) -> None:  # fmt: skip
    """Write a line, or nothing where a font is missing.

    `anchor` is Pillow's, from the left or the right.
    """
    x, y = at
    if anchor.startswith("r"):
        x -= length(text, size)
    for run, file in _runs(text) or ():
        font = _font(file, size)
        # The line begins on the left, whatever is written in it; the basic layout knows no other.
        direction = "ltr" if font.layout_engine == ImageFont.Layout.RAQM else None
        pen.text((x, y), run, fill, font, anchor=f"l{anchor[1]}", direction=direction)
        x += font.getlength(run)


@lru_cache(maxsize=256)
def _runs(text: str) -> list[Run] | None:
    """The text in pieces, each with the file of its font; None if there is none for a letter."""
    plain = "".join(sign for sign in normalize("NFKD", text) if category(sign) != "Mn")
    return _cut(text) or _cut(plain)


def _cut(text: str) -> list[Run] | None:
    runs: list[Run] = []
    for sign in text:
        if runs and (sign.isspace() or category(sign)[0] in "MC"):
            runs[-1] = (runs[-1][0] + sign, runs[-1][1])
            continue
        # A letter stays in the font of those before it as long as that one has it.
        file = runs[-1][1] if runs and _has(runs[-1][1], sign) else _file_for(sign)
        if file is None:
            return None
        if runs and runs[-1][1] == file:
            runs[-1] = (runs[-1][0] + sign, file)
        else:
            runs.append((sign, file))
    return runs


@lru_cache(maxsize=4096)
def _file_for(sign: str) -> str | None:
    for file in (OWN, *_found):
        if _has(file, sign):
            return file
    file = _ask(sign)
    if not file or not _has(file, sign):
        return None
    _found.append(file)
    return file


#: The files that fontconfig has named so far; asking it anew takes a process each time.
_found: list[str] = []


def _ask(sign: str) -> str:
    program = shutil.which("fc-match")
    if program is None:
        return ""
    pattern = f"sans:charset={ord(sign):x}"
    try:
        done = subprocess.run(  # noqa: S603 - a program of the system, and a number
            [program, "--format", "%{file}", pattern],
            capture_output=True,
            timeout=FINDER_SECONDS,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


@lru_cache(maxsize=64)
def _font(file: str, size: int) -> Font:
    if file:
        return ImageFont.truetype(file, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, Font)
    return font


@lru_cache(maxsize=4096)
def _has(file: str, sign: str) -> bool:
    """Whether a font draws a letter as something of its own."""
    try:
        font = _font(file, _PROBE_SIZE)
    except OSError:  # a format that Pillow does not read
        return False
    return sign.isspace() or _drawn(font, sign) != _drawn(font, _NOTHING)


def _drawn(font: Font, sign: str) -> bytes:
    return bytes(font.getmask(sign))
