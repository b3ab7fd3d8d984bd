"""The last lines of the lobby, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from lobby.stream_names import LOBBY
from streams import log
from streams.models import Event

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
