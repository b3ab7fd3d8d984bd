"""Results, corrections and reopenings undone."""

from lib.errors import Conflict
from matchmaking.services.matches import reopen_match, store_result
from tournaments.models import Pairing, PairingState, Tournament
from tournaments.services.actors import Actor
from tournaments.services.locking import check_was_started
from tournaments.services.progress.advance import advance, walk_over, walk_over_all
from tournaments.services.progress.dependents import replay_results, result_of
from tournaments.services.progress.reopen import reopen_pairing
from tournaments.services.progress.stage_replay import Replay
from tournaments.services.progress.stages import reopen_stage
from tournaments.services.undoable import Address, ResultCorrected, ResultEntered, ResultReopened
from tournaments.services.venue.stations import call_again


def undo_result(tournament: Tournament, undone: ResultEntered, actor: Actor) -> None:
    """The match is open again, at the station where it was."""
    pairing = _decided_at(tournament, undone.at)
    station, called_at = pairing.station, pairing.called_at
    reopen_pairing(pairing)
    if not walk_over([pairing]) and station is not None:
        call_again(tournament, pairing, station, called_at)


def undo_reopening(tournament: Tournament, undone: ResultReopened, actor: Actor) -> str:
    """The result and those that depended on it are there again."""
    check_was_started(tournament)
    replay = Replay.of(undone.rounds)
    if replay_results(tournament, undone.results[:1], replay):
        raise _changed_since()
    lost = replay_results(tournament, undone.results[1:], replay, undone.rounds)
    walk_over_all(tournament)
    return lost_results(lost)


def undo_correction(tournament: Tournament, undone: ResultCorrected, actor: Actor) -> str:
    """The former result is there again, and those that fell with it."""
    pairing = _decided_at(tournament, undone.at)
    replay, result = Replay.of(undone.rounds), result_of(undone.result)
    reopen_stage(pairing.group.stage)
    reopen_match(match=pairing.known_match, hold=False)
    store_result(match=pairing.known_match, result=result)
    advance(pairing, result, replay)
    lost = replay_results(tournament, undone.fallen, replay, undone.rounds)
    walk_over_all(tournament)
    return lost_results(lost)


def lost_results(count: int) -> str:
    """How many emptied results could not be entered again, in words; nothing for none."""
    return f"{count} emptied results could not be entered again" if count else ""


def _decided_at(tournament: Tournament, at: Address) -> Pairing:
    check_was_started(tournament)
    pairing = Pairing.objects.at(*at).first_in(tournament)
    if pairing is None or pairing.state != PairingState.DECIDED:
        raise _changed_since()
    return pairing


def _changed_since() -> Conflict:
    return Conflict(
        "This can no longer be undone: what it changed has changed again.", code="match_changed"
    )
