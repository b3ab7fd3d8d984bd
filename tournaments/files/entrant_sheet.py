"""A list of entrants as a table: a CSV file, or pasted from a spreadsheet.

With a header line in the words of `headers`, or without one as `name,rating,club,region,seed`, then
the members of a team.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from lib.errors import Refusal
from lib.names import parse_name

from .cells import unguarded
from .entrant_lines import (
    HINT,
    BadLines,
    NewEntrant,
    check_length,
    most_names,
    parse_label,
    parse_lines,
    parse_rating,
    too_long,
)
from .headers import Column, Meaning, rating_rank, read_header
from .text import BadFile

#: The order of the columns without a header line; what comes after them are members.
USUAL = (Meaning.NAME, Meaning.RATING, Meaning.CLUB, Meaning.REGION, Meaning.SEED, Meaning.MEMBER)
#: Columns of our own files that are not read back, and so not spoken of.
_OUR_OWN = frozenset({"status", "place"})
_DELIMITERS = "\t;,"
_SEED_DIGITS = 6
MOST_COLUMNS = 200
#: How lists write that somebody has no rating.
_UNRATED = frozenset({"-", "\u2013", "\u2014", "n/a", "unr", "unr.", "unrated"})
#: A German rating with its number of evaluations.
_DWZ = re.compile("([0-9]{3,4}) ?[-\u2013] ?[0-9]{1,3}")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class SheetEntrant:
    """An entrant in a file: its line, its seed if it has one, and its roster."""

    line: int
    new: NewEntrant
    seed: int | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it was understood: its entrants in order; its columns, if it has a header line."""

    entrants: tuple[SheetEntrant, ...]
    columns: tuple[Column, ...]

    @property
    def columns_used(self) -> list[Column]:
        """The columns that mean something."""
        return [one for one in self.columns if one.meaning]

    @property
    def warnings(self) -> list[str]:
        """What was left out."""
        unused = [
            repr(one.title[:40])
            for one in self.columns
            if one.meaning is Meaning.UNUSED and one.title and one.title.casefold() not in _OUR_OWN
        ]
        return [f"Columns that are not used: {', '.join(unused)}."] if unused else []


def parse_sheet(text: str, *, teams: bool = False) -> Sheet:
    """The entrants of a file, by their seeds, then in the order of the lines.

    Commas, semicolons or tabs. In a tournament of `teams` the players may follow the name at once.
    Raises `BadFile` and `BadLines`, which name the line and the column.
    """
    check_length(text)
    rows = list(islice(_rows(text, teams=teams), most_names() + 2))
    if not rows:
        raise BadFile("There are no entrants in the file.")
    if len(rows) > most_names() + 1:
        raise too_long(text)
    header = _header(*rows[0], teams=teams)
    reader = _Reader(header, teams=teams)
    found: list[SheetEntrant] = []
    wrong: list[str] = []
    for line, cells in rows[1:] if header else rows:
        try:
            found.append(reader.entrant(line, cells))
        except Refusal as refusal:
            wrong.append(f"Line {line}, {refusal.message}")
    if teams:
        found = _merged(found)
    wrong += _repeated(found)
    if wrong:
        raise BadLines(wrong)
    if not found:
        raise BadFile("There are no entrants in the file.")
    ordered = sorted(found, key=lambda one: (one.seed is None, one.seed or 0))
    return Sheet(tuple(ordered), tuple(header or ()))


def parse_pasted(text: str, *, teams: bool = False) -> Sheet:
    """The entrants of pasted text: a table if it has a header line or is of teams, else lines."""
    first, *more = [line for line in text.splitlines() if line.strip()] or [""]
    cells = [cell.strip() for cell in re.split("[\t;,]", first, maxsplit=MOST_COLUMNS)]
    if first and (teams or (more and read_header(cells))):
        return parse_sheet(text, teams=teams)
    return Sheet(tuple(SheetEntrant(0, new) for new in parse_lines(text)), ())


def _rows(text: str, *, teams: bool) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line."""
    delimiter, skipped = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return _numbered(reader, skipped, joins_names=delimiter == "," and not teams)


def _numbered(reader: Any, skipped: int, *, joins_names: bool) -> Iterator[tuple[int, list[str]]]:
    line = 0
    try:
        for cells in reader:
            first, line = line + 1, reader.line_num
            if len(cells) > MOST_COLUMNS:
                raise BadFile(
                    f"Line {first} has {len(cells):,} cells. There are at most {MOST_COLUMNS}."
                )
            if joins_names and _is_one_name(cells):
                cells[:2] = [",".join(cells[:2])]
            stripped = [unguarded(cell.strip(" \r\n")).strip() for cell in cells]
            if first > skipped and any(stripped):
                yield first, stripped
    except csv.Error as error:
        raise BadFile(f"Line {line + 1} cannot be read as CSV: {error}.") from error


def _is_one_name(cells: Sequence[str]) -> bool:
    """Whether a row begins `Smith, John`, with a space after the comma."""
    return (
        len(cells) > 1
        and re.match(r" +[^\W\d_]", cells[1]) is not None
        and read_header([cell.strip() for cell in cells]) is None
    )


def _delimiter(text: str) -> tuple[str, int]:
    """The separator of the cells, and the number of lines that declare it (`sep=;`, 0 or 1)."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if re.fullmatch(r"sep=[\t;,]", first.strip(" \r")):
        return first.strip(" \r")[-1], 1
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count) if any(d in bare for d in _DELIMITERS) else ",", 0


