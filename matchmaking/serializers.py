"""What this app's rows look like on the wire."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from .models import (
    Answer,
    EndReason,
    Match,
    Party,
    Player,
    Pool,
    ReadyAnswer,
    ReadyCheck,
    Ticket,
    TicketState,
)

Json = dict[str, Any]

WAITING = "Waiting for another player..."
ACCEPT_IT = "A match was found. Accept it in time."


def stamp(at: datetime) -> str:
    """A moment as the wire writes it: UTC, milliseconds, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def who(player_id: UUID | None, name: str) -> Json:
    """Somebody, by public id and name; the id is null for a name without a player."""
    return {"id": str(player_id) if player_id else None, "username": name}


def player_answer(player: Player) -> Json:
    """A player as others see it."""
    return who(player.pk, player.name)


def players_answer(players: Sequence[tuple[UUID | None, str]], sides: Sequence[int]) -> list[Json]:
    """Who plays in a match, in order; where they are more than two, with the side of each."""
    if len(players) <= 2:
        return [who(*player) for player in players]
    return [who(*player) | {"side": side} for player, side in zip(players, sides, strict=True)]


def ticket_answer(ticket: Ticket) -> Json:
    """A ticket as its owner sees it; needs `ticket.pool`, and `ticket.party` where it has one."""
    answer: Json = {
        "id": str(ticket.pk),
        "pool": ticket.pool.slug,
        "state": ticket.state,
        "waiting_since": stamp(ticket.waiting_since),
    }
    if ticket.party is not None:
        answer["party"] = ticket.party.code
    if ticket.reason:
        answer["reason"] = ticket.reason
    return answer


def end_text(ticket: Ticket) -> str:
    """How a wait ended without a match, in words; needs `ticket.pool`."""
    if ticket.reason == EndReason.POOL_CLOSED:
        return f"{ticket.pool.name} was closed. You are no longer in the queue."
    if ticket.reason == EndReason.PARTY:
        return "A member of your party ended the wait for all of you."
    words = {
        TicketState.EXPIRED: "You left the queue: expired.",
        TicketState.DECLINED: "You declined the match, and left the queue.",
        TicketState.NO_RESPONSE: "You did not accept in time, and left the queue.",
    }
    return words.get(TicketState(ticket.state), f"You left the queue: {ticket.state}.")


def check_answer(check: ReadyCheck, asked: Iterable[ReadyAnswer], mine: Ticket) -> Json:
    """A ready check as the owner of one of its tickets sees it."""
    answers = list(asked)
    own = next((one.answer for one in answers if one.ticket_id == mine.pk), "")
    return {
        "id": str(check.pk),
        "deadline": stamp(check.deadline),
        "accepted": sum(one.answer == Answer.ACCEPTED for one in answers),
        "players": len(answers),
        "answer": own or None,
    }


def party_answer(party: Party) -> Json:
    """A party as its members see it; needs its pool, and its members with their players."""
    return {
        "code": party.code,
        "pool": party.pool.slug if party.pool else None,
        "leader": str(party.leader_id),
        "members": [player_answer(member.player) for member in party.members.all()],
    }


def match_brief(match: Match) -> Json:
    """A match by its id, with the region if it has one; needs `match.pool`."""
    answer: Json = {"id": str(match.pk), "pool": match.pool.slug if match.pool else None}
    return answer | {"region": match.region} if match.region else answer


def match_answer(match: Match) -> Json:
    """A match with its sides; needs `match.pool` and its seats prefetched."""
    return match_brief(match) | {
        "state": match.state,
        "outcome": match.outcome,
        "scores": match.scores,
        "winner": match.winner,
        "players": [who(seat.player_id, seat.name) for seat in match.seats.all()],
    }


def pool_answer(pool: Pool) -> Json:
    """A pool with its rules; times in seconds, windows in rating points."""
    return {
        "slug": pool.slug,
        "name": pool.name,
        "game": pool.game,
        "is_open": pool.is_open,
        "rated": pool.rated,
        "team_size": pool.team_size,
        "teams": pool.teams,
        "party_limit": pool.party_limit,
        "window_start": pool.window_start,
        "window_growth": pool.window_growth,
        "longest_wait_seconds": pool.longest_wait_seconds,
        "ready_seconds": pool.ready_seconds,
        "rematch_memory": pool.rematch_memory,
        "regions": pool.regions,
        "best_of": pool.best_of,
        "draws": pool.draws,
    }
