"""HTTP for programs: a match, its result as its players report it, and leaving it."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest

from lib.endpoints import endpoint
from lib.errors import Malformed
from lib.schemas import Body
from matchmaking import schemas
from matchmaking.identity import caller_of
from matchmaking.models import MatchState
from matchmaking.selectors import match_of
from matchmaking.services.matches import leave_match
from matchmaking.services.reports import Claim, confirm_result, dispute_result, report_result

_TAG = "Matches"
_MOST_SCORES = 32


class MatchResultBody(Body):
    """What `POST /matches/<id>/result` takes: scores by side, or a forfeit."""

    scores: list[int] | None = None
    drawn: int | None = None
    games: list[tuple[int, int]] = []
    outcome: Literal["played", "forfeit"] = "played"
    winner: int | None = None
    revision: int | None = None

    def claim(self) -> Claim:
        """The result in the words of the service; raises `Malformed`."""
        if self.scores is not None and len(self.scores) > _MOST_SCORES:
            raise Malformed("There are more scores than a match has sides.")
        return Claim(
            self.scores,
            self.drawn,
            self.games,
            self.outcome == "forfeit",
            self.winner,
            self.revision,
        )


class ReportBody(Body):
    """Which report is meant; may be left out."""

    report: UUID | None = None


_ANY_REPORT = ReportBody()


@endpoint("GET", "HEAD", tag=_TAG)
def show(request: HttpRequest, match_id: UUID) -> schemas.MatchDetail:
    """A match with its sides, its report and the ratings it moved, for everybody."""
    return schemas.MatchDetail.of(match_of(match_id))


@endpoint("POST", tag=_TAG)
def leave(request: HttpRequest, match_id: UUID) -> schemas.MatchLeft:
    """Leave an unfinished match, which concedes it unless others play on."""
    match = leave_match(match_id=match_id, caller=caller_of(request))
    goes_on = match.state == MatchState.OPEN
    message = "You left the match; it goes on." if goes_on else "You conceded the match."
    return schemas.MatchLeft(message, schemas.MatchSummary.of(match))


@endpoint("POST", tag=_TAG)
def result(request: HttpRequest, match_id: UUID, body: MatchResultBody) -> schemas.ResultAnswer:
    """Say how a match ended, as one of its players."""
    claim = body.claim()
    stands = report_result(match_id=match_id, caller=caller_of(request), claim=claim)
    return schemas.ResultAnswer.of(stands.match, stands.report)


@endpoint("POST", tag=_TAG)
def confirm(
    request: HttpRequest, match_id: UUID, body: ReportBody = _ANY_REPORT
) -> schemas.ResultAnswer:
    """Agree with the other side's report."""
    caller = caller_of(request)
    stands = confirm_result(match_id=match_id, caller=caller, report_id=body.report)
    return schemas.ResultAnswer.of(stands.match, stands.report)


@endpoint("POST", tag=_TAG)
def dispute(
    request: HttpRequest, match_id: UUID, body: ReportBody = _ANY_REPORT
) -> schemas.ResultAnswer:
    """Disagree with the other side's report."""
    caller = caller_of(request)
    stands = dispute_result(match_id=match_id, caller=caller, report_id=body.report)
    return schemas.ResultAnswer.of(stands.match, stands.report)