def _header(line: int, cells: Sequence[str], *, teams: bool = False) -> list[Column] | None:
    """The columns, if the first row is a header line; raises `BadFile` for one that is twice."""
    columns = read_header(cells, teams=teams)
    if columns is None:
        return None
    titles = Counter(one.title.casefold() for one in columns if one.meaning is not Meaning.MEMBER)
    for title, times in titles.items():
        if title and times > 1:
            raise BadFile(f"Line {line}: the column {title[:40]!r} is there twice.")
    return columns


class _Reader:
    """Reads rows by their columns, or by the usual ones without a header line."""

    def __init__(self, header: Sequence[Column] | None, *, teams: bool) -> None:
        self._columns = columns = header or [Column("", meaning) for meaning in USUAL]
        self._has_header = header is not None
        self._teams = teams
        self._hinted = False
        ratings = [place for place, one in enumerate(columns) if one.meaning is Meaning.RATING]
        self._ratings = sorted(ratings, key=lambda place: rating_rank(columns[place].title))

    def entrant(self, line: int, cells: Sequence[str]) -> SheetEntrant:
        """One row; raises `Refusal` whose words begin with the column."""
        if not self._has_header and len(cells) > 1 and not _may_be_rating(cells[1]):
            if not self._teams:
                raise Refusal(self._no_rating(cells[1]))
            cells = [cells[0], "", "", "", "", *cells[1:]]
        found: dict[Meaning, list[str]] = {meaning: [] for meaning in Meaning}
        for place, cell in enumerate(cells):
            column = self._columns[min(place, len(self._columns) - 1)]
            if place >= len(self._columns) and column.meaning is not Meaning.MEMBER and cell:
                raise Refusal(f"column {place + 1}: there is no such column.")
            if cell:
                found[column.meaning].append(cell)
        ratings = [cells[place] for place in self._ratings if place < len(cells)]

        def text(meaning: Meaning) -> str:
            return " ".join(found[meaning])

        name = text(Meaning.NAME) or f"{text(Meaning.FIRST_NAME)} {text(Meaning.SURNAME)}"
        new = NewEntrant(
            _named("name", lambda: parse_name(name).display),
            _named("rating", lambda: _rating(ratings)),
            _named("club", lambda: parse_label(text(Meaning.CLUB))),
            _named("region", lambda: parse_label(text(Meaning.REGION))),
        )
        members = found[Meaning.MEMBER]
        roster = _named("members", lambda: tuple(parse_name(one).display for one in members))
        return SheetEntrant(line, new, _seed(text(Meaning.SEED)), roster)

    def _no_rating(self, cell: str) -> str:
        """What is wrong with a second cell; how to write it is said once."""
        hint, self._hinted = "" if self._hinted else f" {HINT}", True
        try:
            parse_rating(cell)
        except Refusal as refusal:
            return f"rating: {refusal.message}{hint}"
        return f"rating:{hint}"


def _may_be_rating(cell: str) -> bool:
    return (
        not cell or cell[0].isdigit() or cell[0] in "+-\u2013\u2014" or cell.casefold() in _UNRATED
    )


def _rating(cells: Sequence[str]) -> int | None:
    """The first rating that is there and not 0."""
    plain = ["" if cell.casefold() in _UNRATED else cell for cell in cells]
    ratings = [
        parse_rating(found[1] if (found := _DWZ.fullmatch(cell)) else cell) for cell in plain
    ]
    return next((one for one in ratings if one), ratings[0] if ratings else None)


def _named(column: str, read: Callable[[], Value]) -> Value:
    """Read a cell, and name its column in an error."""
    try:
        return read()
    except Refusal as refusal:
        raise Refusal(f"{column}: {refusal.message}") from refusal


def _seed(raw: str) -> int | None:
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > _SEED_DIGITS or int(raw) < 1:
        raise Refusal(f"seed: {raw[:12]!r} is not a number from 1.")
    return int(raw)


def _merged(found: Sequence[SheetEntrant]) -> list[SheetEntrant]:
    """Teams of which each player has a row, once with all of them."""
    teams: dict[str, SheetEntrant] = {}
    for place, one in enumerate(found):
        key = parse_name(one.new.name).name_key if one.members else f"{place}"
        first = teams.setdefault(key, one)
        if first is not one:
            teams[key] = replace(first, members=first.members + one.members)
    return list(teams.values())


def _repeated(found: Sequence[SheetEntrant]) -> list[str]:
    """Names and seeds that somebody on an earlier line has."""
    wrong = []
    names: dict[str, int] = {}
    seeds: dict[int, int] = {}
    for one in found:
        earlier = names.setdefault(parse_name(one.new.name).name_key, one.line)
        if earlier != one.line:
            wrong.append(f"Line {one.line}, name: {one.new.name!r} is already on line {earlier}.")
        if one.seed is not None and seeds.setdefault(one.seed, one.line) != one.line:
            wrong.append(f"Line {one.line}, seed: {one.seed} is already on line {seeds[one.seed]}.")
    return wrong
