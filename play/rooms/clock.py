"""One clock for all rooms of a process: steps of games that move by themselves, and alarms."""

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from play.metrics import step_late

log = logging.getLogger(__name__)

STEP_HZ = 60
_STEP_SECONDS = 1 / STEP_HZ
#: Steps that are made up after a pause of the process. What is missing beyond is left out, so that
#: a slow process does not fall further behind by catching up.
MOST_STEPS_AT_ONCE = 6


class Stepped(Protocol):
    """A room whose game moves by itself."""

    def step(self) -> None:
        """Move the game on by one step."""

    def fail(self) -> None:
        """The step raised an error."""


class RoomClock:
    """Steps every room in `stepped` at 60 Hz while there is one, and calls alarms in time.

    `lateness` holds by how many seconds the last rounds of steps were late.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        #: In the order in which they came.
        self._stepped: dict[Stepped, None] = {}
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._alarm_count = 0
        self._next_step = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
        self.lateness: deque[float] = deque(maxlen=4096)

    def now(self) -> float:
        """Seconds of a clock that nobody sets."""
        return self._loop.time()

    def add(self, room: Stepped) -> None:
        """Step a room from now on; again is harmless."""
        if not self._stepped:
            self._next_step = self.now() + _STEP_SECONDS
        self._stepped[room] = None
        self._set_timer()

    def remove(self, room: Stepped) -> None:
        """Step a room no more; again is harmless."""
        self._stepped.pop(room, None)

    def call_at(self, when: float, call: Callable[[], None]) -> None:
        """Call something once, not before that time of `now`. The callee checks that it is due."""
        self._alarm_count += 1
        heapq.heappush(self._alarms, (when, self._alarm_count, call))
        self._set_timer()

    def _set_timer(self) -> None:
        due = [self._next_step] if self._stepped else []
        if self._alarms:
            due.append(self._alarms[0][0])
        if self._timer is not None:
            if due and self._rings_at <= min(due):
                return  # it rings early enough, and looks again
            self._timer.cancel()
        self._timer = None
        if due:
            self._rings_at = min(due)
            self._timer = self._loop.call_at(self._rings_at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        try:
            self._call_alarms()
            self._step_rooms()
        finally:
            self._set_timer()

    def _call_alarms(self) -> None:
        now = self.now()
        while self._alarms and self._alarms[0][0] <= now:
            self._safely(heapq.heappop(self._alarms)[2])

    def _step_rooms(self) -> None:
        late = self.now() - self._next_step
        if not self._stepped or late < 0:
            return
        self.lateness.append(late)
        step_late.observe(late)
        due = 1 + int(late / _STEP_SECONDS)
        for _ in range(min(due, MOST_STEPS_AT_ONCE)):
            for room in tuple(self._stepped):
                if room in self._stepped and not self._safely(room.step):
                    self._safely(room.fail)
        self._next_step += due * _STEP_SECONDS

    def _safely(self, call: Callable[[], None]) -> bool:
        """One room's fault stops no other; returns whether there was none."""
        try:
            call()
        except Exception:
            log.exception("A room failed")
            return False
        return True
