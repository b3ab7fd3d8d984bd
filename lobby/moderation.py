"""What a moderator may do to the chat: take a line away, silence a player for a while."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils import timezone
from msgspec import to_builtins

from lib.errors import NotFound, Refusal
from lobby.events.data import ChatDeletedData, ErasedData
from matchmaking.models import Player
from matchmaking.services.access.second_factor import acts_as_staff
from streams import log
from streams.models import Event

from .models import LineSource, Mute
from .stream_names import LOBBY

#: What is left of a deleted line: its number, so that the stream keeps no hole.
DELETED = {"text": "", "data": to_builtins(ErasedData())}
RIGHTS = ("streams.change_event", "lobby.add_mute")
MUTE_MAX = timedelta(days=365)


def may_moderate(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether an account may take lines away and silence players."""
    return acts_as_staff(user) and user.has_perms(RIGHTS)


@transaction.atomic
def delete_line(*, seq: int) -> None:
    """Empty a line of chat for good, and have everybody's page drop it; twice is once."""
    line = Event.objects.filter(stream=LOBBY, seq=seq, type="chat")
    stored = line.select_for_update().first()
    if stored is None:
        raise NotFound("There is no such line of chat; it may have been trimmed.")
    if stored.data == DELETED["data"]:
        return
    line.update(**DELETED)
    log.append(LOBBY, [log.Draft("chat_deleted", "", ChatDeletedData(seq))])


@transaction.atomic
def delete_lines(seqs: Sequence[int]) -> None:
    """The same for many lines at once, each of which is there."""
    if seqs:
        Event.objects.filter(stream=LOBBY, seq__in=seqs, type="chat").update(**DELETED)
        log.append(LOBBY, [log.Draft("chat_deleted", "", ChatDeletedData(seq)) for seq in seqs])


@transaction.atomic
def mute_player(*, player_id: UUID, minutes: int, reason: str = "", address: str = "") -> Mute:
    """Mute a player for so many minutes from now; 0 ends the mute.

    So that nobody goes on without the name or under a new one, newcomers are muted too at the
    address from which the player talked last, if it is still known.
    """
    if not Player.objects.filter(pk=player_id).exists():
        raise NotFound("There is no such player.")
    last = LineSource.objects.filter(player=player_id).order_by("seq").last()
    where = address or (last.address if last else "")
    return _mute({"player_id": player_id}, {"address": where}, minutes=minutes, reason=reason)


@transaction.atomic
def mute_author(*, seq: int, minutes: int, reason: str = "") -> Mute:
    """Mute whoever wrote a line of chat: the player, or a nameless one by the address."""
    line = Event.objects.filter(stream=LOBBY, seq=seq, type="chat").first()
    source = LineSource.objects.filter(seq=seq).first()
    author = source.player if source else line and line.data["player"] and line.data["player"]["id"]
    if author:
        return mute_player(
            player_id=author,
            minutes=minutes,
            reason=reason,
            address=source.address if source else "",
        )
    if source is None or not source.address:
        raise NotFound("There is no such line, or it is no longer known where it came from.")
    key = {"player": None, "address": source.address}
    return _mute(key, {}, minutes=minutes, reason=reason)


def _mute(key: dict[str, Any], more: dict[str, Any], *, minutes: int, reason: str) -> Mute:
    if not 0 <= minutes <= MUTE_MAX // timedelta(minutes=1):
        raise Refusal("Mute for 0 minutes to a year.", code="bad_minutes")
    now = timezone.now()
    values = {"since": now, "until": now + timedelta(minutes=minutes), "reason": reason[:200]}
    mute, _ = Mute.objects.update_or_create(**key, defaults=more | values)
    return mute
