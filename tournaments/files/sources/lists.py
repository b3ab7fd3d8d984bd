"""Lists of Swiss-Manager and Chess-Results: cross tables with their rounds, and starting lists.

As text or CSV, under whatever lines stand above the table; in English, in German, and for names,
ratings and clubs in the words of `headers`.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from tournaments.files.document import StagePart, TournamentPart, part
from tournaments.files.headers import Meaning, read_header
from tournaments.files.report import ReadReport, document_of_trf
from tournaments.files.text import BadFile
from tournaments.models import Format

from .found import Found, Listed, Source, document_of, entrants_of, some_of, title_of
from .meetings import Ending, Meeting
from .tables import read_round_robin

_DELIMITERS = ";\t,"
#: A table's header is among so many lines.
_PREAMBLE = 30
_ROUND = re.compile(
    r"(?:(\d{1,2})\.? ?(?:rd|rnd|round|runde|r)\.?|(?:rd|r|runde|round)\.? ?(\d{1,2}))"
)
_RANKS = frozenset({"rk", "rg", "rank", "rang", "platz", "pl", "place"})
_NUMBERS = frozenset({"no", "nr", "sno", "snr", "start no", "startnr", "st no", "stnr", "start nr"})
_POINTS = frozenset({"pts", "points", "punkte", "pkt", "pkte"})
#: An opponent's number, the colour (`s` is black in German), the result; of an open game none.
_GAME = re.compile(r"(\d{1,4}) ?([wbs]) ?([10+\-=½]|1/2|)")
_RESULTS = {"½": "=", "1/2": "="}
#: A round without an opponent, by what it was worth.
_BYE = re.compile(r"(?:-|bye|spielfrei)? ?(1|½|=|1/2|0|\+|-|)")
_FINAL = re.compile(r"\b(final|end\w*|schluss\w*|abschluss\w*)", re.IGNORECASE)
_SITE = re.compile(
    r"chess-?results|swiss-?manager|last update|letzte aktualisierung", re.IGNORECASE
)
_TITLES = re.compile(
    r"crosstable|ranking|starting rank|kreuztabelle|fortschrittstabelle|rangliste|startrangliste|"
    r"teilnehmerliste|list of players|alphabetical list|nach \d+ runden|after round",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, by its number in the file."""

    line: int
    cells: list[str]

    def at(self, place: int | None) -> str:
        """A cell; empty where the line is short."""
        return self.cells[place] if place is not None and place < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a text: what stands above it, its titles, its lines."""

    above: list[str]
    header: list[str]
    rows: list[Row]
    first_line: int
    rounds: Mapping[int, int] = field(default_factory=dict)
    opponents: Mapping[int, int] = field(default_factory=dict)

    def column(self, words: Iterable[str]) -> int | None:
        """The first column with one of these titles."""
        return next((place for place, title in enumerate(self.header) if title in words), None)

    @property
    def name(self) -> str:
        """What the tournament is called: the first line above that says no more than that."""
        return next((one for one in self.above if not _SITE.search(one)
                     and not _TITLES.search(one)), "Imported list")  # fmt: skip

    @property
    def is_final(self) -> bool:
        """Whether the lines above call it the end."""
        return any(_TITLES.search(one) and _FINAL.search(one) for one in self.above)


def is_list(text: str) -> bool:
    """Whether there is a table of players in a text."""
    return _table(text) is not None


def read_list(text: str) -> Found:
    """A tournament out of a cross table, or a draft out of a starting list; raises `BadFile`."""
    table = _table(text)
    if table is None:
        raise BadFile(
            "No table of players was found: a line of titles such as `Rk.;Name;Rtg;1.Rd;2.Rd;Pts.` "
            "or `No.;Name;Rtg;FED` is needed.", code="unknown_source",
        )  # fmt: skip
    if table.rounds:
        return _swiss(table)
    return _round_robin(table) if table.opponents else _draft(table)


def _table(text: str) -> Table | None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines[:_PREAMBLE]):
        delimiter = max(_DELIMITERS, key=line.count)
        header = [_word(cell) for cell in _cells(line, delimiter)]
        rounds = {place: int(found[1] or found[2]) for place, title in enumerate(header)
                  if (found := _ROUND.fullmatch(title))}  # fmt: skip
        numbers = {place: int(title) for place, title in enumerate(header) if title.isdecimal()}
        opponents = numbers if sorted(numbers.values()) == list(range(1, len(numbers) + 1)) else {}
        named = ["" if place in rounds or place in numbers else one
                 for place, one in enumerate(_cells(line, delimiter))]  # fmt: skip
        if sum(map(bool, header)) < 2 or read_header(named) is None:
            continue
        rows = [Row(at, _cells(row, delimiter)) for at, row in
                enumerate(lines[number + 1 :], start=number + 2)]  # fmt: skip
        whole = [row for row in rows if sum(map(bool, row.cells)) > 1]
        above = [" ".join(c for c in _cells(one, delimiter) if c) for one in lines[:number]]
        return Table([one for one in above if one], header, whole, number + 1, rounds,
                     opponents if len(opponents) > 2 else {})  # fmt: skip
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        found = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise BadFile("A cell of the file is too long to be one.") from error
    return [" ".join(cell.replace("\xa0", " ").split()) for cell in found]


def _word(cell: str) -> str:
    return cell.casefold().rstrip(".")


@dataclass(frozen=True, slots=True)
class _Line:
    """A player in a table.

    `key` is the number that stands first in the line, `number` the starting number, `rank` 0 where
    the table has no ranks.
    """

    row: Row
    key: int
    number: int
    rank: int
    listed: Listed
    points: str


def _lines(table: Table) -> tuple[list[_Line], list[str]]:
    """The players of a table, and what is to be said of their numbers."""
    rank_at, number_at = table.column(_RANKS), table.column(_NUMBERS)
    first = min((at for at in (rank_at, number_at) if at is not None), default=None)
    if first is None and (table.rounds or table.opponents):
        raise BadFile(
            f"Line {table.first_line}: a column with the ranks or numbers of the players is "
            "missing (`Rk.`, `No.`)."
        )
    lines: list[_Line] = []
    for row in table.rows:
        text = row.at(first) if first is not None else str(len(lines) + 1)
        if not text and first == rank_at and row.at(number_at).isdecimal():
            text = str(len(lines) + 1)  # a shared rank is left empty
        if text.isdecimal() and len(text) < 5:
            number, rank = _whole(row.at(number_at)), _whole(row.at(rank_at))
            lines.append(
                _Line(row, int(text), number, rank if rank_at != first else int(text),
                      _listed(table, row), _total(row.at(table.column(_POINTS))))
            )  # fmt: skip
    if len({line.key for line in lines}) < len(lines):
        raise BadFile("Two players of the table have one number.")
    if number_at is None and rank_at is not None:
        said = ["The table does not say the starting numbers: seeds are by rating."]
        ordered = sorted(lines, key=lambda one: (-(one.listed.rating or 0), one.key))
        return [replace(one, number=seed) for seed, one in enumerate(ordered, start=1)], said
    return [one if one.number else replace(one, number=one.key) for one in lines], []


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _listed(table: Table, row: Row) -> Listed:
    """The player of a line; raises `BadFile` without a name."""
    titles = ["" if place in table.rounds or place in table.opponents else title
              for place, title in enumerate(table.header)]  # fmt: skip
    columns = read_header(titles) or []
    values = {
        kind: [row.at(place) for place, column in enumerate(columns) if column.meaning is kind]
        for kind in Meaning
    }
    name = _name(values)
    if not name:
        raise BadFile(f"Line {row.line}: the name is missing.")
    return Listed(
        name,
        next((int(one) for one in values[Meaning.RATING] if _whole(one)), None),
        club=next(iter(values[Meaning.CLUB]), ""),
        region=next(iter(values[Meaning.REGION]), ""),
    )


def _total(text: str) -> str:
    """Points as a report file has them: 3,5 and 3½ are 3.5."""
    plain = text.replace(",", ".").replace("½", ".5")
    return f"0{plain}" if plain.startswith(".") else plain


def _name(values: Mapping[Meaning, Sequence[str]]) -> str:
    for kind in (Meaning.FULL_NAME, Meaning.NAME):
        if values[kind] and values[kind][0]:
            return values[kind][0]
    return " ".join(filter(None, (*values[Meaning.FIRST_NAME][:1], *values[Meaning.SURNAME][:1])))


def _swiss(table: Table) -> Found:
    """A Swiss: the table as a report file, each player at the line where it is here."""
    lines, said = _lines(table)
    has_ranks = table.column(_RANKS) is not None
    try:
        read = _read_as_report(table, lines, {line.key: line.number for line in lines})
    except BadFile as error:
        if table.column(_NUMBERS) is None or not has_ranks:
            raise
        try:  # its cells name starting numbers, not ranks
            read = _read_as_report(table, lines, {line.number: line.number for line in lines})
        except BadFile:
            raise error from None
    by_number = {line.number: line.listed for line in lines}
    entrants, changed = entrants_of([by_number[number] for number in sorted(by_number)])
    document = msgspec.structs.replace(read.document, entrants=entrants)
    warnings = (*said, *read.warnings, *changed)
    return Found(Source.LIST, document, warnings, read.places if has_ranks else {})


def _read_as_report(table: Table, lines: Sequence[_Line], by_rank: Mapping[int, int]) -> ReadReport:
    """The table as a report file; `by_rank` are starting numbers by what the cells name."""
    report = [""] * (max((line.row.line for line in lines), default=1) + 1)
    report[0] = f"012 {table.name}"
    for line in lines:
        cells = "".join(
            _report_cell(line, place, number, by_rank)
            for place, number in sorted(table.rounds.items(), key=lambda one: one[1])
        )
        rating = line.listed.rating if line.listed.rating and line.listed.rating <= 9999 else ""
        report[line.row.line - 1] = (
            f"001 {line.number:4d}      {line.listed.name[:33]:33} {rating:>4}{'':28}"
            f"{line.points:>4} {line.rank:4d}{cells.rstrip()}"
        )
    if table.is_final:
        report.append(f"142 {len(table.rounds)}")
    return document_of_trf("\n".join(report))


def _report_cell(line: _Line, place: int, number: int, by_rank: Mapping[int, int]) -> str:
    """A round of a player as a report file has it."""
    text = line.row.at(place).casefold()
    if not text:
        return " " * 10
    if game := _GAME.fullmatch(text):
        opponent = int(game[1])
        if opponent not in by_rank:
            raise BadFile(f"Line {line.row.line}, round {number}: there is no player {opponent}.")
        colour = "w" if game[2] == "w" else "b"
        result = _RESULTS.get(game[3], game[3]) or " "
        return f"  {by_rank[opponent]:4d} {colour} {result}"
    if bye := _BYE.fullmatch(text):
        letter = {"1": "U", "+": "U", "": "U", "½": "H", "=": "H", "1/2": "H"}.get(bye[1], "Z")
        return f"  0000 - {letter}"
    raise BadFile(
        f"Line {line.row.line}, round {number}: {text[:12]!r} is no result. `12w1` is a win with "
        "White against number 12, `-½` a bye worth half a point."
    )


def _round_robin(table: Table) -> Found:
    """A round robin: each pair's result stands where its line and its column meet."""
    lines, said = _lines(table)
    by_rank = {line.key: line for line in lines}
    if len(by_rank) != len(table.opponents):
        columns = len(table.opponents)
        raise BadFile(f"The table has {columns} columns of results, and {len(by_rank)} players.")
    numbers = {one.number: seed for seed, one in
               enumerate(sorted(lines, key=lambda one: one.number), start=1)}  # fmt: skip
    meetings = []
    for place, column in table.opponents.items():
        for line in lines:
            other = by_rank.get(column)
            if other is None or line.key >= column:
                continue
            back = other.row.at(next(p for p, c in table.opponents.items() if c == line.key))
            meetings += _met(line, other, line.row.at(place), back, numbers)
    entrants, changed = entrants_of([one.listed for one in sorted(lines, key=lambda o: o.number)])
    read = read_round_robin(meetings, [one.seed for one in entrants])
    state = "finished" if read.is_over else "running"
    stage = part(
        StagePart, format=Format.ROUND_ROBIN, draws=True, legs=read.legs, state=state,
        groups=[read.group],
    )  # fmt: skip
    said.append("The table does not say rounds and colours: everybody meets in its order.")
    places = {numbers[line.number]: line.rank for line in lines if line.rank}
    tournament = part(TournamentPart, name=title_of(table.name), state=state, byes=True)
    document = document_of(tournament, entrants, [stage])
    left_out = (*said, *some_of(read.remarks, "rounds"), *changed)
    return Found(Source.LIST, document, left_out, places)


