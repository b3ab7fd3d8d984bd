"""Every message of the wire, one type each; `docs/protocol.md` is held to this module."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import msgspec

from lib.schemas import Schema, Timestamp, timestamp
from matchmaking import schemas

#: An event that was encoded before.
EventFrame = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"$ref": "#/$defs/Event"})]


class ServerMessage(Schema, tag_field="type"):
    """What a server sends: one JSON object with a `type`."""

    def text_frame(self) -> str:
        """The message as the text of a WebSocket frame."""
        return msgspec.json.encode(self).decode()


class ClientMessage(Schema, tag_field="type"):
    """What a client sends on a socket."""


class Welcome(ServerMessage, tag="welcome"):
    """First on every stream's socket: where the stream stands, who you are, what was said last."""

    stream: str
    epoch: str
    seq: int
    you: schemas.PlayerName | None
    recent: list[EventFrame]


class Resync(ServerMessage, tag="resync"):
    """What you have cannot be continued: forget it and start from the last `welcome`."""

    stream: str
    epoch: str
    seq: int
    text: str


class Online(Schema):
    """Who is in the lobby."""

    count: int
    people: list[schemas.PlayerName]
    """The first of those who have a name."""


class WaitingNames(Schema):
    """Who waits, over all pools."""

    count: int
    names: list[str]
    """The first of them."""


class Presence(ServerMessage, tag="presence"):
    """Who is here and who waits, as of now; not logged, the last one counts."""

    online: Online
    waiting: WaitingNames


class Waiting(ServerMessage, tag="waiting"):
    """On the queue socket: you are in the queue."""

    text: str
    you: schemas.PlayerName
    ticket: schemas.Ticket
    token: str | None


class Matched(ServerMessage, tag="matched"):
    """On the queue socket: somebody was found, or `match` goes on from before."""

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
        """How a wait goes."""
        return cls(
            text=outlook.why,
            ticket=ticket,
            place=outlook.place,
            window=outlook.window,
            fitting=outlook.fitting,
            estimate_seconds=outlook.estimate_seconds,
        )


class ReadyCheckOpen(ServerMessage, tag="ready_check"):
    """On the queue socket: a match was found; accept it before `deadline`."""

    text: str
    ticket: UUID
    check: schemas.ReadyCheck


class ReadyCheckOver(ServerMessage, tag="ready_check_over"):
    """On the queue socket: the match was not accepted by all."""

    text: str
    ticket: schemas.Ticket


class Left(ServerMessage, tag="left"):
    """On the queue socket: the ticket is closed without a match."""

    text: str
    ticket: schemas.TicketEnd


class Pong(ServerMessage, tag="pong"):
    """The answer to `ping`."""


class Error(ServerMessage, tag="error"):
    """What was wrong with the last message, and how to mend it; the socket lives."""

    code: str
    message: str


class Chat(ClientMessage, tag="chat"):
    """Say something in the lobby."""

    text: str


class Resume(ClientMessage, tag="resume"):
    """Send what came after `seq` of that epoch."""

    epoch: str
    seq: int


class Ping(ClientMessage, tag="ping"):
    """Ask for a `pong`."""


class Leave(ClientMessage, tag="leave"):
    """On the queue socket: leave the queue; the socket closes."""


class Accept(ClientMessage, tag="accept"):
    """On the queue socket: accept the match that was found."""


class Decline(ClientMessage, tag="decline"):
    """On the queue socket: decline it, which ends the ticket."""


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


class Event(Schema):
    """A committed fact of a stream's log."""

    type: str
    stream: str
    epoch: str
    seq: int
    at: Timestamp
    text: str
    data: Any


def event_frame(
    *, type: str, stream: str, epoch: str, seq: int, at: datetime, text: str, data: Any
) -> str:
    """An event of the log as the text of a frame."""
    frame = Event(type, stream, epoch, seq, timestamp(at), text, data)
    return msgspec.json.encode(frame).decode()
