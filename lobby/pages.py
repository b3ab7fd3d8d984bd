"""The lobby's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from matchmaking.identity import browser_player
from matchmaking.pages.queue_panel import queue_panel
from streams import log
from streams.models import Event
from tournaments.selectors import current_tournaments

from .models import ChatSettings
from .moderation import may_moderate
from .presence import everybody
from .stream_names import LOBBY

TOURNAMENTS_SHOWN = 6
#: Of the lobby's events, those that are no news.
CHAT_TYPES = ("chat", "chat_deleted")
#: How far back a page looks for lines of one kind, so that much news does not hide the chat.
LOOK_BACK_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class LobbyLog:
    """What a fresh page shows, exactly as of `epoch` and `seq`, oldest first."""

    epoch: str
    seq: int
    news: Sequence[Event]
    chat: Sequence[Event]


def lobby_log() -> LobbyLog:
    """The last lines of news and of chat; a live page goes on from their epoch and seq."""
    head = log.head(LOBBY)
    events = Event.objects.filter(
        stream=LOBBY, seq__lte=head.seq, seq__gt=head.seq - LOOK_BACK_EVENTS
    ).order_by("-seq")
    most = settings.MATCHPOINT_RECENT_EVENTS
    news = events.exclude(type__in=CHAT_TYPES)[:most]
    # Of a line that a moderator took away, an empty event is left.
    chat = events.filter(type="chat").exclude(text="")[:most]
    return LobbyLog(head.epoch, head.seq, list(news)[::-1], list(chat)[::-1])


@require_safe
@never_cache
@ensure_csrf_cookie
def lobby(request: HttpRequest) -> HttpResponse:
    """The lobby's page: people, news, chat and the queue."""
    player = browser_player(request)
    # The log first: events during the other reads are sent again over the socket.
    shown = lobby_log()
    presence = everybody()
    context = {
        "log": shown,
        "queue": queue_panel(player, now=timezone.now()),
        "presence": presence,
        "nameless": presence.online.count - len(presence.online.people),
        "tournaments": current_tournaments(limit=TOURNAMENTS_SHOWN),
        "is_moderator": may_moderate(request.user),
        "chat": ChatSettings.current(),
        "chat_max_chars": settings.MATCHPOINT_CHAT_MAX_CHARS,
    }
    return render(request, "lobby/lobby.html", context)
