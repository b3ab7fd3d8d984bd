"""A wall for a projector: the matches that are being played, as many as fit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from play.registry import games


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """Up to nine live matches at once; the page finds out by itself which."""
    scripts = {game.slug: static(game.script) for game in games().values()}
    context = {"games": scripts, "address": request.get_host()}
    return render(request, "play/wall.html", context)
