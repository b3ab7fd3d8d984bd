"""Tickets as their owners are shown them, read for many at once."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from lib.errors import Refusal
from lib.group_commit import GroupCommit
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Ticket, TicketState
from matchmaking.schemas import TicketShown
from matchmaking.selectors import checks_of

from .outlook import outlooks_of
from .tickets import TicketQuery, mark_seen, tickets_of

#: After which part of a ticket's life without a sign of life a look at it is stored as one.
_MARKED_AFTER = 1 / 20


def show_ticket(*, ticket_id: UUID, caller: Caller) -> TicketShown:
    """A ticket of the caller's as it is now; raises `Unauthenticated`, `NotFound`, `Forbidden`."""
    [shown] = show_tickets([TicketQuery(ticket_id, caller)])
    if isinstance(shown, Refusal):
        raise shown
    return shown


def show_tickets(queries: Sequence[TicketQuery]) -> list[TicketShown | Refusal]:
    """What each of these queries finds; to look at a ticket is a sign of life."""
    now = timezone.now()
    found = tickets_of(queries)
    tickets = {one.pk: one for one in found if isinstance(one, Ticket)}.values()
    _mark(tickets, now)
    checks = checks_of(tickets)
    outlooks = outlooks_of([one for one in tickets if one.state == TicketState.WAITING], now=now)

    def show(ticket: Ticket) -> TicketShown:
        if ticket.pk in outlooks:
            return schemas.TicketWaiting.of(ticket, outlooks[ticket.pk])
        if ticket.open_check_id is not None:
            return schemas.TicketProposed.of(ticket, checks[ticket.open_check_id])
        if ticket.state == TicketState.MATCHED:
            return schemas.TicketMatched.of(ticket)
        return schemas.TicketEnded.of(ticket)

    return [one if isinstance(one, Refusal) else show(one) for one in found]


def _mark(tickets: Collection[Ticket], now: datetime) -> None:
    """Store a sign of life of those whose last one is some time ago."""
    before = now - settings.MATCHPOINT_TICKET_LIFE * _MARKED_AFTER
    silent = [one for one in tickets if one.leave_at is not None or one.seen_at < before]
    if silent:
        mark_seen(silent, now=now)
    for ticket in silent:
        ticket.seen_at = now


_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")
ticket_reads: GroupCommit[TicketQuery, TicketShown] = GroupCommit(show_tickets, _reader)
"""Reads of all requests: those that come while one batch is read make up the next."""
