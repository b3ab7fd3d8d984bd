"""The page of a match that is played here, and of its finished games."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lib.errors import NotFound
from matchmaking.identity import browser_player
from matchmaking.models import Match
from matchmaking.pages.match_display import match_page_of
from matchmaking.pages.matches import match_page as plain_match_page
from matchmaking.ports.game_host import game_of_match
from matchmaking.selectors import match_of
from play.registry import UnknownGame, game_of
from play.selectors import played_game, watchable_games

SPEEDS = ("0.25", "0.5", "1", "2", "4")


@never_cache
def match_page(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """A match: to be played, or as ever where it is not played here."""
    match = _match(match_id)
    played, replays = game_of_match(match), watchable_games(match)
    try:
        game = game_of(played.slug) if played else None
    except UnknownGame:
        game = None
    if game is None:
        more = {"replays": replays, "below": "play/_games.html"} if replays else {}
        return plain_match_page(request, match_id, more)
    context = {
        "match": match,
        "shown": match_page_of(match, browser_player(request)),
        "game": game,
        "has_keys": hasattr(game, "moves"),
        "replays": replays,
    }
    return render(request, "play/match.html", context)


@require_safe
@never_cache
def replay(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """A finished game, to be watched: `?game=2&at=812`."""
    match = _match(match_id)
    asked = request.GET.get("game", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0
    try:
        game = game_of(played_game(match, number).game)
    except (NotFound, UnknownGame) as error:
        raise Http404 from error
    context = {
        "match": match,
        "shown": match_page_of(match, browser_player(request)),
        "game": game,
        "number": number,
        "replays": watchable_games(match),
        "speeds": SPEEDS,
    }
    return render(request, "play/replay.html", context)


def _match(match_id: UUID) -> Match:
    try:
        return match_of(match_id)
    except NotFound as error:
        raise Http404 from error
