"""Reads of the games that were played."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lib.errors import Conflict, NotFound
from matchmaking.models import Match

from .engine.game import Game, GameOutcome, Reason
from .engine.record import Recorded, check_record
from .models import PlayedGame, RoomRow
from .registry import UnknownGame, game_of

#: A room is stored every two seconds while somebody is there; its process may be restarted.
_AWAY = timedelta(minutes=1)


class NotReplayable(Conflict):
    """The engine that is installed does not play this record."""

    code = "not_replayable"


def played_games(match: Match) -> QuerySet[PlayedGame]:
    """The stored games of a match in the order in which they were played, without their records."""
    return PlayedGame.objects.filter(match=match).order_by("revision", "number").defer("record")


def played_game(match: Match, number: int, *, revision: int | None = None) -> PlayedGame:
    """One stored game, of several with its number the last; raises `NotFound`."""
    games = played_games(match).filter(number=number)
    found = (games if revision is None else games.filter(revision=revision)).last()
    if found is None:
        raise NotFound(f"No game {number} of this match is stored.")
    return found


def watchable_games(match: Match) -> list[PlayedGame]:
    """The games of a match as it was last played, if what is installed plays them."""
    games = list(played_games(match))
    return [one for one in games if one.revision == games[-1].revision and _is_watchable(one)]


def _is_watchable(played: PlayedGame) -> bool:
    try:
        engine_of(played)
    except NotReplayable:
        return False
    return True


def is_current(played: PlayedGame, match: Match) -> bool:
    """Whether a game counts for the result that the match has now, or for the one it is played for.

    A result raises the match's revision by one; a correction raises it further.
    """
    return played.revision >= match.revision - 1


def engine_of(played: PlayedGame) -> Game[Any]:
    """The game that was played, if what is installed plays it the same; raises `NotReplayable`."""
    try:
        game = game_of(played.game)
    except UnknownGame as error:
        raise NotReplayable(error.message) from error
    if game.version != played.version:
        raise NotReplayable(
            f"This was played by version {played.version} of {game.name}. "
            f"Installed is {game.version}, by which the same moves are another game."
        )
    return game


def recorded_game(played: PlayedGame) -> Recorded:
    """A stored game, for the engine."""
    return Recorded(
        played.settings, played.seed, played.first, bytes(played.record), played.length
    )  # fmt: skip


@contextmanager
def replay_faults() -> Iterator[None]:
    """What is wrong with a record becomes `NotReplayable`."""
    try:
        yield
    except ValueError as error:
        raise NotReplayable(str(error)) from error


def check_played(played: PlayedGame) -> None:
    """See that the outcome of a stored game is what its record gives; raises `NotReplayable`."""
    first, second = played.scores
    stored = GameOutcome(played.winner, (first, second), Reason(played.reason))
    with replay_faults():
        check_record(engine_of(played), recorded_game(played), stored)


def being_played(match_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Those of these matches whose rooms are live and were stored within the last minute."""
    rooms = RoomRow.objects.filter(pk__in=match_ids, is_live=True, stored_at__gt=now - _AWAY)
    return set(rooms.values_list("pk", flat=True))


def with_games(match_ids: Collection[UUID]) -> set[UUID]:
    """Those of these matches of which a finished game is stored."""
    return set(PlayedGame.objects.filter(match__in=match_ids).values_list("match", flat=True))
