"""What a waiting player is shown: the place, who fits, how long it may take, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import isinf
from statistics import median
from uuid import UUID

from django.db.models import Count

from matchmaking.engine import pairing
from matchmaking.models import Match, Pool, Ticket, TicketState
from matchmaking.schemas import Outlook, PoolStatistics
from matchmaking.selectors import live_tickets

from .waiting_pool import engine_ticket, waits_of

#: How many of a pool's last matches an estimate is made from.
_RECENT_MATCHES = 50
#: Waits of players within these rating points are used, where there are so many; else all.
_BAND_POINTS = 150.0
_BAND_LEAST = 10


def outlook(ticket: Ticket, *, now: datetime) -> Outlook:
    """The outlook of one waiting ticket."""
    return outlooks(ticket.pool, [ticket], now=now)[ticket.pk]


def outlooks(pool: Pool, tickets: Sequence[Ticket], *, now: datetime) -> dict[UUID, Outlook]:
    """The outlooks of tickets that wait in a pool, by their ids."""
    waiting = {ticket.pk: ticket for ticket in live_tickets(now=now).filter(pool=pool)}
    waiting |= {ticket.pk: ticket for ticket in tickets}  # as its owner knows it
    waits = waits_of(waiting.values())
    keys = {ticket.wait_key for ticket in tickets}
    engine_tickets = [engine_ticket(wait) for wait in waits.values()]
    explanations = pairing.explain_tickets(keys, engine_tickets, pool.rules, now.timestamp())
    recent = _recent_waits(_last_matches(pool))
    found: dict[UUID, Outlook] = {}
    for ticket in tickets:
        explanation = explanations[ticket.wait_key]
        found[ticket.pk] = Outlook(
            place=explanation.place,
            window=None if isinf(explanation.window) else round(explanation.window),
            fitting=explanation.fitting_players,
            estimate_seconds=_estimate(explanation, recent),
            why=pairing.sentence(explanation, pool.rules),
        )
    return found


PastWait = tuple[float, float | None]


def _last_matches(pool: Pool) -> dict[UUID, datetime]:
    """When each of the pool's last matches was made."""
    last = Match.objects.filter(pool=pool).order_by("-created_at")
    return dict(last.values_list("pk", "created_at")[:_RECENT_MATCHES])


def _recent_waits(matches: dict[UUID, datetime]) -> list[PastWait]:
    """Seconds waited, and rating, of the players matched in these matches."""
    if not matches:
        return []
    rows = Ticket.objects.filter(match__in=list(matches), state=TicketState.MATCHED)
    return [
        (max(0.0, (matches[match] - since).total_seconds()), rating)
        for match, since, rating in rows.values_list("match", "waiting_since", "rating")
    ]


def _estimate(explanation: pairing.Explanation, recent: Sequence[PastWait]) -> int | None:
    """The median remaining wait of recent players who waited at least as long."""
    near = [
        wait
        for wait, rating in recent
        if rating is not None and abs(rating - explanation.ticket.rating) <= _BAND_POINTS
    ]
    waits = near if len(near) >= _BAND_LEAST else [wait for wait, _ in recent]
    longer = [wait for wait in waits if wait > explanation.wait_seconds]
    return round(median(longer) - explanation.wait_seconds) if longer else None


def pool_statistics(pools: Iterable[Pool], *, now: datetime) -> dict[int, PoolStatistics]:
    """The statistics of these pools, by primary key."""
    pools = list(pools)
    waiting: dict[int, int] = defaultdict(int)
    for pk, count in (
        live_tickets(now=now).order_by().values_list("pool").annotate(count=Count("pk"))
    ):
        waiting[pk] = count
    return {
        pool.pk: _statistics(pool, waiting[pool.pk], now - timedelta(hours=1)) for pool in pools
    }


def _statistics(pool: Pool, waiting: int, hour_ago: datetime) -> PoolStatistics:
    matches = _last_matches(pool)
    lately = sum(at > hour_ago for at in matches.values())
    if lately == _RECENT_MATCHES:  # perhaps there are more
        lately = Match.objects.filter(pool=pool, created_at__gt=hour_ago).count()
    waits = [wait for wait, _ in _recent_waits(matches)]
    return PoolStatistics(waiting, round(median(waits), 1) if waits else None, lately)


def outlooks_of(ticket_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Outlook]:
    """The outlooks of the waiting ones of these tickets, in any pools."""
    waiting = Ticket.objects.waiting().filter(pk__in=list(ticket_ids))
    by_pool: dict[Pool, list[Ticket]] = defaultdict(list)
    for ticket in waiting.select_related("pool"):
        by_pool[ticket.pool].append(ticket)
    found: dict[UUID, Outlook] = {}
    for pool, tickets in by_pool.items():
        found |= outlooks(pool, tickets, now=now)
    return found
