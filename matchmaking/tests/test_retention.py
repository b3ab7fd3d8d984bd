"""What a pool leaves behind is deleted when nothing tells of it any more, and only then."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from matchmaking.models import Cooldown, Match, Player, Pool, Seat, Ticket, TicketState
from matchmaking.services.players import create_guest
from matchmaking.services.retention import delete_idle_guests, delete_old_tickets

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def guest(name: str, *, days: int = 400) -> Player:
    player = create_guest(username=name).player
    Player.objects.filter(pk=player.pk).update(created_at=timezone.now() - days * DAY)
    return player


def ticket(player: Player, state: TicketState, *, days: int) -> Ticket:
    then = timezone.now() - days * DAY
    pool = Pool.objects.get(slug="default")
    return Ticket.objects.create(
        pool=pool, player=player, name=player.name, name_key=player.name_key,
        skeleton=player.skeleton, state=state, waiting_since=then, seen_at=then,
    )  # fmt: skip


def test_tickets_that_ended_long_ago_go_and_open_ones_stay(settings: Settings) -> None:
    kept = [
        ticket(guest("Waits"), TicketState.WAITING, days=31),
        ticket(guest("Lately"), TicketState.MATCHED, days=29),
    ]
    ticket(guest("Long ago"), TicketState.EXPIRED, days=31)
    settings.MATCHPOINT_TICKET_KEEP = timedelta(0)
    assert delete_old_tickets(now=timezone.now()) == 0
    settings.MATCHPOINT_TICKET_KEEP = 30 * DAY
    assert delete_old_tickets(now=timezone.now()) == 1
    assert delete_old_tickets(now=timezone.now()) == 0
    assert set(Ticket.objects.all()) == set(kept)


def test_guests_of_whom_nothing_tells_go(settings: Settings) -> None:
    gone = guest("Gone")
    ticket(gone, TicketState.EXPIRED, days=399)
    pool = Pool.objects.get(pk=Ticket.objects.get().pool_id)
    now = timezone.now()
    Cooldown.objects.create(player=gone, pool=pool, faults=1, last_fault_at=now, until=now)
    played, lately, new, waits = guest("Played"), guest("Lately"), guest("New", days=9), guest("W")
    Seat.objects.create(
        match=Match.objects.create(pool=pool), side=0, player=played, name=played.name
    )
    ticket(lately, TicketState.EXPIRED, days=3)
    ticket(waits, TicketState.WAITING, days=399)
    settings.MATCHPOINT_GUEST_KEEP = timedelta(0)
    assert delete_idle_guests(now=now) == 0
    settings.MATCHPOINT_GUEST_KEEP = 365 * DAY
    assert delete_idle_guests(now=now) == 1 and delete_idle_guests(now=now) == 0
    assert set(Player.objects.all()) == {played, lately, new, waits}
