"""A socket's way into a room: in this process, or through the channel layer into another's."""

import logging
import secrets
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from lib.errors import Refusal
from play.messages import PlayMessage, Say, decoder
from play.services.rooms import HeldBy
from streams.outbox import Frames, Outbox

from .layer import Layer
from .members import Member
from .real_time import RealTimeRoom
from .room import Room

log = logging.getLogger(__name__)


class Door(Protocol):
    """What a socket does in a room."""

    def receive(self, message: PlayMessage) -> None:
        """Hand a message in; raises `Refusal`."""

    def input(self, move: int, number: int) -> None:
        """Hand a binary input in; raises `Refusal`."""

    def leave(self) -> None:
        """Be gone."""


class LocalDoor:
    """Into a room of this process."""

    def __init__(self, room: Room, member: Member, left: Callable[[Room], None]) -> None:
        self._room, self._member, self._left = room, member, left
        room.join(member)

    def receive(self, message: PlayMessage) -> None:
        """Hand a message in; raises `Refusal`."""
        if isinstance(message, Say):
            self._room.say(self._member, message.text)
            return
        try:
            self._room.receive(self._member, message)
        except Refusal:
            raise
        except Exception:  # a game may be of anybody
            log.exception("The room of match %s failed", self._room.stored.match_id)
            self._room.fail()

    def input(self, move: int, number: int) -> None:
        """Hand a binary input in; raises `Refusal`."""
        side = self._member.side
        if side is None or not isinstance(self._room, RealTimeRoom):
            raise Refusal("Only players send inputs, in a real-time game.", code="malformed")
        self._room.take_input(side, move, number)

    def leave(self) -> None:
        """Be gone."""
        self._room.leave(self._member)
        self._left(self._room)


class RemoteOutbox(Outbox):
    """The way out to a socket that another process serves."""

    def __init__(self, layer: Layer, channel: str, socket: str) -> None:
        self._layer, self._channel, self._socket = layer, channel, socket

    def put(self, frames: Frames) -> None:
        self._layer.post(
            self._channel,
            {"what": "frames", "socket": self._socket, "frames": list(frames.messages)},
        )

    def buffered(self) -> int:
        return self._layer.waiting(self._channel)

    def close(self, code: int, reason: str = "") -> None:
        self.closing = True
        self._layer.post(self._channel, {"what": "gone", "socket": self._socket})


class RemoteDoor:
    """Into a room of another process; calls `left` with its socket's name when that is gone."""

    def __init__(
        self, layer: Layer, held: HeldBy, joining: dict[str, Any], left: Callable[[str], object]
    ) -> None:
        self.held, self.socket = held, secrets.token_hex(8)
        self._layer, self._left = layer, left
        self._post("join", **joining)

    def _post(self, what: str, **more: Any) -> None:
        message = {"what": what, "socket": self.socket, "from": self._layer.channel, **more}
        self._layer.post(self.held.channel, message)

    def here(self) -> None:
        """Show that the socket is still there."""
        self._post("here")

    def receive(self, message: PlayMessage) -> None:
        """Hand a message on; a refusal comes back as a frame."""
        self._post("message", data=msgspec.json.encode(message))

    def input(self, move: int, number: int) -> None:
        """Hand a binary input on; a refusal comes back as a frame."""
        self._post("input", move=move, number=number)

    def leave(self) -> None:
        """Be gone."""
        self._post("leave")
        self._left(self.socket)


def hand_in(door: Door, message: dict[str, Any]) -> None:
    """What another process hands on for one of its sockets; raises `Refusal`."""
    if message["what"] == "input":
        door.input(message["move"], message["number"])
    else:
        door.receive(decoder.decode(message["data"]))
