"""A list of entrants as people paste it: one a line, perhaps with rating, club and region."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from lib.errors import Refusal
from lib.names import Name, parse_name
from tournaments.models import Entrant, Tournament
from tournaments.models.entrants import LABEL_MAX_CHARS

from .text import BadFile

RATING_MAX = 9999
#: So many lines, empty ones included, may a list have for each name that it holds.
LINES_A_NAME = 4
#: At most so many wrong lines are named at once.
LINES_NAMED = 5
# A comma separates only before a number or an empty rating: "Smith, John" is a name.
_COMMA = re.compile(r"\s*,\s*(?=\d*\s*(?:,|$))")
#: A line such as `Owls,Ann,Bob`.
_ROSTER = re.compile(r",\S[^,]*,\S")
#: How to write what looks like something else than a name and a rating.
HINT = (
    "After the name comes the rating. A team with its players (Owls,Ann,Bob) is for a tournament "
    "of teams: set the players in a team first. A surname and a first name in two cells need a "
    "header line (surname,first name), or a space after the comma."
)


class BadLines(Refusal):
    """A pasted list with lines that cannot be read; `lines` has the error of each."""

    code = "bad_entrants"

    def __init__(self, lines: Sequence[str]) -> None:
        more = len(lines) - LINES_NAMED
        named = [*lines[:LINES_NAMED], *([f"And {more} more."] if more > 0 else [])]
        super().__init__(" ".join(named))
        self.lines = named


@dataclass(frozen=True, slots=True)
class NewEntrant:
    """An entrant to be added."""

    name: str
    rating: int | None = None
    club: str = ""
    region: str = ""

    def row(self, tournament: Tournament, seed: int, name: Name, **fields: Any) -> Entrant:
        """The entrant as a row, under its parsed name; it is not saved."""
        return Entrant(
            tournament=tournament,
            seed=seed,
            name=name.display,
            name_key=name.name_key,
            rating=self.rating,
            club=self.club,
            region=self.region,
            **fields,
        )


def parse_lines(text: str) -> list[NewEntrant]:
    """The entrants of a pasted list; empty lines do not count. Raises `BadLines`.

    After the name and a tab, a semicolon or a comma comes a rating; then a club; then a region.
    """
    check_length(text)
    entrants: list[NewEntrant] = []
    wrong: list[str] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entrant, name = _parse_line(line)
        except Refusal as refusal:
            wrong.append(f"Line {number}: {refusal.message}")
            continue
        earlier = first_line.setdefault(name.name_key, number)
        if earlier != number:
            wrong.append(f"Line {number}: {name.display!r} is already on line {earlier}.")
        entrants.append(entrant)
    if wrong:
        raise BadLines(wrong)
    return entrants


def check_length(text: str) -> None:
    """Raise `BadFile` for so many lines that it would take long to say what is wrong with each."""
    if text.count("\n") > LINES_A_NAME * most_names():
        raise too_long(text)


def most_names() -> int:
    """How many names a list holds."""
    return 2 * int(settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS)


def too_long(text: str) -> BadFile:
    """The refusal of a list with more names than any tournament holds."""
    lines = text.count("\n") + (not text.endswith("\n"))
    return BadFile(f"The file has {lines:,} lines, and a list holds {most_names():,} names.")


def _parse_line(line: str) -> tuple[NewEntrant, Name]:
    name, *cells = _cells(line)
    if _ROSTER.search(name):
        raise Refusal(HINT)
    rating, club, region, *more = [*cells, "", "", ""]
    if any(more):
        raise Refusal("There are more than name, rating, club and region.")
    parsed = parse_name(name)
    return NewEntrant(name, parse_rating(rating), parse_label(club), parse_label(region)), parsed


def _cells(line: str) -> list[str]:
    if separator := next((one for one in "\t;" if one in line), ""):
        return [cell.strip() for cell in line.split(separator)]
    name, *rest = _COMMA.split(line.strip(), maxsplit=1)
    return [name, *(cell.strip() for cell in ",".join(rest).split(","))] if rest else [name]


def parse_rating(raw: str) -> int | None:
    """A rating, or None for none; raises `Refusal`."""
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or int(raw[:6]) > RATING_MAX or len(raw) > 6:
        raise Refusal(f"The rating {raw[:12]!r} is not a number from 0 to {RATING_MAX}.")
    return int(raw)


def parse_label(raw: str) -> str:
    """A club or a region, of printable characters; raises `Refusal`."""
    label = " ".join(raw.split())
    if len(label) > LABEL_MAX_CHARS or not label.isprintable():
        raise Refusal(
            f"A club or region has at most {LABEL_MAX_CHARS} characters, all of them printable."
        )
    return label
