"""A CSV file of entrants: `name,rating,club,region,seed,members…`, with or without that header."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from lib.errors import Refusal
from lib.names import parse_name

from .cells import unguarded
from .entrant_lines import BadLines, NewEntrant, parse_label, parse_rating
from .text import BadFile

COLUMNS = ("name", "rating", "club", "region", "seed", "members")
#: Columns of our own files that are not read back.
IGNORED = frozenset({"status", "place"})
_DELIMITERS = "\t;,"
_MEMBER = re.compile(r"members?( \d+)?")
_SEED_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SheetEntrant:
    """An entrant in a file: its line, its seed if it has one, and its roster."""

    line: int
    new: NewEntrant
    seed: int | None = None
    members: tuple[str, ...] = ()


def parse_sheet(text: str) -> list[SheetEntrant]:
    """The entrants of a file, by their seeds, then in the order of the lines.

    Commas, semicolons or tabs; what is after the fifth column are members. Raises `BadFile` and
    `BadLines`, which name the line and the column.
    """
    rows = _rows(text)
    if not rows:
        raise BadFile("There are no entrants in the file.")
    most = 2 * settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    if len(rows) > most + 1:
        raise BadFile(f"The file has {len(rows):,} lines, and a list holds {most:,} names.")
    columns = _header(*rows[0])
    if columns is not None:
        rows = rows[1:]
    found: list[SheetEntrant] = []
    wrong: list[str] = []
    for line, cells in rows:
        try:
            found.append(_entrant(line, cells, columns or list(COLUMNS)))
        except Refusal as refusal:
            wrong.append(f"Line {line}, {refusal.message}")
    wrong += _repeated(found)
    if wrong:
        raise BadLines(wrong)
    if not found:
        raise BadFile("There are no entrants in the file.")
    return sorted(found, key=lambda one: (one.seed is None, one.seed or 0))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line."""
    delimiter, skipped = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return list(_numbered(reader, skipped))


def _numbered(reader: Any, skipped: int) -> Iterator[tuple[int, list[str]]]:
    line = 0
    try:
        for cells in reader:
            first, line = line + 1, reader.line_num
            stripped = [unguarded(cell.strip(" \r\n")).strip() for cell in cells]
            if first > skipped and any(stripped):
                yield first, stripped
    except csv.Error as error:
        raise BadFile(f"Line {line + 1} cannot be read as CSV: {error}.") from error


def _delimiter(text: str) -> tuple[str, int]:
    """The separator of the cells, and the number of lines that declare it (`sep=;`, 0 or 1)."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if re.fullmatch(r"sep=[\t;,]", first.strip(" \r")):
        return first.strip(" \r")[-1], 1
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count) if any(d in bare for d in _DELIMITERS) else ",", 0


def _header(line: int, cells: Sequence[str]) -> list[str] | None:
    """The names of the columns, if the first row has them; raises `BadFile` for unknown ones."""
    names = [cell.casefold() for cell in cells]
    if "name" not in names:
        return None
    columns = ["members" if _MEMBER.fullmatch(name) else name for name in names]
    for name in columns:
        if name and name not in COLUMNS and name not in IGNORED:
            raise BadFile(
                f"Line {line}: there is no column {name[:40]!r}. There are: {', '.join(COLUMNS)}."
            )
        if name and name != "members" and columns.count(name) > 1:
            raise BadFile(f"Line {line}: the column {name!r} is there twice.")
    return columns


def _entrant(line: int, cells: Sequence[str], columns: Sequence[str]) -> SheetEntrant:
    """One row; raises `Refusal` whose words begin with the column."""
    by_column = dict.fromkeys(COLUMNS, "")
    members = []
    for place, cell in enumerate(cells):
        column = columns[place] if place < len(columns) else columns[-1]
        if place >= len(columns) and column != "members" and cell:
            raise Refusal(f"column {place + 1}: there is no such column.")
        if column == "members":
            members += [cell] if cell else []
        elif column in by_column:
            by_column[column] = cell
    with _naming("name"):
        name = parse_name(by_column["name"]).display
    with _naming("rating"):
        rating = parse_rating(by_column["rating"])
    with _naming("club"):
        club = parse_label(by_column["club"])
    with _naming("region"):
        region = parse_label(by_column["region"])
    with _naming("members"):
        roster = tuple(parse_name(member).display for member in members)
    seed = _seed(by_column["seed"])
    return SheetEntrant(line, NewEntrant(name, rating, club, region), seed, roster)


@contextmanager
def _naming(column: str) -> Iterator[None]:
    """Name the column in an error."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(f"{column}: {refusal.message}") from refusal


def _seed(raw: str) -> int | None:
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > _SEED_DIGITS or int(raw) < 1:
        raise Refusal(f"seed: {raw[:12]!r} is not a number from 1.")
    return int(raw)


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
