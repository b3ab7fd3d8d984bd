"""Tickets, ready checks and how a wait goes, as the ticket's owner sees them."""

from collections.abc import Iterable
from typing import Any, Literal, Self
from uuid import UUID

from django.conf import settings
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from lib.schemas import Answer, Schema, Timestamp, timestamp
from matchmaking import models
from matchmaking.models import EndReason, TicketState
from matchmaking.selectors import checks_of

from .matches import MatchSummary
from .players import PlayerName

WAITING = "Waiting for another player..."
ACCEPT_IT = "A match was found. Accept it in time."


class Ticket(Schema):
    """One player's wait in a pool."""

    id: UUID
    pool: str
    state: TicketState
    waiting_since: Timestamp
    party: str | UnsetType = UNSET
    """The code of the party that waits together, if any."""
    reason: Literal["pool_closed", "party"] | UnsetType = UNSET
    """Why others ended it, if they did."""
    attributes: dict[str, Any] | UnsetType = UNSET
    """What the player said of the pool's attributes, if it has any."""
    roles: list[str] | UnsetType = UNSET
    """What the player can be in a team, the best first, if that matters."""

    @classmethod
    def of(cls, ticket: models.Ticket) -> Self:
        """A ticket; needs its pool, and its party if it has one."""
        return cls(
            ticket.pk,
            ticket.pool.slug,
            TicketState(ticket.state),
            timestamp(ticket.waiting_since),
            ticket.party.code if ticket.party is not None else UNSET,
            _reason(ticket),
            ticket.attributes or UNSET,
            ticket.roles or UNSET,
        )


class TicketEnd(Schema):
    """A ticket that is closed, in one line."""

    id: UUID
    state: TicketState
    reason: Literal["pool_closed", "party"] | UnsetType = UNSET

    @classmethod
    def of(cls, ticket: models.Ticket) -> Self:
        """How a ticket ended."""
        return cls(ticket.pk, TicketState(ticket.state), _reason(ticket))


def _reason(ticket: models.Ticket) -> Any:
    return ticket.reason or UNSET


class ReadyCheck(Schema):
    """A match that was found and waits for all to accept it."""

    id: UUID
    deadline: Timestamp
    accepted: int
    players: int
    answer: Literal["accepted", "declined"] | None
    """Yours, once there is one."""

    @classmethod
    def of(
        cls, check: models.ReadyCheck, answers: Iterable[models.ReadyAnswer], mine: models.Ticket
    ) -> Self:
        """A ready check as the owner of one of its tickets sees it."""
        given: dict[UUID, Any] = {answer.ticket_id: answer.answer for answer in answers}
        return cls(
            id=check.pk,
            deadline=timestamp(check.deadline),
            accepted=sum(answer == models.Answer.ACCEPTED for answer in given.values()),
            players=len(given),
            answer=given.get(mine.pk) or None,
        )

    @classmethod
    def of_ticket(cls, ticket: models.Ticket) -> Self | None:
        """The ready check that a ticket was in when it was read, if any."""
        found = checks_of([ticket]).values()
        return next((cls.of(check, check.answers.all(), ticket) for check in found), None)


class Outlook(Schema):
    """How a wait goes."""

    place: int
    """1 is the head of the queue; a party counts once."""
    window: int | None
    """How many rating points off the others may be now; null where every rating fits."""
    fitting: int
    """How many players who wait fit."""
    estimate_seconds: int | None
    """How much longer it takes, by recent waits; null where those do not say."""
    why: str
    """Why there is no match yet, in words."""


class TicketWaiting(Outlook, tag_field="status", tag="Waiting", kw_only=True):
    """A ticket that waits."""

    ticket: Ticket
    message: str
    expires_at: Timestamp
    """When it ends unless its owner shows life again."""

    @classmethod
    def of(cls, ticket: models.Ticket, outlook: Outlook) -> Self:
        """A ticket that waits; needs its pool, and its party if it has one."""
        return cls(
            ticket=Ticket.of(ticket),
            message=WAITING,
            expires_at=timestamp(ticket.seen_at + settings.MATCHPOINT_TICKET_LIFE),
            **asdict(outlook),
        )


class TicketProposed(Answer, tag="Proposed"):
    """A ticket for which a match was found."""

    ticket: Ticket
    message: str
    check: ReadyCheck

    @classmethod
    def of(cls, ticket: models.Ticket, check: models.ReadyCheck) -> Self:
        """A ticket in a check, with its answers."""
        shown = ReadyCheck.of(check, check.answers.all(), ticket)
        return cls(Ticket.of(ticket), ACCEPT_IT, shown)


class TicketMatched(Answer, tag="Matched"):
    """A ticket that led to a match."""

    ticket: Ticket
    match: MatchSummary | UnsetType
    """Left out when the match was deleted."""
    players: list[PlayerName] | UnsetType

    @classmethod
    def of(cls, ticket: models.Ticket) -> Self:
        """A matched ticket; needs its match with pool and seats."""
        match = MatchSummary.of(ticket.match) if ticket.match else UNSET
        return cls(Ticket.of(ticket), match, match.players if match else UNSET)


class TicketEnded(Schema):
    """A ticket that ended without a match."""

    status: Literal["Cancelled", "Expired", "Declined", "Slept"]
    ticket: Ticket
    message: str

    @classmethod
    def of(cls, ticket: models.Ticket) -> Self:
        """A ticket, and how it ended in words."""
        status: Any = TicketState(ticket.state).label.title()
        return cls(status, Ticket.of(ticket), end_text(ticket))


class QueueLeft(Answer, tag="Left"):
    """The ticket with which its owner left the queue."""

    message: str
    ticket: Ticket


TicketShown = TicketWaiting | TicketProposed | TicketMatched | TicketEnded


def end_text(ticket: models.Ticket) -> str:
    """How a wait ended without a match, in words; needs the ticket's pool."""
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
