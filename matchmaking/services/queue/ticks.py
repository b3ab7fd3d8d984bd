"""What time changes in pools: windows widen, ready checks expire, closed pools empty."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from matchmaking.models import CheckState, Pool, ReadyCheck, Ticket, TicketState

from .backfill.places import fill_at_once
from .new_matches import (
    ClaimLost,
    MatchCandidate,
    PairingBatch,
    count_matches,
    lock_tickets,
    send_signals,
)
from .ready_checks import settle_checks
from .tickets import end_pool_waits
from .waiting_pool import WaitingPool
from .waiting_tickets import waiting_tickets

log = logging.getLogger(__name__)

#: How far ahead a time may lie that another machine has stored.
_CLOCKS_DIFFER = timedelta(minutes=1)
#: How many matches are stored in one transaction: so long may others wait for the pool.
_STORED_AT_ONCE = 20


def tick_pools(*, now: datetime) -> int:
    """Settle checks, end the waits of closed pools, pair where time matters.

    Returns how many matches were found. Two processes may tick at once: the second finds nobody
    left. One pool's failure is logged and does not affect the others.
    """
    settle_checks(now=now)
    found = 0
    for pool in _pools_with_work():
        try:
            if pool.is_open and pool.backfill:
                fill_at_once(pool, now=now)
            if pool.is_open and not _is_gathering(pool, now):
                found += pair_waiting(pool=pool, now=now)
            elif not pool.is_open:
                end_pool_waits(pool=pool)
        except ClaimLost:
            continue  # somebody left meanwhile; the next tick tries again
        except Exception:
            log.exception("The pool %s could not be paired; it is tried again", pool.slug)
    return found


_paired_at: dict[int, datetime] = {}
"""When this process last paired a pool that gathers its arrivals."""


def _is_gathering(pool: Pool, now: datetime) -> bool:
    """Whether a pool still gathers arrivals, since it was paired a moment ago."""
    if not pool.gather_seconds:
        return False
    since = now - _paired_at.get(pool.pk, datetime.min.replace(tzinfo=UTC))
    # Ticks do not come to the millisecond.
    if timedelta(0) <= since < timedelta(seconds=pool.gather_seconds - 0.5):
        return True
    _paired_at[pool.pk] = now
    return False


def _pools_with_work() -> list[Pool]:
    """Closed pools with open tickets, and those in which a match could have become possible."""
    counted = {
        row["pool"]: row
        for row in Ticket.objects.open()
        .order_by()
        .values("pool")
        .annotate(
            waiting=Count("pk", filter=Q(state=TicketState.WAITING)),
            back=Count("pk", filter=Q(state=TicketState.WAITING, at_head=True)),
        )
    }
    pools = Pool.objects.in_bulk(counted)
    return [
        pool
        for pk, pool in sorted(pools.items())
        if _has_work(pool, waiting=counted[pk]["waiting"], back=counted[pk]["back"])
    ]


def follow_clock(*, now: datetime) -> int:
    """Let waits and ready checks go on that lie ahead, because the clock was set back.

    Else windows would not widen, nor a check end, until the clock has caught up. The order of the
    waits stays; a check has its whole time anew. Returns how many rows were moved.
    """
    moved, latest = 0, now + _CLOCKS_DIFFER
    waits = Ticket.objects.waiting().filter(waiting_since__gt=latest)
    last = waits.aggregate(last=Max("waiting_since"))["last"]
    if last is not None:
        moved += waits.update(waiting_since=F("waiting_since") - (last - now), seen_at=now)
    grace = settings.MATCHPOINT_TICKET_GRACE
    dropped = Ticket.objects.waiting().filter(leave_at__gt=latest + grace)
    if dropped.exists():
        moved += dropped.update(leave_at=now + grace)
    checks = ReadyCheck.objects.filter(state=CheckState.OPEN, created_at__gt=latest)
    for check in checks:
        deadline = now + (check.deadline - check.created_at)
        moved += checks.filter(pk=check.pk).update(created_at=now, deadline=deadline)
    return moved


def _has_work(pool: Pool, *, waiting: int, back: int) -> bool:
    if not pool.is_open:
        return True
    if pool.backfill and waiting:
        return True
    if waiting < pool.team_size * pool.teams:
        return False
    return pool.time_matters or pool.is_plain or back > 0


def pair_waiting(*, pool: Pool, now: datetime) -> int:
    """Pair all waiting players of a pool; returns how many matches were found.

    Nothing is locked while they are paired, so that nobody who joins waits for it. Matches are
    stored a few at a time; one whose players no longer all wait is left out.
    """
    candidates = WaitingPool(pool, waiting_tickets.of(pool), now).pair_all()
    parts = range(0, len(candidates), _STORED_AT_ONCE)
    return sum(_store(pool, candidates[at : at + _STORED_AT_ONCE], now) for at in parts)


@transaction.atomic
def _store(pool: Pool, candidates: Sequence[MatchCandidate], now: datetime) -> int:
    locked = Pool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    if not locked.is_open or locked.rules != pool.rules:
        return 0  # it has changed meanwhile; the next tick goes by what it is now
    there = lock_tickets([ticket.pk for one in candidates for ticket in one.tickets])
    possible = [one for one in candidates if all(ticket.pk in there for ticket in one.tickets)]
    batch, made_at = PairingBatch(), max(now, timezone.now())  # it may have taken long until here
    for candidate in possible:
        batch.add(locked, candidate, now=made_at)
    batch.store()
    send_signals([batch])
    count_matches(batch.matches)
    return len(possible)
