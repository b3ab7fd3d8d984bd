"""What a game server says of the matches that it decides, and which there are."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from msgspec import Meta

from lib.endpoints import endpoint
from lib.schemas import Body
from matchmaking import schemas
from matchmaking.models import Match
from matchmaking.models.game_servers import ADDRESS_MAX_CHARS, JOIN_CODE_MAX_CHARS, WHY_MAX_CHARS
from matchmaking.selectors import match_of
from matchmaking.services.game_servers.matches import (
    Allocation,
    Ending,
    allocate,
    end_match,
    leave,
    set_score,
    start,
    void,
)
from service_keys.models import Scope

from .keys import by_key, key_of

_TAG = "Game servers"
_MOST_SIDES = 40
_MOST_GAMES = 99
_MOST_PLAYERS = 80
Scores = Annotated[list[int], Meta(max_length=_MOST_SIDES)]
Value = bool | int | float | str


class AllocationBody(Body):
    """Where a match is played; shown only to those in it."""

    address: Annotated[str, Meta(max_length=ADDRESS_MAX_CHARS)] = ""
    """Such as a host with a port, or a link."""
    join_code: Annotated[str, Meta(max_length=JOIN_CODE_MAX_CHARS)] = ""
    by_side: Annotated[list[dict[str, Any]], Meta(max_length=_MOST_SIDES)] = []
    """What only that side is given, in the order of the sides; none, or one for each."""


class ServerLiveBody(Body):
    """How a match stands that is being played."""

    scores: Scores
    sequence: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    """A number of yours that grows: a score with a lower one than before is ignored."""


class ServerResultBody(Body):
    """How a match ended: scores by side, or a forfeit; and what each player did."""

    scores: Scores | None = None
    """Games won by each side; of a single game, and of more than two sides, the points."""
    drawn: int | None = None
    games: Annotated[list[tuple[int, int]], Meta(max_length=_MOST_GAMES)] = []
    """The points of each game, instead of the scores."""
    outcome: Literal["played", "forfeit", "double_forfeit"] = "played"
    winner: int | None = None
    """The index of the side that wins by forfeit."""
    revision: int | None = None
    """The match's `revision` that you have seen."""
    statistics: Annotated[dict[str, dict[str, Value]], Meta(max_length=_MOST_PLAYERS)] | None = None
    """Of each player, by your id or the site's: names with numbers or short texts."""

    def ending(self) -> Ending:
        """The result in the words of the service."""
        return Ending(self.scores, self.drawn, self.games, self.outcome, self.winner, self.revision)


class VoidBody(Body):
    """Why a match is called off."""

    why: Annotated[str, Meta(max_length=WHY_MAX_CHARS)] = ""


class LeftBody(Body):
    """Who left a match that is being played."""

    player: str
    """By your id or the site's."""
    backfill: bool = False
    """Whether the place is offered to those who wait in the pool."""


_NO_REASON = VoidBody()


@endpoint("PUT", tag=_TAG, first=by_key(Scope.MATCHES))
def allocation(request: HttpRequest, match_id: UUID, body: AllocationBody) -> schemas.Told:
    """Say where a match is played; the same once more changes nothing."""
    key = key_of(request)
    where = Allocation(body.address, body.join_code, body.by_side)
    return _told(allocate(match_id=match_id, key=key, allocation=where))


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES))
def started(request: HttpRequest, match_id: UUID) -> schemas.Told:
    """Say that the play of a match has begun."""
    return _told(start(match_id=match_id, key=key_of(request)))


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES))
def live(request: HttpRequest, match_id: UUID, body: ServerLiveBody) -> schemas.Told:
    """Say how a match stands that is being played."""
    key = key_of(request)
    is_new = set_score(match_id=match_id, key=key, scores=body.scores, sequence=body.sequence)
    match = match_of(match_id)
    if is_new:
        return _told(match)
    message = "A later score is stored already; this one is ignored."
    return schemas.Told("Ignored", message, _shown(match))


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES))
def ended(request: HttpRequest, match_id: UUID, body: ServerResultBody) -> schemas.Told:
    """Say how a match ended; ratings and brackets follow at once."""
    key = key_of(request)
    match = end_match(match_id=match_id, key=key, ending=body.ending(), statistics=body.statistics)
    return _told(match)


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES))
def voided(request: HttpRequest, match_id: UUID, body: VoidBody = _NO_REASON) -> schemas.Told:
    """Call a match off: nobody is rated, and its players may queue again."""
    key = key_of(request)
    return _told(void(match_id=match_id, key=key, why=body.why))


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES))
def left(request: HttpRequest, match_id: UUID, body: LeftBody) -> schemas.Told:
    """Say who left; with `backfill` the match goes on, and somebody who waits may come."""
    key = key_of(request)
    match = leave(match_id=match_id, key=key, player=body.player, backfill=body.backfill)
    return _told(match)


def _told(match: Match) -> schemas.Told:
    return schemas.Told("Stored", "This is stored.", _shown(match))


def _shown(match: Match) -> schemas.MatchDetail:
    """A match as its game server sees it."""
    return schemas.MatchDetail.of(match, connection=schemas.Connection.of(match))
