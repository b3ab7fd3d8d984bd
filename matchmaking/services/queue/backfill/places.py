"""Places in running matches: offered when a player leaves, and taken by those who wait."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import fmean
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from matchmaking.engine.glicko2 import CENTRE
from matchmaking.engine.pairing import Ticket as Waiter
from matchmaking.engine.pairing.backfill import Place, fill_places
from matchmaking.models import (
    Match,
    MatchState,
    OpenPlace,
    PlaceState,
    Pool,
    Seat,
    Ticket,
    TicketState,
)
from matchmaking.services.queue.joins import Filling
from matchmaking.services.queue.new_matches import ClaimLost, claim, lock_tickets
from matchmaking.services.queue.tickets import expire_tickets
from matchmaking.services.queue.waiting_tickets import waiting_of, waiting_tickets
from matchmaking.services.ratings import current_ratings
from matchmaking.signals import place_filled, tickets_changed


class PoolPlaces:
    """The open places of a pool, which is locked; those that are taken leave it."""

    def __init__(self, pool: Pool, now: datetime) -> None:
        self.pool, self.now = pool, now
        self._rows: dict[Place, list[OpenPlace]] = defaultdict(list)
        if pool.backfill:
            self._read()

    def _read(self) -> None:
        rows = list(
            _open_places(self.pool).select_related("match", "seat").prefetch_related("match__seats")
        )
        players = {s.player_id for row in rows for s in row.match.seats.all() if s.player_id}
        goes_by_rating = not self.pool.is_plain and players
        ratings = current_ratings(self.pool, players) if goes_by_rating else {}
        for row in rows:
            row.match.pool = self.pool
            self._rows[_place(row, ratings)].append(row)

    def fill(self, waiting: Iterable[Waiter]) -> list[tuple[Waiter, tuple[OpenPlace, ...]]]:
        """Who of these takes which places, one for each member; they are taken by this."""
        places = [place for place, rows in self._rows.items() for _ in rows]
        if not places:
            return []
        filled = fill_places(places, waiting, self.pool.rules, self.now.timestamp())
        return [(one.ticket, tuple(map(self._take, one.places))) for one in filled]

    def _take(self, place: Place) -> OpenPlace:
        return self._rows[place].pop(0)


def _open_places(pool: Pool) -> QuerySet[OpenPlace]:
    return OpenPlace.objects.filter(
        state=PlaceState.OPEN, match__pool=pool, match__state=MatchState.OPEN
    )


def _place(row: OpenPlace, ratings: dict[UUID, float]) -> Place:
    seats = list(row.match.seats.all())
    there = [seat.player_id for seat in seats if seat.left_at is None and seat.player_id]
    return Place(
        match=row.match_id,
        side=row.seat.side,
        rating=fmean([ratings.get(player, CENTRE) for player in there] or [CENTRE]),
        role=row.seat.role,
        region=row.match.region or None,
        attributes=row.match.attributes,
        avoids=frozenset(str(seat.player_id) for seat in seats),
    )


def offer_place(match: Match, seat: Seat) -> bool:
    """Offer the place of a player who left to those who wait; False if it was offered before."""
    if OpenPlace.objects.filter(seat=seat).exists():
        return False
    OpenPlace.objects.create(match=match, seat=seat)
    return True


def store_fillings(fillings: Sequence[Filling], new: Sequence[Ticket], now: datetime) -> None:
    """Seat those who take places; raises `ClaimLost` when a place or a ticket is gone meanwhile.

    `new` are the tickets that this transaction has made. The matches are locked first, so that
    none ends, and withdraws its places, at the same moment.
    """
    if not fillings:
        return
    ids = sorted({one.place.match_id for one in fillings})
    matches = Match.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    open_ones = {match.pk for match in matches.order_by("pk") if match.state == MatchState.OPEN}
    made = {ticket.pk for ticket in new}
    old = [one.ticket.pk for one in fillings if one.ticket.pk not in made]
    lock_tickets(old)
    for one in fillings:
        if one.place.match_id not in open_ones:
            raise ClaimLost(one.place.pk)
        seat = Seat.objects.create(
            match_id=one.place.match_id,
            side=one.place.seat.side,
            player_id=one.ticket.player_id,
            name=one.ticket.name,
            role=one.place.seat.role,
            pool_id=one.ticket.pool_id,
            came_at=now,
        )
        offered = OpenPlace.objects.filter(pk=one.place.pk, state=PlaceState.OPEN)
        if not offered.update(state=PlaceState.FILLED, filled_by=seat):
            raise ClaimLost(one.place.pk)
        if one.ticket.pk not in made:
            claim([one.ticket.pk], state=TicketState.MATCHED, match=one.place.match)


def tell_of_fillings(fillings: Sequence[Filling]) -> None:
    """Send the news of stored fillings, inside the transaction."""
    if not fillings:
        return
    tickets_changed.send(sender=Ticket, ticket_ids=[one.ticket.pk for one in fillings])
    for one in fillings:
        match = Match.objects.in_full().get(pk=one.place.match_id)
        seat = next(s for s in match.seats.all() if s.player_id == one.ticket.player_id)
        place_filled.send(sender=Seat, match=match, seat=seat)


def fill_at_once(pool: Pool, *, now: datetime) -> int:
    """Give the open places of a pool to those who wait; returns how many were filled.

    Raises `ClaimLost` when somebody left meanwhile. The pool's row is locked only where there are
    places: else nobody who joins would have to wait for this.
    """
    return _fill(pool, now) if _open_places(pool).exists() else 0


@transaction.atomic
def _fill(pool: Pool, now: datetime) -> int:
    pool = Pool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    if not pool.is_open or not pool.backfill:
        return 0
    expire_tickets(now=now, pool=pool)
    stored = waiting_tickets.of(pool)
    waits = dict(stored.waits) or {
        ticket.pk: waiting_of((ticket,)) for ticket in stored.tickets.values()
    }
    rows = {waiting.value.id: waiting.rows for waiting in waits.values()}
    taken = PoolPlaces(pool, now).fill([waiting.value for waiting in waits.values()])
    fillings = [
        Filling(place, ticket)
        for waiter, places in taken
        for place, ticket in zip(places, rows[waiter.id], strict=True)
    ]
    store_fillings(fillings, (), now)
    tell_of_fillings(fillings)
    return len(fillings)
