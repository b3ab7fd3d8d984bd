"""The same two players once more, without the queue."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.models import Match, MatchState, Pool, Seat, Ticket
from matchmaking.selectors import match_of

from .queue.new_matches import MatchCandidate, PairingBatch, build_match, send_signals


def make_rematch(*, match_id: UUID) -> Match:
    """A new match of the players of a finished one, in its pool, with the sides changed.

    Raises `Conflict` when the pool is closed, or one of them waits or plays there by now.
    """
    try:
        return _make(match_id)
    except IntegrityError as error:  # by what a player did at the same moment
        raise Conflict("One of the players is not free any more.", code="not_free") from error


@transaction.atomic
def _make(match_id: UUID) -> Match:
    match = match_of(match_id)
    seats = [seat for seat in match.seats.all() if seat.player is not None]
    if match.pool is None or len(seats) != 2 or match.state == MatchState.OPEN:
        raise Conflict("Only two players of a match that is over meet again.", code="no_rematch")
    pool = Pool.objects.select_for_update(no_key=True).get(pk=match.pool.pk)
    if not pool.is_open:
        raise Conflict(f"The pool {pool.name} is closed.", code="pool_closed")
    players = [seat.player_id for seat in seats]
    if Ticket.objects.open().filter(player__in=players).exists():
        raise Conflict("One of you waits in the queue. Leave it first.", code="not_free")
    if Seat.objects.filter(player__in=players, pool=pool, holds=True).exists():
        raise Conflict("One of you is in another match by now.", code="not_free")
    now = timezone.now()
    tickets = [
        Ticket(
            pool=pool, player=seat.player, name=seat.name, name_key=seat.player.name_key,
            skeleton=seat.player.skeleton, waiting_since=now, seen_at=now,
        )
        for seat in reversed(seats) if seat.player is not None
    ]  # fmt: skip
    batch = PairingBatch()
    sides = ((tickets[0],), (tickets[1],))
    batch.matches.append(build_match(pool, MatchCandidate(sides), now=now))
    batch.store(tickets)
    send_signals([batch])
    return batch.matches[0].match
