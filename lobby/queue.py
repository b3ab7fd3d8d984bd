"""The queue by socket: connecting joins, closing leaves, and a match is told as it is made."""

import asyncio
import logging
import time
from collections.abc import Sequence
from itertools import chain
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from django.db import Error as DatabaseError
from django.utils import timezone

from matchmaking.answers import Json, match_brief, player_answer, who
from matchmaking.callers import Caller
from matchmaking.desk import joins
from matchmaking.errors import Busy, Outage, Refusal
from matchmaking.models import Pool, Ticket
from matchmaking.selectors import finished_tickets
from matchmaking.services.queue import Join, Joined
from matchmaking.services.tickets import leave_pool, touch_players

from .log import Entry
from .messages import Left, Matched, Ping, Pong, QueueMessage, Waiting, queue_decoder
from .models import Stream
from .relay import Relay, in_thread, local_relay
from .sockets import MALFORMED, RESTARTING, SocketConsumer

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 2.0
_TOUCH_SECONDS = 60.0


class QueueConsumer(SocketConsumer):
    """`/matchmaking?username=…&pool=…`: a ticket for as long as the socket is open."""

    joined: Joined | None = None
    ticket: UUID | None = None

    async def opened(self) -> None:
        """Join the pool; a refusal is told and closes the socket."""
        self.desk = await _desk()
        query = parse_qs(self.scope["query_string"].decode("latin-1"), encoding="utf-8")
        join = Join(
            username=query["username"][0] if "username" in query else None,
            pool=query.get("pool", [Pool.DEFAULT])[0],
            caller=Caller(player_id=self.player.pk if self.player else None),
        )
        try:
            joined = await joins.submit(join)
        except Refusal as refusal:
            self.refuse(refusal)
            is_passing = isinstance(refusal, Busy | Outage)
            self.outbox.close(RESTARTING if is_passing else MALFORMED, refusal.code)
        else:
            assert isinstance(joined, Joined)
            self._tell(joined)

    def _tell(self, joined: Joined) -> None:
        self.joined = joined
        if joined.match is not None:
            self.matched(match_brief(joined.match), [who(*player) for player in joined.players])
        elif joined.ticket is not None:
            you = player_answer(joined.player)
            text = "Waiting for another player..."
            waiting = Waiting(text, you, joined.ticket, joined.token)
            self.outbox.send_text(waiting.text_frame())
            self.ticket = UUID(joined.ticket["id"])
            self.desk.wait(self.ticket, self)

    def matched(self, match: Json, players: list[Json]) -> None:
        """Tell that somebody was found."""
        assert self.joined is not None
        self.ticket = None
        you = player_answer(self.joined.player)
        others = [player["username"] for player in players if player["id"] != you["id"]]
        text = f"Matched! Opponent: {', '.join(others)}"
        told = Matched(text, you, match, players, self.joined.token)
        self.outbox.send_text(told.text_frame())

    def ticket_closed(self, ticket: Json) -> None:
        """Tell that the wait is over without a match."""
        self.ticket = None
        self.outbox.send_text(Left(f"You left the queue: {ticket['state']}.", ticket).text_frame())

    async def received(self, text: str) -> None:
        """Answer a ping; leave on `leave`."""
        match self._parse(text):
            case Ping():
                self.outbox.send_text(Pong().text_frame())
            case _:
                self.outbox.close(1000, "left")

    def _parse(self, text: str) -> QueueMessage:
        try:
            return queue_decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refusal(
                'Send {"type":"leave"} to leave the queue, or {"type":"ping"}.', code="malformed"
            ) from error

    def closed(self) -> None:
        """Leave the queue, unless this process restarts: then the ticket waits for its player."""
        if self.is_restarting:
            return
        if self.ticket is not None and self.joined is not None:
            self.desk.leave(self.ticket, self)


class QueueDesk:
    """The tickets that wait through this process's sockets, each through one or more."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.sockets: dict[UUID, set[QueueConsumer]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._checking = False

    def wait(self, ticket: UUID, socket: QueueConsumer) -> None:
        """Tell the socket when its ticket is matched, also when that was a moment ago."""
        self.sockets.setdefault(ticket, set()).add(socket)
        feed = self.relay.feeds.get(Stream.LOBBY)
        if feed is not None:
            self.hear(feed.recent)
        if not self._checking:
            self._checking = True
            self._run(self._check_for_ever())

    def leave(self, ticket: UUID, socket: QueueConsumer) -> None:
        """Cancel the ticket of a socket that is gone, unless it waits through another one too."""
        waiting = self.sockets.get(ticket, set())
        waiting.discard(socket)
        if not waiting and socket.joined is not None:
            self.sockets.pop(ticket, None)
            self._run(self._leave(ticket, Caller(player_id=socket.joined.player.pk)))

    async def _leave(self, ticket: UUID, caller: Caller) -> None:
        try:
            await in_thread(leave_pool, ticket_id=ticket, caller=caller)
        except Refusal:
            pass  # matched or expired at the same moment
        except DatabaseError as error:
            logger.warning("A ticket was left to expire: %s", error)

    def hear(self, entries: Sequence[Entry]) -> None:
        """Look for this process's tickets among new matches."""
        for entry in entries:
            if self.sockets and entry.frame.startswith('{"type":"matched"'):
                data = msgspec.json.decode(entry.frame)["data"]
                players = [who(p["id"], p["username"]) for p in data["players"]]
                for player in data["players"]:
                    for socket in self.sockets.pop(UUID(player["ticket"]), ()):
                        socket.matched(data["match"], players)

    async def listen(self) -> None:
        """Hear the lobby's events, also after its feed started anew."""
        (await self.relay.feed(Stream.LOBBY)).watchers.add(self.hear)

    async def _check_for_ever(self) -> None:
        """While somebody waits: show life for them, and find tickets closed without a word."""
        touched = time.monotonic()
        while self.sockets:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                await self.listen()
                await self._check()
                if time.monotonic() - touched > _TOUCH_SECONDS:
                    touched = time.monotonic()
                    waiting = chain.from_iterable(self.sockets.values())
                    players = [s.joined.player.pk for s in waiting if s.joined]
                    await in_thread(touch_players, players, now=timezone.now())
            except DatabaseError as error:
                logger.warning("Could not look at the waiting tickets: %s", error)
        self._checking = False

    async def _check(self) -> None:
        closed: list[Ticket] = await in_thread(list, finished_tickets(list(self.sockets)))
        for ticket in closed:
            for socket in self.sockets.pop(ticket.pk, ()):
                if ticket.match is None:
                    socket.ticket_closed({"id": str(ticket.pk), "state": ticket.state})
                else:
                    players = [who(seat.player_id, seat.name) for seat in ticket.match.seats.all()]
                    socket.matched(match_brief(ticket.match), players)

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_desks: WeakKeyDictionary[Relay, QueueDesk] = WeakKeyDictionary()


async def _desk() -> QueueDesk:
    relay = await local_relay()
    desk = _desks.get(relay)
    if desk is None:
        desk = _desks[relay] = QueueDesk(relay)
    await desk.listen()
    return desk
