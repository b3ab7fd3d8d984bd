"""The ready check: players accept a match that was found, decline it, or do not respond."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import timezone

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

from .new_matches import MatchCandidate, build_match, count_matches, store_seats
from .tickets import ticket_of

log = logging.getLogger(__name__)

COOLDOWNS = readiness.CooldownRules()
_FAULT_STATES = {
    readiness.Fault.DECLINED: TicketState.DECLINED,
    readiness.Fault.NO_RESPONSE: TicketState.NO_RESPONSE,
}

Clock = Callable[[], datetime]
Respond = Callable[[readiness.ReadyCheck, readiness.Player, float], readiness.ReadyCheck]


def accept_match(
    *, ticket_id: UUID, caller: Caller, check_id: UUID | None = None, clock: Clock = timezone.now
) -> Ticket:
    """Accept a match; the last player to accept starts it. Repeating it changes nothing.

    `check_id` is the ready check that is answered; it may be left out as long as the ticket has
    been in one check only. Raises `Conflict` when there is no match to accept, when another check
    is meant, or when it is too late.
    """
    return _answer(ticket_id, caller, check_id, readiness.accept, Answer.ACCEPTED, clock)


def decline_match(
    *, ticket_id: UUID, caller: Caller, check_id: UUID | None = None, clock: Clock = timezone.now
) -> Ticket:
    """Decline a match: the ticket ends and the player must pause; the rest as in `accept_match`."""
    return _answer(ticket_id, caller, check_id, readiness.decline, Answer.DECLINED, clock)


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
    _lock_pool(check.pool_id)
    if not ReadyCheck.objects.filter(pk=check.pk, state=CheckState.OPEN).exists():
        return False  # settled meanwhile by the last answer
    _OpenCheck.of(check).settle(now)
    return True


@transaction.atomic
def _answer(
    ticket_id: UUID,
    caller: Caller,
    check_id: UUID | None,
    respond: Respond,
    answer: Answer,
    clock: Clock,
) -> Ticket:
    ticket = ticket_of(ticket_id=ticket_id, caller=caller)
    _lock_pool(ticket.pool_id)
    asked = list(ReadyAnswer.objects.filter(ticket=ticket).select_related("check_of__pool"))
    current = next((one.check_of for one in asked if one.check_of.state == CheckState.OPEN), None)
    if current is None:
        return _repeated_answer(ticket, check_id, asked, answer)
    if check_id != current.pk and (check_id is not None or len(asked) > 1):
        raise Conflict(
            "Another match was found meanwhile. Look at it, then answer with its id as `check`.",
            code="check_replaced",
        )
    now = clock()  # it may have taken long to get the lock
    open_check = _OpenCheck.of(current)
    try:
        open_check.values = respond(open_check.values, ticket.player_id, now.timestamp())
    except readiness.AlreadySettled as error:
        raise Conflict(str(error), code="check_over") from error
    ReadyAnswer.objects.filter(check_of=current, ticket=ticket).update(answer=answer)
    open_check.settle(now)
    return ticket_of(ticket_id=ticket_id, caller=caller)


def _repeated_answer(
    ticket: Ticket, check_id: UUID | None, asked: Sequence[ReadyAnswer], answer: Answer
) -> Ticket:
    """Return the ticket for a repeated answer; raises `Conflict` for a different one."""
    ticket.refresh_from_db(fields=["state", "match"])
    reached = {Answer.ACCEPTED: TicketState.MATCHED, Answer.DECLINED: TicketState.DECLINED}
    meant = [one for one in asked if check_id is None or one.check_of_id == check_id]
    if ticket.state == reached[answer] and any(one.answer == answer for one in meant):
        return ticket
    if ticket.state == TicketState.WAITING:
        raise Conflict("There is no match to accept or decline: you wait.", code="no_check")
    raise Conflict(
        f"There is nothing to accept or decline: this ticket is {ticket.get_state_display()}.",
        code="check_over",
    )


def _lock_pool(pool_id: int) -> None:
    Pool.objects.select_for_update(no_key=True).get(pk=pool_id)


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
    def of(cls, check: ReadyCheck) -> "_OpenCheck":
        """An open check, whose pool is locked."""
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
        sides: dict[int, list[ReadyAnswer]] = {}
        for answer in self.answers:
            sides.setdefault(answer.side, []).append(answer)
        answers = [side for _, side in sorted(sides.items())]
        candidate = MatchCandidate(
            tuple(tuple(one.ticket for one in side) for side in answers),
            self.check.region,
            self.check.attributes,
            tuple(tuple(one.role for one in side) for side in answers),
        )
        new = build_match(self.check.pool, candidate, now=now)
        new.match.save(force_insert=True)
        store_seats([new])
        self._close(CheckState.READY, match=new.match)
        self._move(new.tickets, state=TicketState.MATCHED, match=new.match, at_head=False)
        match_made.send(sender=Match, matches=[new])
        count_matches([new])

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
