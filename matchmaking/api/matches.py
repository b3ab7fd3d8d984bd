"""HTTP for programs: a match, its result as its players report it, and leaving it."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from msgspec import UNSET, UnsetType

from lib.database.paging import Order, PageQuery, page_of
from lib.endpoints import endpoint
from lib.errors import Malformed
from lib.schemas import Body
from matchmaking import schemas
from matchmaking.callers import players_of
from matchmaking.identity import caller_of
from matchmaking.models import DecidedBy, Match, MatchState
from matchmaking.ports.match_host import decider_of
from matchmaking.selectors import listed_matches, match_of
from matchmaking.services.matches import leave_match
from matchmaking.services.reports import Claim, confirm_result, dispute_result, report_result
from service_keys.access import bearer_key, check_key
from service_keys.models import Scope

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


@endpoint("GET", tag=_TAG)
def show(request: HttpRequest, match_id: UUID) -> schemas.MatchDetail:
    """A match with its sides, its report and the ratings it moved, for everybody.

    Who sits in it, and its game server, see where it is played too.
    """
    match = match_of(match_id)
    return schemas.MatchDetail.of(match, connection=_connection(request, match))


def _connection(request: HttpRequest, match: Match) -> schemas.Connection | UnsetType:
    decider = decider_of(match)
    if decider.by != DecidedBy.GAME_SERVER:
        return UNSET
    key = bearer_key(request)
    if key is not None:
        may_see = decider.is_key(key) and Scope.MATCHES in key.scopes
        return schemas.Connection.of(match) if may_see else UNSET
    caller = caller_of(request)
    player = players_of([caller]).get(caller)
    return schemas.Connection.for_player(match, player)


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


ORDERS: dict[str, Order] = {
    "created": (("created_at", datetime), ("pk", UUID)),
    "closed": (("closed_at", datetime | None), ("pk", UUID)),
}


class MatchesQuery(PageQuery, kw_only=True):
    """Which matches."""

    pool: str | None = None
    """The short name of the pool that made them."""
    tournament: UUID | None = None
    player: UUID | None = None
    """Somebody who plays, or played, in them."""
    state: MatchState | None = None
    since: datetime | None = None
    """Only those made at this moment or later."""
    sort: Literal["-created", "created", "-closed", "closed"] = "-created"
    """By when they were made, or ended; those that have not ended come last."""


@endpoint("GET", tag=_TAG)
def matches(request: HttpRequest, query: MatchesQuery) -> schemas.Matches:
    """Matches, the newest first: of one pool, tournament or player, else of all pools.

    By a service key with the scope `read` also those of the tournaments that it decides.
    """
    key = bearer_key(request)
    if key is not None:
        check_key(key, Scope.READ)
    found = listed_matches(
        key=key, pool=query.pool, tournament=query.tournament, player=query.player
    )
    if query.state is not None:
        found = found.filter(state=query.state)
    if query.since is not None:
        found = found.filter(created_at__gte=_aware(query.since))
    page = page_of(found, query, ORDERS)
    return schemas.Matches(schemas.MatchDetail.listed(page.rows), next=page.next)


def _aware(moment: datetime) -> datetime:
    """A moment in UTC; raises `Malformed` for one without a zone, or that no calendar has."""
    if moment.tzinfo is None:
        raise Malformed("Say the zone of `since`, such as `2030-01-31T18:00:00Z`.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Malformed("There is no such moment as `since`.") from error
