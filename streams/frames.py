"""What goes over the sockets of streams: events, and the messages that every stream has."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from lib.schemas import Schema, Timestamp

#: Where a schema finds that of every event; whoever writes another kind of description moves it.
EVENT_REF = "#/$defs/Event"
#: An event that was encoded before.
EventFrame = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"$ref": EVENT_REF})]


class ServerMessage(Schema, tag_field="type"):
    """What a server sends: one JSON object with a `type`."""

    def text_frame(self) -> str:
        """The message as the text of a WebSocket frame."""
        return msgspec.json.encode(self).decode()


class ClientMessage(Schema, tag_field="type"):
    """What a client sends on a socket."""


class Resync(ServerMessage, tag="resync"):
    """What you have cannot be continued: forget it and start from the last `welcome`."""

    stream: str
    epoch: str
    seq: int
    text: str


class Pong(ServerMessage, tag="pong"):
    """The answer to `ping`."""


class Error(ServerMessage, tag="error"):
    """What was wrong with the last message, and how to correct it; the socket stays open."""

    code: str
    message: str


class Resume(ClientMessage, tag="resume"):
    """Send what came after `seq` of that epoch."""

    epoch: str
    seq: int


class Ping(ClientMessage, tag="ping"):
    """Ask for a `pong`."""


class Event(Schema):
    """A committed fact of a stream's log."""

    type: str
    stream: str
    epoch: str
    seq: int
    at: Timestamp
    text: str
    data: Any

    def text_frame(self) -> str:
        """The event as the text of a WebSocket frame."""
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True, slots=True)
class Head:
    """A stream's head: its epoch and the seq of its last event."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as sent: its number, and the text of its frame."""

    seq: int
    frame: str


def replaced(entry: Entry, fields: dict[str, Any]) -> Entry:
    """The same event with other values in some fields of its frame."""
    frame = msgspec.json.decode(entry.frame) | fields
    return Entry(entry.seq, msgspec.json.encode(frame).decode())
