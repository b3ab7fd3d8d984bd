"""Chat: plain text, checked, stored in the lobby's log, sent to everyone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from lib.addresses import client_network
from lib.errors import Refusal
from lib.group_commit import GroupCommit
from lib.heavy.slices import delete_slice
from lib.lines import clean_line
from lobby.events.data import ChatData
from matchmaking.models import Player
from matchmaking.schemas import PlayerName
from streams import log

from .models import ChatSettings, LineSource, Mute, Speakers
from .stream_names import LOBBY


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat, and who wrote it: `player_id` is None for an anonymous socket.

    `address` is the network it came from, `since` the time at which the player was created.
    """

    player_id: UUID | None
    name: str
    text: str
    address: str = ""
    since: datetime | None = None
    is_registered: bool = False

    @property
    def speaker(self) -> object:
        """Whose lines are counted together."""
        return self.player_id or self.address


def clean_text(raw: str) -> str:
    """The message as one line of plain text; raises `Refusal`."""
    return clean_line(raw, most_chars=settings.MATCHPOINT_CHAT_MAX_CHARS)


class Muted(Refusal):
    """The speaker is muted by a moderator."""

    code = "muted"


@transaction.atomic
def store_lines(lines: Sequence[Line]) -> Sequence[Refusal | None]:
    """Store lines of chat in the order given; returns why one was refused, else None."""
    now = timezone.now()
    rules = ChatRules(lines, now)
    refusals = [rules.refusal(line) for line in lines]
    accepted = [line for line, refusal in zip(lines, refusals, strict=True) if refusal is None]
    if accepted:
        numbers = log.append(LOBBY, [_draft(line) for line in accepted])
        _store_sources(numbers, accepted, now)
    return refusals


def _store_sources(numbers: Iterable[int], lines: Sequence[Line], now: datetime) -> None:
    LineSource.objects.bulk_create(
        (
            LineSource(seq=seq, player=line.player_id, address=line.address, at=now)
            for seq, line in zip(numbers, lines, strict=True)
        ),
        update_conflicts=True,  # a number is used again after a backup was restored
        unique_fields=("seq",),
        update_fields=("player", "address", "at"),
    )


def _draft(line: Line) -> log.Draft:
    data = ChatData(PlayerName(line.player_id, line.name), line.text)
    return log.Draft("chat", f"{line.name}: {line.text}", data)


# Read with each batch of lines, and mostly there is neither: one statement costs a fifth of two
# querysets.
_SETTINGS_AND_MUTES = """
    SELECT (SELECT speakers FROM lobby_chatsettings WHERE id = 1),
           (SELECT slow_seconds FROM lobby_chatsettings WHERE id = 1),
           EXISTS (SELECT 1 FROM lobby_mute WHERE until > %s)
"""


def _settings_and_mutes(now: datetime) -> tuple[ChatSettings, bool]:
    """The settings, and whether anybody at all is muted."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS_AND_MUTES, (connection.ops.adapt_datetimefield_value(now),))
        speakers, slow_seconds, somebody_is_muted = cursor.fetchone()
    stored = {} if speakers is None else {"speakers": speakers, "slow_seconds": slow_seconds}
    return ChatSettings(**stored), bool(somebody_is_muted)


class ChatRules:
    """Who of these may talk now: by the settings, the mutes, and the last lines in slow mode."""

    def __init__(self, lines: Sequence[Line], now: datetime) -> None:
        self.now = now
        self.settings, somebody_is_muted = _settings_and_mutes(now)
        players = {line.player_id for line in lines if line.player_id}
        addresses = {line.address for line in lines if line.address}
        theirs = Q(player__in=players) | Q(address__in=addresses)
        self.mutes = list(Mute.objects.filter(theirs, until__gt=now)) if somebody_is_muted else []
        self.last_lines = self._last_lines(theirs) if self.settings.slow_seconds else {}

    def _last_lines(self, theirs: Q) -> dict[object, datetime]:
        since = self.now - timedelta(seconds=self.settings.slow_seconds)
        recent = LineSource.objects.filter(theirs, at__gt=since).order_by("seq")
        return {line.player or line.address: line.at for line in recent}

    def refusal(self, line: Line) -> Refusal | None:
        """Why this line is not taken, if so; a line that is taken counts for the next one."""
        refused = self._not_allowed(line) or self._muted(line) or self._too_soon(line)
        if refused is None and self.settings.slow_seconds:
            self.last_lines[line.speaker] = self.now
        return refused

    def _not_allowed(self, line: Line) -> Refusal | None:
        match self.settings.speakers:
            case Speakers.REGISTERED if not line.is_registered:
                return Refusal("Only registered players may talk here. Sign up.", code="no_account")
            case Speakers.NAMED if line.player_id is None:
                return Refusal("Only players may talk here: show your token.", code="no_name")
        return None

    def _muted(self, line: Line) -> Refusal | None:
        for mute in self.mutes:
            is_theirs = line.player_id is not None and line.player_id == mute.player_id
            is_there = line.address != "" and line.address == mute.address
            is_new = line.since is None or line.since > mute.since
            if is_theirs or (is_there and is_new):
                return Muted(f"A moderator has muted you until {mute.until:%d %B %H:%M} UTC.")
        return None

    def _too_soon(self, line: Line) -> Refusal | None:
        last = self.last_lines.get(line.speaker)
        if last is None:
            return None
        pause = timedelta(seconds=self.settings.slow_seconds)
        seconds = (last + pause - self.now) / timedelta(seconds=1)
        return Refusal(
            f"Slow mode: one line every {self.settings.slow_seconds} s. Wait {ceil(seconds)} s.",
            code="slow_mode",
        )


def refusal_to_speak(player: Player, address: str) -> Refusal | None:
    """Why a player may not talk now, in a room beside the lobby; None if they may."""
    line = Line(
        player.pk, player.name, "", client_network(address), player.created_at, not player.is_guest
    )
    return ChatRules([line], timezone.now()).refusal(line)


def delete_old_sources(*, now: datetime) -> int:
    """Forget where a slice of the lines came from; returns how many."""
    old = LineSource.objects.filter(at__lt=now - settings.MATCHPOINT_CHAT_ADDRESS_KEEP)
    return delete_slice(old)


line_writer: GroupCommit[Line, None] = GroupCommit(store_lines)
