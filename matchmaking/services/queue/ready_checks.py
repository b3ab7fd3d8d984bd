"""The ready check: players accept a match that was found, decline it, or do not respond."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from lib.errors import Conflict
from matchmaking.callers import Caller
from matchmaking.engine import readiness
from matchmaking.models import (
    Answer,
    CheckState,
    Cooldown,
    EndReason,
    Match,
    Player,
    Pool,
    ReadyAnswer,
    ReadyCheck,
    Ticket,
    TicketState,
)
from matchmaking.signals import match_made, tickets_changed

from .new_matches import MatchCandidate, build_match, store_seats
from .tickets import ticket_of

log = logging.getLogger(__name__)

COOLDOWNS = readiness.CooldownRules()
_FAULT_STATES = {
    readiness.Fault.DECLINED: TicketState.DECLINED,
    readiness.Fault.NO_RESPONSE: TicketState.NO_RESPONSE,
}

Respond = Callable[[readiness.ReadyCheck, readiness.Player, float], readiness.ReadyCheck]


def accept_match(*, ticket_id: UUID, caller: Caller, now: datetime) -> Ticket:
    """Accept a match; the last player to accept starts it. Repeating it changes nothing.

    Raises `Conflict` when there is no match to accept, or when it is too late.
    """
    return _answer(ticket_id, caller, readiness.accept, Answer.ACCEPTED, now)


def decline_match(*, ticket_id: UUID, caller: Caller, now: datetime) -> Ticket:
    """Decline a match: the ticket ends and the player must pause; raises `Conflict` if too late."""
    return _answer(ticket_id, caller, readiness.decline, Answer.DECLINED, now)


def settle_checks(*, now: datetime) -> int:
    """Settle expired checks; returns how many. A failure of one does not affect the others."""
    due = ReadyCheck.objects.filter(state=CheckState.OPEN, deadline__lte=now)
    settled = 0
    for check in due.select_related("pool"):
        try:
            settled += _settle_due(check, now)
        except DatabaseError:
            raise
        except Exception:
            log.exception("The ready check %s could not be settled; it is tried again", check.pk)
    return settled


@transaction.atomic
def _settle_due(check: ReadyCheck, now: datetime) -> bool:
    open_check = _OpenCheck.locked(check.pool_id, check.pk)
    if open_check is None:
        return False  # settled meanwhile by the last answer
    open_check.settle(now)
    return True


@transaction.atomic
def _answer(
    ticket_id: UUID, caller: Caller, respond: Respond, answer: Answer, now: datetime
) -> Ticket:
    ticket = ticket_of(ticket_id=ticket_id, caller=caller)
    check_id = _latest_check(ticket)
    open_check = _OpenCheck.locked(ticket.pool_id, check_id) if check_id else None
    if open_check is None:
        return _repeated_answer(ticket, answer)
    try:
        open_check.values = respond(open_check.values, ticket.player_id, now.timestamp())
    except readiness.AlreadySettled as error:
        raise Conflict(str(error), code="check_over") from error
    ReadyAnswer.objects.filter(check_of=open_check.check, ticket=ticket).update(answer=answer)
    open_check.settle(now)
    return ticket_of(ticket_id=ticket_id, caller=caller)


def _latest_check(ticket: Ticket) -> UUID | None:
    asked = ReadyAnswer.objects.filter(ticket=ticket, check_of__state=CheckState.OPEN)
    return asked.values_list("check_of", flat=True).first()


def _repeated_answer(ticket: Ticket, answer: Answer) -> Ticket:
    """Return the ticket for a repeated answer; raises `Conflict` for a different one."""
    ticket.refresh_from_db(fields=["state", "match"])
    reached = {Answer.ACCEPTED: TicketState.MATCHED, Answer.DECLINED: TicketState.DECLINED}
    if ticket.state == reached[answer] and ticket.answers.filter(answer=answer).exists():
        return ticket
    if ticket.state == TicketState.WAITING:
        raise Conflict("There is no match to accept or decline: you wait.", code="no_check")
    raise Conflict(
        f"There is nothing to accept or decline: this ticket is {ticket.get_state_display()}.",
        code="check_over",
    )


class _OpenCheck:
    """An open check under its pool's lock: its rows, and the same as an engine value."""

    def __init__(self, check: ReadyCheck, answers: list[ReadyAnswer]) -> None:
        self.check, self.answers = check, answers
        self.by_key: dict[UUID | int, list[Ticket]] = {}
        for answer in answers:
            self.by_key.setdefault(answer.ticket.wait_key, []).append(answer.ticket)
        self.values = readiness.ReadyCheck(
            parties=tuple(
                readiness.Party(
                    key, tuple(t.player_id for t in wait), wait[0].waiting_since.timestamp()
                )
                for key, wait in self.by_key.items()
            ),
            deadline=check.deadline.timestamp(),
            accepted=self._players_who(Answer.ACCEPTED),
            declined=self._players_who(Answer.DECLINED),
        )

    @classmethod
    def locked(cls, pool_id: int, check_id: UUID) -> "_OpenCheck | None":
        """The check, under its pool's lock; None when it is settled already."""
        Pool.objects.select_for_update(no_key=True).get(pk=pool_id)
        check = (
            ReadyCheck.objects.select_related("pool")
            .filter(pk=check_id, state=CheckState.OPEN)
            .first()
        )
        if check is None:
            return None
        answers = check.answers.select_related("ticket__player", "ticket__party")
        return cls(check, list(answers))

    def _players_who(self, answer: Answer) -> frozenset[UUID]:
        return frozenset(a.ticket.player_id for a in self.answers if a.answer == answer)

    def settle(self, now: datetime) -> None:
        """Make the match, break the check, or do nothing yet, by the answers so far."""
        match readiness.state(self.values, now.timestamp()):
            case readiness.Ready():
                self._make_match(now)
            case readiness.Broken() as broken:
                self._break(broken, now)
            case _:
                pass
        changed = [answer.ticket.pk for answer in self.answers]
        tickets_changed.send(sender=Ticket, ticket_ids=changed)

    def _make_match(self, now: datetime) -> None:
        sides: dict[int, list[Ticket]] = {}
        for answer in self.answers:
            sides.setdefault(answer.side, []).append(answer.ticket)
        candidate = MatchCandidate(
            tuple(tuple(side) for _, side in sorted(sides.items())), self.check.region
        )
        new = build_match(self.check.pool, candidate, now=now)
        new.match.save(force_insert=True)
        store_seats([new])
        self._close(CheckState.READY, match=new.match)
        self._move(new.tickets, state=TicketState.MATCHED, match=new.match, at_head=False)
        match_made.send(sender=Match, matches=[new])

    def _break(self, broken: readiness.Broken, now: datetime) -> None:
        self._close(CheckState.BROKEN)
        faults = dict(broken.faults)
        for party in broken.leaving:
            for ticket in self._tickets(party):
                if ticket.player_id in faults:
                    self._move([ticket], state=_FAULT_STATES[faults[ticket.player_id]])
                    _pause(ticket.player, self.check.pool, now)
                else:
                    self._move([ticket], state=TicketState.CANCELLED, reason=EndReason.PARTY)
        for party in broken.returning:
            self._move(
                self._tickets(party),
                state=TicketState.WAITING,
                at_head=True,
                seen_at=now,
                leave_at=None,
            )

    def _tickets(self, party: readiness.Party) -> list[Ticket]:
        return self.by_key[party.ticket]  # type: ignore[index]

    def _move(self, tickets: Iterable[Ticket], **changed: object) -> None:
        """Change proposed tickets by a counted update; the pool's lock excludes others."""
        ids = sorted(ticket.pk for ticket in tickets)
        moved = Ticket.objects.filter(pk__in=ids, state=TicketState.PROPOSED).update(**changed)
        if moved != len(ids):
            raise RuntimeError(f"{moved} of {len(ids)} tickets of the check {self.check} moved.")

    def _close(self, state: CheckState, **changed: object) -> None:
        ReadyCheck.objects.filter(pk=self.check.pk).update(state=state, **changed)


def _pause(player: Player, pool: Pool, now: datetime) -> None:
    """Impose a cooldown on a player who broke a check, each time longer."""
    row = Cooldown.objects.filter(player=player, pool=pool).first()
    record = readiness.CLEAN
    if row is not None:
        record = readiness.Record(row.faults, row.last_fault_at.timestamp(), row.until.timestamp())
    record = readiness.after_fault(record, now.timestamp(), COOLDOWNS)
    until = datetime.fromtimestamp(record.until, UTC)
    Cooldown.objects.update_or_create(
        player=player,
        pool=pool,
        defaults={"faults": record.faults, "last_fault_at": now, "until": until},
    )
