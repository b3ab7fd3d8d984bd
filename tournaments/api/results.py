"""Results by the organiser and the judges: entered, corrected, reopened."""

from uuid import UUID

from django.http import HttpRequest

from lib.errors import Malformed
from matchmaking.models import Match
from matchmaking.results import Result
from tournaments.models import Pairing
from tournaments.services.actors import Actor
from tournaments.services.locking import pairing_of_match
from tournaments.services.permissions import check_may_enter_result
from tournaments.services.progress import results
from tournaments.services.progress.reopen import preview_reopen, reopen_result
from tournaments.services.progress.results import (
    Report,
    by_double_forfeit,
    by_forfeit,
    by_score,
    set_live_score,
)

from . import schemas
from .api_setup import ONE, Router, account, caller, named, organised
from .bodies import PLAIN_REOPEN, LiveBody, ReopenBody, ResultBody
from .idempotency import once_in_one
from .tournaments import tournament_of

router = Router("Results")
MATCH = f"{ONE}/matches/<uuid:match_id>"


@router.route("POST", f"{MATCH}/result")
def enter_result(
    request: HttpRequest, tournament_id: UUID, match_id: UUID, body: ResultBody
) -> schemas.Entered:
    """Enter a result, as the organiser or a judge; the winner goes on.

    With the match's `revision`, the organiser replaces a result that is there: later results stand
    where the same people meet, the others are emptied.
    """
    pairing, actor = _judged(request, tournament_id, match_id)
    entered = results.enter_result(
        tournament_id=tournament_id,
        match_id=match_id,
        report=_report(pairing, body),
        revision=body.revision,
        actor=actor,
        why=body.why,
    )
    return schemas.Entered.of("Result Entered", entered)


def _judged(request: HttpRequest, tournament_id: UUID, match_id: UUID) -> tuple[Pairing, Actor]:
    """A match, and the organiser or judge who may enter its result; raises for others."""
    tournament = tournament_of(tournament_id)
    pairing = pairing_of_match(tournament, match_id)
    actor = check_may_enter_result(
        tournament=tournament, pairing=pairing, caller=caller(request), user=account(request)
    )
    return pairing, named(request, actor)


def _report(pairing: Pairing, body: ResultBody) -> Report:
    if body.winner is not None and body.outcome != "forfeit":
        raise Malformed('`winner` is for `"outcome": "forfeit"`; else the scores say who has won.')
    is_scored = body.scores is not None or body.drawn is not None or bool(body.games)
    if is_scored and body.outcome in {"forfeit", "double_forfeit"}:
        raise Malformed("A match that is forfeited has no `scores`. Leave them out.")
    scores = body.scores
    match body.outcome:
        case "forfeit":
            return by_forfeit(_winner(pairing, body.winner))
        case "double_forfeit":
            return by_double_forfeit()
        case "draw":
            if scores is None and not body.games:
                scores = [0, 0]
            return _drawn(by_score(scores, drawn=body.drawn, games=body.games))
    if scores is None and not body.games:
        raise Malformed("`scores` is missing: the games won by each side, such as [2, 1].")
    return by_score(scores, drawn=body.drawn, games=body.games)


def _drawn(report: Report) -> Report:
    """The report of a match that was drawn; raises `Malformed` when its score is no draw."""

    def drawn(match: Match) -> Result:
        result = report(match)
        if result.winner is not None:
            raise Malformed("A draw has equal `scores`. Leave them out, or correct them.")
        return result

    return drawn


def _winner(pairing: Pairing, winner: int | str | None) -> int:
    """The index of the side that wins by forfeit."""
    names = [entrant.name if entrant else None for _, entrant in pairing.sides]
    if isinstance(winner, str) and winner in names:
        return names.index(winner)
    if winner in {0, 1}:
        return int(winner)
    raise Malformed(
        "Say who wins by forfeit: `winner` is 0 or 1, the index of a side, or the name of an "
        "entrant of this match."
    )


@router.route("POST", f"{MATCH}/live")
def say_score(
    request: HttpRequest, tournament_id: UUID, match_id: UUID, body: LiveBody
) -> schemas.Entered:
    """Say how a match stands that is still played; this is not yet a result."""
    _judged(request, tournament_id, match_id)
    pairing = set_live_score(tournament_id=tournament_id, match_id=match_id, scores=body.scores)
    return schemas.Entered.of("Score Set", pairing)


@router.route("POST", f"{MATCH}/reopen", once=once_in_one)
def reopen_match(
    request: HttpRequest, tournament_id: UUID, match_id: UUID, body: ReopenBody = PLAIN_REOPEN
) -> schemas.Reopened:
    """Take a result back, and with it the later ones that were built on it.

    With `dry_run` nothing is done; either way `emptied` lists those later matches.
    """
    who = organised(request, tournament_id)
    if body.dry_run:
        emptied = preview_reopen(tournament_id=tournament_id, match_id=match_id)
    else:
        emptied = reopen_result(**who, match_id=match_id, why=body.why)
    status = "Nothing Changed" if body.dry_run else "Reopened"
    return schemas.Reopened(status, body.dry_run, schemas.EmptiedMatch.listed(emptied))
