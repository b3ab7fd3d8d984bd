"""Chat: plain text, checked, stored in the lobby's log, sent to everyone."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lib.errors import Refusal
from lib.group_commit import GroupCommit
from lib.names import INVISIBLE
from lobby.events.data import ChatData
from matchmaking.schemas import PlayerName
from streams import log

from .models import Mute
from .stream_names import LOBBY

#: Direction overrides and the like could rearrange the text around a line.
_ALLOWED_FORMAT = frozenset({"\u200c", "\u200d"})  # joiners, which scripts and emoji need


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat: `player_id` is None for an anonymous socket."""

    player_id: UUID | None
    name: str
    text: str


def clean_text(raw: str) -> str:
    """The message as one line of plain text; raises `Refusal`."""
    shown = "".join(filter(_is_shown, " ".join(raw.split())))
    text = " ".join(unicodedata.normalize("NFC", shown).split())
    if not any(map(_is_seen, text)):
        raise Refusal("There is nothing in this message.", code="empty")
    most = settings.MATCHPOINT_CHAT_MAX_CHARS
    if len(text) > most:
        raise Refusal(f"{len(text)} characters are too many: at most {most}.", code="too_long")
    return text


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} or char in _ALLOWED_FORMAT


def _is_seen(char: str) -> bool:
    """Whether the character leaves something on the page by itself."""
    return not (
        unicodedata.category(char)[0] in "MZ" or char in INVISIBLE or char in _ALLOWED_FORMAT
    )


class Muted(Refusal):
    """The player is muted by a moderator."""

    code = "muted"


@transaction.atomic
def store_lines(lines: Sequence[Line]) -> Sequence[Refusal | None]:
    """Store lines of chat in the order given; returns `Muted` for those of muted players."""
    muted = _muted([line.player_id for line in lines if line.player_id])
    accepted = [line for line in lines if line.player_id not in muted]
    if accepted:
        log.append(LOBBY, [_draft(line) for line in accepted])
    return [muted.get(line.player_id) for line in lines]


def _draft(line: Line) -> log.Draft:
    data = ChatData(PlayerName(line.player_id, line.name), line.text)
    return log.Draft("chat", f"{line.name}: {line.text}", data)


def _muted(players: Sequence[UUID]) -> dict[UUID | None, Muted]:
    mutes = Mute.objects.filter(player__in=players, until__gt=timezone.now())
    return {
        mute.player_id: Muted(f"A moderator has muted you until {mute.until:%d %B %H:%M} UTC.")
        for mute in mutes
    }


line_writer: GroupCommit[Line, None] = GroupCommit(store_lines)
