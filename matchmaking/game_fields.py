"""The fields of a form for the points of each game: how they are called, filled in and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .models import Match
from .results import BadScore

#: The longest match that there can be.
MOST_GAMES = 99
#: As many digits as the most points have.
_MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class GameFields:
    """The two fields of one game, side 0 first: a name and a value each."""

    number: int
    fields: Sequence[tuple[str, str]]


def game_fields(match: Match) -> list[GameFields]:
    """Fields for every game that a match can have, filled in as far as the points are known."""
    known = match.games
    if match.best_of == 1 and match.live_scores:
        known = [match.live_scores]
    values = [*known, *[("", "")] * (match.best_of - len(known))]
    return [
        GameFields(number, [(_name(number, side), str(two[side])) for side in (0, 1)])
        for number, two in enumerate(values, start=1)
    ]


def read_games(data: Mapping[str, str]) -> list[tuple[int, int]]:
    """The points of the games in a form that was sent; raises `BadScore`.

    The fields of games that were not played are empty, and these come last.
    """
    games: list[tuple[int, int]] = []
    for number in range(1, MOST_GAMES + 1):
        first, second = (data.get(_name(number, side), "").strip() for side in (0, 1))
        if not first and not second:
            continue
        if len(games) < number - 1 or not (_is_number(first) and _is_number(second)):
            raise BadScore(
                f"Game {number}: enter the points of both sides, as whole numbers, and leave out "
                "no game before it."
            )
        games.append((int(first), int(second)))
    if not games:
        raise BadScore("Enter the points of each game that was played.")
    return games


def _name(number: int, side: int) -> str:
    return f"game_{number}_{side}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
