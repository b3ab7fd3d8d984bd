"""Check-in before the start; absent entrants are left out, and can be readmitted."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict, Refusal
from matchmaking.models import Player
from tournaments.models import Entrant, EntryStatus, Tournament, TournamentState
from tournaments.services import audit_log, guards
from tournaments.services.actors import MATCHPOINT, Actor, player_actor
from tournaments.services.capacity import EntryChange, announce, places_left
from tournaments.services.locking import lock_tournament
from tournaments.services.progress.attendance import missing_players, short_teams
from tournaments.services.progress.redraw import admit_late
from tournaments.services.undoable import CheckedIn
from tournaments.signals import list_changed

from .registration import own_entry

#: The statuses that can be checked in.
_CAN_CHECK_IN = {EntryStatus.ENTERED, EntryStatus.WAITING}


@transaction.atomic
def open_check_in(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Open check-in; raises `Conflict` when it is open already or too late."""
    tournament = lock_tournament(tournament_id, guards.check_before_start)
    if tournament.state == TournamentState.CHECK_IN:
        raise Conflict("Check-in is already open.", code="already_open")
    guards.change_state(tournament, TournamentState.CHECK_IN, actor, "opened check-in")
    return tournament


def open_due_check_ins(*, now: datetime) -> int:
    """Open check-in where it is due, in tournaments open for registration; returns how many.

    Starting is left to the organiser.
    """
    opened = 0
    waiting = Tournament.objects.filter(
        state=TournamentState.REGISTRATION, check_in_minutes__isnull=False, starts_at__isnull=False
    )
    for tournament in waiting:
        assert tournament.starts_at is not None
        if tournament.starts_at - timedelta(minutes=tournament.check_in_minutes or 0) > now:
            continue
        try:
            open_check_in(tournament_id=tournament.pk, actor=MATCHPOINT)
        except Refusal:
            continue  # moved on at the last moment
        opened += 1
    return opened


@transaction.atomic
def close_check_in(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Close check-in without effect: nobody is left out at the start."""
    tournament = lock_tournament(tournament_id)
    if tournament.state != TournamentState.CHECK_IN:
        raise Conflict("Check-in is not open.", code="not_open")
    guards.change_state(tournament, TournamentState.REGISTRATION, actor, "closed check-in")
    return tournament


@transaction.atomic
def check_in_own(*, tournament_id: UUID, player: Player) -> Entrant:
    """Check in one's own entry, or one's team if it is complete.

    Raises `Conflict` naming how many players are missing, and as `check_in` does.
    """
    tournament = lock_tournament(tournament_id)
    entrant = own_entry(tournament_id=tournament_id, player=player)
    if missing := missing_players(tournament, entrant):
        raise Conflict(
            f"{entrant} is short of {missing} player{'s' if missing > 1 else ''}: a team here has "
            f"{tournament.team_size}. Ask the organiser to complete your roster, or to check you "
            "in as you are.",
            code="team_incomplete",
        )
    return check_in(tournament_id=tournament_id, entrant_id=entrant.pk, actor=player_actor(player))


@transaction.atomic
def check_in(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Check an entrant in; repeating it has no effect.

    The record notes a team that is short of players. Raises `Conflict` and `NotFound`.
    """
    tournament, entrant = _to_check(tournament_id, entrant_id)
    if entrant.checked_in_at is None:
        short = short_teams(tournament, [entrant])
        entrant.change(checked_in_at=timezone.now())
        text = f"{entrant} checked in" + (f", {short}" if short else "")
        undo = CheckedIn(entrant=entrant.pk)
        audit_log.record(tournament, actor, "check_in", text, undo=undo)
        announce(tournament, entrant, EntryChange.CHECKED_IN)
    return entrant


@transaction.atomic
def undo_check_in(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Undo an entrant's check-in."""
    tournament, entrant = _to_check(tournament_id, entrant_id)
    if entrant.checked_in_at is not None:
        entrant.change(checked_in_at=None)
        audit_log.record(tournament, actor, "check_in", f"{entrant} is not checked in any more")
        announce(tournament, entrant, EntryChange.UNCHECKED)
    return entrant


@transaction.atomic
def check_in_all(*, tournament_id: UUID, actor: Actor) -> int:
    """Check in all entrants that take part; returns how many were not checked in before."""
    tournament = lock_tournament(tournament_id, guards.check_before_start)
    missing = tournament.entrants.taking_part().filter(checked_in_at__isnull=True)
    short = short_teams(tournament, list(missing))
    count = missing.update(checked_in_at=timezone.now())
    if count:
        text = f"checked in {count} entrants" + (f"; {short}" if short else "")
        audit_log.record(tournament, actor, "check_in", text)
        list_changed.send(sender=Tournament, tournament=tournament)
    return count


def _to_check(tournament_id: UUID, entrant_id: int) -> tuple[Tournament, Entrant]:
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_before_start)
    if entrant.status not in _CAN_CHECK_IN:
        raise Conflict(
            f"{entrant} {entrant.get_status_display()}, and cannot be checked in.",
            code="not_entered",
        )
    return tournament, entrant


@transaction.atomic
def readmit(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Readmit an entrant that was left out at the start, and draw again.

    After the first result, only a Swiss stage accepts late entries, from its next round. Raises
    `Conflict` where that is not possible.
    """
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_not_over)
    if entrant.status != EntryStatus.ABSENT:
        raise Conflict(f"{entrant} was not left out.", code="not_absent")
    if places_left(tournament) < 1:
        raise Conflict("Somebody else has taken the place by now.", code="no_place")
    entrant.change(status=EntryStatus.ENTERED, checked_in_at=timezone.now())
    how = admit_late(tournament, entrant, actor)
    audit_log.record(tournament, actor, "readmit", f"readmitted {entrant}{how}")
    announce(tournament, entrant, EntryChange.ENTERED)
    return entrant
