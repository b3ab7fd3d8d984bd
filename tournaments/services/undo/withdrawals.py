"""Withdrawals and reinstatements undone."""

from lib.errors import Conflict
from matchmaking.results import Result
from tournaments.models import EntryStatus, Pairing, PairingState, StageState, Tournament
from tournaments.services.actors import Actor
from tournaments.services.guards import entrant_of
from tournaments.services.locking import check_was_started, later_stages
from tournaments.services.progress.advance import walk_over_all
from tournaments.services.progress.dependents import replay_results, result_of
from tournaments.services.progress.reopen import reopen_pairing
from tournaments.services.progress.stage_replay import Replay
from tournaments.services.progress.stages import tear_down
from tournaments.services.progress.withdrawals import (
    FORFEITS,
    advance_to,
    ready_pairings_of,
    restore_entrant,
    set_last_rounds,
)
from tournaments.services.undoable import EntrantReinstated, EntrantWithdrawn, RecordedResult
from tournaments.services.venue.stations import call_again

from .results import lost_results


def undo_withdrawal(tournament: Tournament, undone: EntrantWithdrawn, actor: Actor) -> None:
    """The entrant takes part again; what was forfeited is open, at the stations where it was."""
    check_was_started(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    if not entrant.has_left:
        raise Conflict(f"{entrant} takes part again already.", code="has_not_left")
    back = restore_entrant(tournament, entrant, actor, undone.since, even_with_dependents=True)
    ready = {pairing.pk for pairing in ready_pairings_of(entrant)}
    for pairing, station, called_at in back.called:
        if pairing.pk in ready:
            call_again(tournament, pairing, station, called_at)


def undo_reinstatement(tournament: Tournament, undone: EntrantReinstated, actor: Actor) -> str:
    """The entrant has left again, and what was forfeited is forfeited."""
    check_was_started(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    if entrant.has_left:
        raise Conflict(f"{entrant} has left again already.", code="has_left")
    entrant.change(status=EntryStatus(undone.status))
    set_last_rounds(entrant)
    for stage, until in undone.until:
        entrant.contentions.filter(group__stage__number=stage).update(until_round=until)
    begun = tournament.stages.filter(number=undone.begun or 0).first()
    replay = Replay.of(undone.rounds)
    if begun is not None and begun.state != StageState.PENDING:
        tear_down([begun, *later_stages(begun)])
        advance_to(tournament, begun)
    for recorded in undone.results:
        _reopen_other_walkover(tournament, recorded, replay)
    lost = replay_results(tournament, undone.results, replay, undone.rounds)
    walk_over_all(tournament)
    return lost_results(lost)


def _reopen_other_walkover(
    tournament: Tournament, recorded: RecordedResult, replay: Replay
) -> None:
    """Reopen a match that was forfeited otherwise than recorded, as somebody else has left."""
    row = Pairing.objects.at(*recorded.at).first_in(tournament)
    if row is None or row.state != PairingState.DECIDED or row.match is None:
        return
    if row.match.outcome in FORFEITS and Result.of(row.match) != result_of(recorded):
        reopen_pairing(row, replay)
