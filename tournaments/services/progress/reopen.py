"""Corrections: a result is taken back with all that was built on it, and so is the last action."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from lib.errors import Conflict, Refusal
from matchmaking.models import MatchState, Seat
from matchmaking.services.matches import reopen_match
from tournaments.engine import elimination as engine
from tournaments.models import Action, Format, Pairing, PairingState, StageState, Tournament
from tournaments.models.day import UNDONE
from tournaments.services import audit_log
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.locking import (
    address,
    check_was_started,
    later_stages,
    lock_tournament,
    pairing_of_match,
)
from tournaments.services.venue.stations import call_again
from tournaments.signals import pairing_reopened
from tournaments.storage.brackets import group_state
from tournaments.wording import pairing_words

from .advance import end_match, has_left, restoring, walk_over
from .dependents import (
    emptied_by_reopening,
    enter_again,
    fallen_results,
    pairing_at,
    result_of_data,
)
from .stage_replay import later_rounds
from .stages import proceed, reopen_course

#: The verb of an action that leaves another as it is, though it could be undone.
SKIPPED = "skip_undo"
#: Takes an action back, in the transaction that has locked the tournament. Gets the tournament and
#: the action's `undo`, gives what was done in words or nothing; raises `Refusal` when it cannot.
TakeBack = Callable[[Tournament, dict[str, Any]], str]


def preview_reopen(*, tournament_id: UUID, match_id: UUID) -> list[Pairing]:
    """The later played matches that reopening this one would empty, in order of play.

    Raises as `reopen_result` does.
    """
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    pairing = _to_reopen(tournament or lock_tournament(tournament_id), match_id)
    return emptied_by_reopening(pairing)


@transaction.atomic
def reopen_result(
    *, tournament_id: UUID, match_id: UUID, actor: Actor = ORGANISER, why: str = ""
) -> list[Pairing]:
    """Take a result back; gives the later matches that were emptied by it, as they were.

    Raises `Conflict` when there is nothing to take back, and `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    pairing = _to_reopen(tournament, match_id)
    emptied = emptied_by_reopening(pairing)
    undo = {
        "kind": "reopen",
        "at": address(pairing),
        "results": fallen_results([pairing, *emptied]),
        "rounds": later_rounds(pairing.group.stage),
    }
    words = f"Reopened: {pairing_words(pairing)}{_consequences(pairing, emptied)}"
    reopen_pairing(pairing)
    audit_log.record(
        tournament=tournament,
        actor=actor,
        verb="reopen",
        text=words,
        why=why,
        data={"match": str(pairing.match_id)},
        undo=undo,
    )
    return emptied


def _to_reopen(tournament: Tournament, match_id: UUID) -> Pairing:
    pairing = pairing_of_match(tournament, match_id)
    check_was_started(tournament)
    assert pairing.match is not None
    if pairing.match.state != MatchState.FINISHED:
        raise Conflict("This match has no result that could be taken back.", code="not_decided")
    gone = [str(entrant) for _, entrant in pairing.sides if entrant and has_left(entrant)]
    if gone:
        raise Conflict(
            f"{' and '.join(gone)} left the tournament. Correct the result instead, or take "
            "them back first.",
            code="has_left",
        )
    return pairing


def _consequences(pairing: Pairing, emptied: list[Pairing]) -> str:
    """What else follows from taking a result back, in words."""
    if emptied:
        return f"; {len(emptied)} later results were emptied"
    group = pairing.group
    if group.stage.format == Format.SWISS:
        later = group.rounds.filter(number__gt=pairing.round.number).count()
        if later:
            return "; the later rounds stand, and were paired on the old result"
    return ""


def reopen_pairing(pairing: Pairing) -> None:
    """Open a decided pairing again, and empty what was built on it; the tournament is locked."""
    assert pairing.match is not None
    stage = pairing.group.stage
    has_later = any(later.state != StageState.PENDING for later in later_stages(stage))
    reopen_course(stage)
    reopen_match(match=pairing.match)
    _seat(pairing)
    changed = _open(pairing)
    proceed(stage)
    pairing_reopened.send(
        sender=Pairing, tournament=stage.tournament, pairings=changed, rebuilt=has_later
    )


def _seat(pairing: Pairing) -> None:
    """Who has the place now plays the match, whoever played it before."""
    for side, (_, entrant) in enumerate(pairing.sides):
        assert entrant is not None
        Seat.objects.filter(match=pairing.match, side=side).update(
            name=entrant.name, player=entrant.player_id
        )


def _open(pairing: Pairing) -> list[Pairing]:
    if not pairing.group.stage.is_elimination:
        pairing.state, pairing.winner = PairingState.READY, None
        pairing.station, pairing.called_at = None, None
        pairing.save(update_fields=("state", "winner", "station", "called_at"))
        return [pairing]
    bracket, state = group_state(pairing.group)
    return state.store(engine.reopen(bracket, state, pairing.key).changed)


def last_undoable(tournament: Tournament) -> Action | None:
    """The last action that can be taken back and has not been; what was before the start stands."""
    starts = tournament.actions.filter(verb="start").exclude(undone_by__verb=UNDONE)
    start = Coalesce(Subquery(starts.order_by("-number").values("number")[:1]), 0)
    actions = tournament.actions.filter(undone_by__isnull=True, number__gte=start)
    return actions.exclude(undo={}).order_by("-number").first()


@transaction.atomic
def undo_last(
    *,
    tournament_id: UUID,
    actor: Actor = ORGANISER,
    why: str = "",
    skip: bool = False,
    number: int | None = None,
) -> Action:
    """Take back the last action that can be and has not been; gives the record of doing so.

    `skip` leaves it as it is instead, so that the one before it comes next. `number` is that of the
    action that the caller saw. Raises `Conflict` when there is none, when it is another one by now,
    or when it can be taken back no longer, with its name.
    """
    tournament = lock_tournament(tournament_id)
    action = last_undoable(tournament)
    if action is None or action.undo.get("kind") not in UNDO:
        raise Conflict("There is nothing that could be undone.", code="nothing_to_undo")
    if number is not None and number != action.number:
        raise Conflict(
            f"Something else has been done or undone since then. The last is now: {action.text}.",
            code="undo_changed",
        )
    return audit_log.record(
        tournament=tournament,
        actor=actor,
        verb=SKIPPED if skip else UNDONE,
        text=f"Left as it is: {action.text}" if skip else _take_back(tournament, action),
        why=why,
        undoes=action,
    )


def _take_back(tournament: Tournament, action: Action) -> str:
    """Undo an action; gives what was done in words, raises `Conflict` naming what cannot be."""
    try:
        said = UNDO[action.undo["kind"]](tournament, action.undo)
    except Refusal as refusal:
        raise Conflict(
            f"{action.text!r} cannot be undone: {refusal.message} Leave it as it is to undo what "
            "was done before it.",
            code=refusal.code,
        ) from refusal
    return f"Undone: {action.text}" + (f"; {said}" if said else "")


def _gone() -> Conflict:
    return Conflict(
        "This can no longer be undone: what it changed has changed again.", code="match_changed"
    )


def _decided_at(tournament: Tournament, at: list[Any]) -> Pairing:
    check_was_started(tournament)
    pairing = pairing_at(tournament, at)
    if pairing is None or pairing.state != PairingState.DECIDED:
        raise _gone()
    return pairing


def _undo_result(tournament: Tournament, undo: dict[str, Any]) -> str:
    pairing = _decided_at(tournament, undo["at"])
    station, called_at = pairing.station, pairing.called_at
    reopen_pairing(pairing)
    if not walk_over([pairing]) and station is not None:
        call_again(tournament, pairing, station, called_at)
    return ""


def _undo_reopen(tournament: Tournament, undo: dict[str, Any]) -> str:
    check_was_started(tournament)
    results = undo["results"]
    with restoring(tournament, undo["rounds"]):
        if enter_again(tournament, results[:1]):
            raise _gone()
        lost = enter_again(tournament, results[1:], undo["rounds"])
    return lost_in_words(lost)


def lost_in_words(count: int) -> str:
    """What an undo says of so many results that did not find their place; nothing of none."""
    return f"{count} emptied results could not be entered again" if count else ""


def _undo_correct(tournament: Tournament, undo: dict[str, Any]) -> str:
    pairing = _decided_at(tournament, undo["at"])
    assert pairing.match is not None
    reopen_course(pairing.group.stage)
    with restoring(tournament, undo["rounds"]):
        reopen_match(match=pairing.match)
        end_match(match=pairing.match, result=result_of_data(undo["result"]))
        lost = enter_again(tournament, undo["fallen"], undo["rounds"])
    return lost_in_words(lost)


#: How each kind of action is taken back; services of other nouns add theirs.
UNDO: dict[str, TakeBack] = {
    "result": _undo_result,
    "reopen": _undo_reopen,
    "correct": _undo_correct,
}
