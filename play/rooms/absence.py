"""How long a side may still be away, and whose time runs."""

from collections.abc import Callable, Sequence

from .clock import RoomClock
from .members import Side

#: After a restart nobody's absence counts for so long: players need time to come back.
GRACE_SECONDS = 15.0
#: Less is nothing: sums of floats are not exact.
_MOMENT_SECONDS = 0.01


class Absence:
    """The time of a side that is away alone runs; `look` is called when it may be over."""

    def __init__(
        self, sides: Sequence[Side], clock: RoomClock, look: Callable[[], None], *, has_grace: bool
    ) -> None:
        self._sides, self._clock, self._look = sides, clock, look
        #: The side whose time runs.
        self.side: int | None = None
        self._since = 0.0
        self._grace_ends = clock.now() + (GRACE_SECONDS if has_grace else 0.0)
        if has_grace:
            clock.call_at(self._grace_ends, look)

    def count(self, *, is_counted: bool) -> int | None:
        """Let the time of a side that is away alone run; returns a side whose time is over."""
        now = self._clock.now()
        away = [number for number, side in enumerate(self._sides) if not side.is_here]
        if len(away) != 1 or not is_counted or now < self._grace_ends:
            self.settle()
            return None
        alone = away[0]
        if self.side != alone:
            self.settle()
            self.side, self._since = alone, now
            self._clock.call_at(now + self._sides[alone].absence_seconds, self._look)
        elif self.left(alone) < _MOMENT_SECONDS:
            self.settle()
            return alone
        return None

    def settle(self) -> None:
        """Let nobody's time run any more; what ran is taken off."""
        if self.side is not None:
            self._sides[self.side].absence_seconds = self.left(self.side)
            self.side = None

    def left(self, number: int) -> float:
        """How many seconds a side may still be away."""
        left = self._sides[number].absence_seconds
        if number == self.side:
            left -= self._clock.now() - self._since
        return max(0.0, left)
