"""What this app's rows look like on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from .models import Match, Player, Ticket

Json = dict[str, Any]


def stamp(at: datetime) -> str:
    """A moment as the wire writes it: UTC, milliseconds, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def who(player_id: UUID | None, name: str) -> Json:
    """Somebody, by public id and name; the id is null for a name without a player."""
    return {"id": str(player_id) if player_id else None, "username": name}


def player_answer(player: Player) -> Json:
    """A player as others see it."""
    return who(player.pk, player.name)


def ticket_answer(ticket: Ticket) -> Json:
    """A ticket as its owner sees it; needs `ticket.pool`."""
    return {
        "id": str(ticket.pk),
        "pool": ticket.pool.slug,
        "state": ticket.state,
        "waiting_since": stamp(ticket.waiting_since),
    }


def match_brief(match: Match) -> Json:
    """A match by its id; needs `match.pool`."""
    return {"id": str(match.pk), "pool": match.pool.slug if match.pool else None}


def match_answer(match: Match) -> Json:
    """A match with its sides; needs `match.pool` and its seats prefetched."""
    return match_brief(match) | {
        "state": match.state,
        "outcome": match.outcome,
        "scores": match.scores,
        "winner": match.winner,
        "players": [who(seat.player_id, seat.name) for seat in match.seats.all()],
    }
