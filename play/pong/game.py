"""Pong as a game of this site."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from play.engine.game import GameOutcome, GameSettings, RealTimeGame

from . import bot, engine
from .engine import Ball


class PongSettings(GameSettings, frozen=True):
    """What may be set of Pong."""

    points: Annotated[int, Meta(ge=1, le=21, title="Points that win a game")] = 11


class Pong(RealTimeGame[Ball]):
    """A ball, two paddles; who misses it gives the other side a point."""

    slug, name, script = "pong", "Pong", "play/pong/view.js"
    practice = "play/pong/practice.js"
    about = "Hold the ball with your paddle: arrow keys, W and S, or your finger."
    settings = PongSettings
    moves: ClassVar[Sequence[str]] = ("still", "up", "down")

    def setup(self, settings: PongSettings, *, seed: int, first: int) -> Ball:
        """The ball lies in the middle, and will be served to `first`."""
        return engine.setup(points=settings.points, seed=seed, first=first)

    def step(self, state: Ball, held: tuple[int, int]) -> Ball:
        """A sixtieth of a second later."""
        return engine.step(state, held[0], held[1])

    def scores(self, state: Ball) -> tuple[int, int]:
        """The points of each side."""
        return state.score0, state.score1

    def outcome(self, state: Ball) -> GameOutcome | None:
        """Whoever has the points first."""
        first, second, points = state.score0, state.score1, state.points
        if first < points and second < points:
            return None
        return GameOutcome(int(second > first), (first, second))

    def has_jumped(self, before: Ball, after: Ball) -> bool:
        """A point was made."""
        return before.score0 != after.score0 or before.score1 != after.score1

    def view(self, state: Ball, side: int | None) -> dict[str, Any]:
        """Places in units of a field of 20480 by 11520, from the upper left."""
        return {
            "ball": [state.x, state.y],
            "velocity": [state.vx, state.vy],
            "paddles": [state.paddle0, state.paddle1],
            "held": [self.moves[state.held0], self.moves[state.held1]],
            "scores": [state.score0, state.score1],
            "serve_in": state.wait,
        }

    def pack(self, state: Ball) -> bytes:
        """All that anybody needs to go on with the game."""
        return engine.frame(state)

    def unpack(self, packed: bytes) -> Ball:
        """What was packed."""
        return engine.unframe(packed)

    def bot(self, state: Ball, side: int, *, strength: int, chance: Random) -> int:
        """The move that a computer holds now."""
        return bot.hold(state, side, strength=strength)
