"""What the games that were played look like on the wire."""

from collections.abc import Sequence
from typing import Any, Self

import msgspec

from lib.schemas import Schema, Timestamp, timestamp
from matchmaking.models import Match
from matchmaking.wording import side_names

from .engine.game import RealTimeGame, Reason
from .engine.record import (
    Change,
    Turn,
    settings_of_record,
    states_of_record,
    unpack_changes,
    unpack_turns,
)
from .models import PlayedGame
from .selectors import engine_of, is_current, recorded_game, replay_faults


class GameSummary(Schema, kw_only=True):
    """A game that was played, and how it ended."""

    number: int
    """Its place in the match, from 1."""
    revision: int
    """That of the match when it was played: a match that is opened again is played again."""
    game: str
    winner: int | None
    """The side that won; null in a draw."""
    scores: Sequence[int]
    reason: Reason
    length: int
    """Steps of a real-time game, moves of a game of turns."""
    played_at: Timestamp
    is_current: bool
    """Whether it counts for the result that the match has now."""

    @classmethod
    def of(cls, played: PlayedGame, match: Match, **more: Any) -> Self:
        """A stored game of a match."""
        return cls(
            number=played.number,
            revision=played.revision,
            game=played.game,
            winner=played.winner,
            scores=played.scores,
            reason=Reason(played.reason),
            length=played.length,
            played_at=timestamp(played.played_at),
            is_current=is_current(played, match),
            **more,
        )


class GameList(Schema):
    """The games of a match."""

    games: list[GameSummary]


class GameRecord(GameSummary, tag_field="kind", kw_only=True):
    """A game from which it can be played again: `setup` with these, then what was done."""

    version: int
    """The version of the game's rules."""
    settings: dict[str, Any]
    seed: int
    """Where its chance begins."""
    first: int
    """The side that began."""
    names: list[str]
    """The sides' names."""


class RealTimeRecord(GameRecord, tag="real_time", kw_only=True):
    """A game that moved on by itself."""

    step_hz: int
    """Steps in a second."""
    moves: Sequence[str]
    """What a side may hold; both hold the first at the start."""
    entries: list[Change]
    """From which step on a side held which of `moves`: `[step, side, index]`."""


class TurnRecord(GameRecord, tag="turns", kw_only=True):
    """A game of moves in turn."""

    moves: list[Turn]
    """Each move, and the milliseconds that it took."""
    views: list[dict[str, Any]]
    """What spectators saw at the start, and after each move."""


def record_of(played: PlayedGame, match: Match) -> RealTimeRecord | TurnRecord:
    """A stored game with its record; raises `NotReplayable`."""
    game, recorded = engine_of(played), recorded_game(played)
    with replay_faults():
        shared: dict[str, Any] = {
            "version": played.version,
            "settings": msgspec.to_builtins(settings_of_record(game, recorded)),
            "seed": played.seed,
            "first": played.first,
            "names": side_names(match),
        }
        if isinstance(game, RealTimeGame):
            shared |= {"step_hz": game.step_hz, "moves": game.moves}
            entries = unpack_changes(recorded.record)
            return RealTimeRecord.of(played, match, entries=entries, **shared)
        moves = unpack_turns(recorded.record)
        views = [game.view(state, None) for state in states_of_record(game, recorded)]
        return TurnRecord.of(played, match, moves=moves, views=views, **shared)
