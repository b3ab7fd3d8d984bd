"""The last action undone, or left as it is; how each kind is undone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from lib.errors import Conflict, Refusal
from tournaments.models import Action, Tournament
from tournaments.models.actions import UNDONE
from tournaments.services import audit_log, undoable
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament

from . import entry, results, rounds, withdrawals

#: The verb of an action that leaves another as it is, though it could be undone.
SKIPPED = "skip_undo"

#: How each kind of action is undone: gets the tournament, which is locked, the action's record and
#: the actor; returns what else it did, in words, if anything. Raises `Refusal` when it cannot.
UNDO: dict[type[undoable.Undoable], Callable[[Tournament, Any, Actor], str | None]] = {
    undoable.ResultEntered: results.undo_result,
    undoable.ResultReopened: results.undo_reopening,
    undoable.ResultCorrected: results.undo_correction,
    undoable.EntrantWithdrawn: withdrawals.undo_withdrawal,
    undoable.EntrantReinstated: withdrawals.undo_reinstatement,
    undoable.RoundPaired: rounds.undo_pairing,
    undoable.RoundUnpaired: rounds.undo_unpairing,
    undoable.SwissEnded: rounds.undo_end,
    undoable.RoundLengthSet: rounds.undo_length,
    undoable.ByeSet: rounds.undo_bye,
    undoable.EntrantEnteredLate: rounds.undo_late_entry,
    undoable.TournamentStarted: entry.undo_start,
    undoable.StateMoved: entry.undo_state,
    undoable.CheckedIn: entry.undo_check_in,
    undoable.EntrantsAdded: entry.undo_added,
    undoable.EntrantRemoved: entry.undo_removed,
    undoable.StatusChanged: entry.undo_status,
    undoable.EntrantRenamed: entry.undo_renamed,
    undoable.EntrantReplaced: entry.undo_replaced,
    undoable.SeedsChanged: entry.undo_seeds,
    undoable.StationSet: entry.undo_station,
    undoable.SettingsChanged: entry.undo_settings,
}


def last_undoable(tournament: Tournament) -> Action | None:
    """The last action that can be undone and has not been, no earlier than the start."""
    starts = tournament.actions.filter(verb="start").exclude(undone_by__verb=UNDONE)
    start_number = Coalesce(Subquery(starts.order_by("-number").values("number")[:1]), 0)
    actions = tournament.actions.filter(undone_by__isnull=True, number__gte=start_number)
    return actions.exclude(undo={}).order_by("-number").first()


@transaction.atomic
def undo_last(
    *,
    tournament_id: UUID,
    actor: Actor,
    why: str = "",
    skip: bool = False,
    number: int | None = None,
) -> Action:
    """Undo the last action that can be undone and has not been; returns the record of doing so.

    `skip` leaves it as it is instead, so that the one before it comes next. `number` is that of the
    action that the caller saw. Raises `Conflict` when there is none, when it is another one by now,
    or when it can be undone no longer, with its name.
    """
    tournament = lock_tournament(tournament_id)
    action = last_undoable(tournament)
    if action is None:
        raise Conflict("There is nothing that could be undone.", code="nothing_to_undo")
    if number is not None and number != action.number:
        raise Conflict(
            f"Something else has been done or undone since then. The last is now: {action.text}.",
            code="undo_changed",
        )
    if skip:
        text = f"Left as it is: {action.text}"
    else:
        also = _undo(tournament, action, actor)
        text = f"Undone: {action.text}" + (f"; {also}" if also else "")
    return audit_log.record(
        tournament, actor, SKIPPED if skip else UNDONE, text, why=why, undoes=action
    )


def _undo(tournament: Tournament, action: Action, actor: Actor) -> str | None:
    try:
        record = msgspec.convert(action.undo, undoable.AnyUndoable)
        return UNDO[type(record)](tournament, record, actor)
    except msgspec.ValidationError as error:
        raise Conflict(
            f"{action.text!r} was recorded by another version and cannot be undone. Leave it as it "
            "is to undo what was done before it.",
            code="nothing_to_undo",
        ) from error
    except Refusal as refusal:
        raise Conflict(
            f"{action.text!r} cannot be undone: {refusal.message} Leave it as it is to undo what "
            "was done before it.",
            code=refusal.code,
        ) from refusal
