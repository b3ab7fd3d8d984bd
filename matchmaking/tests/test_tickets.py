"""A ticket's life: looked at, kept alive, left once, expired when nobody is there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from msgspec import to_builtins

from lib.errors import Conflict, Forbidden, NotFound, Refusal, Unauthenticated
from matchmaking.callers import NOBODY, Caller
from matchmaking.models import Pool, Ticket, TicketState
from matchmaking.schemas import TicketShown
from matchmaking.selectors import live_tickets, waiting_names
from matchmaking.services.queue.joining import Join, Joined, join_pools
from matchmaking.services.queue.ticket_reads import show_tickets
from matchmaking.services.queue.tickets import (
    TicketQuery,
    expire_tickets,
    leave_pool,
    mark_players_seen,
    mark_seen,
    ticket_of,
)

pytestmark = pytest.mark.django_db

LIFE = settings.MATCHPOINT_TICKET_LIFE
SECOND = timedelta(seconds=1)


def queue(*names: str, pool: str = Pool.DEFAULT) -> list[Ticket]:
    """Queue them, and give their tickets in order."""
    joined = join_pools([Join(name, pool) for name in names])
    ids = [one.ticket.id for one in joined if isinstance(one, Joined) and one.ticket]
    return [Ticket.objects.select_related("pool").get(pk=ticket_id) for ticket_id in ids]


def owner(ticket: Ticket) -> Caller:
    return Caller(player_id=ticket.player_id)


def silent_for(ticket: Ticket, wait: timedelta) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(seen_at=timezone.now() - wait)


def state(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).state


def test_leaving_takes_a_player_out_of_the_queue() -> None:
    [ann] = queue("Ann")
    assert leave_pool(ticket_id=ann.pk, caller=owner(ann)).state == TicketState.CANCELLED
    assert state(ann) == TicketState.CANCELLED
    [bob] = queue("Bob")
    assert state(bob) == TicketState.WAITING


def test_many_who_look_at_once_are_shown_what_each_is_shown_alone() -> None:
    tickets = queue(*(f"Guest {number}" for number in range(19)))
    queries = [TicketQuery(one.pk, owner(one)) for one in tickets]
    ann, bob, *_ = tickets
    queries += [
        TicketQuery(ann.pk, owner(bob)),
        TicketQuery(uuid4(), owner(ann)),
        TicketQuery(ann.pk, Caller(token_sha256="f" * 64)),
        TicketQuery(ann.pk, NOBODY),
    ]

    def told(shown: TicketShown | Refusal) -> object:
        return repr(shown) if isinstance(shown, Refusal) else to_builtins(shown)

    together = [told(one) for one in show_tickets(queries)]
    assert together == [told(one) for query in queries for one in show_tickets([query])]
    assert [one["status"] for one in together[:19]] == ["Matched"] * 18 + ["Waiting"]  # type: ignore[index]


def test_leaving_twice_is_leaving() -> None:
    [ann] = queue("Ann")
    for _ in range(2):
        assert leave_pool(ticket_id=ann.pk, caller=owner(ann)).state == TicketState.CANCELLED


def test_who_is_matched_leaves_the_match_instead() -> None:
    ann, _bob = queue("Ann", "Bob")
    with pytest.raises(Conflict, match="already matched") as refusal:
        leave_pool(ticket_id=ann.pk, caller=owner(ann))
    assert refusal.value.code == "ticket_matched"
    assert state(ann) == TicketState.MATCHED


def test_an_expired_ticket_cannot_be_left() -> None:
    [ann] = queue("Ann")
    silent_for(ann, LIFE + SECOND)
    expire_tickets(now=timezone.now())
    with pytest.raises(Conflict) as refusal:
        leave_pool(ticket_id=ann.pk, caller=owner(ann))
    assert refusal.value.code == "ticket_expired"


def test_a_ticket_is_its_owners() -> None:
    [ann] = queue("Ann")
    Pool.objects.create(slug="blitz", name="Blitz")
    [bob] = queue("Bob", pool="blitz")
    with pytest.raises(Forbidden):
        ticket_of(ticket_id=ann.pk, caller=owner(bob))
    with pytest.raises(Forbidden):
        leave_pool(ticket_id=ann.pk, caller=owner(bob))
    with pytest.raises(Unauthenticated):
        ticket_of(ticket_id=ann.pk, caller=NOBODY)
    with pytest.raises(NotFound):
        ticket_of(ticket_id=uuid4(), caller=owner(ann))


def test_who_shows_no_life_expires() -> None:
    [ann] = queue("Ann")
    blitz = Pool.objects.create(slug="blitz", name="Blitz")
    [bob] = queue("Bob", pool="blitz")
    silent_for(ann, LIFE + SECOND)
    silent_for(bob, LIFE - SECOND)
    assert expire_tickets(now=timezone.now(), pool=blitz) == 0
    assert expire_tickets(now=timezone.now()) == 1
    assert (state(ann), state(bob)) == (TicketState.EXPIRED, TicketState.WAITING)


def test_showing_life_keeps_a_ticket() -> None:
    [ann] = queue("Ann")
    blitz = Pool.objects.create(slug="blitz", name="Blitz")
    [bob] = queue("Bob", pool=blitz.slug)
    for ticket in (ann, bob):
        silent_for(ticket, LIFE + SECOND)
    mark_seen([ann], now=timezone.now())
    mark_players_seen([bob.player_id], now=timezone.now())
    assert expire_tickets(now=timezone.now()) == 0


def test_life_shown_too_late_changes_nothing() -> None:
    [ann] = queue("Ann")
    silent_for(ann, LIFE + SECOND)
    expire_tickets(now=timezone.now())
    mark_seen([ann], now=timezone.now())
    mark_players_seen([ann.player_id], now=timezone.now())
    assert state(ann) == TicketState.EXPIRED


def test_who_waits_is_reported_by_name_oldest_first() -> None:
    for name, pool in (("Ann", "a"), ("Bob", "b"), ("Cem", "c")):
        Pool.objects.create(slug=pool, name=pool)
        queue(name, pool=pool)
    now = timezone.now()
    assert waiting_names(now=now, limit=2) == (3, [("a", "Ann"), ("b", "Bob")])
    assert waiting_names(now=now, limit=5)[0] == 3
    assert live_tickets(now=now + LIFE + SECOND).count() == 0
