"""What happened in a tournament played in rounds: the common ground of standings and Swiss."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction

from .errors import EngineError


class Colour(Enum):
    """The colour, or whichever side has the first move."""

    WHITE = "w"
    BLACK = "b"

    @property
    def other(self) -> Colour:
        """The opponent's colour."""
        return Colour.BLACK if self is Colour.WHITE else Colour.WHITE


class Result(Enum):
    """How a match ended for one of the two."""

    WIN = "win"
    DRAW = "draw"
    LOSS = "loss"

    @property
    def reverse(self) -> Result:
        """What the opponent got, as a rule."""
        return {Result.WIN: Result.LOSS, Result.DRAW: Result.DRAW, Result.LOSS: Result.WIN}[self]


class ByeKind(Enum):
    """Why somebody has no opponent in a round."""

    PAIRING_ALLOCATED = "pairing_allocated"  # left over by the pairing
    FULL_POINT = "full_point"  # granted by the organiser
    HALF_POINT = "half_point"  # asked for
    ZERO_POINT = "zero_point"  # asked for, absent, withdrawn, or not yet entered


@dataclass(frozen=True, slots=True)
class PointSystem:
    """What a round is worth, whether played or not."""

    win: Fraction = Fraction(1)
    draw: Fraction = Fraction(1, 2)
    loss: Fraction = Fraction(0)
    pairing_bye: Fraction = Fraction(1)
    half_point_bye: Fraction = Fraction(1, 2)
    absent: Fraction = Fraction(0)  # a zero-point bye or a loss by forfeit

    @classmethod
    def of(
        cls,
        win: Fraction | int,
        draw: Fraction | int,
        loss: Fraction | int,
        bye: Fraction | int,
    ) -> PointSystem:
        """Points for win, draw, loss and the bye of the pairing; a bye asked for is a draw's."""
        return cls(Fraction(win), Fraction(draw), Fraction(loss), Fraction(bye), Fraction(draw))

    def for_match(self, result: Result, *, played: bool) -> Fraction:
        """The points for a match, or for a forfeit when it was not played."""
        if result is Result.LOSS and not played:
            return self.absent
        return {Result.WIN: self.win, Result.DRAW: self.draw, Result.LOSS: self.loss}[result]

    def for_bye(self, kind: ByeKind) -> Fraction:
        """The points for a round without an opponent."""
        return {
            ByeKind.PAIRING_ALLOCATED: self.pairing_bye,
            ByeKind.FULL_POINT: self.win,
            ByeKind.HALF_POINT: self.half_point_bye,
            ByeKind.ZERO_POINT: self.absent,
        }[kind]


@dataclass(frozen=True, slots=True)
class Player:
    """A participant; `id` is the pairing number where one is needed, `rating` 0 is unrated."""

    id: int
    name: str = ""
    rating: int = 0

    @property
    def label(self) -> str:
        """The name, or the number if there is none."""
        return self.name or f"no. {self.id}"


@dataclass(frozen=True, slots=True)
class Match:
    """A finished meeting of two; not `played` is a forfeit by one of them or by both.

    `games` are the games won by White and by Black in a best of N, `game_points` their points in
    all games.
    """

    white: int
    black: int
    white_result: Result
    black_result: Result
    played: bool = True
    games: tuple[int, int] = (0, 0)
    game_points: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Bye:
    """A round of one participant without an opponent."""

    player: int
    kind: ByeKind


@dataclass(frozen=True, slots=True)
class Round:
    """One round; `unfinished` are the pairs (White, Black) that are still playing."""

    matches: tuple[Match, ...] = ()
    byes: tuple[Bye, ...] = ()
    unfinished: tuple[tuple[int, int], ...] = ()


class Kind(Enum):
    """What a round was to one participant."""

    PLAYED = "played"
    FORFEIT_WIN = "forfeit_win"
    FORFEIT_LOSS = "forfeit_loss"
    PAIRING_BYE = "pairing_bye"
    FULL_POINT_BYE = "full_point_bye"
    HALF_POINT_BYE = "half_point_bye"
    ZERO_POINT_BYE = "zero_point_bye"
    UNFINISHED = "unfinished"


