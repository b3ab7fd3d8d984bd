"""The rules of Connect Four on two bitboards, one for each side.

Cell `c * 7 + r` is column c from the left, row r from the bottom; a seventh row above each column
stays empty, so that no line goes around an edge (J. Tromp's layout).
"""

from typing import NamedTuple

COLUMNS, ROWS = 7, 6
_UP = ROWS + 1
#: Down a column, along a row, and the two diagonals.
_WAYS = (1, _UP, _UP - 1, _UP + 1)
_FLOOR = sum(1 << column * _UP for column in range(COLUMNS))
_FIELD = _FLOOR * ((1 << ROWS) - 1)


class Board(NamedTuple):
    """The discs of each side as bits, how many lie in each column, and whose turn it is."""

    discs: tuple[int, int] = (0, 0)
    heights: tuple[int, ...] = (0,) * COLUMNS
    turn: int = 0


def open_columns(board: Board) -> list[int]:
    """The columns that are not full."""
    return [column for column, height in enumerate(board.heights) if height < ROWS]


def drop(board: Board, column: int) -> Board:
    """The board after the side whose turn it is has dropped a disc into an open column."""
    height = board.heights[column]
    discs = list(board.discs)
    discs[board.turn] |= 1 << column * _UP + height
    heights = (*board.heights[:column], height + 1, *board.heights[column + 1 :])
    return Board((discs[0], discs[1]), heights, 1 - board.turn)


def has_four(discs: int) -> bool:
    """Whether four of these discs are in a row."""
    for way in _WAYS:
        pairs = discs & discs >> way
        if pairs & pairs >> 2 * way:
            return True
    return False


def open_fours(board: Board, side: int) -> int:
    """The cells, as bits, into which a side can drop now to have four in a row."""
    discs, found = board.discs[side], 0
    for way in _WAYS:
        up, down = discs << way & discs << 2 * way, discs >> way & discs >> 2 * way
        found |= up & (discs << 3 * way | discs >> way) | down & (discs >> 3 * way | discs << way)
    return found & (board.discs[0] | board.discs[1]) + _FLOOR & _FIELD


def winning_cells(discs: int) -> list[tuple[int, int]]:
    """The cells of every four in a row, as column and row."""
    found = 0
    for way in _WAYS:
        starts = discs & discs >> way & discs >> 2 * way & discs >> 3 * way
        for part in range(4):
            found |= starts << part * way
    return [divmod(cell, _UP) for cell in range(COLUMNS * _UP) if found >> cell & 1]


def is_full(board: Board) -> bool:
    """Whether no disc can be dropped any more."""
    return sum(board.heights) == COLUMNS * ROWS
