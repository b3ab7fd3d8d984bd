"""A ticket after its join: shown, kept alive, left, expired, closed with its pool."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects

from lib.database.prepared import PreparedRead
from lib.errors import Conflict, Forbidden, NotFound, Refusal
from matchmaking.callers import Caller, players_of, unknown
from matchmaking.models import (
    CheckState,
    EndReason,
    PartyMember,
    Pool,
    ReadyCheck,
    Ticket,
    TicketState,
)
from matchmaking.selectors import with_check
from matchmaking.signals import tickets_changed
from service_keys.access import check_key, count_requests, keys_by_digest
from service_keys.models import Scope, ServiceKey

#: For more tickets, one query is quicker though it is written anew.
_FEW = 8


@dataclass(frozen=True, slots=True)
class TicketQuery:
    """Somebody asks for a ticket."""

    ticket_id: UUID
    caller: Caller


@transaction.atomic
def leave_pool(*, ticket_id: UUID, caller: Caller) -> Ticket:
    """Cancel a waiting ticket of the caller's; raises `Conflict` when it no longer waits.

    When a member leaves, the wait of the whole party ends.
    """
    ticket = ticket_of(ticket_id=ticket_id, caller=caller)
    if ticket.party_id is not None:
        _locked(Ticket.objects.waiting().filter(party=ticket.party_id))
    left = Ticket.objects.waiting().filter(pk=ticket.pk).update(state=TicketState.CANCELLED)
    if left:
        ticket.state = TicketState.CANCELLED
        if ticket.party_id is not None:
            end_party_waits([ticket.party_id])
        return ticket
    ticket.refresh_from_db(fields=["state"])
    if ticket.state == TicketState.CANCELLED:
        return ticket  # leaving twice is leaving
    words = {
        TicketState.MATCHED: "You are already matched. Leave the match instead.",
        TicketState.PROPOSED: "A match was found for you. Accept or decline it.",
        TicketState.EXPIRED: "This ticket has expired; you are not in the queue.",
    }
    gone = "This ticket has ended; you are not in the queue."
    state = TicketState(ticket.state)
    raise Conflict(words.get(state, gone), code=f"ticket_{ticket.state}")


def _locked(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """These tickets, locked in the one order in which all lock them."""
    return list(tickets.select_for_update().order_by("pk"))


def end_party_waits(party_ids: Collection[int]) -> int:
    """End the waits of parties that lost a member; returns how many tickets."""
    theirs = Ticket.objects.waiting().filter(party__in=party_ids)
    return _end(theirs, EndReason.PARTY)


def _end(tickets: QuerySet[Ticket], reason: EndReason) -> int:
    """Cancel open tickets and send the signal."""
    ids = [ticket.pk for ticket in _locked(tickets)]
    if not ids:
        return 0
    ended = (
        Ticket.objects.open().filter(pk__in=ids).update(state=TicketState.CANCELLED, reason=reason)
    )
    tickets_changed.send(sender=Ticket, ticket_ids=ids)
    return ended


def ticket_of(*, ticket_id: UUID, caller: Caller) -> Ticket:
    """A ticket of the caller's; raises `Unauthenticated`, `NotFound` or `Forbidden`."""
    [found] = tickets_of([TicketQuery(ticket_id, caller)])
    if isinstance(found, Refusal):
        raise found
    return found


def tickets_of(queries: Sequence[TicketQuery]) -> list[Ticket | Refusal]:
    """What each of these queries finds: a ticket of the caller's, or why there is none."""
    players = players_of(query.caller for query in queries)
    digests = {one.caller.key_sha256 for one in queries if one.caller.key_sha256}
    keys = keys_by_digest(digests) if digests else {}
    tickets = _tickets_in_full({query.ticket_id for query in queries})

    def find(query: TicketQuery) -> Ticket | Refusal:
        player, ticket = players.get(query.caller), tickets.get(query.ticket_id)
        if query.caller.key_sha256:
            return _of_key(keys.get(query.caller.key_sha256), ticket)
        if player is None:
            return unknown(query.caller)
        if ticket is None:
            return NotFound("There is no such ticket.")
        if ticket.player_id != player.pk:
            return Forbidden("This ticket is somebody else's.")
        return ticket

    return [find(query) for query in queries]


