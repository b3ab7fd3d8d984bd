"""The queue by socket: connecting joins, closing leaves, and a match is told as it is made."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from django.db import Error as DatabaseError
from django.utils import timezone
from msgspec import UNSET

from lib.errors import Conflict, Outage, Overloaded, Refusal
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Pool, Ticket, TicketState
from matchmaking.outlook import outlooks_of
from matchmaking.selectors import moved_tickets, open_check
from matchmaking.services.queue.join_batcher import joins
from matchmaking.services.queue.joining import Join, Joined
from matchmaking.services.queue.ready_checks import accept_match, decline_match
from matchmaking.services.queue.tickets import leave_pool, mark_players_seen, start_grace_period
from matchmaking.sockets import PlayerSocket
from streams.frames import Entry, Ping, Pong
from streams.relay import Relay, in_thread, local_relay
from streams.sockets import MALFORMED, RESTARTING

from .events import MatchedData
from .messages import (
    Accept,
    Decline,
    Explained,
    Left,
    Matched,
    QueueMessage,
    ReadyCheckOpen,
    ReadyCheckOver,
    Waiting,
    queue_decoder,
)
from .stream_names import LOBBY

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 2.0
_EXPLAIN_SECONDS = 4.0
_TOUCH_SECONDS = 60.0
#: What a client closes with that has had enough; any other end may be an accident.
_LEAVING = {1000, 1005}


class _MadeEvent(msgspec.Struct):
    """What the queue's sockets read of the lobby's event `matched`."""

    data: MatchedData


_made_decoder = msgspec.json.Decoder(_MadeEvent)


class QueueConsumer(PlayerSocket):
    """`/matchmaking?username=…&pool=…`: a ticket for as long as the socket is open."""

    joined: Joined | None = None
    ticket: UUID | None = None
    is_leaving = False

    async def opened(self) -> None:
        """Join the pool; a refusal is told and closes the socket."""
        self.desk = await _desk()
        try:
            joined = await joins.submit(self._wish())
        except Refusal as refusal:
            self.refuse(refusal)
            is_passing = isinstance(refusal, Overloaded | Outage)
            self.outbox.close(RESTARTING if is_passing else MALFORMED, refusal.code)
        else:
            assert isinstance(joined, Joined)
            self._tell(joined)

    def _wish(self) -> Join:
        query = parse_qs(self.scope["query_string"].decode("latin-1"), encoding="utf-8")
        first = {name: values[0] for name, values in query.items()}
        return Join(
            username=first.get("username"),
            pool=first.get("pool", Pool.DEFAULT),
            caller=self._caller(),
            party=first["party"].strip().upper() if "party" in first else None,
            regions=tuple(query.get("region", ())),
        )

    def _caller(self) -> Caller:
        if self.joined is not None:
            return Caller(player_id=self.joined.player.pk)
        return Caller(player_id=self.player.pk if self.player else None)

    def _tell(self, joined: Joined) -> None:
        self.joined = joined
        if joined.match is not None:
            self.matched(schemas.MatchBrief.of(joined.match), joined.players)
        elif joined.ticket is not None:
            you = schemas.PlayerName.of(joined.player)
            waiting = Waiting(schemas.WAITING, you, joined.ticket, joined.token)
            self.outbox.send_text(waiting.text_frame())
            self.ticket = joined.ticket.id
            self.desk.wait(self.ticket, self)
            if joined.check is not None:
                self.desk.checks[self.ticket] = joined.check
                self.asked(joined.check)

    def matched(self, match: schemas.MatchBrief, players: Sequence[schemas.MatchPlayer]) -> None:
        """Tell that somebody was found."""
        assert self.joined is not None
        self.ticket = None
        you = schemas.PlayerName.of(self.joined.player)
        told = Matched(_who_meets(you, players), you, match, players, self.joined.token)
        self.outbox.send_text(told.text_frame())

    def asked(self, check: schemas.ReadyCheck) -> None:
        """Tell of a ready check, and how far it is."""
        assert self.ticket is not None
        text = f"Match found! {check.accepted} of {check.players} have accepted."
        self.outbox.send_text(ReadyCheckOpen(text, self.ticket, check).text_frame())

    def asked_in_vain(self, ticket: schemas.Ticket, text: str) -> None:
        """Tell that the match was not accepted by all."""
        self.outbox.send_text(ReadyCheckOver(text, ticket).text_frame())

    def explained(self, outlook: Explained) -> None:
        """Tell why there is no match yet."""
        self.outbox.send_text(outlook.text_frame())

    def ticket_closed(self, ticket: schemas.TicketEnd, text: str) -> None:
        """Tell that the wait is over without a match."""
        self.ticket = None
        self.outbox.send_text(Left(text, ticket).text_frame())

    async def received(self, text: str) -> None:
        """Answer a ping; accept or decline a match; leave on `leave`."""
        match self._parse(text):
            case Ping():
                self.outbox.send_text(Pong().text_frame())
            case Accept():
                await self._answer(accept_match)
            case Decline():
                await self._answer(decline_match)
            case _:
                self.is_leaving = True
                self.outbox.close(1000, "left")

    async def _answer(self, answer: Callable[..., Ticket]) -> None:
        if self.ticket is None:
            raise Conflict("There is no match to accept or decline.", code="no_check")
        await in_thread(answer, ticket_id=self.ticket, caller=self._caller(), now=timezone.now())

    def _parse(self, text: str) -> QueueMessage:
        try:
            return queue_decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refusal(
                'Send {"type":"leave"} to leave the queue, {"type":"accept"} or '
                '{"type":"decline"} when a match was found, or {"type":"ping"}.',
                code="malformed",
            ) from error

    def closed(self) -> None:
        """Leave the queue, or hold the place when the socket only dropped.

        When this process restarts, the ticket waits for its player as it is.
        """
        if self.ticket is None or self.joined is None:
            return
        leaves = self.is_leaving or self.close_code in _LEAVING
        if leaves or not self.is_restarting:
            self.desk.drop(self.ticket, self, leaves=leaves)


def _who_meets(you: schemas.PlayerName, players: Sequence[schemas.MatchPlayer]) -> str:
    """`Matched! Opponent: …`, and with whom in a team."""
    side = next((player.side for player in players if player.id == you.id), UNSET)
    others = [player for player in players if player.id != you.id]
    mates = ", ".join(player.username for player in others if player.side == side)
    foes = ", ".join(player.username for player in others if player.side != side)
    if side is UNSET:
        return f"Matched! Opponent: {mates}"
    return f"Matched! With {mates}. Opponents: {foes}" if mates else f"Matched! Opponents: {foes}"


class QueueDesk:
    """The tickets that wait through this process's sockets, each through one or more.

    `checks` and `outlooks` are what each was told last of its ready check, and of its wait.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.loop = asyncio.get_running_loop()
        self.sockets: dict[UUID, set[QueueConsumer]] = {}
        self.checks: dict[UUID, schemas.ReadyCheck] = {}
        self.outlooks: dict[UUID, Explained] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._checking = False
        self._moved = asyncio.Event()

    def wait(self, ticket: UUID, socket: QueueConsumer) -> None:
        """Tell the socket when its ticket is matched, also when that was a moment ago."""
        self.sockets.setdefault(ticket, set()).add(socket)
        feed = self.relay.feeds.get(LOBBY)
        if feed is not None:
            self.hear(feed.recent)
        if not self._checking:
            self._checking = True
            self._run(self._check_for_ever())

    def drop(self, ticket: UUID, socket: QueueConsumer, *, leaves: bool) -> None:
        """Give up or hold the ticket of a socket that is gone, unless it has another one."""
        waiting = self.sockets.get(ticket, set())
        waiting.discard(socket)
        if not waiting and socket.joined is not None:
            self._forget(ticket)
            caller = Caller(player_id=socket.joined.player.pk)
            self._run(self._end(ticket, caller, leaves=leaves))

    def _forget(self, ticket: UUID) -> set[QueueConsumer]:
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

    def hear(self, entries: Sequence[Entry]) -> None:
        """Look for this process's tickets among new matches."""
        for entry in entries:
            if self.sockets and entry.frame.startswith('{"type":"matched"'):
                made = _made_decoder.decode(entry.frame).data
                players = [one.without_ticket() for one in made.players]
                for player in made.players:
                    for socket in self._forget(player.ticket):
                        socket.matched(made.match, players)

    async def listen(self) -> None:
        """Hear the lobby's events, also after its feed started anew."""
        (await self.relay.feed(LOBBY)).watchers.add(self.hear)

    def wake(self, tickets: Iterable[UUID]) -> None:
        """Look at once, from any thread, when one of these waits here."""
        if any(ticket in self.sockets for ticket in tickets) and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._moved.set)

    async def _check_for_ever(self) -> None:
        """While somebody waits: show life, explain, and find what came without a word."""
        touched = explained = time.monotonic()
        while self.sockets:
            await self._pause()
            try:
                await self.listen()
                await self._check()
                if time.monotonic() - explained > _EXPLAIN_SECONDS:
                    explained = time.monotonic()
                    await self._explain()
                if time.monotonic() - touched > _TOUCH_SECONDS:
                    touched = time.monotonic()
                    waiting = chain.from_iterable(self.sockets.values())
                    players = [s.joined.player.pk for s in waiting if s.joined]
                    await in_thread(mark_players_seen, players, now=timezone.now())
            except DatabaseError as error:
                logger.warning("Could not look at the waiting tickets: %s", error)
        self._checking = False

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), _CHECK_SECONDS)
        self._moved.clear()

    async def _check(self) -> None:
        for ticket, check in await in_thread(_moves, list(self.sockets), list(self.checks)):
            if ticket.state == TicketState.PROPOSED:
                self._tell_check(ticket.pk, check)
            elif ticket.state == TicketState.WAITING:
                if self.checks.pop(ticket.pk, None) is not None:
                    for socket in self.sockets.get(ticket.pk, ()):
                        socket.asked_in_vain(schemas.Ticket.of(ticket), _BACK)
            else:
                self._tell_end(ticket)

    def _tell_check(self, ticket: UUID, check: schemas.ReadyCheck | None) -> None:
        if check is not None and self.checks.get(ticket) != check:
            self.checks[ticket] = check
            for socket in self.sockets.get(ticket, ()):
                socket.asked(check)

    def _tell_end(self, ticket: Ticket) -> None:
        was_asked = ticket.pk in self.checks
        for socket in self._forget(ticket.pk):
            if ticket.match is not None:
                match = ticket.match
                socket.matched(schemas.MatchBrief.of(match), schemas.MatchPlayer.of_seats(match))
                continue
            if was_asked:
                socket.asked_in_vain(schemas.Ticket.of(ticket), _BROKEN)
            socket.ticket_closed(schemas.TicketEnd.of(ticket), schemas.end_text(ticket))

    async def _explain(self) -> None:
        found = await in_thread(outlooks_of, list(self.sockets), now=timezone.now())
        for ticket, outlook in found.items():
            told = Explained.of(ticket, outlook)
            if self.outlooks.get(ticket) != told and ticket in self.sockets:
                self.outlooks[ticket] = told
                for socket in self.sockets[ticket]:
                    socket.explained(told)

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
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
        decline_match(ticket_id=ticket, caller=caller, now=timezone.now())


def _moves(
    tickets: list[UUID], asked: list[UUID]
) -> list[tuple[Ticket, schemas.ReadyCheck | None]]:
    """The tickets that have moved, each with the ready check that it is in."""
    return [(ticket, _check_of(ticket)) for ticket in moved_tickets(tickets, asked)]


def _check_of(ticket: Ticket) -> schemas.ReadyCheck | None:
    check = open_check(ticket) if ticket.state == TicketState.PROPOSED else None
    return schemas.ReadyCheck.of(check, check.answers.all(), ticket) if check else None


def wake_desks(tickets: Iterable[UUID]) -> None:
    """Have this process's sockets told of these tickets at once; others find out by themselves."""
    tickets = tuple(tickets)
    for desk in tuple(_desks.values()):
        desk.wake(tickets)


_desks: WeakKeyDictionary[Relay, QueueDesk] = WeakKeyDictionary()


async def _desk() -> QueueDesk:
    relay = await local_relay()
    desk = _desks.get(relay)
    if desk is None:
        desk = _desks[relay] = QueueDesk(relay)
    await desk.listen()
    return desk