_ENDINGS = {
    ("1", "0"): (Ending.PLAYED, 0), ("0", "1"): (Ending.PLAYED, 1),
    ("½", "½"): (Ending.DRAWN, None),
    ("+", "-"): (Ending.FORFEIT, 0), ("-", "+"): (Ending.FORFEIT, 1),
    ("-", "-"): (Ending.DOUBLE_FORFEIT, None), ("", ""): (Ending.OPEN, None),
}  # fmt: skip


def _met(
    line: _Line, other: _Line, here: str, there: str, numbers: Mapping[int, int]
) -> list[Meeting]:
    """The one match of a pair, or both."""
    mine, theirs = _results(here), _results(there)
    found = []
    for leg, pair in enumerate(zip(mine, theirs, strict=False)):
        if pair not in _ENDINGS or len(mine) != len(theirs):
            raise BadFile(
                f"Line {line.row.line}: {here[:9]!r} against {other.listed.name[:40]} does not fit "
                f"{there[:9]!r} in line {other.row.line}."
            )
        ending, winner = _ENDINGS[pair]
        sides = (numbers[line.number], numbers[other.number])
        if leg % 2:
            sides, winner = sides[::-1], None if winner is None else 1 - winner
        found.append(
            Meeting(f"{line.key}-{other.key}-{leg}", f"Line {line.row.line}", 0, sides,
                    ending=ending, winner=winner)
        )  # fmt: skip
    return found


def _results(cell: str) -> list[str]:
    """The results in a cell, one for each time that two meet."""
    text = cell.replace("1/2", "½").replace("=", "½").replace(" ", "").replace("*", "")
    return list(text) or [""]


def _draft(table: Table) -> Found:
    """A starting list: a draft of a Swiss with everybody on it."""
    lines, _ = _lines(table)
    ordered = sorted(lines, key=lambda one: one.number)
    entrants, changed = entrants_of([one.listed for one in ordered])
    tournament = part(TournamentPart, name=title_of(table.name), byes=True)
    stage = part(StagePart, format=Format.SWISS, draws=True)
    return Found(Source.LIST, document_of(tournament, entrants, [stage]), tuple(changed))
