"""Facts as Discord shows them: an embed with a title, a colour, fields and a link."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from django.conf import settings

from webhooks.wanted import Fact

_GREEN, _BLUE, _RED, _GREY = 0x2E7D32, 0x1565C0, 0xC62828, 0x607D8B
#: The title and the colour of each type.
_LOOKS: dict[str, tuple[str, int]] = {
    "match.made": ("Match", _BLUE),
    "match.allocated": ("Match: the place is known", _BLUE),
    "match.started": ("Match started", _BLUE),
    "match.scored": ("Score", _BLUE),
    "match.finished": ("Result", _GREEN),
    "match.cancelled": ("Match cancelled", _RED),
    "match.reopened": ("Match reopened", _GREY),
    "match.reported": ("Result reported", _GREY),
    "match.disputed": ("Result disputed", _RED),
    "player.left": ("A player left", _RED),
    "place.filled": ("A player joined", _BLUE),
    "tournament.opened": ("Registration is open", _BLUE),
    "tournament.started": ("Tournament started", _BLUE),
    "tournament.round_published": ("Round", _BLUE),
    "tournament.match_finished": ("Result", _GREEN),
    "tournament.finished": ("Tournament finished", _GREEN),
    "tournament.cancelled": ("Tournament cancelled", _RED),
    "test.ping": ("Test", _GREY),
}
_TEXT_MAX, _FIELD_MAX = 2000, 500
_MARKDOWN = re.compile(r"([\\*_~`|>\[\]()#:@<])")


def discord_body(fact: Fact) -> bytes:
    """The body that Discord takes. Names in it are shown as they are, and notify nobody."""
    title, colour = _LOOKS[fact.type]
    data = fact.decoded()
    embed = {
        "title": title,
        "description": _plain(fact.text, _TEXT_MAX),
        "color": colour,
        "timestamp": fact.at,
        "fields": [
            {"name": name, "value": _plain(value, _FIELD_MAX), "inline": True}
            for name, value in _fields(data)
            if value
        ],
    }
    if link := _link(data):
        embed["url"] = link
    return msgspec.json.encode({"embeds": [embed], "allowed_mentions": {"parse": []}})


def _plain(text: str, most: int) -> str:
    """Text without what Discord reads as markup."""
    return _MARKDOWN.sub(r"\\\1", text[: most // 2])


def _fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tournament, match = data.get("tournament"), data.get("match")
    if tournament:
        yield "Tournament", tournament["name"]
    if isinstance(data.get("round"), int):
        yield "Round", str(data["round"])
    elif data.get("round"):
        yield "Round", data["round"]
    if match and match.get("pool"):
        yield "Pool", match["pool"]
    if match and (score := match.get("scores") or match.get("live_scores")):
        yield "Score", " - ".join(map(str, score))
    if "winner" in data:
        yield "Winner", data["winner"] or "nobody"
    if pairs := data.get("pairs"):
        yield "Pairings", "; ".join(" vs ".join(pair) for pair in pairs[:8])


def _link(data: Mapping[str, Any]) -> str:
    """The page of what it is about; none where the site does not know its own address."""
    if not settings.PUBLIC_URL:
        return ""
    if tournament := data.get("tournament"):
        return str(tournament["url"])
    match = data.get("match")
    return f"{settings.PUBLIC_URL}/matches/{match['id']}" if match else ""
