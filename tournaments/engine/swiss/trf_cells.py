"""The cells of a TRF: what one player did in one round, between text and values."""

from __future__ import annotations

from dataclasses import dataclass

from tournaments.engine.errors import EngineError
from tournaments.engine.history import Bye, ByeKind, Colour, Kind, Line, Match, Result

CELL_WIDTH = 10

PLAYED_RESULTS = {
    "1": Result.WIN,
    "=": Result.DRAW,
    "0": Result.LOSS,
    "W": Result.WIN,  # W, D and L: played, but for some reason not rated
    "D": Result.DRAW,
    "L": Result.LOSS,
}
FORFEIT_RESULTS = {"+": Result.WIN, "-": Result.LOSS}
PAIRING_BYE = "U"
BYES = {
    PAIRING_BYE: ByeKind.PAIRING_ALLOCATED,
    "F": ByeKind.FULL_POINT,
    "+": ByeKind.FULL_POINT,
    "H": ByeKind.HALF_POINT,
    "=": ByeKind.HALF_POINT,
    "Z": ByeKind.ZERO_POINT,
    "-": ByeKind.ZERO_POINT,
    "": ByeKind.ZERO_POINT,
}
BYE_LETTERS = {
    Kind.PAIRING_BYE: PAIRING_BYE,
    Kind.FULL_POINT_BYE: "F",
    Kind.HALF_POINT_BYE: "H",
    Kind.ZERO_POINT_BYE: "Z",
}


class TrfError(EngineError):
    """A tournament report file has an error; the message names the line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One player's round as written: `opponent` 0 is nobody, `line` is its line in the file.

    A blank one is no information, not even that there was no opponent.
    """

    player: int
    round: int
    opponent: int
    colour: str
    result: str
    line: int
    is_blank: bool = False

    def error(self, what: str) -> TrfError:
        """A complaint about this cell."""
        return TrfError(f"Line {self.line}: player {self.player}, round {self.round}: {what}.")


def parse_cell(text: str, player: int, round_number: int, line: int) -> Cell:
    """A cell of ten characters: opponent, colour, result; shorter ones are filled up."""
    text = text.ljust(CELL_WIDTH)
    opponent, colour, result = text[0:4].strip(), text[5].lower(), text[7].strip().upper()
    if opponent and not opponent.isdecimal():
        raise TrfError(
            f"Line {line}: player {player}, round {round_number}: {opponent!r} is no opponent."
        )
    is_blank = not text.strip()
    return Cell(player, round_number, int(opponent or 0), colour, result, line, is_blank)


def parse_bye(cell: Cell) -> Bye:
    """A cell without an opponent."""
    try:
        return Bye(cell.player, BYES[cell.result])
    except KeyError:
        raise cell.error(f"{cell.result!r} cannot be without an opponent") from None


def parse_match(white: Cell, black: Cell) -> Match:
    """The match that both players' cells describe."""
    white_result, white_played = _result(white)
    black_result, black_played = _result(black)
    if white_played is not black_played:
        raise black.error(f"was a game here, but not for player {white.player}")
    if white_played and Result.DRAW in (white_result, black_result):
        impossible = {white_result, black_result} == {Result.DRAW, Result.WIN}
    else:
        impossible = white_result is black_result is Result.WIN
    if impossible:
        raise black.error(f"does not fit the result of player {white.player}")
    return Match(white.player, black.player, white_result, black_result, white_played)


def _result(cell: Cell) -> tuple[Result, bool]:
    if cell.result in PLAYED_RESULTS:
        return PLAYED_RESULTS[cell.result], True
    if cell.result in FORFEIT_RESULTS:
        return FORFEIT_RESULTS[cell.result], False
    raise cell.error(f"{cell.result!r} is no result")


def write_cell(line: Line, number_of: dict[int, int]) -> str:
    """A round of a score sheet as a cell, with the two spaces before it."""
    if line.opponent is None or line.colour is None:
        return f"  0000 - {BYE_LETTERS[line.kind]}"
    return f"  {number_of[line.opponent]:4d} {line.colour.value} {_letter(line)}"


def _letter(line: Line) -> str:
    match line.kind, line.result:
        case Kind.UNFINISHED, _:
            return " "
        case Kind.FORFEIT_WIN, _:
            return "+"
        case Kind.FORFEIT_LOSS, _:
            return "-"
        case _, Result.WIN:
            return "1"
        case _, Result.DRAW:
            return "="
        case _:
            return "0"


def colour_of(cell: Cell) -> Colour:
    """The colour in a cell with an opponent.

    A forfeit needs none, since it does not count; then the smaller number has White.
    """
    if cell.colour in ("-", " ") and cell.result in FORFEIT_RESULTS:
        return Colour.WHITE if cell.player < cell.opponent else Colour.BLACK
    try:
        return Colour(cell.colour)
    except ValueError:
        raise cell.error(f"{cell.colour!r} is no colour") from None
