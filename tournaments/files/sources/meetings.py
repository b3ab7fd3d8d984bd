"""Matches as other sites know them, and their results as ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tournaments.engine import elimination as engine
from tournaments.files.document import ResultPart

Points = tuple[int, int]
MOST_POINTS = 9999
MOST_GAMES = 99


class Ending(Enum):
    """How a match ended, or that it has not."""

    OPEN = "open"
    PLAYED = "played"
    DRAWN = "drawn"
    FORFEIT = "forfeit"
    DOUBLE_FORFEIT = "double_forfeit"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A match of a source; `sides` are entrants' seeds, `winner` is a side.

    `name` is its name among the others, `where` what a person finds it by. `feeds` say where the
    sides come from, by names of other matches, where the source says it. `games` are the points of
    each game, or `wins` the games won where the source has no more.
    """

    name: str
    where: str
    round: int
    sides: tuple[int | None, int | None]
    feeds: tuple[engine.Source | None, engine.Source | None] = (None, None)
    ending: Ending = Ending.OPEN
    winner: int | None = None
    games: tuple[Points, ...] = ()
    wins: Points | None = None
    best_of: int | None = None
    closed_at: datetime | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it has a result."""
        return self.ending is not Ending.OPEN


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a round by the names of its matches; `best_of` where it is more than one."""

    best_of: int | None
    parts: dict[str, ResultPart]
    remarks: list[str]


def results_of(meetings: Sequence[Meeting], *, where: str) -> Results:
    """The results of a round as we keep them: its matches are all of one length here.

    Where the games of a round show one length, best of 3 for instance, that is it. Otherwise each
    match counts as one game, whose points are the games won there. Results stay: who won, won.
    """
    played = [m for m in meetings if m.ending in {Ending.PLAYED, Ending.DRAWN}]
    remarks: list[str] = []
    contrary = [m for m in played if _contradicts(m)]
    remarks += [f"{m.where}: the score contradicts the winner. The winner counts, without a score."
                for m in contrary]  # fmt: skip
    scored = [m for m in played if m not in contrary]
    length = _length([m for m in scored if _wins(m) != (0, 0)], meetings)
    if length > 1 and len(scored) < len(played):
        length = 1
    if length == 1 and any(len(m.games) > 1 for m in scored):
        remarks.append(f"{where}: its matches are of different lengths. Each has the games won as "
                       "its score, without the points of each game.")  # fmt: skip
    parts = {m.name: _part(m, length, m in scored) for m in meetings if m.is_decided}
    return Results(length if length > 1 else None, parts, remarks)


def _wins(meeting: Meeting) -> Points:
    """The games won by each side."""
    if meeting.wins is not None:
        return meeting.wins
    games = meeting.games
    return sum(a > b for a, b in games), sum(a < b for a, b in games)


def _contradicts(meeting: Meeting) -> bool:
    """Whether the score says something else than the winner, or cannot be."""
    numbers = [n for game in meeting.games for n in game] + list(meeting.wins or ())
    if any(not 0 <= n <= MOST_POINTS for n in numbers) or len(meeting.games) > MOST_GAMES:
        return True
    first, second = _wins(meeting)
    if not meeting.games and meeting.wins in {None, (0, 0)}:
        return False  # no score at all
    ahead = None if first == second else int(second > first)
    return ahead != meeting.winner


def _length(scored: Sequence[Meeting], meetings: Sequence[Meeting]) -> int:
    """Best of how many a round is, 1 where its matches do not agree."""
    said = {m.best_of for m in meetings if m.best_of and m.best_of % 2}
    if not scored:
        return said.pop() if len(said) == 1 else 1
    if all(m.wins is None and len(m.games) == 1 for m in scored):
        return 1
    needed = {max(_wins(m)) for m in scored}
    if len(needed) > 1 or not all(map(_fits, scored)):
        return 1
    length = 2 * needed.pop() - 1
    return length if length <= MOST_GAMES else 1


def _fits(meeting: Meeting) -> bool:
    """Whether a match has a winner of more than half of the games, who wins the last."""
    first, second = _wins(meeting)
    if meeting.winner is None or first == second:
        return False
    if not meeting.games:
        return True
    last = meeting.games[-1]
    decided = all(a != b for a, b in meeting.games)
    return decided and int(last[1] > last[0]) == meeting.winner


def _part(meeting: Meeting, length: int, has_score: bool) -> ResultPart:
    at = meeting.closed_at
    if meeting.ending is Ending.FORFEIT:
        return ResultPart(outcome="forfeit", winner=meeting.winner, closed_at=at)
    if meeting.ending is Ending.DOUBLE_FORFEIT:
        return ResultPart(outcome="double_forfeit", closed_at=at)
    wins = _wins(meeting)
    if length > 1 and wins != (0, 0):
        games = list(meeting.games)
        return ResultPart(
            outcome="played", winner=meeting.winner, scores=list(wins), games=games, closed_at=at
        )
    points = list(meeting.games) if len(meeting.games) == 1 else [wins]
    games = points if has_score and points != [(0, 0)] else []
    if meeting.winner is None:
        return ResultPart(outcome="drawn", scores=[0, 0], games=games, closed_at=at)
    scores = [length // 2 + 1, 0] if meeting.winner == 0 else [0, length // 2 + 1]
    return ResultPart(
        outcome="played", winner=meeting.winner, scores=scores, games=games, closed_at=at
    )


def turned(part: ResultPart) -> ResultPart:
    """The same result with the sides the other way round."""
    return ResultPart(
        outcome=part.outcome,
        winner=None if part.winner is None else 1 - part.winner,
        scores=part.scores[::-1],
        games=[(second, first) for first, second in part.games],
        closed_at=part.closed_at,
    )
