"""Games of OpenSpiel, where it is installed: their rules run in a process of their own."""

from .games import installed_games

__all__ = ("installed_games",)