#: What a bye is on the score sheet.
BYES = {
    ByeKind.PAIRING_ALLOCATED: (Kind.PAIRING_BYE, Result.WIN),
    ByeKind.FULL_POINT: (Kind.FULL_POINT_BYE, Result.WIN),
    ByeKind.HALF_POINT: (Kind.HALF_POINT_BYE, Result.DRAW),
    ByeKind.ZERO_POINT: (Kind.ZERO_POINT_BYE, Result.LOSS),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One round on the score sheet of one participant.

    `opponent` and `colour` are None where the kind is a bye; `result` of an unfinished match is
    a loss worth nothing, and no tie-break looks at it.
    """

    round: int
    kind: Kind
    result: Result
    points: Fraction
    opponent: int | None = None
    colour: Colour | None = None
    games: tuple[int, int] = (0, 0)
    game_points: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class History:
    """A tournament so far: its players and its rounds.

    A player without a match and without a bye in a round was absent. `planned_rounds` is the whole
    length if it is known, 0 if not; `first_colour` is the colour drawn for the top
    pairing number of round one.
    """

    players: tuple[Player, ...]
    rounds: tuple[Round, ...] = ()
    points: PointSystem = field(default_factory=PointSystem)
    planned_rounds: int = 0
    first_colour: Colour = Colour.WHITE

    def after(self, round_count: int) -> History:
        """The same tournament as it stood after so many rounds."""
        return replace(self, rounds=self.rounds[:round_count])

    @property
    def round_count(self) -> int:
        """How many rounds the tournament is to have, as far as known."""
        return max(self.planned_rounds, len(self.rounds))


Sheets = dict[int, tuple[Line, ...]]


def score_sheets(history: History) -> Sheets:
    """Everyone's rounds, each with exactly one line a round.

    EngineError if somebody unknown took part or somebody sat at two tables in one round.
    """
    sheets: dict[int, list[Line]] = {player.id: [] for player in history.players}
    for number, played in enumerate(history.rounds, start=1):
        for player, line in _round_lines(number, played, history.points):
            if player not in sheets:
                raise EngineError(f"Round {number}: there is no player {player}.")
            if len(sheets[player]) >= number:
                raise EngineError(f"Round {number}: player {player} is in it twice.")
            sheets[player].append(line)
        absent = Line(number, Kind.ZERO_POINT_BYE, Result.LOSS, history.points.absent)
        for lines in sheets.values():
            if len(lines) < number:
                lines.append(absent)
    return {player: tuple(lines) for player, lines in sheets.items()}


def _round_lines(number: int, played: Round, points: PointSystem) -> list[tuple[int, Line]]:
    lines = []
    for match in played.matches:
        lines.append((match.white, _match_line(number, match, Colour.WHITE, points)))
        lines.append((match.black, _match_line(number, match, Colour.BLACK, points)))
    for bye in played.byes:
        lines.append((bye.player, Line(number, *BYES[bye.kind], points.for_bye(bye.kind))))
    for white, black in played.unfinished:
        unfinished = (number, Kind.UNFINISHED, Result.LOSS, Fraction(0))
        lines.append((white, Line(*unfinished, black, Colour.WHITE)))
        lines.append((black, Line(*unfinished, white, Colour.BLACK)))
    return lines


def _match_line(number: int, match: Match, colour: Colour, points: PointSystem) -> Line:
    """The match as one of the two sees it."""
    is_white = colour is Colour.WHITE
    result = match.white_result if is_white else match.black_result
    won, lost = match.games if is_white else match.games[::-1]
    scored, conceded = match.game_points if is_white else match.game_points[::-1]
    if match.played:
        kind = Kind.PLAYED
    else:
        kind = Kind.FORFEIT_WIN if result is Result.WIN else Kind.FORFEIT_LOSS
    return Line(
        number,
        kind,
        result,
        points.for_match(result, played=match.played),
        match.black if is_white else match.white,
        colour,
        (won, lost),
        (scored, conceded),
    )


def score(lines: tuple[Line, ...]) -> Fraction:
    """The points of a score sheet."""
    return sum((line.points for line in lines), Fraction(0))
