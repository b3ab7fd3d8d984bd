"""Players of different groups compared: what each made in a match, since groups differ in size."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tournaments.engine.history import History, Kind

from .field import Field, System
from .table import VALUE_OF, TieBreak

#: What depends on oneself alone: opponents' points and meetings say nothing to another group.
OWN = frozenset(
    {
        TieBreak.POINTS,
        TieBreak.WINS,
        TieBreak.WINS_OVER_THE_BOARD,
        TieBreak.GAME_DIFFERENCE,
        TieBreak.GAMES_WON,
        TieBreak.POINT_DIFFERENCE,
        TieBreak.POINTS_SCORED,
    }
)


def made_per_match(
    history: History, tie_breaks: Sequence[TieBreak]
) -> Mapping[int, tuple[Fraction, ...]]:
    """What each player of a round robin made in a match: of the points, and of each own total.

    Matches won by forfeit are left out, so that a withdrawal helps nobody in its group; those lost
    by forfeit count, so that nobody gains by staying away.
    """
    field = Field.of(history, System.ROUND_ROBIN)
    sheets = {
        player: tuple(line for line in lines if line.kind is not Kind.FORFEIT_WIN)
        for player, lines in field.sheets.items()
    }
    counted = replace(field, sheets=sheets)
    own = [VALUE_OF[one] for one in tie_breaks if one in OWN]
    return {
        player: tuple(value(counted, player).amount / max(1, len(lines)) for value in own)
        for player, lines in sheets.items()
    }
