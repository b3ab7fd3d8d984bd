"""The spectators of a room, who see the play some seconds late if the site says so."""

from collections import deque

from streams.outbox import Frames

from .clock import RoomClock
from .members import Member


class Audience:
    """Who watches, and what they are sent later."""

    def __init__(self, clock: RoomClock, delay_seconds: float) -> None:
        self.members: set[Member] = set()
        self.delay_seconds = delay_seconds
        self._clock = clock
        #: When, in both forms, and whether it is a state.
        self._waiting: deque[tuple[float, Frames, Frames, bool]] = deque()

    def __len__(self) -> int:
        return len(self.members)

    @property
    def is_sent_to(self) -> bool:
        """Whether somebody watches, or will see later what is sent now."""
        return bool(self.members or self.delay_seconds)

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._waiting)

    def send(self, text: Frames, binary: Frames, *, is_state: bool) -> None:
        """Send all a message in their form, after the delay."""
        if self.delay_seconds:
            due = self._clock.now() + self.delay_seconds
            self._waiting.append((due, text, binary, is_state))
            self._clock.call_at(due, self._send_due)
        else:
            self._send(text, binary, is_state)

    def _send_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._clock.now():
            _, text, binary, is_state = self._waiting.popleft()
            self._send(text, binary, is_state)

    def _send(self, text: Frames, binary: Frames, is_state: bool) -> None:
        for member in self.members:
            frames = binary if member.is_binary else text
            if is_state:
                member.send_state(frames)
            else:
                member.outbox.send(frames)
