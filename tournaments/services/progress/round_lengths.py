"""Best of N for one round, where it differs from its stage's."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from lib.errors import Conflict, NotFound
from matchmaking.models import Match, MatchState
from matchmaking.results import BadScore
from tournaments.models import Round, Tournament, TournamentState
from tournaments.models.stage_settings import BEST_OF_MAX
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.services.undoable import RoundLengthSet


@transaction.atomic
def set_round_best_of(*, tournament_id: UUID, round_id: int, best_of: int, actor: Actor) -> Round:
    """Set best of N for a round of which no result and no live score is in yet.

    Raises `BadScore` for a number that cannot be, `Conflict` when it is too late, `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    round_ = Round.objects.filter(pk=round_id, group__stage__tournament=tournament).first()
    if round_ is None:
        raise NotFound("There is no such round in this tournament.")
    check_not_ended(tournament)
    stage = round_.group.stage
    if not 1 <= best_of <= BEST_OF_MAX or (best_of % 2 == 0 and not stage.draws):
        raise BadScore(f"A match is best of an odd number, 1 to {BEST_OF_MAX}.")
    at = (stage.number, round_.group.number, round_.part, round_.number)
    undo = RoundLengthSet(at=at, before=round_.best_of)
    set_length(round_, best_of)
    audit_log.record(tournament, actor, "best_of", f"{round_} is best of {best_of}", undo=undo)
    return round_


def check_not_ended(tournament: Tournament) -> None:
    """Raise `Conflict` unless the tournament runs."""
    if tournament.state != TournamentState.RUNNING:
        raise Conflict(f"{tournament.name} is {tournament.get_state_display()}.")


def set_length(round_: Round, best_of: int | None) -> None:
    """Set best of N for a round's matches, None for that of its stage; raises `Conflict`."""
    matches = Match.objects.filter(pairing__round=round_)
    if matches.filter(state=MatchState.FINISHED).exists() or matches.exclude(live_scores=[]):
        raise Conflict("Matches of this round have begun: their length stands.", code="too_late")
    round_.change(best_of=best_of)
    matches.filter(state=MatchState.OPEN).update(
        best_of=best_of or round_.group.stage.best_of, revision=F("revision") + 1
    )
