"""A ticket's life after its join: looked at, kept alive, left, expired."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ..callers import Caller, player_of
from ..errors import Conflict, Forbidden, Unknown
from ..models import Pool, Ticket, TicketState


@transaction.atomic
def leave_pool(*, ticket_id: UUID, caller: Caller) -> Ticket:
    """Cancel a waiting ticket of the caller's; raises `Conflict` when it no longer waits."""
    ticket = ticket_of(ticket_id=ticket_id, caller=caller)
    left = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(
        state=TicketState.CANCELLED
    )
    if left:
        ticket.state = TicketState.CANCELLED
        return ticket
    ticket.refresh_from_db(fields=["state"])
    if ticket.state == TicketState.CANCELLED:
        return ticket  # leaving twice is leaving
    words = {
        TicketState.MATCHED: "You are already matched. Leave the match instead.",
        TicketState.EXPIRED: "This ticket has expired; you are not in the queue.",
    }
    raise Conflict(words[TicketState(ticket.state)], code=f"ticket_{ticket.state}")


def ticket_of(*, ticket_id: UUID, caller: Caller) -> Ticket:
    """A ticket of the caller's; raises `Unidentified`, `Unknown` or `Forbidden`."""
    player = player_of(caller)
    ticket = (
        Ticket.objects.select_related("pool", "player", "match__pool").filter(pk=ticket_id).first()
    )
    if ticket is None:
        raise Unknown("There is no such ticket.")
    if ticket.player_id != player.pk:
        raise Forbidden("This ticket is somebody else's.")
    return ticket


def touch_ticket(ticket: Ticket, *, now: datetime) -> None:
    """Note that the owner of a waiting ticket showed life."""
    Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(seen_at=now)


def touch_players(player_ids: Sequence[UUID], *, now: datetime) -> None:
    """Note that players with a live socket showed life, for the tickets they hold."""
    Ticket.objects.filter(player__in=player_ids, state=TicketState.WAITING).update(seen_at=now)


def expire_tickets(*, now: datetime, pool: Pool | None = None) -> int:
    """Close waiting tickets whose owner shows no life; gives how many."""
    stale = Ticket.objects.filter(
        state=TicketState.WAITING, seen_at__lt=now - settings.MATCHPOINT_TICKET_LIFE
    )
    if pool is not None:
        stale = stale.filter(pool=pool)
    return stale.update(state=TicketState.EXPIRED)
