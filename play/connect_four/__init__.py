"""Connect Four: discs fall into seven columns; four in a row win."""

from .game import ConnectFour

__all__ = ("ConnectFour",)
