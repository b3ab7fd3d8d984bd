"""A record of a game: its moves and when they were made; with the seed it is the whole game."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from zlib import compress, decompress
from zlib import error as ZlibError

import msgspec

from .game import SIDES, RealTimeGame, TurnGame

T = TypeVar("T")


class Change(msgspec.Struct, frozen=True, array_like=True):
    """In a real-time game: from this step on, a side holds a move, an index of `moves`."""

    step: int
    side: int
    move: int


class Turn(msgspec.Struct, frozen=True, array_like=True):
    """In a game of turns: a move, and the milliseconds that it took."""

    move: str
    ms: int


def pack_record(entries: Sequence[Change] | Sequence[Turn]) -> bytes:
    """Some entries as few bytes."""
    return compress(msgspec.msgpack.encode(entries), 9)


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
