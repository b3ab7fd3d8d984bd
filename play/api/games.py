"""HTTP for programs: the games of a match that was played here, and their records."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from lib.endpoints import endpoint
from lib.errors import NotFound
from lib.http import json_response
from lib.schemas import Schema
from matchmaking.models import Match
from matchmaking.ports.game_host import game_of_match
from matchmaking.selectors import match_of
from matchmaking.wording import side_names
from play import schemas
from play.models import PlayedGame
from play.selectors import played_game, played_games

_TAG = "Matches"
#: A game that is over never changes, but another of its number may follow, and names may change.
_FRESH_SECONDS = 300


class GameQuery(Schema):
    """Which of the games of one number is meant: by default the last that was played."""

    revision: int | None = None


@endpoint("GET", tag=_TAG)
def list_games(request: HttpRequest, match_id: UUID) -> schemas.GameList:
    """The finished games of a match that is played here."""
    match = match_of(match_id)
    games = [schemas.GameSummary.of(one, match) for one in played_games(match)]
    if not games and game_of_match(match) is None:
        raise NotFound("This match is not played here.")
    return schemas.GameList(games)


@endpoint("GET", tag=_TAG, returns=schemas.RealTimeRecord | schemas.TurnRecord)
def show_game(request: HttpRequest, match_id: UUID, number: int, query: GameQuery) -> HttpResponse:
    """A finished game with all that was done in it, from which it can be played again."""
    match = match_of(match_id)
    played = played_game(match, number, revision=query.revision)
    etag = _etag(played, match)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = json_response(schemas.record_of(played, match))
    response["Cache-Control"], response["ETag"] = f"public, max-age={_FRESH_SECONDS}", etag
    return response


def _etag(played: PlayedGame, match: Match) -> str:
    """Of all that may differ between two answers."""
    parts = (played.pk, played.version, match.revision, *side_names(match))
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
