"""The same two players once more, without the queue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.models import Match, MatchState, Player, Pool, Seat, Ticket
from matchmaking.selectors import match_of

from .queue.new_matches import MatchCandidate, PairingBatch, build_match, send_signals


def make_rematch(*, match_id: UUID) -> Match:
    """A new match of the players of a finished one, in its pool, with the sides changed.

    Raises `Conflict` when there is one already, the pool is closed, or a player waits or plays.
    """
    try:
        return _make(match_id)
    except IntegrityError as error:  # by what a player did at the same moment
        raise _not_free() from error


@transaction.atomic
def _make(match_id: UUID) -> Match:
    match = match_of(match_id)
    seated = [(seat, seat.player) for seat in match.seats.all() if seat.player is not None]
    if match.pool is None or len(seated) != 2 or match.state == MatchState.OPEN:
        raise Conflict("Only two players of a match that is over meet again.", code="no_rematch")
    pool = Pool.objects.select_for_update(no_key=True).get(pk=match.pool.pk)
    _check_free(match, pool, [player for _, player in seated])
    now = timezone.now()
    one, other = (_ticket(pool, seat, player, now) for seat, player in reversed(seated))
    made = build_match(pool, MatchCandidate(((one,), (other,)), match.region), now=now)
    made.match.rematch_of = match
    batch = PairingBatch(matches=[made])
    batch.store([one, other])
    send_signals([batch])
    return made.match


def _check_free(match: Match, pool: Pool, players: Sequence[Player]) -> None:
    if Match.objects.filter(rematch_of=match).exists():
        raise Conflict("You meet again already. Open your next match.", code="rematch_made")
    if not pool.is_open:
        raise Conflict(f"The pool {pool.name} is closed.", code="pool_closed")
    waits = Ticket.objects.open().filter(player__in=players)
    plays = Seat.objects.filter(player__in=players, pool=pool, holds=True)
    if waits.exists() or plays.exists():
        raise _not_free()


def _not_free() -> Conflict:
    return Conflict("One of you waits in a queue or plays another match by now.", code="not_free")


def _ticket(pool: Pool, seat: Seat, player: Player, now: datetime) -> Ticket:
    """A wait of no length, since each player of a new match has a ticket."""
    return Ticket(
        pool=pool, player=player, name=seat.name, name_key=player.name_key,
        skeleton=player.skeleton, waiting_since=now, seen_at=now,
    )  # fmt: skip
