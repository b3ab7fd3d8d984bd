"""Every message on a socket, one type each; `docs/protocol.md` is held to this module."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

import msgspec

from lib.schemas import Schema
from matchmaking import schemas
from matchmaking.sockets import Welcome
from streams.frames import ClientMessage, Error, Ping, Pong, Resume, Resync, ServerMessage


class Online(Schema):
    """The people in the lobby."""

    count: int
    people: list[schemas.PlayerName]
    """The first of those who have a name."""


class WaitingNames(Schema):
    """The waiting players of all pools."""

    count: int
    names: list[str]
    """The first of them."""


class Presence(ServerMessage, tag="presence"):
    """The people in the lobby and those who wait, as of now; not logged, the last one counts."""

    online: Online
    waiting: WaitingNames


class Waiting(ServerMessage, tag="waiting"):
    """On the queue socket: you are in the queue."""

    text: str
    you: schemas.PlayerName
    ticket: schemas.Ticket
    token: str | None


class Matched(ServerMessage, tag="matched"):
    """On the queue socket: you were matched, or `match` is still open from before."""

    text: str
    you: schemas.PlayerName
    match: schemas.MatchBrief
    players: Sequence[schemas.MatchPlayer]
    token: str | None


class Explained(ServerMessage, tag="explained"):
    """On the queue socket, while you wait and when it has changed: why there is no match yet."""

    text: str
    ticket: UUID
    place: int
    window: int | None
    fitting: int
    estimate_seconds: int | None

    @classmethod
    def of(cls, ticket: UUID, outlook: schemas.Outlook) -> Self:
        """The message of a ticket's outlook."""
        rest = msgspec.structs.asdict(outlook)
        return cls(text=rest.pop("why"), ticket=ticket, **rest)


class ReadyCheckOpen(ServerMessage, tag="ready_check"):
    """On the queue socket: a match was found; accept it before `deadline`."""

    text: str
    ticket: UUID
    check: schemas.ReadyCheck

    @classmethod
    def of(cls, ticket: UUID, check: schemas.ReadyCheck) -> Self:
        """The message of a ticket's ready check, with how many have accepted."""
        text = f"Match found! {check.accepted} of {check.players} have accepted."
        return cls(text, ticket, check)


class ReadyCheckOver(ServerMessage, tag="ready_check_over"):
    """On the queue socket: the match was not accepted by all."""

    text: str
    ticket: schemas.Ticket


class Left(ServerMessage, tag="left"):
    """On the queue socket: the ticket is closed without a match."""

    text: str
    ticket: schemas.TicketEnd


class Chat(ClientMessage, tag="chat"):
    """Say something in the lobby."""

    text: str


class Leave(ClientMessage, tag="leave"):
    """On the queue socket: leave the queue; the socket closes."""


class Accept(ClientMessage, tag="accept"):
    """On the queue socket: accept the match that was found."""

    check: UUID | None = None


class Decline(ClientMessage, tag="decline"):
    """On the queue socket: decline it, which ends the ticket."""

    check: UUID | None = None


StreamMessage = Chat | Resume | Ping
client_decoder: msgspec.json.Decoder[StreamMessage] = msgspec.json.Decoder(StreamMessage)
QueueMessage = Ping | Leave | Accept | Decline
queue_decoder: msgspec.json.Decoder[QueueMessage] = msgspec.json.Decoder(QueueMessage)

SERVER_MESSAGES = (
    Welcome,
    Resync,
    Presence,
    Waiting,
    Matched,
    Explained,
    ReadyCheckOpen,
    ReadyCheckOver,
    Left,
    Pong,
    Error,
)
CLIENT_MESSAGES = (Chat, Resume, Ping, Accept, Decline, Leave)
