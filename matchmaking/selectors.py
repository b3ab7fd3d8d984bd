"""Reads that are more than a lookup."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from .models import Match, Player, Pool, Ticket, TicketState


def live_tickets(*, now: datetime) -> QuerySet[Ticket]:
    """Tickets that wait and whose owners show life, the oldest first."""
    return Ticket.objects.filter(
        state=TicketState.WAITING, seen_at__gte=now - settings.MATCHPOINT_TICKET_LIFE
    ).order_by("waiting_since")


def waiting_names(*, now: datetime, limit: int) -> tuple[int, list[tuple[str, str]]]:
    """How many wait, and pool slug and name of the first `limit` of them."""
    tickets = live_tickets(now=now)
    first = list(tickets.values_list("pool__slug", "name")[:limit])
    return (tickets.count() if len(first) == limit else len(first)), first


def place_in_queue(ticket: Ticket, *, now: datetime) -> int:
    """How many players of its pool are served before or with this ticket: 1 is next."""
    before = live_tickets(now=now).filter(
        pool_id=ticket.pool_id, waiting_since__lt=ticket.waiting_since
    )
    return before.count() + 1


def open_ticket(player: Player) -> Ticket | None:
    """The ticket with which a player waits now."""
    return (
        Ticket.objects.select_related("pool")
        .filter(player=player, state=TicketState.WAITING)
        .first()
    )


def open_matches(player: Player) -> list[Match]:
    """The player's unfinished pool matches, the newest first."""
    return list(
        Match.objects.filter(seats__player=player, seats__holds=True, pool__isnull=False)
        .select_related("pool")
        .prefetch_related("seats")
    )


def open_pools() -> QuerySet[Pool]:
    """Pools that take players."""
    return Pool.objects.filter(is_open=True)


def finished_tickets(ticket_ids: list[UUID]) -> QuerySet[Ticket]:
    """Those of these tickets that no longer wait."""
    return (
        Ticket.objects.filter(pk__in=ticket_ids)
        .exclude(state=TicketState.WAITING)
        .select_related("match__pool")
        .prefetch_related("match__seats")
    )
