"""The sockets of streams: the lobby's `/ws` and a tournament's."""

import asyncio
import secrets
from typing import Any

import msgspec

from lib.addresses import client_network
from lib.errors import NotFound, Refusal
from lib.names import ANONYMOUS_PREFIX
from lobby import chat, limits
from lobby.messages import Chat, StreamMessage, client_decoder
from lobby.presence import presence_of
from lobby.stream_names import LOBBY, tournament_stream
from matchmaking.sockets import PlayerStream
from streams.frames import ClientMessage
from streams.relay import in_thread
from streams.sockets import NOT_FOUND
from tournaments.models import Tournament

#: Lines of one socket that may wait to be stored at once.
MOST_UNSTORED = 8


class EventStream(PlayerStream):
    """A stream that accepts chat messages; only the lobby stores them."""

    def parse(self, text: str) -> StreamMessage:
        """A JSON object is a message; anything else is chat, so that typing talks."""
        if not text.lstrip().startswith("{"):
            return Chat(text)
        try:
            return client_decoder.decode(text)
        except msgspec.ValidationError as error:
            raise Refusal(f"This message does not fit: {error}.", code="malformed") from error
        except (msgspec.DecodeError, RecursionError) as error:
            if text.lstrip().startswith('{"'):
                raise Refusal(f"This message is not JSON: {error}.", code="malformed") from error
            return Chat(text)

    async def handle(self, message: ClientMessage) -> None:
        """Refuse a line of chat: only the lobby has a chat."""
        raise Refusal("There is no chat here. Talk in the lobby.", code="no_chat")


class LobbyConsumer(EventStream):
    """`/ws`: everything that everybody may see, and the chat."""

    kind = "lobby"
    stream = LOBBY
    person: Any = None
    arrived = False

    async def opened(self) -> None:
        """Welcome the socket and count its player among those who are here."""
        await super().opened()
        self.name = ANONYMOUS_PREFIX + secrets.token_hex(2)
        if self.player is not None:
            self.person = (self.player.pk, self.player.name)
            self.name = self.player.name
        self.unstored: set[asyncio.Future[None]] = set()
        self.arrived = True
        self.presence = presence_of(self.relay)
        self.presence.arrive(self.person)
        for lookout in self.relay.lookouts[LOBBY]:
            if lookout.last_sent:
                self.outbox.send_text(lookout.last_sent)

    async def handle(self, message: ClientMessage) -> None:
        """Store a line of chat; everybody receives it, its author too.

        The next line is read meanwhile, so that one commit can serve several.
        """
        assert isinstance(message, Chat)
        line = self._line(chat.clean_text(message.text))
        if not (
            limits.chat_by_speaker.take(line.speaker)
            and (line.is_registered or limits.chat_by_guests.take(line.address))
            and limits.chat_by_address.take(line.address)
        ):
            raise Refusal("You talk too fast. Wait a moment.", code="rate_limited")
        stored = chat.line_writer.submit(line)
        self.unstored.add(stored)
        stored.add_done_callback(self._stored)
        if len(self.unstored) >= MOST_UNSTORED:
            await asyncio.wait(self.unstored, return_when=asyncio.FIRST_COMPLETED)

    def _line(self, text: str) -> chat.Line:
        address = client_network(self.address)
        if self.player is None:
            return chat.Line(None, self.name, text, address)
        player = self.player
        since, is_registered = player.created_at, not player.is_guest
        return chat.Line(player.pk, self.name, text, address, since, is_registered)

    def _stored(self, line: "asyncio.Future[None]") -> None:
        """Send the author an error when a line could not be stored."""
        self.unstored.discard(line)
        error = None if line.cancelled() else line.exception()
        if isinstance(error, Refusal):
            self.refuse(error)
        elif error is not None:
            self.fail(error)

    def closed(self) -> None:
        """Count the player out."""
        super().closed()
        if self.arrived:
            self.presence.depart(self.person)


class TournamentConsumer(EventStream):
    """`/tournaments/<id>/ws`: the events of one tournament."""

    kind = "tournament"

    async def opened(self) -> None:
        """Listen to what the address names, if there is such a tournament."""
        pk = self.scope["url_route"]["kwargs"]["pk"]
        if await in_thread(Tournament.objects.filter(pk=pk).exists):
            self.stream = tournament_stream(pk)
            await super().opened()
        else:
            self.refuse(NotFound("There is no such tournament."))
            self.outbox.close(NOT_FOUND, "not found")
