"""Tickets that wait on this process's sockets, and what becomes of them."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from django.db import Error as DatabaseError
from django.utils import timezone

from lib.errors import Conflict, Refusal
from lib.tracing.trace import of_nobody
from lobby.events.data import MatchedData
from lobby.messages import Explained, Left, ReadyCheckOpen, ReadyCheckOver
from lobby.stream_names import LOBBY
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Player, Ticket, TicketState
from matchmaking.selectors import moved_tickets
from matchmaking.services.queue.outlook import outlooks_of
from matchmaking.services.queue.ready_checks import decline_match
from matchmaking.services.queue.tickets import (
    leave_pool,
    mark_players_seen,
    start_grace_period,
    ticket_of,
)
from streams.frames import Entry, ServerMessage
from streams.relay import Relay, in_thread, local_relay

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 2.0
_EXPLAIN_SECONDS = 4.0
_TOUCH_SECONDS = 60.0


class _MadeEvent(msgspec.Struct):
    """What is read of the lobby's event `matched`."""

    data: MatchedData


_made_decoder = msgspec.json.Decoder(_MadeEvent)


class QueueSocket(Protocol):
    """A socket on which a ticket waits."""

    player: Player | None

    def matched(
        self, match: schemas.MatchBrief, players: Sequence[schemas.MatchPlayer]
    ) -> None: ...
    def ticket_closed(self, left: Left) -> None: ...
    def send_message(self, message: ServerMessage) -> None: ...


class QueueNotifier:
    """Notifies this process's queue sockets of what becomes of their tickets.

    A ticket waits on one socket or more. `checks` and `outlooks` are the last ready check and the
    last explanation that were sent for each.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.loop = asyncio.get_running_loop()
        self.sockets: dict[UUID, set[QueueSocket]] = {}
        self.checks: dict[UUID, schemas.ReadyCheck] = {}
        self.outlooks: dict[UUID, Explained] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._checking = False
        self._moved = asyncio.Event()

    def wait(self, ticket: UUID, socket: QueueSocket) -> None:
        """Notify the socket when its ticket is matched, also when that was a moment ago."""
        self.sockets.setdefault(ticket, set()).add(socket)
        feed = self.relay.feeds.get(LOBBY)
        if feed is not None:
            self.read(feed.recent)
        if not self._checking:
            self._checking = True
            self._run(self._keep_checking())

    def remove(self, ticket: UUID, socket: QueueSocket, *, leaves: bool) -> None:
        """Leave the queue, or start the grace period, when the last socket of a ticket is gone."""
        waiting = self.sockets.get(ticket, set())
        waiting.discard(socket)
        if not waiting and socket.player is not None:
            self._forget(ticket)
            caller = Caller(player_id=socket.player.pk)
            self._run(self._end(ticket, caller, leaves=leaves))

    def _forget(self, ticket: UUID) -> set[QueueSocket]:
        self.checks.pop(ticket, None)
        self.outlooks.pop(ticket, None)
        return self.sockets.pop(ticket, set())

    async def _end(self, ticket: UUID, caller: Caller, *, leaves: bool) -> None:
        try:
            if leaves:
                await in_thread(_leave, ticket, caller)
            else:
                await in_thread(start_grace_period, ticket_id=ticket, now=timezone.now())
        except Refusal:
            pass  # matched or expired at the same moment
        except DatabaseError as error:
            logger.warning("A ticket was left to expire: %s", error)

    def read(self, entries: Sequence[Entry]) -> None:
        """Look for this process's tickets among new matches."""
        for entry in entries:
            if self.sockets and entry.frame.startswith('{"type":"matched"'):
                made = _made_decoder.decode(entry.frame).data
                players = [one.without_ticket() for one in made.players]
                for player in made.players:
                    for socket in self._forget(player.ticket):
                        socket.matched(made.match, players)

    async def listen(self) -> None:
        """Watch the lobby's events, also after its feed started anew."""
        (await self.relay.feed(LOBBY)).watchers.add(self.read)

    def wake(self, tickets: Iterable[UUID]) -> None:
        """Look at once, when one of these waits here; from any thread."""
        if any(ticket in self.sockets for ticket in tickets) and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._moved.set)

    async def _keep_checking(self) -> None:
        """While tickets wait: keep them alive, explain, and find other processes' changes."""
        touched = explained = time.monotonic()
        while self.sockets:
            with suppress(TimeoutError):
                # `wait_for` loses a cancellation that comes with the event, before Python 3.12.
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._moved.wait()
            self._moved.clear()
            try:
                await self.listen()
                await self._check()
                if time.monotonic() - explained > _EXPLAIN_SECONDS:
                    explained = time.monotonic()
                    await self._explain()
                if time.monotonic() - touched > _TOUCH_SECONDS:
                    touched = time.monotonic()
                    waiting = chain.from_iterable(self.sockets.values())
                    players = [socket.player.pk for socket in waiting if socket.player]
                    await in_thread(mark_players_seen, players, now=timezone.now())
            except DatabaseError as error:
                logger.warning("Could not look at the waiting tickets: %s", error)
        self._checking = False

    async def _check(self) -> None:
        for ticket, check in await in_thread(_moves, list(self.sockets), list(self.checks)):
            if ticket.state == TicketState.PROPOSED:
                if check is not None and self.checks.get(ticket.pk) != check:
                    self.checks[ticket.pk] = check
                    self._send(ticket.pk, ReadyCheckOpen.of(ticket.pk, check))
            elif ticket.state == TicketState.WAITING:
                if self.checks.pop(ticket.pk, None) is not None:
                    self._send(ticket.pk, ReadyCheckOver(_BACK, schemas.Ticket.of(ticket)))
            else:
                self._send_end(ticket)

    def _send_end(self, ticket: Ticket) -> None:
        was_asked = ticket.pk in self.checks
        for socket in self._forget(ticket.pk):
            if ticket.match is not None:
                match = ticket.match
                socket.matched(schemas.MatchBrief.of(match), schemas.MatchPlayer.of_seats(match))
                continue
            if was_asked:
                socket.send_message(ReadyCheckOver(_BROKEN, schemas.Ticket.of(ticket)))
            socket.ticket_closed(Left(schemas.end_text(ticket), schemas.TicketEnd.of(ticket)))

    async def _explain(self) -> None:
        found = await in_thread(_outlooks, list(self.sockets))
        for ticket, outlook in found.items():
            explained = Explained.of(ticket, outlook)
            if self.outlooks.get(ticket) != explained and ticket in self.sockets:
                self.outlooks[ticket] = explained
                self._send(ticket, explained)

    def _send(self, ticket: UUID, message: ServerMessage) -> None:
        for socket in self.sockets.get(ticket, ()):
            socket.send_message(message)

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, context=of_nobody())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_BACK = "The match was not accepted by all. You are back at the head of the queue."
_BROKEN = "The match was not accepted by all."


