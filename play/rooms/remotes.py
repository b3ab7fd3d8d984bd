"""Sockets of this process whose rooms are in another, and the other way round."""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from lib.errors import Refusal
from play.services.rooms import HeldBy
from streams.outbox import Frames, Outbox
from streams.sockets import RESTARTING

from .clock import RoomClock
from .doors import Door, RemoteDoor, RemoteOutbox, hand_in
from .layer import Layer
from .members import Member

#: A socket of another process that says nothing for so long is gone, and so is a room's process.
SILENT_SECONDS = 6.0


class EnterGuest(Protocol):
    """Lets a socket of another process into a room of this one; None if that is not open."""

    def __call__(self, match_id: UUID, member: Member, player_id: UUID | None) -> Door | None: ...


class Remotes:
    """Hands messages between sockets and rooms in two processes, and notices who is gone."""

    def __init__(self, clock: RoomClock, enter: EnterGuest) -> None:
        self.layer = Layer(self._receive)
        self._clock, self._enter = clock, enter
        #: Sockets here whose rooms are elsewhere, and when their rooms answered last.
        self._outside: dict[str, tuple[RemoteDoor, Outbox, float]] = {}
        #: Sockets elsewhere that are in rooms here, and when they said something last.
        self._guests: dict[str, tuple[Door, float]] = {}
        self._receivers: dict[str, Callable[[str, dict[str, Any]], None]] = {
            "frames": self._pass_frames,
            "gone": self._close,
            "yes": self._heard,
            "join": self._join,
            "here": self._greet,
            "leave": self._leave,
            "message": self._hand_in,
            "input": self._hand_in,
        }

    @property
    def hosts(self) -> set[str]:
        """The processes that run the rooms of sockets here."""
        return {door.held.host_id for door, _, _ in self._outside.values()}

    def knock(
        self, held: HeldBy, match_id: UUID, member: Member, player_id: UUID | None
    ) -> RemoteDoor:
        """Let a socket of this process into a room of another."""
        joining = {
            "match": match_id.hex,
            "player": player_id.hex if player_id else "",
            "name": member.name,
            "is_binary": member.is_binary,
        }
        door = RemoteDoor(self.layer, held, joining, lambda name: self._outside.pop(name, None))
        self._outside[door.socket] = (door, member.outbox, self._clock.now())
        return door

    def hosts_gone(self, host_ids: set[str]) -> None:
        """These processes run rooms no more: whoever was there comes again, and opens them."""
        for socket, (door, _, _) in tuple(self._outside.items()):
            if door.held.host_id in host_ids:
                self._close(socket)

    async def look(self) -> None:
        """Part with those who say nothing, unless it is the layer that is silent."""
        now, failed_at = self._clock.now(), self.layer.failed_at
        for socket, (door, heard) in tuple(self._guests.items()):
            if now - max(heard, failed_at) > SILENT_SECONDS:
                del self._guests[socket]
                door.leave()
        for socket, (remote, _, heard) in tuple(self._outside.items()):
            if now - max(heard, failed_at) > SILENT_SECONDS:
                self._close(socket)
            else:
                remote.here()

    def _receive(self, message: dict[str, Any]) -> None:
        self._receivers[message["what"]](message["socket"], message)

    # For sockets here.

    def _pass_frames(self, socket: str, message: dict[str, Any]) -> None:
        self._heard(socket, message)
        if socket in self._outside:
            self._outside[socket][1].send(Frames(message["frames"]))

    def _heard(self, socket: str, message: dict[str, Any]) -> None:
        if socket in self._outside:
            door, outbox, _ = self._outside[socket]
            self._outside[socket] = (door, outbox, self._clock.now())

    def _close(self, socket: str, message: dict[str, Any] | None = None) -> None:
        _, outbox, _ = self._outside.pop(socket, (None, None, None))
        if outbox is not None:
            outbox.close(RESTARTING, "moved")

    # For rooms here.

    def _join(self, socket: str, message: dict[str, Any]) -> None:
        outbox = RemoteOutbox(self.layer, message["from"], socket)
        player = UUID(message["player"]) if message["player"] else None
        member = Member(outbox, message["name"], is_binary=message["is_binary"])
        door = self._enter(UUID(message["match"]), member, player)
        if door is None:
            outbox.close(RESTARTING)
        else:
            self._guests[socket] = (door, self._clock.now())

    def _leave(self, socket: str, message: dict[str, Any]) -> None:
        door, _ = self._guests.pop(socket, (None, 0.0))
        if door is not None:
            door.leave()

    def _greet(self, socket: str, message: dict[str, Any]) -> None:
        if self._guest(socket, message) is not None:
            self.layer.post(message["from"], {"what": "yes", "socket": socket})

    def _hand_in(self, socket: str, message: dict[str, Any]) -> None:
        door = self._guest(socket, message)
        if door is not None:
            try:
                hand_in(door, message)
            except Refusal as refusal:
                outbox = RemoteOutbox(self.layer, message["from"], socket)
                Member(outbox, "").refuse(refusal)

    def _guest(self, socket: str, message: dict[str, Any]) -> Door | None:
        """The guest's way into their room; a socket without one is closed, and comes again."""
        if socket not in self._guests:
            RemoteOutbox(self.layer, message["from"], socket).close(RESTARTING)
            return None
        door, _ = self._guests[socket]
        self._guests[socket] = (door, self._clock.now())
        return door
