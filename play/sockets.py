"""`/matches/<id>/ws`: what becomes of a match, and playing it where it is played here."""

from typing import cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import re_path

from lib.errors import NotFound, Refusal
from lib.limits import Bucket
from lib.lines import clean_line
from matchmaking.models import Match
from matchmaking.sockets import PlayerStream, match_stream
from streams.frames import ClientMessage
from streams.relay import in_thread
from streams.sockets import NOT_FOUND, open_sockets

from .messages import INPUT, INPUT_KIND, SUBPROTOCOL, PlayMessage, Say, decoder
from .rooms.doors import Door
from .rooms.members import Member
from .rooms.process import process_rooms
from .rooms.talk import check_speech
from .services.rooms import NotPlayedHere

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class MatchConsumer(PlayerStream):
    """A socket on one match: its events, and its room where it is played here."""

    kind = "match"
    door: Door | None = None

    def subprotocol(self) -> str | None:
        """States and inputs are binary for a client that offers it."""
        return SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None

    def message_bucket(self) -> Bucket:
        """Players press and let go of keys, and more often than they talk."""
        return Bucket(burst=120, per_second=60)

    async def opened(self) -> None:
        """Listen to what the address names, if there is such a match, and enter its room."""
        pk = self.scope["url_route"]["kwargs"]["pk"]
        if not await in_thread(Match.objects.filter(pk=pk).exists):
            self.refuse(NotFound("There is no such match."))
            self.outbox.close(NOT_FOUND, "not found")
            return
        self.stream = match_stream(pk)
        self.lines = Bucket(burst=4, per_second=0.5)
        await super().opened()
        member = Member(
            self.outbox,
            name=self.player.name if self.player else "",
            is_binary=self.subprotocol() is not None,
        )
        rooms = await process_rooms()
        try:
            door = await rooms.enter(UUID(pk), member, self.player.pk if self.player else None)
        except NotPlayedHere:
            return
        except Refusal as refusal:
            self.refuse(refusal)
            return
        if self not in open_sockets():  # it closed meanwhile
            door.leave()
        else:
            self.door = door

    def parse(self, text: str) -> PlayMessage:
        """A JSON object is a message; anything else is said in the room, so that typing talks."""
        if not text.lstrip().startswith("{"):
            return Say(text)
        try:
            return decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refusal(f"This message does not fit: {error}.", code="malformed") from error

    async def handle(self, message: ClientMessage) -> None:
        """Hand a message into the room."""
        if self.door is None:
            raise NotPlayedHere("This match is not played here, or it is over.")
        if isinstance(message, Say):
            message = await self._line(message)
        self.door.receive(cast(PlayMessage, message))

    async def _line(self, line: Say) -> Say:
        if self.player is None:
            raise Refusal("Only players may talk here: show your token.", code="no_name")
        if not self.lines.take():
            raise Refusal("You talk too fast. Wait a moment.", code="rate_limited")
        await in_thread(check_speech, self.player, self.address)
        return Say(clean_line(line.text, most_chars=settings.MATCHPOINT_CHAT_MAX_CHARS))

    def received_bytes(self, data: bytes) -> None:
        """An input in its binary form."""
        if len(data) != INPUT.size or data[0] != INPUT_KIND:
            raise Refusal("This is no input: see the protocol.", code="malformed")
        if self.door is None:
            raise NotPlayedHere("This match is not played here, or it is over.")
        _, move, number = INPUT.unpack(data)
        self.door.input(move, number)

    def closed(self) -> None:
        """Leave the room."""
        super().closed()
        if self.door is not None:
            self.door.leave()


websocket_urlpatterns = [
    re_path(rf"^matches/(?P<pk>{_UUID})/ws/?$", MatchConsumer.as_asgi()),
]
