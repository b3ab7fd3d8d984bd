"""The last lines of the lobby, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from lobby.stream_names import LOBBY
from streams import log
from streams.models import Event

#: Of the lobby's events, those that are no news.
CHAT_TYPES = ("chat", "chat_deleted")
#: How far back a page looks for lines of one kind, so that much news does not hide the chat.
LOOK_BACK_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One piece of news; `tournament` is the id and name of the one it is about, if any."""

    seq: int
    at: datetime
    type: str
    tag: str
    text: str
    tournament: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A line of chat; `player_id` is empty for an anonymous socket."""

    seq: int
    at: datetime
    player_id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class LobbyLog:
    """What a fresh page shows, exactly as of `epoch` and `seq`, oldest first."""

    epoch: str
    seq: int
    news: Sequence[NewsLine]
    chat: Sequence[ChatLine]


def lobby_log() -> LobbyLog:
    """The last lines of news and of chat; a live page goes on from their epoch and seq."""
    head = log.head(LOBBY)
    events = Event.objects.filter(
        stream=LOBBY, seq__lte=head.seq, seq__gt=head.seq - LOOK_BACK_EVENTS
    ).order_by("-seq")
    most = settings.MATCHPOINT_RECENT_EVENTS
    news = [_news_line(event) for event in events.exclude(type__in=CHAT_TYPES)[:most]]
    # Of a line that a moderator took away, an empty event is left.
    chat = [_chat_line(event) for event in events.filter(type="chat").exclude(text="")[:most]]
    return LobbyLog(head.epoch, head.seq, news[::-1], chat[::-1])


def _news_line(event: Event) -> NewsLine:
    about = event.data.get("tournament")
    news = event.data.get("news") or {"tag": "News", "text": event.text}
    tournament = (about["id"], about["name"]) if about else None
    return NewsLine(event.seq, event.at, event.type, news["tag"], news["text"], tournament)


def _chat_line(event: Event) -> ChatLine:
    player = event.data["player"]
    return ChatLine(event.seq, event.at, player["id"] or "", player["username"], event.data["text"])
