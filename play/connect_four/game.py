"""Connect Four as a game of this site."""

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from play.engine.game import GameOutcome, IllegalMove, TurnGame, TurnSettings

from . import bot, engine
from .engine import ROWS, Board


class ConnectFour(TurnGame[Board]):
    """Two sides drop discs in turn; four in a row win, a full board is a draw."""

    slug, name, script = "connect-four", "Connect Four", "play/connect_four/view.js"
    practice = "play/connect_four/practice.js"
    about = "Drop a disc in turn. Four in a row win: across, down or slanting."
    draws = True

    def setup(self, settings: TurnSettings, *, seed: int, first: int) -> Board:
        """An empty board."""
        return Board(turn=first)

    def to_move(self, state: Board) -> int:
        """They take turns."""
        return state.turn

    def legal(self, state: Board) -> Sequence[str]:
        """The columns that are not full, from 1."""
        return [str(column + 1) for column in engine.open_columns(state)]

    def apply(self, state: Board, move: str) -> Board:
        """Drop a disc into a column."""
        if move not in self.legal(state):
            raise IllegalMove(f"Column {move} is full, or there is none. Choose one of 1 to 7.")
        return engine.drop(state, int(move) - 1)

    def outcome(self, state: Board) -> GameOutcome | None:
        """Only the side that has just moved can have four in a row."""
        mover = 1 - state.turn
        if engine.has_four(state.discs[mover]):
            return GameOutcome(mover, (int(mover == 0), int(mover == 1)), text="four in a row")
        return (
            GameOutcome(None, (0, 0), text="the board is full") if engine.is_full(state) else None
        )

    def scores(self, state: Board) -> tuple[int, int]:
        """There are none before the end."""
        outcome = self.outcome(state)
        return outcome.scores if outcome else (0, 0)

    def view(self, state: Board, side: int | None) -> dict[str, Any]:
        """The columns from the left, each from the bottom, as the sides of its discs."""
        columns = [
            [_side(state, column, row) for row in range(height)]
            for column, height in enumerate(state.heights)
        ]
        winning = engine.winning_cells(state.discs[1 - state.turn])
        return {
            "columns": columns,
            "rows": ROWS,
            "turn": state.turn,
            "winning": [list(cell) for cell in winning],
        }

    def pack(self, state: Board) -> bytes:
        """The discs, the heights and the turn."""
        return msgspec.msgpack.encode(state)

    def unpack(self, packed: bytes) -> Board:
        """What was packed."""
        try:
            return msgspec.msgpack.decode(packed, type=Board)
        except msgspec.DecodeError as error:
            raise ValueError("These bytes are no board.") from error

    def bot(
        self, view: dict[str, Any], legal: Sequence[str], *, strength: int, chance: Random
    ) -> str:
        """A look a few moves ahead."""
        discs, heights = [0, 0], [len(column) for column in view["columns"]]
        for column, cells in enumerate(view["columns"]):
            for row, side in enumerate(cells):
                discs[side] |= 1 << column * (ROWS + 1) + row
        board = Board((discs[0], discs[1]), tuple(heights), view["turn"])
        return str(bot.choose(board, strength=strength, chance=chance) + 1)


def _side(board: Board, column: int, row: int) -> int:
    return board.discs[1] >> column * (ROWS + 1) + row & 1
