"""The sockets of streams: the lobby's `/ws` and a tournament's."""

import asyncio
import secrets
from typing import Any
from urllib.parse import parse_qs

import msgspec
from django.db import Error as DatabaseError

from lib.errors import NotFound, Refusal
from lib.names import ANONYMOUS_PREFIX
from matchmaking.models import Match
from matchmaking.schemas import PlayerName
from streams.models import Stream
from streams.outbox import Frames
from streams.relay import Feed, Relay, in_thread, local_relay
from streams.sockets import NOT_FOUND, RESTARTING, SocketConsumer
from tournaments.models import Tournament

from . import chat, limits
from .messages import Chat, Ping, Pong, Resume, Resync, StreamMessage, Welcome, client_decoder
from .news import match_stream_of, tournament_stream_of

_SEQ_MAX_DIGITS = 19  # as the database counts


#: Lines of one speaker that may be under way to the database at once.
MOST_UNSTORED = 8


class StreamConsumer(SocketConsumer):
    """A socket on one stream: welcomed, brought up to date, then told what happens."""

    relay: Relay
    feed: Feed
    stream = Stream.LOBBY

    async def opened(self) -> None:
        """Welcome the socket; from then on the feed speaks to it."""
        self.relay = await local_relay()
        self.feed = await self.relay.feed(self.stream)
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        epoch, since = query.get("epoch", [""])[0], query.get("since", [""])[0]
        if epoch and since.isdecimal() and len(since) <= _SEQ_MAX_DIGITS:
            await self._continue(epoch, int(since), welcome=True)
        else:
            self._welcome(recent=True)
            self.feed.outboxes.add(self.outbox)

    def _welcome(self, *, recent: bool) -> None:
        welcome = Welcome(
            stream=self.stream,
            epoch=self.feed.epoch,
            seq=self.feed.seq,
            you=PlayerName.of(self.player) if self.player else None,
            recent=self.feed.snapshot() if recent else [],
        )
        self.outbox.send_text(welcome.text_frame())

    async def _continue(self, epoch: str, since: int, *, welcome: bool) -> None:
        """Send what came after `since`; when that cannot be done, say so with a snapshot."""
        feed = self.feed
        # What happens meanwhile comes with the rest; it must not overtake.
        feed.outboxes.discard(self.outbox)
        missed = await self.relay.missed(feed, epoch=epoch, since=since)
        if self.relay.feeds.get(self.stream) is not feed:  # it started anew meanwhile
            self.feed = await self.relay.feed(self.stream)
            return await self._continue(epoch, since, welcome=welcome)
        # From here on nothing is awaited: no event can come between.
        if welcome or missed is None:
            self._welcome(recent=missed is None)
        if missed is None:
            text = "What you have cannot be continued. Start from the last welcome."
            resync = Resync(self.stream, feed.epoch, feed.seq, text)
            self.outbox.send_text(resync.text_frame())
        elif missed:
            self.outbox.send(Frames([entry.frame for entry in missed]))
        feed.outboxes.add(self.outbox)

    async def received(self, text: str) -> None:
        """Read a client's message."""
        match self._parse(text):
            case Ping():
                self.outbox.send_text(Pong().text_frame())
            case Resume(epoch, seq):
                try:
                    await self._continue(epoch, seq, welcome=False)
                except DatabaseError:
                    self.outbox.close(RESTARTING, "outage")  # it hears nothing any more
                    raise
            case Chat(said):
                await self.said(said)

    def _parse(self, text: str) -> StreamMessage:
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

    async def said(self, text: str) -> None:
        """Somebody speaks; only the lobby listens."""
        raise Refusal("There is no chat here. Talk in the lobby.", code="no_chat")

    def closed(self) -> None:
        """Stop hearing."""
        if hasattr(self, "feed"):
            self.feed.outboxes.discard(self.outbox)


class LobbyConsumer(StreamConsumer):
    """`/ws`: everything that everybody may see, and the chat."""

    person: Any = None
    arrived = False

    async def opened(self) -> None:
        """Welcome the socket and count its player among those who are here."""
        await super().opened()
        if self.player is not None:
            self.person = (self.player.pk, self.player.name)
            self.name = self.player.name
        else:
            self.name = ANONYMOUS_PREFIX + secrets.token_hex(2)
        self.unstored: set[asyncio.Future[None]] = set()
        self.arrived = True
        self.relay.presence.arrive(self.person)
        if self.relay.presence.told:
            self.outbox.send_text(self.relay.presence.told)

    async def said(self, text: str) -> None:
        """Have a line of chat stored; everybody hears it, its speaker too.

        The next line is read meanwhile, so that one commit can serve several.
        """
        line = chat.Line(self.player.pk if self.player else None, self.name, chat.clean_text(text))
        key = line.player_id or self.outbox
        if not (limits.chat_by_player.take(key) and limits.chat_by_address.take(self.address)):
            raise Refusal("You talk too fast. Wait a moment.", code="rate_limited")
        stored = chat.speech.enqueue(line)
        self.unstored.add(stored)
        stored.add_done_callback(self._stored)
        if len(self.unstored) >= MOST_UNSTORED:
            await asyncio.wait(self.unstored, return_when=asyncio.FIRST_COMPLETED)

    def _stored(self, line: "asyncio.Future[None]") -> None:
        """Tell the speaker when a line could not be stored."""
        self.unstored.discard(line)
        error = None if line.cancelled() else line.exception()
        if isinstance(error, Refusal):
            self.refuse(error)
        elif error is not None:
            self.fail(error)

    def closed(self) -> None:
        """Leave."""
        super().closed()
        if self.arrived:
            self.relay.presence.depart(self.person)


class WatchConsumer(StreamConsumer):
    """A socket on something that must exist."""

    watched: type[Match] | type[Tournament]

    def stream_of(self, pk: str) -> str:
        """The stream's name."""
        raise AssertionError("each kind has its own")

    async def opened(self) -> None:
        """Listen to what the address names, if there is such a thing."""
        pk = self.scope["url_route"]["kwargs"]["pk"]
        if await in_thread(self.watched.objects.filter(pk=pk).exists):
            self.stream = self.stream_of(pk)
            await super().opened()
        else:
            self.refuse(NotFound(f"There is no such {self.watched._meta.verbose_name}."))
            self.outbox.close(NOT_FOUND, "not found")


class TournamentConsumer(WatchConsumer):
    """`/tournaments/<id>/ws`: what moves in one tournament."""

    watched = Tournament

    def stream_of(self, pk: str) -> str:
        """The stream's name."""
        return tournament_stream_of(pk)


class MatchConsumer(WatchConsumer):
    """`/matches/<id>/ws`: what becomes of one match."""

    watched = Match

    def stream_of(self, pk: str) -> str:
        """The stream's name."""
        return match_stream_of(pk)
