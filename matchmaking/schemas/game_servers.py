"""What game servers are answered."""

from typing import Literal

from lib.schemas import Paged, Refused, Schema, Timestamp

from .matches import MatchDetail
from .players import PlayerName
from .queue import QueueMatched, QueueProposed, QueueWaiting


class ExternalPlayer(PlayerName):
    """A player for whom a service vouches."""

    external_id: str
    """The id that the service gave them."""


class ShortToken(Schema):
    """A token that speaks for a player until it expires; shown this once."""

    token: str
    expires_at: Timestamp
    player: PlayerName


class TokensEnded(Schema):
    """All tokens of a player have ended."""

    status: Literal["Ended"]
    player: PlayerName


TicketAnswer = QueueWaiting | QueueProposed | QueueMatched | Refused


class TicketAnswers(Schema):
    """What became of each ticket of a request, in its order."""

    tickets: list[TicketAnswer]


class Told(Schema):
    """What a game server said is stored, or was before."""

    status: Literal["Stored", "Ignored"]
    """Ignored is a live score that is older than the one that is stored."""
    message: str
    match: MatchDetail


class Matches(Paged):
    """A page of matches."""

    matches: list[MatchDetail]
