"""What a pool leaves behind: ended tickets, settled ready checks, guests who never played.

Each deletes a slice of rows, and returns how many; 0 when none is left. A life of nothing keeps
them for ever.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from lib.heavy.slices import delete_slice
from matchmaking.models import (
    OPEN_STATES,
    CheckState,
    Cooldown,
    ExternalPlayer,
    Player,
    PlayerToken,
    ReadyCheck,
    Ticket,
)

#: What is of no use without its player.
_DISPOSABLE = {Ticket, Cooldown, ExternalPlayer, PlayerToken}


def delete_old_tickets(*, now: datetime) -> int:
    """Tickets that ended long ago; the matches that they led to stay."""
    life: timedelta = settings.MATCHPOINT_TICKET_KEEP
    old = Ticket.objects.filter(seen_at__lt=now - life)
    return delete_slice(old.exclude(state__in=OPEN_STATES)) if life else 0


def delete_old_checks(*, now: datetime) -> int:
    """Ready checks that were settled long ago, with their answers."""
    life: timedelta = settings.MATCHPOINT_TICKET_KEEP
    old = ReadyCheck.objects.filter(created_at__lt=now - life)
    return delete_slice(old.exclude(state=CheckState.OPEN)) if life else 0


def delete_idle_guests(*, now: datetime) -> int:
    """Guests made long ago who have neither a match nor an entry, nor waited since."""
    life: timedelta = settings.MATCHPOINT_GUEST_KEEP
    guests = Player.objects.filter(user__isnull=True, created_at__lt=now - life)
    waits = Ticket.objects.filter(player=OuterRef("pk"), seen_at__gte=now - life)
    guests = guests.exclude(Exists(waits)).exclude(Exists(_open_tickets()))
    for rows in _rows_of_guests():
        guests = guests.exclude(Exists(rows))
    return delete_slice(guests) if life else 0


def _rows_of_guests() -> Iterator[QuerySet[Any]]:
    """All that refers to a player, also where the player does not lead back to it."""
    for relation in Player._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in _DISPOSABLE:
            rows: Any = relation.related_model
            yield rows._base_manager.filter(**{relation.field.name: OuterRef("pk")})


def _open_tickets() -> QuerySet[Ticket]:
    return Ticket.objects.open().filter(player=OuterRef("pk"))
