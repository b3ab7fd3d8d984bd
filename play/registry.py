"""The games that can be played here: those of this site, and those of packages installed beside it.

A package offers a game by an entry point of the group `matchpoint.games`: a subclass of
`play.engine.game.Game` that is made without arguments.
"""

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from lib.errors import Refusal

from . import open_spiel
from .connect_four import ConnectFour
from .engine.game import Game
from .pong import Pong

logger = logging.getLogger(__name__)

GROUP = "matchpoint.games"
_OWN: tuple[type[Game[Any]], ...] = (ConnectFour, Pong)


class UnknownGame(Refusal):
    """No game of this name is installed."""

    code = "unknown_game"


@cache
def games() -> Mapping[str, Game[Any]]:
    """The games by slug, in the order of their names.

    One that cannot be loaded is left out, and logged.
    """
    found: list[Game[Any]] = [*(kind() for kind in _OWN), *open_spiel.installed_games()]
    for entry in entry_points(group=GROUP):
        try:
            found.append(entry.load()())
        except Exception:
            logger.exception("The game %s cannot be loaded, and is left out", entry.name)
    return {game.slug: game for game in sorted(found, key=lambda game: game.name)}


def game_of(slug: str) -> Game[Any]:
    """The game of a slug; raises `UnknownGame`."""
    found = games().get(slug)
    if found is None:
        there = ", ".join(games()) or "none"
        raise UnknownGame(f"The game {slug!r} is not installed here. There are: {there}.")
    return found
