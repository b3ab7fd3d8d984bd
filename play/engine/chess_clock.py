"""The clock of a game of turns: what each side has left, and whose time runs."""

from dataclasses import dataclass, replace

from .game import SIDES


@dataclass(frozen=True, slots=True)
class ChessClock:
    """Milliseconds that each side has left as of `since_ms`; `running` is the side whose time runs.

    A side whose clock runs has less left than `left_ms` says: ask `left`. After its move a side
    gets `increment_ms` (Fischer's clock, FIDE Laws of Chess, article 6.3.2).
    """

    left_ms: tuple[int, int]
    increment_ms: int
    running: int | None = None
    since_ms: int = 0

    @classmethod
    def of(cls, *, seconds: int, increment: int) -> "ChessClock":
        """A clock at the start: nobody's time runs."""
        return cls((seconds * 1000,) * SIDES, increment * 1000)  # type: ignore[arg-type]

    def left(self, now_ms: int) -> tuple[int, int]:
        """What each side has left now, never below zero."""
        first, second = (
            max(0, left - (now_ms - self.since_ms) * (side == self.running))
            for side, left in enumerate(self.left_ms)
        )
        return first, second

    def stopped(self, now_ms: int) -> "ChessClock":
        """Nobody's time runs from now on."""
        return replace(self, left_ms=self.left(now_ms), running=None, since_ms=now_ms)

    def started(self, side: int, now_ms: int) -> "ChessClock":
        """The time of a side runs from now on."""
        return replace(self, left_ms=self.left(now_ms), running=side, since_ms=now_ms)

    def moved(self, now_ms: int) -> "ChessClock":
        """The side whose time runs has moved: it gets its increment, and its time stops."""
        left = [
            left + self.increment_ms * (side == self.running)
            for side, left in enumerate(self.left(now_ms))
        ]
        return replace(self, left_ms=(left[0], left[1]), running=None, since_ms=now_ms)

    def after(self, side: int, spent_ms: int) -> "ChessClock":
        """The clock after a move that took so long, while nobody's time runs."""
        left = list(self.left_ms)
        left[side] = max(0, left[side] - spent_ms) + self.increment_ms
        return replace(self, left_ms=(left[0], left[1]))

    def flag_at_ms(self) -> int | None:
        """When the time of the side that is to move is over; None while nobody's time runs."""
        return None if self.running is None else self.since_ms + self.left_ms[self.running]
