"""What only time brings about in pools: wider windows, overdue checks, ends of closed pools."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from matchmaking.models import OPEN_STATES, Match, Pool, Ticket, TicketState
from matchmaking.signals import match_made, tickets_changed

from .new_matches import (
    ClaimLost,
    MatchCandidate,
    build_match,
    build_proposal,
    claim,
    store_proposals,
    store_seats,
)
from .ready_checks import settle_checks
from .tickets import end_pool_waits
from .waiting_pool import WaitingPool

log = logging.getLogger(__name__)


def tick_pools(*, now: datetime) -> int:
    """Settle checks, end the waits of closed pools, pair where time matters.

    Gives how many matches were found. Two processes that tick at once do no harm: the second
    finds nobody left. One pool's failure is logged, and harms no other.
    """
    settle_checks(now=now)
    found = 0
    for pool in _pools_with_work():
        try:
            if pool.is_open:
                found += pair_waiting(pool=pool, now=now)
            else:
                end_pool_waits(pool=pool)
        except ClaimLost:
            continue  # somebody left meanwhile; the next tick looks again
        except Exception:
            log.exception("The pool %s could not be paired; it is tried again", pool.slug)
    return found


def _pools_with_work() -> list[Pool]:
    """Closed pools with open tickets, and those in which a match could have become possible."""
    counted = {
        row["pool"]: row
        for row in Ticket.objects.filter(state__in=OPEN_STATES)
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


def _has_work(pool: Pool, *, waiting: int, back: int) -> bool:
    if not pool.is_open:
        return True
    if waiting < pool.team_size * pool.teams:
        return False
    return pool.time_matters or pool.is_plain or back > 0


@transaction.atomic
def pair_waiting(*, pool: Pool, now: datetime) -> int:
    """Match all who wait in a pool as well as can be; gives how many matches were found."""
    pool = Pool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    tickets = Ticket.objects.filter(pool=pool, state=TicketState.WAITING)
    waiting_pool = WaitingPool(pool, tickets.order_by("waiting_since").select_related("party"), now)
    found = waiting_pool.pair_all()
    if found and pool.ready_seconds is None:
        _make_all(pool, found, now)
    elif found:
        _propose_all(pool, found, now)
    return len(found)


def _make_all(pool: Pool, found: Sequence[MatchCandidate], now: datetime) -> None:
    made = [build_match(pool, one, now=now) for one in found]
    Match.objects.bulk_create([one.match for one in made])
    _claim_all([ticket for one in made for ticket in one.tickets])
    store_seats(made)
    match_made.send(sender=Match, matches=made)


def _propose_all(pool: Pool, found: Sequence[MatchCandidate], now: datetime) -> None:
    proposals = [build_proposal(pool, one, now=now) for one in found]
    tickets = [ticket for one in proposals for ticket in one.tickets]
    _claim_all(tickets)
    store_proposals(proposals)
    tickets_changed.send(sender=Ticket, ticket_ids=[ticket.pk for ticket in tickets])


def _claim_all(tickets: Sequence[Ticket]) -> None:
    for ticket in sorted(tickets, key=lambda ticket: ticket.pk):  # all lock in one order
        claim(ticket)
