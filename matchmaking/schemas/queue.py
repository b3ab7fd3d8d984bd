"""What comes of a wish to queue."""

from collections.abc import Sequence

from msgspec import UnsetType

from lib.schemas import Answer

from .matches import MatchBrief, MatchPlayer
from .players import PlayerName
from .tickets import ReadyCheck, Ticket


class QueueWaiting(Answer, tag="Waiting"):
    """The player waits."""

    message: str
    player: PlayerName
    ticket: Ticket
    token: str | UnsetType
    """For a guest that this request made, shown this once."""


class QueueProposed(Answer, tag="Proposed"):
    """A match was found, and must be accepted."""

    message: str
    player: PlayerName
    check: ReadyCheck
    ticket: Ticket
    token: str | UnsetType
    """For a guest that this request made, shown this once."""


class QueueMatched(Answer, tag="Matched"):
    """The player is matched, or has an unfinished match of this pool."""

    player: PlayerName
    players: Sequence[MatchPlayer]
    """In the order they queued."""
    match: MatchBrief
    ticket: Ticket | UnsetType
    """Left out when the match goes on from before."""
    token: str | UnsetType
    """For a guest that this request made, shown this once."""


Queued = QueueWaiting | QueueProposed | QueueMatched
