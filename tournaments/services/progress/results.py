"""Results of a tournament's matches: how they stand, how they end, and corrected."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict
from matchmaking.models import Match, MatchState
from matchmaking.results import BadScore, Result
from matchmaking.services.matches import reopen_match, set_live_scores
from tournaments.models import Pairing, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.locking import (
    address,
    check_runs,
    check_was_started,
    lock_tournament,
    pairing_of_match,
)
from tournaments.wording import match_words

from .advance import end_match
from .dependents import fallen_by, result_data
from .stage_replay import later_rounds
from .stages import reopen_course

#: What a report makes of the match that it is for.
Report = Callable[[Match], Result]


def by_score(scores: Sequence[int]) -> Report:
    """A match that was played; a draw too, where the stage has draws."""
    return lambda match: Result.by_score(scores, best_of=match.best_of, draws=match.draws)


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
def report_result(
    *,
    tournament_id: UUID,
    match_id: UUID,
    report: Report,
    revision: int | None = None,
    actor: Actor = ORGANISER,
    why: str = "",
) -> Pairing:
    """Enter a match's result; what follows from it happens in the same transaction.

    `revision` is the match's as the caller saw it. Raises `BadScore`, `Conflict` when the match
    has ended or is another by now, or the tournament does not run, and `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    check_runs(tournament)
    match = _match(pairing)
    check_revision(match, revision)
    end_match(match=match, result=report(match))
    _record(tournament, pairing, actor, why, {"kind": "result", "at": address(pairing)})
    return _decided(pairing)


@transaction.atomic
def set_live_score(*, tournament_id: UUID, match_id: UUID, scores: Sequence[int]) -> Pairing:
    """Say how an open match stands; not yet a result. Raises as `report_result` does."""
    tournament = lock_tournament(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    check_runs(tournament)
    set_live_scores(match=_match(pairing), scores=scores)
    return pairing


@transaction.atomic
def correct_result(
    *,
    tournament_id: UUID,
    match_id: UUID,
    report: Report,
    revision: int | None = None,
    actor: Actor = ORGANISER,
    why: str = "",
) -> Pairing:
    """Replace a result; later ones stand where the same people meet, the others are emptied.

    `revision` is the match's as the caller saw it. Raises as `report_result` does, and
    `Conflict` with the code `result_changed` when somebody else was first.
    """
    tournament = lock_tournament(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    check_was_started(tournament)
    match = _match(pairing)
    check_revision(match, revision)
    if match.state != MatchState.FINISHED:
        raise Conflict("This match has no result yet: enter one.", code="not_decided")
    before, after = Result.of(match), report(match)
    if after == before:
        return pairing
    undo = {
        "kind": "correct",
        "at": address(pairing),
        "result": result_data(pairing),
        "fallen": fallen_by(pairing, after),
        "rounds": later_rounds(pairing.group.stage),
    }
    reopen_course(pairing.group.stage)
    reopen_match(match=match)
    end_match(match=match, result=after)
    _record(tournament, pairing, actor, why, undo, "corrected to: ")
    return _decided(pairing)


def check_revision(match: Match, revision: int | None) -> None:
    """Raise `Conflict` when a match is no longer as the caller saw it."""
    if revision is not None and match.revision != revision:
        raise Conflict(
            "Somebody else has changed this result. Look at it again, then correct it.",
            code="result_changed",
        )


def _match(pairing: Pairing) -> Match:
    assert pairing.match is not None
    return pairing.match


def _record(
    tournament: Tournament,
    pairing: Pairing,
    actor: Actor,
    why: str,
    undo: dict[str, Any],
    prefix: str = "",
) -> None:
    words = match_words(_match(pairing), (str(pairing.top), str(pairing.bottom)))
    audit_log.record(
        tournament=tournament,
        actor=actor,
        verb=undo["kind"],
        text=f"{prefix}{words} ({pairing.round})",
        why=why,
        data={"match": str(pairing.match_id)},
        undo=undo,
    )


def _decided(pairing: Pairing) -> Pairing:
    """The pairing as it stands now."""
    related = Pairing.objects.select_related(
        "round", "top", "bottom", "match", "station", "group__stage"
    )
    return related.get(pk=pairing.pk)
