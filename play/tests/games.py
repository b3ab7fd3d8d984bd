"""Two small games to try rooms with: a race that moves by itself, and taking matches in turn."""

from collections.abc import Sequence
from random import Random
from typing import Any, ClassVar

import msgspec

from play.engine.game import (
    GameOutcome,
    GameSettings,
    IllegalMove,
    RealTimeGame,
    TurnGame,
    TurnSettings,
)


class RaceSettings(GameSettings, frozen=True):
    """How many steps of pushing a side needs."""

    goal: int = 30


class Track(msgspec.Struct, frozen=True):
    """How far each side has come."""

    goal: int
    at: tuple[int, int] = (0, 0)


class Race(RealTimeGame[Track]):
    """Whoever has pushed for `goal` steps wins; side 0 when both have."""

    slug, name, script = "race", "Race", "play/tests/race.js"
    settings = RaceSettings
    moves: ClassVar[Sequence[str]] = ("rest", "push")

    def setup(self, settings: RaceSettings, *, seed: int, first: int) -> Track:
        return Track(settings.goal)

    def step(self, state: Track, held: tuple[int, int]) -> Track:
        return Track(state.goal, (state.at[0] + held[0], state.at[1] + held[1]))

    def outcome(self, state: Track) -> GameOutcome | None:
        winners = [side for side, at in enumerate(state.at) if at >= state.goal]
        return GameOutcome(winners[0], self.scores(state)) if winners else None

    def scores(self, state: Track) -> tuple[int, int]:
        return state.at[0] // 10, state.at[1] // 10

    def has_jumped(self, before: Track, after: Track) -> bool:
        return self.scores(before) != self.scores(after)

    def view(self, state: Track, side: int | None) -> dict[str, Any]:
        return {"at": list(state.at)}

    def frame(self, state: Track) -> bytes:
        return bytes(state.at)

    def pack(self, state: Track) -> bytes:
        return msgspec.json.encode(state)

    def unpack(self, packed: bytes) -> Track:
        return msgspec.json.decode(packed, type=Track)

    def bot(self, state: Track, side: int, *, strength: int, chance: Random) -> int:
        return chance.randrange(2)


class HeapSettings(TurnSettings, frozen=True):
    """How many matches lie on the heap."""

    matches: int = 7


class Heap(msgspec.Struct, frozen=True):
    """How many matches are left, and whose turn it is."""

    left: int
    turn: int


class TakeMatches(TurnGame[Heap]):
    """Each takes one, two or three; whoever takes the last wins."""

    slug, name, script = "matches", "Taking matches", "play/tests/matches.js"
    settings = HeapSettings
    draws = True  # by agreement

    def setup(self, settings: HeapSettings, *, seed: int, first: int) -> Heap:
        return Heap(settings.matches, first)

    def to_move(self, state: Heap) -> int:
        return state.turn

    def legal(self, state: Heap) -> Sequence[str]:
        return [str(n) for n in range(1, 4) if n <= state.left]

    def apply(self, state: Heap, move: str) -> Heap:
        if move not in self.legal(state):
            raise IllegalMove(f"Nobody can take {move}.")
        return Heap(state.left - int(move), 1 - state.turn)

    def outcome(self, state: Heap) -> GameOutcome | None:
        if state.left:
            return None
        winner = 1 - state.turn
        return GameOutcome(winner, (int(winner == 0), int(winner == 1)))

    def scores(self, state: Heap) -> tuple[int, int]:
        return 0, 0

    def view(self, state: Heap, side: int | None) -> dict[str, Any]:
        return {"left": state.left}

    def pack(self, state: Heap) -> bytes:
        return msgspec.json.encode(state)

    def unpack(self, packed: bytes) -> Heap:
        return msgspec.json.decode(packed, type=Heap)
