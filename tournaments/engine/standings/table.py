"""The standings: participants ranked by an ordered list of tie-breaks, ties shown as ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from tournaments.engine.history import History

from . import opponents, own, ratings
from .direct import split_by_direct_encounter
from .field import Field, System
from .values import Value, best_first


class TieBreak(Enum):
    """A criterion of the standings: FIDE's acronym where there is one, and what it is called."""

    title: str

    def __new__(cls, acronym: str, title: str) -> TieBreak:
        """Make the acronym the value."""
        tie_break = object.__new__(cls)
        tie_break._value_, tie_break.title = acronym, title
        return tie_break

    POINTS = "PTS", "Points"
    WINS = "WIN", "Wins"
    WINS_OVER_THE_BOARD = "WON", "Wins over the board"
    DIRECT_ENCOUNTER = "DE", "Direct encounter"
    GAME_DIFFERENCE = "GD", "Game difference"
    GAMES_WON = "GW", "Games won"
    POINT_DIFFERENCE = "PD", "Point difference"
    POINTS_SCORED = "PF", "Points scored"
    BUCHHOLZ = "BH", "Buchholz"
    BUCHHOLZ_CUT_1 = "BH-C1", "Buchholz cut 1"
    BUCHHOLZ_CUT_2 = "BH-C2", "Buchholz cut 2"
    MEDIAN_BUCHHOLZ = "BH-M1", "Median Buchholz"
    FORE_BUCHHOLZ = "FB", "Fore Buchholz"
    SONNEBORN_BERGER = "SB", "Sonneborn-Berger"
    SONNEBORN_BERGER_CUT_1 = "SB-C1", "Sonneborn-Berger cut 1"
    KOYA = "KS", "Koya"
    PROGRESSIVE = "PS", "Progressive score"
    PROGRESSIVE_CUT_1 = "PS-C1", "Progressive score cut 1"
    BLACKS = "BPG", "Games with Black"
    WINS_WITH_BLACK = "BWG", "Wins with Black"
    AVERAGE_RATING_OF_OPPONENTS = "ARO", "Average rating of opponents"
    PERFORMANCE_RATING = "TPR", "Performance rating"

    @property
    def definition(self) -> str:
        """What it is, in one sentence for those who read the table."""
        return DEFINITIONS[self]


DEFINITIONS = {
    TieBreak.POINTS: "The points made in all rounds.",
    TieBreak.WINS: "The number of rounds worth a win, with or without playing.",
    TieBreak.WINS_OVER_THE_BOARD: "The number of matches played and won.",
    TieBreak.DIRECT_ENCOUNTER: "The points made against those who are still tied.",
    TieBreak.GAME_DIFFERENCE: "Games won less games lost.",
    TieBreak.GAMES_WON: "The number of games won.",
    TieBreak.POINT_DIFFERENCE: "The points scored in all games less those conceded.",
    TieBreak.POINTS_SCORED: "The points scored in all games.",
    TieBreak.BUCHHOLZ: "The sum of the opponents' points.",
    TieBreak.BUCHHOLZ_CUT_1: "The sum of the opponents' points without the lowest.",
    TieBreak.BUCHHOLZ_CUT_2: "The sum of the opponents' points without the two lowest.",
    TieBreak.MEDIAN_BUCHHOLZ: "The sum of the opponents' points without lowest and highest.",
    TieBreak.FORE_BUCHHOLZ: "Buchholz as if every match of the last round had been drawn.",
    TieBreak.SONNEBORN_BERGER: "The sum of the opponents' points times the points made there.",
    TieBreak.SONNEBORN_BERGER_CUT_1: "Sonneborn-Berger without the opponent with fewest points.",
    TieBreak.KOYA: "The points made against those who have at least half of all points.",
    TieBreak.PROGRESSIVE: "The sum of the scores after each round.",
    TieBreak.PROGRESSIVE_CUT_1: "The sum of the scores after each round but the first.",
    TieBreak.BLACKS: "The number of matches played with Black.",
    TieBreak.WINS_WITH_BLACK: "The number of matches won with Black.",
    TieBreak.AVERAGE_RATING_OF_OPPONENTS: "The average rating of the opponents played.",
    TieBreak.PERFORMANCE_RATING: "The rating that the result is worth against these opponents.",
}


VALUE_OF: dict[TieBreak, Callable[[Field, int], Value]] = {
    TieBreak.POINTS: own.points,
    TieBreak.WINS: own.wins,
    TieBreak.WINS_OVER_THE_BOARD: own.wins_over_the_board,
    TieBreak.GAME_DIFFERENCE: own.game_difference,
    TieBreak.GAMES_WON: own.games_won,
    TieBreak.POINT_DIFFERENCE: own.point_difference,
    TieBreak.POINTS_SCORED: own.points_scored,
    TieBreak.BUCHHOLZ: opponents.buchholz,
    TieBreak.BUCHHOLZ_CUT_1: partial(opponents.buchholz, lowest_cut=1),
    TieBreak.BUCHHOLZ_CUT_2: partial(opponents.buchholz, lowest_cut=2),
    TieBreak.MEDIAN_BUCHHOLZ: partial(opponents.buchholz, lowest_cut=1, highest_cut=1),
    TieBreak.FORE_BUCHHOLZ: lambda field, player: opponents.buchholz(field.drawn_out, player),
    TieBreak.SONNEBORN_BERGER: opponents.sonneborn_berger,
    TieBreak.SONNEBORN_BERGER_CUT_1: partial(opponents.sonneborn_berger, lowest_cut=1),
    TieBreak.KOYA: own.koya,
    TieBreak.PROGRESSIVE: own.progressive,
    TieBreak.PROGRESSIVE_CUT_1: partial(own.progressive, first_cut=1),
    TieBreak.BLACKS: own.blacks,
    TieBreak.WINS_WITH_BLACK: own.wins_with_black,
    TieBreak.AVERAGE_RATING_OF_OPPONENTS: ratings.average_rating_of_opponents,
    TieBreak.PERFORMANCE_RATING: ratings.performance_rating,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the standings; `shared_by` counts those who share the rank, oneself included.

    `values` are in the order of the tie-breaks asked for.
    """

    player: int
    rank: int
    shared_by: int
    values: tuple[Value, ...]


def standings(
    history: History,
    tie_breaks: Sequence[TieBreak],
    *,
    system: System = System.SWISS,
) -> tuple[Row, ...]:
    """Everyone ranked by the first criterion, then the second among those still tied, and so on.

    Players tied after the last criterion share a rank, in the order of `history.players`.
    """
    field = Field.of(history, system)
    groups = [[player.id for player in history.players]] if history.players else []
    values: dict[int, list[Value]] = {player.id: [] for player in history.players}
    for tie_break in tie_breaks:
        refined = []
        for group in groups:
            smaller, found = _split(field, group, tie_break)
            refined += smaller
            for player, value in found.items():
                values[player].append(value)
        groups = refined
    rows: list[Row] = []
    for group in groups:
        rank = len(rows) + 1
        rows += [Row(player, rank, len(group), tuple(values[player])) for player in group]
    return tuple(rows)


def _split(
    field: Field, group: list[int], tie_break: TieBreak
) -> tuple[list[list[int]], dict[int, Value]]:
    """The tied in smaller groups, best first, and everyone's value."""
    if tie_break is TieBreak.DIRECT_ENCOUNTER:
        return split_by_direct_encounter(field, group)
    value_of = VALUE_OF[tie_break]
    values = {player: value_of(field, player) for player in group}
    return best_first(group, lambda player: values[player].amount), values
