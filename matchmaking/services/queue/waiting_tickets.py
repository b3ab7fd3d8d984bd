"""The waiting tickets of pools with rules, as this process last read them.

While a ticket waits, nothing changes of what the pairing reads of it but its place in the queue.
So a large pool is only listed, at a microsecond a ticket, and what is new in the list is read.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import CharField, IntegerField, QuerySet
from django.db.models.functions import Cast

from lib.database.prepared import PreparedRead
from matchmaking.engine import pairing
from matchmaking.engine.glicko2 import CENTRE
from matchmaking.models import Pool, Ticket

Wait = tuple[Ticket, ...]
"""The tickets of one wait: a party's go together."""
Key = UUID | int
"""The identity of a wait."""
_Row = tuple[str, int, str]
"""A ticket in the list: its id, and what may change, whether it is at the head and since when."""

#: How many tickets may wait before a pool is listed instead of read.
_FEW = 50
#: How many tickets are read by their ids.
_MOST_BY_ID = 500


class Waiting(NamedTuple):
    """A wait: its rows, and the same as the pairing engine takes it."""

    rows: Wait
    value: pairing.Ticket


@dataclass(frozen=True, slots=True)
class PoolWaits:
    """Who waits in a pool at one moment; `waits` may be empty in a plain pool.

    The rows of a large pool are shared: copy one before you change it.
    """

    tickets: dict[_Row, Ticket]
    waits: dict[Key, Waiting] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether its rows are kept: signs of life in them are out of date."""
        return len(self.tickets) >= _FEW


def _waiting_in(pool_id: int) -> "QuerySet[Ticket, Ticket]":
    return Ticket.objects.waiting().filter(pool=pool_id)


_first_of = PreparedRead(lambda pool_id: _waiting_in(pool_id)[:_FEW], int)
"""The first who wait in a pool; all of them where they are few."""


class WaitingTickets:
    """What this process has read of each pool."""

    def __init__(self) -> None:
        self._pools: dict[int, PoolWaits] = {}

    def of(self, pool: Pool) -> PoolWaits:
        """The waiting tickets of a pool as of now, the longest wait first."""
        before = self._pools.get(pool.pk)
        if before is None:
            first = _first_of(pool.pk)
            if len(first) < _FEW:
                return _few(pool, first)
        now = _read_new(_waiting_in(pool.pk), before or PoolWaits({}))
        if now.is_large:
            self._pools[pool.pk] = now
        else:
            self._pools.pop(pool.pk, None)
        return now


def _few(pool: Pool, tickets: list[Ticket]) -> PoolWaits:
    waits = {} if pool.is_plain else _waits(tickets, {})
    return PoolWaits({(str(one.pk), 0, ""): one for one in tickets}, waits)


def _read_new(waiting: QuerySet[Ticket], before: PoolWaits) -> PoolWaits:
    """List who waits, and read those who are not known."""
    row = (
        Cast("pk", CharField()),
        Cast("at_head", IntegerField()),
        Cast("waiting_since", CharField()),
    )
    listed: list[_Row] = list(waiting.values_list(*row))
    new = [one for one in listed if one not in before.tickets]
    if not new and len(listed) == len(before.tickets):
        return before
    ids = [UUID(one[0]) for one in new]
    read = waiting.filter(pk__in=ids) if len(ids) <= _MOST_BY_ID else waiting
    by_id = {ticket.pk: ticket for ticket in read} if ids else {}
    known = before.tickets | {
        one: by_id[pk] for one, pk in zip(new, ids, strict=True) if pk in by_id
    }  # without a transaction, one that was listed may be gone
    tickets = {one: known[one] for one in listed if one in known}
    return PoolWaits(tickets, _waits(tickets.values(), before.waits))


def _waits(tickets: Iterable[Ticket], before: dict[Key, Waiting]) -> dict[Key, Waiting]:
    """Tickets by the wait that they are part of; unchanged waits are kept."""
    found: dict[Key, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        found[ticket.wait_key].append(ticket)
    waits: dict[Key, Waiting] = {}
    for key, rows in found.items():
        old = before.get(key)
        is_same = old is not None and [*map(id, old.rows)] == [*map(id, rows)]
        waits[key] = old if old is not None and is_same else waiting_of(tuple(rows))
    return waits


def waiting_of(wait: Wait) -> Waiting:
    """A wait with its engine's value."""
    first = wait[0]
    value = pairing.Ticket(
        id=first.wait_key,
        members=tuple(
            pairing.Member(
                player=str(ticket.player_id),
                rating=CENTRE if ticket.rating is None else ticket.rating,
                recent_opponents=tuple(ticket.avoids),
                attributes=ticket.attributes,
                roles=tuple(ticket.roles),
            )
            for ticket in wait
        ),
        waiting_since=first.waiting_since.timestamp(),
        regions=tuple(first.regions),
        at_head=first.at_head,
    )
    return Waiting(wait, value)


waiting_tickets = WaitingTickets()
"""This process's."""
