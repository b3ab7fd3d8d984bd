"""Reads of tickets that are held until something changes."""

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from lib.errors import Overloaded, Unauthenticated
from matchmaking.callers import NOBODY
from matchmaking.models import Player, Ticket
from matchmaking.schemas import TicketEnded, TicketMatched, TicketProposed, TicketWaiting
from matchmaking.services.queue import held_reads
from matchmaking.services.queue.held_reads import read_ticket, release_reads
from matchmaking.services.queue.ready_checks import accept_match, decline_match
from matchmaking.services.queue.tickets import TicketQuery

from .queueing import SECOND, caller, guest, join, pool, ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

QUICKLY = 10.0  # seconds; no look at what other processes changed is as soon


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_reads, "_LOOK_SECONDS", 60.0)


def query(player: Player) -> TicketQuery:
    return TicketQuery(ticket(player).pk, caller(player))


async def held(player: Player, seconds: float = 20) -> "asyncio.Task[Any]":
    """A read that is held."""
    reading = asyncio.create_task(
        read_ticket(await sync_to_async(query)(player), wait_seconds=seconds)
    )
    await asyncio.sleep(0.3)
    assert not reading.done()
    return reading


def two_wait() -> tuple[Player, Player]:
    """Ann and Bob, in a pool of two against two with a ready check."""
    squads = pool(team_size=2, ready_seconds=30)
    ann, bob = guest("Ann"), guest("Bob")
    join(ann, squads)
    join(bob, squads)
    return ann, bob


def fill() -> None:
    for name in ("Cem", "Dan"):
        join(guest(name), ticket(Player.objects.get(name="Ann")).pool)


async def test_a_match_wakes_it_at_once() -> None:
    ann, _ = await sync_to_async(two_wait)()
    reading = await held(ann)
    start = time.monotonic()
    await sync_to_async(fill)()
    assert isinstance(await reading, TicketProposed)
    assert time.monotonic() - start < QUICKLY


async def test_one_with_a_match_to_accept_is_not_held_and_one_who_did_is() -> None:
    ann, bob = await sync_to_async(two_wait)()
    await sync_to_async(fill)()
    asked = await sync_to_async(query)(ann)
    shown = await asyncio.wait_for(read_ticket(asked, wait_seconds=20), QUICKLY)
    assert isinstance(shown, TicketProposed) and shown.check.answer is None
    await sync_to_async(accept_match)(ticket_id=asked.ticket_id, caller=asked.caller)
    reading = await held(ann)
    bobs = await sync_to_async(query)(bob)
    await sync_to_async(decline_match)(ticket_id=bobs.ticket_id, caller=bobs.caller)
    assert isinstance(await asyncio.wait_for(reading, QUICKLY), TicketWaiting)
    ended = await asyncio.wait_for(read_ticket(bobs, wait_seconds=20), QUICKLY)
    assert isinstance(ended, TicketEnded) and ended.status == "Declined"


async def test_another_processs_change_is_found_by_looking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held_reads, "_LOOK_SECONDS", 0.2)
    ann, _ = await sync_to_async(two_wait)()
    reading = await held(ann)
    change = Ticket.objects.filter(player=ann).aupdate
    await change(state="expired")  # without a signal, as if elsewhere
    assert isinstance(await asyncio.wait_for(reading, QUICKLY), TicketEnded)


async def test_it_is_answered_when_the_time_is_over() -> None:
    ann, _ = await sync_to_async(two_wait)()
    start = time.monotonic()
    shown = await read_ticket(await sync_to_async(query)(ann), wait_seconds=1)
    assert isinstance(shown, TicketWaiting) and shown.fitting == 1
    assert 0.9 < time.monotonic() - start < 2.5


async def test_no_thread_is_kept_and_their_number_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, bob = await sync_to_async(two_wait)()
    first, *more = [await held(ann) for _ in range(held_reads.MOST_OF_A_TICKET)]
    last = await held(ann)
    assert isinstance(await asyncio.wait_for(first, QUICKLY), TicketWaiting)
    assert not any(one.done() for one in more)
    monkeypatch.setattr(held_reads, "MOST_HELD", held_reads.MOST_OF_A_TICKET)
    with pytest.raises(Overloaded):
        await read_ticket(await sync_to_async(query)(bob), wait_seconds=5)
    release_reads()
    assert len(await asyncio.wait_for(asyncio.gather(last, *more), QUICKLY)) == 4


async def test_a_strangers_read_is_refused_at_once() -> None:
    ann, _ = await sync_to_async(two_wait)()
    mine = await sync_to_async(query)(ann)
    with pytest.raises(Unauthenticated):
        await read_ticket(TicketQuery(mine.ticket_id, NOBODY), wait_seconds=20)


async def test_a_look_is_a_sign_of_life_but_not_each_is_stored() -> None:
    ann, _ = await sync_to_async(two_wait)()
    asked = await sync_to_async(query)(ann)
    tickets = Ticket.objects.filter(pk=asked.ticket_id)
    before = (await tickets.aget()).seen_at
    await read_ticket(asked)
    assert (await tickets.aget()).seen_at == before
    await tickets.aupdate(seen_at=before - 60 * SECOND, leave_at=timezone.now() + 5 * SECOND)
    await read_ticket(asked)
    mine = await tickets.aget()
    assert mine.seen_at >= before and mine.leave_at is None


async def test_a_matched_ticket_is_shown_at_once() -> None:
    squads = await sync_to_async(pool)(team_size=1, teams=2)
    ann = await sync_to_async(guest)("Ann")
    await sync_to_async(join)(ann, squads)
    reading = await held(ann)
    await sync_to_async(join)(await sync_to_async(guest)("Bob"), squads)
    assert isinstance(await asyncio.wait_for(reading, QUICKLY), TicketMatched)
