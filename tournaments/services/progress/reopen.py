"""Results reopened, with everything that depends on them."""

from uuid import UUID

from django.db import transaction

from lib.errors import Conflict
from matchmaking.models import MatchState, Seat
from matchmaking.services.matches import reopen_match
from tournaments.engine import elimination as engine
from tournaments.models import Format, Pairing, PairingState, StageState, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import (
    address,
    check_was_started,
    later_stages,
    lock_tournament,
    pairing_of_match,
)
from tournaments.services.undoable import ResultReopened
from tournaments.signals import pairing_reopened
from tournaments.storage.brackets import group_state
from tournaments.wording import pairing_result_in_round

from .dependents import emptied_by_reopening, recorded_results
from .stage_replay import Replay, record_later_stages
from .stages import advance_stage, reopen_stage


def preview_reopen(*, tournament_id: UUID, match_id: UUID) -> list[Pairing]:
    """The later played matches that reopening this one would empty, in order of play.

    Raises as `reopen_result` does.
    """
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    pairing = _to_reopen(tournament or lock_tournament(tournament_id), match_id)
    return emptied_by_reopening(pairing)


@transaction.atomic
def reopen_result(
    *, tournament_id: UUID, match_id: UUID, actor: Actor, why: str = ""
) -> list[Pairing]:
    """Reopen a match; returns the later matches whose results were emptied, as they were.

    Raises `Conflict` when there is no result, and `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    pairing = _to_reopen(tournament, match_id)
    emptied = emptied_by_reopening(pairing)
    undo = ResultReopened(
        at=address(pairing),
        results=recorded_results([pairing, *emptied]),
        rounds=record_later_stages(pairing.group.stage),
    )
    text = f"Reopened: {pairing_result_in_round(pairing)}{_consequences(pairing, emptied)}"
    data = {"match": str(pairing.match_id)}
    reopen_pairing(pairing)
    audit_log.record(tournament, actor, "reopen", text, why=why, data=data, undo=undo)
    return emptied


def _to_reopen(tournament: Tournament, match_id: UUID) -> Pairing:
    pairing = pairing_of_match(tournament, match_id)
    check_was_started(tournament)
    if pairing.known_match.state != MatchState.FINISHED:
        raise Conflict("This match has no result that could be reopened.", code="not_decided")
    gone = [str(entrant) for entrant in pairing.both if entrant.has_left]
    if gone:
        raise Conflict(
            f"{' and '.join(gone)} left the tournament. Correct the result instead, or take "
            "them back first.",
            code="has_left",
        )
    return pairing


def _consequences(pairing: Pairing, emptied: list[Pairing]) -> str:
    """What else changes with a reopened result, in words."""
    if emptied:
        return f"; {len(emptied)} later results were emptied"
    later = pairing.group.rounds.filter(number__gt=pairing.round.number)
    if pairing.group.stage.format == Format.SWISS and later.exists():
        return "; the later rounds stand, and were paired on the old result"
    return ""


def reopen_pairing(pairing: Pairing, replay: Replay | None = None) -> None:
    """Reopen a decided pairing, and empty what depends on it; the tournament is locked."""
    stage = pairing.group.stage
    has_later = any(later.state != StageState.PENDING for later in later_stages(stage))
    reopen_stage(stage)
    reopen_match(match=pairing.known_match)
    for side, entrant in enumerate(pairing.both):  # whoever played the match before
        seat = Seat.objects.filter(match=pairing.match, side=side)
        seat.update(name=entrant.name, player=entrant.player_id)
    changed = _open(pairing)
    advance_stage(stage, replay)
    pairing_reopened.send(
        sender=Pairing, tournament=stage.tournament, pairings=changed, rebuilt=has_later
    )


def _open(pairing: Pairing) -> list[Pairing]:
    if not pairing.group.stage.is_elimination:
        pairing.change(state=PairingState.READY, winner=None, station=None, called_at=None)
        return [pairing]
    bracket, state = group_state(pairing.group)
    return state.store(engine.reopen(bracket, state, pairing.key).changed)
