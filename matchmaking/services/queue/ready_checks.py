"""The ready check: players of a match that was found accept it, decline it, or sleep."""

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

Say = Callable[[readiness.ReadyCheck, readiness.Player, float], readiness.ReadyCheck]


def accept_match(*, ticket_id: UUID, caller: Caller, now: datetime) -> Ticket:
    """Say to be there; the last one to accept makes the match. Again changes nothing.

    Raises `Conflict` when there is no match to accept, or when it is too late.
    """
    return _answer(ticket_id, caller, readiness.accept, Answer.ACCEPTED, now)


def decline_match(*, ticket_id: UUID, caller: Caller, now: datetime) -> Ticket:
    """Say no: the ticket ends, and the player must pause. Raises `Conflict` when it is too late."""
    return _answer(ticket_id, caller, readiness.decline, Answer.DECLINED, now)


def settle_checks(*, now: datetime) -> int:
    """Break the checks whose time has passed; gives how many. One's failure harms no other."""
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
    asking = _Asking.locked(check.pool_id, check.pk)
    if asking is None:
        return False  # settled meanwhile by the last answer
    asking.settle(now)
    return True


@transaction.atomic
def _answer(ticket_id: UUID, caller: Caller, say: Say, answer: Answer, now: datetime) -> Ticket:
    ticket = ticket_of(ticket_id=ticket_id, caller=caller)
    check_id = _latest_check(ticket)
    asking = _Asking.locked(ticket.pool_id, check_id) if check_id else None
    if asking is None:
        return _answered_before(ticket, answer)
    try:
        asking.values = say(asking.values, ticket.player_id, now.timestamp())
    except readiness.AlreadySettled as error:
        raise Conflict(str(error), code="check_over") from error
    ReadyAnswer.objects.filter(check_of=asking.check, ticket=ticket).update(answer=answer)
    asking.settle(now)
    return ticket_of(ticket_id=ticket_id, caller=caller)


def _latest_check(ticket: Ticket) -> UUID | None:
    asked = ReadyAnswer.objects.filter(ticket=ticket, check_of__state=CheckState.OPEN)
    return asked.values_list("check_of", flat=True).first()


def _answered_before(ticket: Ticket, answer: Answer) -> Ticket:
    """The same answer once more is told how it went; another one comes too late."""
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


class _Asking:
    """An open check under its pool's lock: its rows, and the values that the engine judges."""

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
            accepted=self._who_said(Answer.ACCEPTED),
            declined=self._who_said(Answer.DECLINED),
        )

    @classmethod
    def locked(cls, pool_id: int, check_id: UUID) -> "_Asking | None":
        """The check, while nobody else can change it; None when it is settled already."""
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

    def _who_said(self, said: Answer) -> frozenset[UUID]:
        return frozenset(a.ticket.player_id for a in self.answers if a.answer == said)

    def settle(self, now: datetime) -> None:
        """Do what follows from the answers that there are."""
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
        found = MatchCandidate(
            tuple(tuple(side) for _, side in sorted(sides.items())), self.check.region
        )
        made = build_match(self.check.pool, found, now=now)
        made.match.save(force_insert=True)
        store_seats([made])
        self._close(CheckState.READY, match=made.match)
        self._move(made.tickets, state=TicketState.MATCHED, match=made.match, at_head=False)
        match_made.send(sender=Match, matches=[made])

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
        """Change proposed tickets, counted: the pool's lock lets nobody else do it."""
        ids = sorted(ticket.pk for ticket in tickets)
        moved = Ticket.objects.filter(pk__in=ids, state=TicketState.PROPOSED).update(**changed)
        if moved != len(ids):
            raise RuntimeError(f"{moved} of {len(ids)} tickets of the check {self.check} moved.")

    def _close(self, state: CheckState, **changed: object) -> None:
        ReadyCheck.objects.filter(pk=self.check.pk).update(state=state, **changed)


def _pause(player: Player, pool: Pool, now: datetime) -> None:
    """Have somebody who broke a check pause, each time longer."""
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
