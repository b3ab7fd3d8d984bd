"""A socket on one stream of events."""

from urllib.parse import parse_qs

import msgspec
from django.db import Error as DatabaseError

from . import metrics
from .feeds import Feed
from .frames import ClientMessage, EventFrame, Ping, Pong, Resume, Resync, ServerMessage
from .relay import Relay, local_relay
from .sockets import RESTARTING, SocketConsumer

_SEQ_MAX_DIGITS = 19  # as the database counts
_decoder: msgspec.json.Decoder[Resume | Ping] = msgspec.json.Decoder(Resume | Ping)


class StreamConsumer(SocketConsumer):
    """A socket on one stream: welcomed, brought up to date, then sent what happens."""

    relay: Relay
    feed: Feed
    stream: str

    async def opened(self) -> None:
        """Welcome the socket; from then on the feed sends to it."""
        self.relay = await local_relay()
        self.feed = await self.relay.feed(self.stream)
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        epoch, since = query.get("epoch", [""])[0], query.get("since", [""])[0]
        if epoch and since.isdecimal() and len(since) <= _SEQ_MAX_DIGITS:
            await self._continue(epoch, int(since), welcome=True)
        else:
            self._send_welcome(recent=True)
            self._attach()

    def welcome(self, recent: list[EventFrame]) -> ServerMessage:
        """The first message, with the last events."""
        raise NotImplementedError

    def _send_welcome(self, *, recent: bool) -> None:
        self.send_message(self.welcome(self.feed.snapshot() if recent else []))

    async def _continue(self, epoch: str, since: int, *, welcome: bool) -> None:
        """Send what came after `since`; when that cannot be done, say so with a snapshot."""
        feed = self.feed
        self.trace.resumes += 1
        # What happens meanwhile is sent with the rest; it must not overtake.
        self._detach()
        missed = await self.relay.missed(feed, epoch=epoch, since=since)
        if self.relay.feeds.get(self.stream) is not feed:  # it started anew meanwhile
            self.feed = await self.relay.feed(self.stream)
            return await self._continue(epoch, since, welcome=welcome)
        # From here on nothing is awaited: no event can come between.
        if welcome or missed is None:
            self._send_welcome(recent=missed is None)
        (metrics.SNAPSHOT if missed is None else metrics.RESUMED).inc()
        if missed is None:
            text = "What you have cannot be continued. Start from the last welcome."
            self.send_message(Resync(self.stream, feed.epoch, feed.seq, text))
        elif missed.messages:
            self.outbox.send(missed)
        self._attach()

    def _attach(self) -> None:
        self.feed.outboxes.add(self.outbox)
        self._fed_since = self.feed.sent

    def _detach(self) -> None:
        """Receive no more events, and count those that were received."""
        if self.outbox in self.feed.outboxes:
            self.feed.outboxes.discard(self.outbox)
            self.outbox.frames_sent += self.feed.sent - self._fed_since

    async def received(self, text: str) -> None:
        """Read a client's message."""
        match self.parse(text):
            case Ping():
                self.send_message(Pong())
            case Resume(epoch, seq):
                try:
                    await self._continue(epoch, seq, welcome=False)
                except DatabaseError:
                    self.outbox.close(RESTARTING, "outage")  # it misses events from now on
                    raise
            case other:
                await self.handle(other)

    def parse(self, text: str) -> ClientMessage:
        """A client's message; raises `Refusal`."""
        message: Resume | Ping = _decoder.decode(text)
        return message

    async def handle(self, message: ClientMessage) -> None:
        """A message that not every stream has."""
        raise NotImplementedError

    def closed(self) -> None:
        """Receive no more events."""
        if hasattr(self, "feed"):
            self._detach()
