"""What a page needs of a table: standings, a cross-table, and the pairings of a round.

Each value comes with the words that reproduce it by hand. Build a `Table` once with
`tables.read_table(group)` and hand it to `view_standings`, `view_cross_table` and `view_round`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from matchmaking.models import Outcome
from tournaments.engine.history import Colour, Kind, Line, Result, score_sheets
from tournaments.engine.standings import TieBreak, shown
from tournaments.models import Bye, ByeKind, Contender, Entrant, Format, Pairing, Round
from tournaments.storage.tables import Standing, Table, is_decided, table_standings, tie_breaks_of


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the standings: `short` for its head, `title` and `definition` to explain it."""

    short: str
    title: str
    definition: str


@dataclass(frozen=True, slots=True)
class ValueCell:
    """A value of a tie-break as shown, such as `5.5`, and in words how it came about."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One round on a player's line, in short (`12w1`, `bye`, none before it) and in words."""

    round: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A line of the standings; `place` is 3, or both ends of the places that are shared."""

    place: str
    rank: int
    is_shared: bool
    seed: int
    entrant: Entrant
    has_left: bool
    played: int
    won: int
    drawn: int
    lost: int
    points: ValueCell
    values: tuple[ValueCell, ...]
    sheet: tuple[SheetCell, ...]


@dataclass(frozen=True, slots=True)
class StandingsView:
    """The standings after `after_round`, or so far; `headings` are those of the rows' `values`.

    The points, by which everybody is ranked first, have a heading and a value of their own.
    `is_final` says that nothing more is to be played.
    """

    points_heading: Heading
    headings: tuple[Heading, ...]
    rows: tuple[StandingRow, ...]
    after_round: int | None
    is_final: bool


def view_standings(table: Table, *, after_round: int | None = None) -> StandingsView:
    """How a table stands, after a round or so far."""
    history = table.history(after_round)
    sheets = score_sheets(history)
    points, *others = (_heading(tie_break) for tie_break in tie_breaks_of(table.stage))
    open_pairs = any(one.unfinished for one in history.rounds)
    return StandingsView(
        points,
        tuple(others),
        tuple(
            _row(table, standing, sheets[standing.contender.seed])
            for standing in table_standings(table, after_round=after_round)
        ),
        after_round,
        is_final=not open_pairs and len(history.rounds) >= history.round_count > 0,
    )


def _heading(tie_break: TieBreak) -> Heading:
    return Heading(tie_break.value, tie_break.title, tie_break.definition)


def _row(table: Table, standing: Standing, lines: Sequence[Line]) -> StandingRow:
    points, *values = (ValueCell(str(value), value.words) for value in standing.values)
    contender = standing.contender
    return StandingRow(
        place=standing.places,
        rank=standing.rank,
        is_shared=standing.shared_by > 1,
        seed=contender.seed,
        entrant=contender.entrant,
        has_left=not contender.entrant.takes_part,
        played=standing.played,
        won=standing.won,
        drawn=standing.drawn,
        lost=standing.lost,
        points=points,
        values=tuple(values),
        sheet=tuple(_sheet_cell(table, line) for line in lines),
    )


_LETTERS = {Result.WIN: "1", Result.DRAW: "=", Result.LOSS: "0"}
_BYES = {
    Kind.PAIRING_BYE: "bye",
    Kind.FULL_POINT_BYE: "full-point bye",
    Kind.HALF_POINT_BYE: "half-point bye",
}


def _letter(line: Line) -> str:
    """How a match ended for one of the two, as cross-tables have it; a forfeit is + or -."""
    match line.kind:
        case Kind.UNFINISHED:
            return ""
        case Kind.FORFEIT_WIN:
            return "+"
        case Kind.FORFEIT_LOSS:
            return "-"
        case _:
            return _LETTERS[line.result]


def _sheet_cell(table: Table, line: Line) -> SheetCell:
    if line.opponent is None or line.colour is None:
        if line.kind is Kind.ZERO_POINT_BYE:
            is_swiss = table.stage.format == Format.SWISS
            return SheetCell(line.round, "", "absent: 0" if is_swiss else "rests")
        words = _BYES[line.kind]
        return SheetCell(line.round, words, _with_points(words, line))
    name = table.by_seed[line.opponent].entrant.name
    text = f"{line.opponent}{line.colour.value}{_letter(line)}"
    return SheetCell(line.round, text, _with_points(_happening(line, name), line))


def _happening(line: Line, name: str) -> str:
    side = "White" if line.colour is Colour.WHITE else "Black"
    if line.kind is Kind.UNFINISHED:
        return f"{side} against {name}, not yet played"
    how = {Result.WIN: "win", Result.DRAW: "draw", Result.LOSS: "loss"}[line.result]
    forfeit = " by forfeit" if line.kind in {Kind.FORFEIT_WIN, Kind.FORFEIT_LOSS} else ""
    return f"{how}{forfeit} with {side} against {name}{_games(line)}"


def _games(line: Line) -> str:
    won, lost = line.games
    return f" {won}:{lost}" if won + lost > 1 else ""


def _with_points(words: str, line: Line) -> str:
    return words if line.kind is Kind.UNFINISHED else f"{words}: {shown(line.points)}"


@dataclass(frozen=True, slots=True)
class CrossCell:
    """A meeting of a row's player with a column's: his result, his score such as `2:1`, in words.

    `pairing` is None where the two do not meet, and on the diagonal (`is_self`).
    """

    text: str
    words: str
    pairing: Pairing | None = None
    is_self: bool = False
    kind: str = ""  # win, draw or loss, nothing before it is played


@dataclass(frozen=True, slots=True)
class CrossRow:
    """Everybody that one player meets: for each column the meetings, one for each leg."""

    seed: int
    entrant: Entrant
    cells: tuple[tuple[CrossCell, ...], ...]


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Everybody against everybody, in the order of the seeds; the columns are as the rows."""

    columns: tuple[Contender, ...]
    rows: tuple[CrossRow, ...]


