"""Who is in a room, and what a side of the match has."""

from dataclasses import dataclass

from lib.errors import Refusal
from streams.frames import Error, ServerMessage
from streams.outbox import Frames, Outbox

#: With more than this waiting, a member gets no further state until it has read on.
_BEHIND_BYTES = 4096


@dataclass(eq=False, slots=True)
class Member:
    """A socket in a room: of a player on a side, or of a spectator."""

    outbox: Outbox
    name: str
    side: int | None = None
    is_binary: bool = False

    def send(self, message: ServerMessage) -> None:
        """Send a message."""
        self.outbox.send(Frames((message.text_frame(),)))

    def refuse(self, refusal: Refusal) -> None:
        """Send a refusal."""
        self.send(Error(refusal.code, refusal.message))

    def send_state(self, frames: Frames) -> None:
        """Send a state, unless earlier ones still wait to be read: the next one says it all."""
        if self.outbox.buffered() <= _BEHIND_BYTES:
            self.outbox.send(frames)


@dataclass(eq=False, slots=True)
class Side:
    """One side of the match: whoever plays for it, and the absence that it has left."""

    name: str
    absence_seconds: float
    won: int = 0
    player: Member | None = None
    wants_rematch: bool = False

    @property
    def is_here(self) -> bool:
        """Whether one of its players is connected."""
        return self.player is not None
