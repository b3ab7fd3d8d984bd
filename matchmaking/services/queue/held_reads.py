"""Reads of tickets that are answered when something has changed: long polling without a thread.

A change in this process wakes them at once; one in another process is found within two seconds.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TypeAlias
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from lib.errors import Overloaded
from lib.tracing.trace import of_nobody
from matchmaking.models import Ticket
from matchmaking.schemas import TicketProposed, TicketShown, TicketWaiting
from matchmaking.selectors import with_check

from .ticket_reads import ticket_reads
from .tickets import TicketQuery

log = logging.getLogger(__name__)

MOST_SECONDS = 30
MOST_HELD = 4_000
#: Held reads of one ticket; one more, and the first of them is answered.
MOST_OF_A_TICKET = 4
_LOOK_SECONDS = 2.0

Known = tuple[str, UUID | None]
"""The state of a ticket, and the ready check that it is in."""
Held: TypeAlias = "asyncio.Future[bool]"
"""A read that is held; its result says whether to look again."""


async def read_ticket(query: TicketQuery, *, wait_seconds: float = 0) -> TicketShown:
    """A ticket of the caller's; with `wait_seconds` as soon as there is something to tell.

    That is at once for a ticket that has ended or has a match to accept, and otherwise when its
    state changes, or when the time is over. Raises as `show_ticket`, and `Overloaded`.
    """
    end = time.monotonic() + wait_seconds
    shown = await ticket_reads.submit(query)
    first = _known(shown)
    held = _of_this_loop()
    goes_on = first is not None and wait_seconds > 0
    while goes_on and first is not None and _known(shown) == first:
        goes_on = await held.wait(query.ticket_id, first, end - time.monotonic())
        shown = await ticket_reads.submit(query)
    return shown


def _known(shown: TicketShown) -> Known | None:
    """What is known of a ticket with which its owner has nothing to do but wait; else None."""
    if isinstance(shown, TicketWaiting):
        return shown.ticket.state, None
    if isinstance(shown, TicketProposed) and shown.check.answer is not None:
        return shown.ticket.state, shown.check.id
    return None


class HeldReads:
    """The reads that one event loop holds."""

    def __init__(self) -> None:
        self._is_closing = False
        self._loop = asyncio.get_running_loop()
        self._held: dict[UUID, dict[Held, Known]] = {}
        self._count = 0
        self._looking: asyncio.Task[None] | None = None

    async def wait(self, ticket: UUID, known: Known, seconds: float) -> bool:
        """Return True when the ticket may be other than `known`; False when the time is over.

        It is over too when the same ticket is asked for too often, or when the server restarts.
        """
        if self._is_closing:
            return False
        if self._count >= MOST_HELD:
            raise Overloaded("Too many requests wait here. Ask again without `wait`.")
        mine = self._held.setdefault(ticket, {})
        while len(mine) >= MOST_OF_A_TICKET:
            self._answer(next(iter(mine)), mine, look_again=False)
        future = self._loop.create_future()
        mine[future] = known
        self._count += 1
        if self._looking is None or self._looking.done():
            self._looking = self._loop.create_task(self._look(), context=of_nobody())
        try:
            return await asyncio.wait_for(future, max(0.0, seconds))
        except TimeoutError:
            return False
        finally:
            self._count -= 1
            mine.pop(future, None)
            if not mine and self._held.get(ticket) is mine:
                del self._held[ticket]

    def wake(self, tickets: Iterable[UUID]) -> None:
        """Let the reads of these tickets look again; from any thread."""
        theirs = [ticket for ticket in tickets if ticket in self._held]
        if theirs and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(partial(self._answer_all, theirs, look_again=True))

    def release(self) -> None:
        """Answer all, and hold no more: the server restarts."""
        self._is_closing = True
        self._answer_all(list(self._held), look_again=False)

    def _answer_all(self, tickets: Iterable[UUID], *, look_again: bool) -> None:
        for ticket in tickets:
            mine = self._held.get(ticket, {})
            for future in tuple(mine):
                self._answer(future, mine, look_again=look_again)

    @staticmethod
    def _answer(future: Held, mine: dict[Held, Known], *, look_again: bool) -> None:
        mine.pop(future, None)
        if not future.done():
            future.set_result(look_again)

    async def _look(self) -> None:
        """While reads are held, find what other processes changed."""
        while self._held:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                found = await database_sync_to_async(_states, thread_sensitive=False)([*self._held])
            except DatabaseError as error:
                log.warning("Could not look at the tickets of held reads: %s", error)
                continue
            for ticket, mine in list(self._held.items()):
                for future, known in list(mine.items()):
                    if found.get(ticket) != known:
                        self._answer(future, mine, look_again=True)


def _states(tickets: list[UUID]) -> Mapping[UUID, Known]:
    rows = with_check(Ticket.objects.order_by()).filter(pk__in=tickets)
    return {pk: (state, check) for pk, state, check in rows.values_list(*_KNOWN)}


_KNOWN = ("pk", "state", "open_check_id")
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, HeldReads] = WeakKeyDictionary()


def _of_this_loop() -> HeldReads:
    loop = asyncio.get_running_loop()
    held = _loops.get(loop)
    if held is None:
        held = _loops[loop] = HeldReads()
    return held


def wake_reads(tickets: Iterable[UUID]) -> None:
    """Let this process's held reads of these tickets look again, once it is committed."""
    tickets = tuple(tickets)
    for held in tuple(_loops.values()):
        held.wake(tickets)


def release_reads() -> None:
    """Answer all that this loop holds: the server restarts."""
    _of_this_loop().release()
