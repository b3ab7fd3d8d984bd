"""The lobby's page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from lobby.moderation import may_moderate
from lobby.presence import everybody
from matchmaking.identity import browser_player
from matchmaking.pages.queue_panel import queue_panel
from tournaments.selectors import running_tournaments

from .lines import lobby_log

TOURNAMENTS_SHOWN = 6


@require_safe
@never_cache
@ensure_csrf_cookie
def lobby(request: HttpRequest) -> HttpResponse:
    """The lobby's page: people, news, chat and the queue."""
    player = browser_player(request)
    # The log first: events during the other reads are sent again over the socket.
    shown = lobby_log()
    context = {
        "log": shown,
        "queue": queue_panel(player, now=timezone.now()),
        "presence": everybody(),
        "tournaments": running_tournaments(limit=TOURNAMENTS_SHOWN),
        "is_moderator": may_moderate(request.user),
        "chat_max_chars": settings.MATCHPOINT_CHAT_MAX_CHARS,
    }
    return render(request, "lobby/lobby.html", context)