def _leave(ticket: UUID, caller: Caller) -> None:
    """Leave the queue; while a match waits for an answer, that is to decline it."""
    try:
        leave_pool(ticket_id=ticket, caller=caller)
    except Conflict as conflict:
        if conflict.code != "ticket_proposed":
            raise
        found = ticket_of(ticket_id=ticket, caller=caller)
        decline_match(ticket_id=ticket, caller=caller, check_id=found.open_check_id)


def _outlooks(tickets: list[UUID]) -> dict[UUID, schemas.Outlook]:
    """The outlooks of those of these tickets that wait."""
    waiting = Ticket.objects.waiting().filter(pk__in=tickets).select_related("pool")
    return outlooks_of(waiting, now=timezone.now())


def _moves(
    tickets: list[UUID], asked: list[UUID]
) -> list[tuple[Ticket, schemas.ReadyCheck | None]]:
    """The tickets that have moved, each with the ready check that it is in."""
    moved = moved_tickets(tickets, asked)
    return [(ticket, schemas.ReadyCheck.of_ticket(ticket)) for ticket in moved]


def wake_notifiers(tickets: Iterable[UUID]) -> None:
    """Have this process look at these tickets at once; others find changes by themselves."""
    tickets = tuple(tickets)
    for notifier in tuple(_notifiers.values()):
        notifier.wake(tickets)


_notifiers: WeakKeyDictionary[Relay, QueueNotifier] = WeakKeyDictionary()


async def local_notifier() -> QueueNotifier:
    """This process's notifier."""
    relay = await local_relay()
    notifier = _notifiers.get(relay)
    if notifier is None:
        notifier = _notifiers[relay] = QueueNotifier(relay)
    await notifier.listen()
    return notifier
