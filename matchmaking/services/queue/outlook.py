"""What a waiting player is shown: the place, who fits, how long it may take, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import isinf
from statistics import median
from threading import Lock
from uuid import UUID

from django.db.models import Count, QuerySet

from lib.database.prepared import PreparedValues
from matchmaking.engine import pairing
from matchmaking.models import Match, Pool, Ticket, TicketState
from matchmaking.schemas import Outlook, PoolStatistics
from matchmaking.selectors import live_tickets

from .waiting_tickets import Key, Waiting, waiting_of, waiting_tickets

#: How many of a pool's last matches an estimate is made from.
_RECENT_MATCHES = 50
#: Waits of players within these rating points are used, where there are so many; else all.
_BAND_POINTS = 150.0
_BAND_LEAST = 10
#: For how long a process shows what it has read of a pool.
_KEPT = timedelta(seconds=1)


class PoolOutlook:
    """The waits of one pool at one moment; each is explained when it is asked for, once."""

    def __init__(self, pool: Pool, asked: Sequence[Ticket], now: datetime) -> None:
        """Read who waits; each of those `asked` is among them, as its owner knows it."""
        waits = _waits_of(pool)
        mine = {ticket.wait_key: waiting_of((ticket,)) for ticket in asked}
        waiting = [one.value for one in (mine | waits).values()]
        self.now, self.rules = now, pool.rules
        self.recent = _recent_waits(pool)
        self.explanations = pairing.Explanations(waiting, self.rules, now.timestamp())
        self._outlooks: dict[Key, Outlook] = {}

    def is_of(self, now: datetime, tickets: Iterable[Ticket]) -> bool:
        """Whether it still is what these tickets are shown."""
        if not timedelta(0) <= now - self.now < _KEPT:
            return False
        return all(ticket.wait_key in self.explanations for ticket in tickets)

    def of(self, ticket: Ticket) -> Outlook:
        """The outlook of a ticket; a party's have one."""
        key = ticket.wait_key
        if key not in self._outlooks:
            self._outlooks[key] = self._explain(key)
        return self._outlooks[key]

    def _explain(self, key: Key) -> Outlook:
        explanation = self.explanations.of(key)
        return Outlook(
            place=explanation.place,
            window=None if isinf(explanation.window) else round(explanation.window),
            fitting=explanation.fitting_players,
            estimate_seconds=_estimate(explanation, self.recent),
            why=pairing.sentence(explanation, self.rules),
        )


def _waits_of(pool: Pool) -> dict[Key, Waiting]:
    found = waiting_tickets.of(pool)
    return found.waits or {one.wait_key: waiting_of((one,)) for one in found.tickets.values()}


_kept: dict[int, PoolOutlook] = {}
_locks: dict[int, Lock] = defaultdict(Lock)


def pool_outlook(pool: Pool, asked: Sequence[Ticket], *, now: datetime) -> PoolOutlook:
    """The outlook of a pool, made at most once a second for those who were there."""
    with _locks[pool.pk]:
        kept = _kept.get(pool.pk)
        if kept is None or not kept.is_of(now, asked):
            kept = _kept[pool.pk] = PoolOutlook(pool, asked, now)
        return kept


def outlook(ticket: Ticket, *, now: datetime) -> Outlook:
    """The outlook of one waiting ticket."""
    return pool_outlook(ticket.pool, [ticket], now=now).of(ticket)


PastWait = tuple[float, float | None]


def _last_matches(pool_id: int) -> "QuerySet[Match, Match]":
    return Match.objects.filter(pool=pool_id).order_by("-created_at")


_last_moments: PreparedValues[tuple[datetime]] = PreparedValues(
    lambda pool_id: _last_matches(pool_id).values_list("created_at")[:_RECENT_MATCHES], int
)
"""When each of a pool's last matches was made."""

# Nobody waited for a rematch.
_last_matched: PreparedValues[tuple[datetime, datetime, float | None]] = PreparedValues(
    lambda pool_id: Ticket.objects.filter(
        match__in=_last_matches(pool_id).values("pk")[:_RECENT_MATCHES],
        match__rematch_of=None,
        state=TicketState.MATCHED,
    ).values_list("match__created_at", "waiting_since", "rating"),
    int,
)
"""Of the players of a pool's last matches: when they were matched, since when they waited."""


def _recent_waits(pool: Pool) -> list[PastWait]:
    """Seconds waited, and rating, of the players matched in the pool's last matches."""
    return [
        (max(0.0, (matched - since).total_seconds()), rating)
        for matched, since, rating in _last_matched(pool.pk)
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
    lately = sum(at > hour_ago for (at,) in _last_moments(pool.pk))
    if lately == _RECENT_MATCHES:  # perhaps there are more
        lately = Match.objects.filter(pool=pool, created_at__gt=hour_ago).count()
    waits = [wait for wait, _ in _recent_waits(pool)]
    return PoolStatistics(waiting, round(median(waits), 1) if waits else None, lately)


def outlooks_of(tickets: Iterable[Ticket], *, now: datetime) -> dict[UUID, Outlook]:
    """The outlooks of waiting tickets in any pools, by their ids; they need their pools."""
    by_pool: dict[Pool, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        by_pool[ticket.pool].append(ticket)
    found: dict[UUID, Outlook] = {}
    for pool, waiting in by_pool.items():
        shown = pool_outlook(pool, waiting, now=now)
        found |= {ticket.pk: shown.of(ticket) for ticket in waiting}
    return found
