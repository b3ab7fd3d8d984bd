"""Results of a tournament's matches: live scores, results, and corrections."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, Forbidden
from matchmaking.models import Match, MatchState
from matchmaking.results import BadScore, Result
from matchmaking.services.matches import (
    accept_unanswered,
    reopen_match,
    set_live_scores,
    store_result,
)
from tournaments.models import Pairing
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import (
    address,
    check_runs,
    check_was_started,
    lock_tournament,
    pairing_of_match,
)
from tournaments.services.undoable import ResultCorrected, ResultEntered
from tournaments.signals import pairing_scored
from tournaments.wording import pairing_result_in_round

from .advance import advance
from .dependents import emptied_by_correction, recorded_result
from .stage_replay import record_later_stages
from .stages import reopen_stage

#: A result as it was reported; raises `BadScore` for one that this match cannot have.
Report = Callable[[Match], Result]


def by_score(
    scores: Sequence[int] | None,
    *,
    drawn: int | None = None,
    games: Sequence[Sequence[int]] = (),
) -> Report:
    """A match that was played, as `Result.by_score` takes it; drawn too, where there are draws."""
    return lambda match: Result.by_score(
        scores, best_of=match.best_of, draws=match.draws, drawn=drawn, games=games
    )


def by_forfeit(winner: int) -> Report:
    """A match that one side (an index) won because the other did not play."""

    def report(_: Match) -> Result:
        if winner not in {0, 1}:
            raise BadScore("Say which side wins by forfeit: 0 or 1.")
        return Result.forfeit(winner)

    return report


def by_double_forfeit() -> Report:
    """A match to which neither side came."""
    return lambda _: Result.double_forfeit()


@transaction.atomic
def enter_result(
    *,
    tournament_id: UUID,
    match_id: UUID,
    report: Report,
    actor: Actor,
    revision: int | None = None,
    why: str = "",
) -> Pairing:
    """Enter a match's result, or correct it; what follows happens in the same transaction.

    `revision` is the match's as the caller saw it: with it, the organiser replaces a result that is
    there. Later results stand where the same entrants meet, the others are emptied. Raises
    `BadScore`, `Forbidden`, `NotFound`, and `Conflict` when the match has ended or has changed, or
    the tournament does not run.
    """
    tournament = lock_tournament(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    match = pairing.known_match
    corrects = revision is not None and match.state == MatchState.FINISHED
    (check_was_started if corrects else check_runs)(tournament)
    if revision is not None and match.revision != revision:
        raise Conflict(
            "Somebody else has changed this result. Look at it again, then correct it.",
            code="result_changed",
        )
    result = report(match)
    if not corrects:
        store_result(match=match, result=result)
        advance(pairing, result)
        _record(pairing, actor, why, ResultEntered(at=address(pairing)))
    elif not actor.may_run:
        raise Forbidden("A judge enters results; only the organiser may do this.")
    elif result != Result.of(match):
        _correct(pairing, result, actor, why)
    elif accept_unanswered(match=match):
        _record(pairing, actor, why, None, "confirmed: ")
    return Pairing.objects.in_full().get(pk=pairing.pk)


def _correct(pairing: Pairing, result: Result, actor: Actor, why: str) -> None:
    undo = ResultCorrected(
        at=address(pairing),
        result=recorded_result(pairing),
        fallen=emptied_by_correction(pairing, result),
        rounds=record_later_stages(pairing.group.stage),
    )
    reopen_stage(pairing.group.stage)
    reopen_match(match=pairing.known_match, hold=False)
    store_result(match=pairing.known_match, result=result)
    advance(pairing, result)
    _record(pairing, actor, why, undo, "corrected to: ")


def continue_from(match: Match, actor: Actor) -> None:
    """Record and advance a result that is the word of players or a server; the cup is locked.

    Does nothing for a match of no tournament.
    """
    pairing = Pairing.objects.in_full().filter(match=match).first()
    if pairing is not None:
        pairing.match = match
        _record(pairing, actor, "", ResultEntered(at=address(pairing)))
        advance(pairing, Result.of(match))


@transaction.atomic
def set_live_score(*, tournament_id: UUID, match_id: UUID, scores: Sequence[int]) -> Pairing:
    """Set the score of an open match, which is no result yet; raises as `enter_result` does."""
    tournament = lock_tournament(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    check_runs(tournament)
    set_live_scores(match=pairing.known_match, scores=scores)
    pairing_scored.send(sender=Pairing, tournament=tournament, pairing=pairing)
    return pairing


def _record(
    pairing: Pairing,
    actor: Actor,
    why: str,
    undo: ResultEntered | ResultCorrected | None,
    prefix: str = "",
) -> None:
    verb = "confirm"
    if undo is not None:
        verb = "result" if isinstance(undo, ResultEntered) else "correct"
    text = prefix + pairing_result_in_round(pairing)
    tournament, data = pairing.group.stage.tournament, {"match": str(pairing.match_id)}
    audit_log.record(tournament, actor, verb, text, why=why, data=data, undo=undo)
