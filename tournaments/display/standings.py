"""What a page needs of a table: standings, a cross-table, and the entrants who rest in a round.

Each value has the words that reproduce it by hand. Build a `Table` once with
`storage.tables.read_table(group)` and pass it to the functions here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tournaments.engine.history import Colour, Kind, Line, Result, score_sheets
from tournaments.engine.standings import TieBreak, shown
from tournaments.models import Bye, ByeKind, Contender, Entrant, Format
from tournaments.storage.tables import Standing, Table, table_standings, tie_breaks_of


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One round on a player's line, in short (`12w1`, `bye`, empty before it) and in words."""

    round: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A line of the standings, with the entrant's rounds."""

    standing: Standing
    sheet: tuple[SheetCell, ...]

    @property
    def entrant(self) -> Entrant:
        """The entrant on this line."""
        return self.standing.contender.entrant


@dataclass(frozen=True, slots=True)
class StandingsView:
    """The standings after `after_round`, or so far; `headings` are those of the rows' values.

    The points come first. `is_final` says that nothing more is to be played.
    """

    headings: tuple[TieBreak, ...]
    rows: tuple[StandingRow, ...]
    after_round: int | None
    is_final: bool


def view_standings(table: Table, *, after_round: int | None = None) -> StandingsView:
    """The standings of a table, after a round or so far."""
    history = table.history(after_round)
    sheets = score_sheets(history)
    rows = (
        StandingRow(row, tuple(_sheet_cell(table, line) for line in sheets[row.contender.seed]))
        for row in table_standings(table, after_round=after_round)
    )
    is_open = any(one.unfinished for one in history.rounds)
    is_final = not is_open and len(history.rounds) >= history.round_count > 0
    return StandingsView(tie_breaks_of(table.stage), tuple(rows), after_round, is_final)


_LETTERS = {Result.WIN: "1", Result.DRAW: "=", Result.LOSS: "0"}
_UNPLAYED = {Kind.UNFINISHED: "", Kind.FORFEIT_WIN: "+", Kind.FORFEIT_LOSS: "-"}
_BYES = {
    Kind.PAIRING_BYE: "bye",
    Kind.FULL_POINT_BYE: "full-point bye",
    Kind.HALF_POINT_BYE: "half-point bye",
}


def _letter(line: Line) -> str:
    """How a match ended for one of the two, as cross-tables have it; a forfeit is + or -."""
    return _UNPLAYED.get(line.kind, _LETTERS[line.result])


def _sheet_cell(table: Table, line: Line) -> SheetCell:
    if line.opponent is None or line.colour is None:
        if line.kind is Kind.ZERO_POINT_BYE:
            is_swiss = table.stage.format == Format.SWISS
            return SheetCell(line.round, "", "absent: 0" if is_swiss else "rests")
        words = _BYES[line.kind]
        return SheetCell(line.round, words, _with_points(words, line))
    name = table.by_seed[line.opponent].entrant.name
    text = f"{line.opponent}{line.colour.value}{_letter(line)}"
    return SheetCell(line.round, text, _with_points(_describe(table, line, name), line))


def _describe(table: Table, line: Line, name: str) -> str:
    side = "White" if line.colour is Colour.WHITE else "Black"
    if line.kind is Kind.UNFINISHED:
        return f"{side} against {name}, not yet played"
    how = {Result.WIN: "win", Result.DRAW: "draw", Result.LOSS: "loss"}[line.result]
    forfeit = " by forfeit" if line.kind in {Kind.FORFEIT_WIN, Kind.FORFEIT_LOSS} else ""
    return f"{how}{forfeit} with {side} against {name} {_score(table, line)}".rstrip()


def _score(table: Table, line: Line) -> str:
    """The games won by both, or the points of a single game; nothing where neither says more."""
    shown = line.game_points if table.stage.best_of == 1 else line.games
    return f"{shown[0]}:{shown[1]}" if sum(shown) > 1 else ""


def _with_points(words: str, line: Line) -> str:
    return words if line.kind is Kind.UNFINISHED else f"{words}: {shown(line.points)}"


@dataclass(frozen=True, slots=True)
class CrossCell:
    """A match of a row's player against a column's: the result or a score such as `2:1`, in words.

    `kind` is `win`, `draw` or `loss`, empty before it is played, and `self` on the diagonal.
    """

    text: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class CrossRow:
    """A player's matches: for each player in the order of the seeds, one cell for each leg."""

    contender: Contender
    cells: tuple[Sequence[CrossCell], ...]


def view_cross_table(table: Table) -> list[CrossRow]:
    """Everybody against everybody, in the order of the seeds; the columns are as the rows."""
    rows = []
    for seed, lines in score_sheets(table.history()).items():
        cells: dict[int, list[CrossCell]] = {seed: [CrossCell("", "", "self")]}
        for line in lines:
            if line.opponent is not None:
                cells.setdefault(line.opponent, []).append(_cross_cell(table, line, line.opponent))
        row = tuple(cells.get(one.seed, ()) for one in table.contenders)
        rows.append(CrossRow(table.by_seed[seed], row))
    return rows


def _cross_cell(table: Table, line: Line, opponent: int) -> CrossCell:
    text = _score(table, line) or _letter(line)
    name = table.by_seed[opponent].entrant.name
    words = f"round {line.round}, {_with_points(_describe(table, line, name), line)}"
    return CrossCell(text, words, "" if line.kind is Kind.UNFINISHED else line.result.value)


@dataclass(frozen=True, slots=True)
class Resting:
    """An entrant without an opponent in a round, and why."""

    entrant: Entrant
    words: str


def resting(table: Table, number: int) -> list[Resting]:
    """The entrants of a round who have a bye, are absent or, in a round robin, rest."""
    byes = {bye.contender_id: bye for bye in table.byes if bye.round_number == number}
    playing = {pk for row in table.boards(number) for pk in (row.top_id, row.bottom_id)}
    return [
        Resting(one.entrant, _why_resting(byes.get(one.pk), one, number))
        for one in table.contenders
        if one.entrant_id not in playing
    ]


def _why_resting(bye: Bye | None, contender: Contender, number: int) -> str:
    if bye is not None:
        is_of_pairing = bye.kind == ByeKind.PAIRING_ALLOCATED
        return "has the bye" if is_of_pairing else ByeKind(bye.kind).label
    if contender.from_round > number:
        return f"plays from round {contender.from_round} on"
    return "rests" if contender.entrant.takes_part else "has left"
