"""From sides that were found to rows: a match, or the proposal of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaking.models import Match, Pool, ReadyAnswer, ReadyCheck, Seat, Ticket, TicketState

from .joins import NewMatch


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """Sides of tickets that may meet, and where; nowhere in particular is an empty region."""

    sides: tuple[tuple[Ticket, ...], ...]
    region: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A ready check that begins, and who is asked."""

    check: ReadyCheck
    answers: tuple[ReadyAnswer, ...]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets of those who are asked."""
        return tuple(answer.ticket for answer in self.answers)


class ClaimLost(Exception):
    """A waiting ticket was cancelled while it was being matched; all must be done again."""


def build_match(pool: Pool, found: MatchCandidate, *, now: datetime) -> NewMatch:
    """A match of what was found, with its tickets changed to it; nothing is stored."""
    match = Match(
        pool=pool,
        region=found.region,
        best_of=pool.best_of,
        draws=pool.draws,
        rated_in=pool if pool.rated else None,
        created_at=now,
    )
    for side in found.sides:
        for ticket in side:
            ticket.state, ticket.match = TicketState.MATCHED, match
    return NewMatch(match, found.sides)


def build_proposal(pool: Pool, found: MatchCandidate, *, now: datetime) -> Proposal:
    """A ready check for what was found, with its tickets changed to it; nothing is stored."""
    assert pool.ready_seconds is not None
    check = ReadyCheck(
        pool=pool,
        region=found.region,
        created_at=now,
        deadline=now + timedelta(seconds=pool.ready_seconds),
    )
    asked = []
    for side, tickets in enumerate(found.sides):
        for ticket in tickets:
            ticket.state = TicketState.PROPOSED
            asked.append(ReadyAnswer(check_of=check, ticket=ticket, side=side))
    return Proposal(check, tuple(asked))


def store_seats(made: Iterable[NewMatch]) -> None:
    """Store who sits where; the matches and tickets are stored already."""
    Seat.objects.bulk_create(
        Seat(match=m.match, side=side, player_id=t.player_id, name=t.name, pool=m.match.pool)
        for m in made
        for side, tickets in enumerate(m.sides)
        for t in tickets
    )


def store_proposals(proposals: Sequence[Proposal]) -> None:
    """Store ready checks and who is asked; the tickets are stored already."""
    if proposals:
        ReadyCheck.objects.bulk_create([proposal.check for proposal in proposals])
        ReadyAnswer.objects.bulk_create(a for proposal in proposals for a in proposal.answers)


def claim(ticket: Ticket) -> None:
    """Take a waiting ticket for a match, counted: whoever cancelled it first has won."""
    claimed = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(
        state=ticket.state, match=ticket.match
    )
    if claimed != 1:
        raise ClaimLost(ticket.pk)
