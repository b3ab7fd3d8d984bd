"""Every message of the wire, one type each; `docs/protocol.md` is held to this module."""

from datetime import datetime
from typing import Any

import msgspec

from matchmaking.serializers import stamp

Json = dict[str, Any]


class ServerMessage(msgspec.Struct, tag_field="type", frozen=True):
    """What a server sends: one JSON object with a `type`."""

    def text_frame(self) -> str:
        """The message as the text of a WebSocket frame."""
        return msgspec.json.encode(self).decode()


class Welcome(ServerMessage, tag="welcome", frozen=True):
    """First on every stream's socket: where the stream stands, who you are, what was said last."""

    stream: str
    epoch: str
    seq: int
    you: Json | None
    recent: list[msgspec.Raw]


class Resync(ServerMessage, tag="resync", frozen=True):
    """What you have cannot be continued: forget it and start from the last `welcome`."""

    stream: str
    epoch: str
    seq: int
    text: str


class Presence(ServerMessage, tag="presence", frozen=True):
    """Who is here and who waits, as of now; not logged, the last one counts."""

    online: Json
    waiting: Json


class Waiting(ServerMessage, tag="waiting", frozen=True):
    """On the queue socket: you are in the queue."""

    text: str
    you: Json
    ticket: Json
    token: str | None


class Matched(ServerMessage, tag="matched", frozen=True):
    """On the queue socket: somebody was found, or `match` goes on from before."""

    text: str
    you: Json
    match: Json
    players: list[Json]
    token: str | None


class Explained(ServerMessage, tag="explained", frozen=True):
    """On the queue socket, while you wait and when it has changed: why there is no match yet."""

    text: str
    ticket: str
    place: int
    window: int | None
    fitting: int
    estimate_seconds: int | None


class ReadyCheck(ServerMessage, tag="ready_check", frozen=True):
    """On the queue socket: a match was found; accept it before `deadline`."""

    text: str
    ticket: str
    check: Json


class ReadyCheckOver(ServerMessage, tag="ready_check_over", frozen=True):
    """On the queue socket: the match was not accepted by all."""

    text: str
    ticket: Json


class Left(ServerMessage, tag="left", frozen=True):
    """On the queue socket: the ticket is closed without a match."""

    text: str
    ticket: Json


class Pong(ServerMessage, tag="pong", frozen=True):
    """The answer to `ping`."""


class Error(ServerMessage, tag="error", frozen=True):
    """What was wrong with the last message, and how to mend it; the socket lives."""

    code: str
    message: str


class Chat(msgspec.Struct, tag_field="type", tag="chat", frozen=True):
    """Say something in the lobby."""

    text: str


class Resume(msgspec.Struct, tag_field="type", tag="resume", frozen=True):
    """Send what came after `seq` of that epoch."""

    epoch: str
    seq: int


class Ping(msgspec.Struct, tag_field="type", tag="ping", frozen=True):
    """Ask for a `pong`."""


class Leave(msgspec.Struct, tag_field="type", tag="leave", frozen=True):
    """On the queue socket: leave the queue; the socket closes."""


class Accept(msgspec.Struct, tag_field="type", tag="accept", frozen=True):
    """On the queue socket: accept the match that was found."""


class Decline(msgspec.Struct, tag_field="type", tag="decline", frozen=True):
    """On the queue socket: decline it, which ends the ticket."""


ClientMessage = Chat | Resume | Ping
client_decoder = msgspec.json.Decoder(ClientMessage)
QueueMessage = Ping | Leave | Accept | Decline
queue_decoder: msgspec.json.Decoder[QueueMessage] = msgspec.json.Decoder(QueueMessage)

SERVER_MESSAGES = (
    Welcome,
    Resync,
    Presence,
    Waiting,
    Matched,
    Explained,
    ReadyCheck,
    ReadyCheckOver,
    Left,
    Pong,
    Error,
)
CLIENT_MESSAGES = (Chat, Resume, Ping, Accept, Decline, Leave)
#: Types of the events in a stream's log.
EVENT_TYPES = (
    "chat", "chat_deleted", "matched", "entry", "bracket", "stage", "round", "station", "score",
    "result_reported", "result_disputed", "match_finished", "match_reopened", "tournament",
)  # fmt: skip


class Event(msgspec.Struct, frozen=True):
    """A committed fact of a stream's log."""

    type: str
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: Json


def event_frame(
    *, type: str, stream: str, epoch: str, seq: int, at: datetime, text: str, data: Json
) -> str:
    """An event of the log as the text of a frame."""
    frame = Event(type, stream, epoch, seq, stamp(at), text, data)
    return msgspec.json.encode(frame).decode()
