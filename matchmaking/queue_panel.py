"""What the browser's player may see and do about queues: matched, waiting, or free to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .models import Match, Player, Pool, Seat, Ticket
from .selectors import open_matches, open_pools, open_ticket, place_in_queue, waiting_names


@dataclass(frozen=True, slots=True)
class Court:
    """An unfinished match as one of its players sees it."""

    match: Match
    mine: Seat
    opponent: Seat


@dataclass(frozen=True, slots=True)
class QueuePanel:
    """One player's standing in the queues; `pools` are those that may be joined now.

    `place` is 1 for who is served next, and 0 without a ticket.
    """

    player: Player | None
    courts: Sequence[Court]
    ticket: Ticket | None
    place: int
    pools: Sequence[Pool]
    waiting_count: int


def queue_panel(player: Player | None, *, now: datetime) -> QueuePanel:
    """The panel of a player, or of a visitor who has no name yet."""
    matches = open_matches(player) if player else []
    ticket = open_ticket(player) if player else None
    busy = {match.pool_id for match in matches}
    return QueuePanel(
        player=player,
        courts=[_court(match, player.pk) for match in matches if player],
        ticket=ticket,
        place=place_in_queue(ticket, now=now) if ticket else 0,
        pools=[] if ticket else [pool for pool in open_pools() if pool.pk not in busy],
        waiting_count=waiting_names(now=now, limit=1)[0],
    )


def _court(match: Match, player_id: UUID) -> Court:
    seats = list(match.seats.all())
    mine = next(seat for seat in seats if seat.player_id == player_id)
    opponent = next(seat for seat in seats if seat.side != mine.side)
    return Court(match, mine, opponent)
