"""The games of this site, and practice against the computer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matchmaking.identity import browser_player
from matchmaking.pages.queue_panel import queue_panel
from play.registry import UnknownGame, game_of
from play.registry import games as installed_games

STRENGTHS = ((1, "Gentle"), (2, "Steady"), (3, "Strong"))


@require_safe
def games(request: HttpRequest) -> HttpResponse:
    """All games that can be played here."""
    return render(request, "play/games.html", {"games": installed_games().values()})


@require_safe
@never_cache
def game_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One game: practice in the page, if it has that, and the queue."""
    try:
        game = game_of(slug)
    except UnknownGame as error:
        raise Http404 from error
    context = {
        "game": game,
        "practice": game.practice,
        "strengths": STRENGTHS,
        "has_keys": hasattr(game, "moves"),
        "queue": queue_panel(browser_player(request), now=timezone.now()),
    }
    return render(request, "play/practice.html", context)