def view_cross_table(table: Table) -> CrossTable:
    """Who met whom, and how it ended."""
    meetings = _meetings(table)
    return CrossTable(
        table.contenders,
        tuple(
            CrossRow(
                one.seed,
                one.entrant,
                tuple(
                    (CrossCell("", "", is_self=True),)
                    if one.seed == other.seed
                    else tuple(meetings.get((one.seed, other.seed), ()))
                    for other in table.contenders
                ),
            )
            for one in table.contenders
        ),
    )


def _meetings(table: Table) -> dict[tuple[int, int], list[CrossCell]]:
    rows = {
        (row.round.number, table.seed_of[entrant_id]): row
        for row in table.pairings
        for entrant_id in (row.top_id, row.bottom_id)
        if entrant_id is not None
    }
    meetings: dict[tuple[int, int], list[CrossCell]] = {}
    for seed, lines in score_sheets(table.history()).items():
        for line in lines:
            if line.opponent is not None:
                cell = _cross_cell(table, line, rows[line.round, seed])
                meetings.setdefault((seed, line.opponent), []).append(cell)
    return meetings


def _cross_cell(table: Table, line: Line, row: Pairing) -> CrossCell:
    assert line.opponent is not None
    won, lost = line.games
    text = f"{won}:{lost}" if won + lost > 1 else _letter(line)
    name = table.by_seed[line.opponent].entrant.name
    words = f"round {line.round}, {_with_points(_happening(line, name), line)}"
    kind = "" if line.kind is Kind.UNFINISHED else line.result.value
    return CrossCell(text, words, row, kind=kind)


@dataclass(frozen=True, slots=True)
class BoardSide:
    """One side of a board: who, and the points before the round as shown."""

    seed: int
    entrant: Entrant
    points: str


@dataclass(frozen=True, slots=True)
class Board:
    """A pairing of a round: White first; `pairing` has its match and station.

    `result` is such as `1:0` or `+:-`, empty while it is played.
    """

    number: int
    pairing: Pairing
    white: BoardSide
    black: BoardSide
    result: str
    is_decided: bool


@dataclass(frozen=True, slots=True)
class Resting:
    """Somebody without an opponent in a round, and why."""

    seed: int
    entrant: Entrant
    words: str


@dataclass(frozen=True, slots=True)
class RoundView:
    """The pairings of a round, and who rests; `is_played` once every result is in."""

    round: Round
    boards: tuple[Board, ...]
    resting: tuple[Resting, ...]

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self.round.number

    @property
    def name(self) -> str:
        """What it is called."""
        return self.round.name

    @property
    def is_played(self) -> bool:
        """Whether every result is in."""
        return all(board.is_decided for board in self.boards)


def view_round(table: Table, number: int) -> RoundView | None:
    """The pairings of a round; None when there is no such round."""
    round_ = next((row for row in table.rounds if row.number == number), None)
    if round_ is None:
        return None
    sheets = score_sheets(table.history(number - 1))
    points = {seed: _sum(lines) for seed, lines in sheets.items()}
    boards = [
        _board(table, row, points) for row in table.boards(number) if row.top_id and row.bottom_id
    ]
    return RoundView(round_, tuple(boards), tuple(_resting(table, number)))


def _sum(lines: Sequence[Line]) -> str:
    return shown(sum((line.points for line in lines), Fraction(0)))


def _board(table: Table, row: Pairing, points: dict[int, str]) -> Board:
    white, black = (
        BoardSide(one.seed, one.entrant, points[one.seed])
        for one in (table.by_seed[table.seed_of[pk]] for pk in (row.top_id, row.bottom_id) if pk)
    )
    return Board(row.number, row, white, black, result_text(row), is_decided(row))


def result_text(row: Pairing) -> str:
    """A decided pairing of a table as it is written: 2:1, ½:½, +:- by forfeit; else nothing."""
    if not is_decided(row) or row.match is None:
        return ""
    if row.match.outcome in {Outcome.FORFEIT, Outcome.DOUBLE_FORFEIT}:
        first, second = ("+" if row.winner == side else "-" for side in (0, 1))
        return f"{first}:{second}"
    if row.winner is None and row.match.best_of == 1:
        return "½:½"
    return ":".join(map(str, row.match.scores)) or ("0:1" if row.winner else "1:0")


def _resting(table: Table, number: int) -> list[Resting]:
    """Who has a bye or is not there; in a round robin, whose turn it is to rest."""
    byes = {bye.contender_id: bye for bye in table.byes if bye.round_number == number}
    playing = {pk for row in table.boards(number) for pk in (row.top_id, row.bottom_id)}
    return [
        Resting(one.seed, one.entrant, _why(byes.get(one.pk), one, number))
        for one in table.contenders
        if one.entrant_id not in playing
    ]


def _why(bye: Bye | None, contender: Contender, number: int) -> str:
    if bye is not None:
        is_of_pairing = bye.kind == ByeKind.PAIRING_ALLOCATED
        return "has the bye" if is_of_pairing else ByeKind(bye.kind).label
    if contender.from_round > number:
        return f"plays from round {contender.from_round} on"
    return "rests" if contender.entrant.takes_part else "has left"
