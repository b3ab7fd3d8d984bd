"""A record of a game: its moves and when they were made; with the seed it is the whole game."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from zlib import compress, decompress
from zlib import error as ZlibError

import msgspec
from msgspec import Meta

from .game import (
    SIDES,
    Game,
    GameOutcome,
    GameSettings,
    IllegalMove,
    RealTimeGame,
    Reason,
    TurnGame,
)

T = TypeVar("T")
#: Of zlib. Records of running games are stored every other second: the highest level takes twenty
#: times as long, and saves 2 % of the bytes.
_LEVEL = 1


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """In a real-time game: from this step on, a side holds a move, an index of `moves`."""

    step: Annotated[int, Meta(ge=0)]
    side: Annotated[int, Meta(ge=0, lt=SIDES)]
    move: Annotated[int, Meta(ge=0)]


class Turn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """In a game of turns: a move, and the milliseconds that it took."""

    move: str
    ms: int


def pack_record(entries: Sequence[Change] | Sequence[Turn]) -> bytes:
    """Some entries as few bytes."""
    return compress(msgspec.msgpack.encode(entries), _LEVEL)


def unpack_changes(packed: bytes) -> list[Change]:
    """The entries of a real-time game; raises `ValueError` for bytes that are no record."""
    return _unpack(packed, list[Change])


def unpack_turns(packed: bytes) -> list[Turn]:
    """The entries of a game of turns; raises `ValueError` for bytes that are no record."""
    return _unpack(packed, list[Turn])


def _unpack(packed: bytes, kind: type[list[T]]) -> list[T]:
    if not packed:
        return []
    try:
        return msgspec.msgpack.decode(decompress(packed), type=kind)
    except (ZlibError, msgspec.DecodeError) as error:
        raise ValueError("These bytes are no record of a game.") from error


def states_of_changes(
    game: RealTimeGame[Any], state: Any, changes: Sequence[Change], *, steps: int
) -> Iterator[Any]:
    """The states after each of so many steps from `state`, the first after one step.

    A change of step n counts for the step that leads from state n to state n + 1.
    """
    held = [0] * SIDES
    waiting = iter(changes)
    change = next(waiting, None)
    for step in range(steps):
        while change is not None and change.step <= step:
            held[change.side] = change.move
            change = next(waiting, None)
        state = game.step(state, (held[0], held[1]))
        yield state


def states_of_turns(game: TurnGame[Any], state: Any, turns: Sequence[Turn]) -> Iterator[Any]:
    """The states after each move; raises `IllegalMove`."""
    for turn in turns:
        state = game.apply(state, turn.move)
        yield state


@dataclass(frozen=True, slots=True)
class Recorded:
    """A game as it was stored; `record` is packed, `length` counts steps or moves."""

    settings: dict[str, Any]
    seed: int
    first: int
    record: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What comes out when a record is played: points, the outcome by the rules, if it has one.

    `length` counts the steps or moves up to that. In a game of turns that goes on, `to_move` is the
    side whose turn it is.
    """

    length: int
    scores: tuple[int, int]
    outcome: GameOutcome | None
    to_move: int | None


def states_of_record(game: Game[Any], recorded: Recorded) -> Iterator[Any]:
    """The states of a stored game, the start first.

    Raises `ValueError` where it is no record of this game, or of another length.
    """
    settings = settings_of_record(game, recorded)
    state = game.setup(settings, seed=recorded.seed, first=recorded.first)
    yield state
    try:
        yield from _states(game, state, recorded)
    except IllegalMove as error:
        raise ValueError(f"This is no record of {game.name}: {error}") from error


def settings_of_record(game: Game[Any], recorded: Recorded) -> GameSettings:
    """The settings with which a stored game was played; raises `ValueError` if it has others."""
    try:
        return msgspec.convert(recorded.settings, game.settings)
    except msgspec.ValidationError as error:
        raise ValueError(f"These are no settings of {game.name}: {error}.") from error


def _states(game: Game[Any], state: Any, recorded: Recorded) -> Iterator[Any]:
    if isinstance(game, RealTimeGame):
        changes = unpack_changes(recorded.record)
        if any(one.step > recorded.length or one.move >= len(game.moves) for one in changes):
            raise ValueError(f"This is no record of {recorded.length} steps of {game.name}.")
        return states_of_changes(game, state, changes, steps=recorded.length)
    assert isinstance(game, TurnGame)
    turns = unpack_turns(recorded.record)
    if len(turns) != recorded.length:
        raise ValueError(f"The record has {len(turns)} moves, not {recorded.length}.")
    return states_of_turns(game, state, turns)


def outcome_of_record(game: Game[Any], recorded: Recorded) -> Replayed:
    """What comes out of a stored game by its rules; raises as `states_of_record` does."""
    for length, state in enumerate(states_of_record(game, recorded)):
        outcome = game.outcome(state)
        if outcome is not None:
            return Replayed(length, outcome.scores, outcome, None)
    to_move = game.to_move(state) if isinstance(game, TurnGame) else None
    return Replayed(length, game.scores(state), None, to_move)


def check_record(game: Game[Any], recorded: Recorded, stored: GameOutcome) -> None:
    """Play a stored game, and see that its stored outcome is what comes out.

    The record does not hold who resigned or went away, or that a draw was agreed: there, the game
    must not have been over by its rules. Raises `ValueError` that says what differs.
    """
    replayed = outcome_of_record(game, recorded)
    if replayed.length != recorded.length:
        raise ValueError(f"It was over after {replayed.length}, not after {recorded.length}.")
    if replayed.scores != stored.scores:
        raise ValueError(f"The score is {_score(replayed.scores)}, not {_score(stored.scores)}.")
    if stored.reason != Reason.PLAYED:
        _check_early_end(replayed, stored)
    elif replayed.outcome is None:
        raise ValueError(f"It is not over after {recorded.length}.")
    elif replayed.outcome.winner != stored.winner:
        raise ValueError(f"{_won(replayed.outcome.winner)}, not: {_won(stored.winner)}.")


def _check_early_end(replayed: Replayed, stored: GameOutcome) -> None:
    if replayed.outcome is not None:
        raise ValueError(f"It was over by its rules: {_won(replayed.outcome.winner)}.")
    if (stored.winner is None) != (stored.reason == Reason.AGREED):
        raise ValueError(f"It was {stored.reason}: {_won(stored.winner)}.")
    if stored.reason == Reason.TIME and stored.winner == replayed.to_move:
        raise ValueError(f"It was the turn of side {stored.winner}, whose time was over.")


def _score(scores: Sequence[int]) -> str:
    return ":".join(map(str, scores))


def _won(winner: int | None) -> str:
    return "nobody won" if winner is None else f"side {winner} won"
