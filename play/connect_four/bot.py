"""A computer that plays Connect Four: alpha-beta to a depth that is its strength."""

from random import Random

from .engine import COLUMNS, ROWS, Board, drop, has_four, open_columns, open_fours

#: How many moves it looks ahead, by strength; and in one move of so many it takes any.
_DEPTHS = (0, 1, 3, 7)
_CARELESS = (1, 4, 20, 0)
_WON = 10_000
#: From the middle outwards: there the good moves are, and the search is short.
_ORDER = sorted(range(COLUMNS), key=lambda column: abs(column - COLUMNS // 2))


def choose(board: Board, *, strength: int, chance: Random) -> int:
    """The column for the side whose turn it is."""
    columns = open_columns(board)
    if _CARELESS[strength] and chance.randrange(_CARELESS[strength]) == 0:
        return chance.choice(columns)
    values, best = {}, -_WON - 99
    for column in sorted(columns, key=_ORDER.index):
        # What is worse than the best so far need not be known exactly.
        values[column] = -_value(drop(board, column), _DEPTHS[strength] - 1, -_WON - 99, 1 - best)
        best = max(best, values[column])
    return chance.choice([column for column, value in values.items() if value == best])


def _value(board: Board, depth: int, low: int, high: int) -> int:
    """How good the board is for the side whose turn it is, within bounds (fail-hard)."""
    if has_four(board.discs[1 - board.turn]):
        return -_WON - depth
    columns = [column for column in _ORDER if board.heights[column] < ROWS]
    if not columns:
        return 0
    if depth <= 0:
        return _shape(board, board.turn) - _shape(board, 1 - board.turn)
    if open_fours(board, board.turn):
        return _WON + depth - 1
    if depth > 1 and (threats := open_fours(board, 1 - board.turn)):
        if threats & threats - 1:  # two of them, and only one can be stopped
            return 2 - _WON - depth
        columns = [(threats.bit_length() - 1) // (ROWS + 1)]
    for column in columns:
        low = max(low, -_value(drop(board, column), depth - 1, -high, -low))
        if low >= high:
            break
    return low


def _shape(board: Board, side: int) -> int:
    """Discs are worth more towards the middle."""
    discs = board.discs[side]
    return sum(
        (discs >> column * 7 & 0x3F).bit_count() * weight
        for column, weight in enumerate((0, 1, 2, 4, 2, 1, 0))
    )