def _tickets_in_full(ids: Collection[UUID]) -> dict[UUID, Ticket]:
    """The tickets of these ids with all that their owners are shown, by id."""
    if len(ids) > _FEW:
        return with_check(Ticket.objects.in_full()).in_bulk(list(ids))
    found = [ticket for one in ids for ticket in _ticket_in_full(one)]
    prefetch_related_objects(found, "match__seats")
    return {ticket.pk: ticket for ticket in found}


_ticket_in_full = PreparedRead(
    lambda pk: with_check(Ticket.objects.in_full()).filter(pk=pk).order_by(), UUID
)


def _of_key(key: ServiceKey | None, ticket: Ticket | None) -> Ticket | Refusal:
    """A ticket that the service of this key has queued, or why there is none."""
    try:
        known = check_key(key, Scope.MATCHES)
        count_requests([known])
    except Refusal as refusal:
        return refusal
    if ticket is None:
        return NotFound("There is no such ticket.")
    if ticket.queued_by_id != known.pk:
        return Forbidden("This ticket was not queued by your key.", code="not_your_ticket")
    return ticket


# Signs of life. A party stays while one of its members shows one.


def mark_seen(tickets: Collection[Ticket], *, now: datetime) -> None:
    """Record a sign of life from the owners of open tickets, and from their parties."""
    parties = [ticket.party_id for ticket in tickets if ticket.party_id is not None]
    mine = Q(pk__in=[ticket.pk for ticket in tickets])
    open_ones = Ticket.objects.open()
    open_ones.filter(mine | Q(party__in=parties) if parties else mine).update(
        seen_at=now, leave_at=None
    )


def mark_players_seen(player_ids: Sequence[UUID], *, now: datetime) -> None:
    """Record a sign of life from players with a live socket, for their open tickets."""
    parties = PartyMember.objects.filter(player__in=player_ids).values("party")
    Ticket.objects.open().filter(Q(player__in=player_ids) | Q(party__in=parties)).update(
        seen_at=now, leave_at=None
    )


def start_grace_period(*, ticket_id: UUID, now: datetime) -> None:
    """Let a ticket whose socket dropped end after the grace period, unless its player returns."""
    Ticket.objects.open().filter(pk=ticket_id).update(
        leave_at=now + settings.MATCHPOINT_TICKET_GRACE
    )


@transaction.atomic
def expire_tickets(*, now: datetime, pool: Pool | None = None) -> int:
    """Close waiting tickets without a recent sign of life; returns how many.

    The other tickets of an expired member's party end too.
    """
    stale = Ticket.objects.waiting().filter(
        Q(seen_at__lt=now - settings.MATCHPOINT_TICKET_LIFE) | Q(leave_at__lte=now)
    )
    if pool is not None:
        stale = stale.filter(pool=pool)
    found = _locked(stale)
    if not found:
        return 0
    ids = [ticket.pk for ticket in found]
    expired = Ticket.objects.waiting().filter(pk__in=ids).update(state=TicketState.EXPIRED)
    tickets_changed.send(sender=Ticket, ticket_ids=ids)
    parties = {ticket.party_id for ticket in found if ticket.party_id is not None}
    return expired + (end_party_waits(parties) if parties else 0)


# Pools.


@transaction.atomic
def end_pool_waits(*, pool: Pool) -> int:
    """End every wait in a closed pool, and cancel its ready checks."""
    Pool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    ReadyCheck.objects.filter(pool=pool, state=CheckState.OPEN).update(state=CheckState.CALLED_OFF)
    return _end(Ticket.objects.open().filter(pool=pool), EndReason.POOL_CLOSED)


@transaction.atomic
def close_pool(*, pool: Pool) -> bool:
    """Close a pool and end its waits; returns False when it was closed already."""
    closed = Pool.objects.filter(pk=pool.pk, is_open=True).update(is_open=False)
    if closed:
        end_pool_waits(pool=pool)
    return bool(closed)
