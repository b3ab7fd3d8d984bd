"""HTTP for programs and for the moderators' buttons."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from lib.endpoints import endpoint
from lib.errors import Forbidden, Malformed
from lib.schemas import Answer, Body, Timestamp, timestamp
from service_keys.access import bearer_key, check_key
from service_keys.models import Scope, ServiceKey
from service_keys.services import record_action

from .models import Mute
from .moderation import delete_line, may_moderate, mute_author, mute_player

_TAG = "Moderation"


class MuteBody(Body):
    """Whom to silence, a player or the author of a line, and for how long; 0 minutes ends it."""

    player: UUID | None = None
    line: int | None = None
    minutes: int = 60
    reason: str = ""


class LineDeleted(Answer, tag="Deleted"):
    """A line of chat that was taken away."""

    seq: int


class PlayerMuted(Answer, tag="Muted"):
    """A muted player, or a muted address."""

    until: Timestamp


def _moderator(request: HttpRequest) -> ServiceKey | None:
    """The key that moderates; None for a moderator's account. Raises for everybody else."""
    key = bearer_key(request)
    if key is not None:
        return check_key(key, Scope.MODERATION)
    if not may_moderate(request.user):
        raise Forbidden("Only moderators may do this. Sign in with a moderator's account.")
    return None


@endpoint("POST", tag=_TAG)
def delete(request: HttpRequest, seq: int) -> LineDeleted:
    """Take a line of chat away, with a moderator's account or by key."""
    key = _moderator(request)
    with transaction.atomic():
        delete_line(seq=seq)
        _record(key, f"Took line {seq} of the chat away.")
    return LineDeleted(seq)


@endpoint("POST", tag=_TAG)
def mute(request: HttpRequest, body: MuteBody) -> PlayerMuted:
    """Silence a player, or the author of a line, for a while; 0 minutes end it. By key, too."""
    key = _moderator(request)
    with transaction.atomic():
        muted = _mute(body)
        whom = f"player {body.player}" if body.player else f"the author of line {body.line}"
        _record(key, f"Muted {whom} for {body.minutes} minutes. {body.reason}")
    return PlayerMuted(timestamp(muted.until))


def _record(key: ServiceKey | None, text: str) -> None:
    if key is not None:
        record_action(key, text)


def _mute(body: MuteBody) -> Mute:
    if body.player is not None and body.line is None:
        return mute_player(player_id=body.player, minutes=body.minutes, reason=body.reason)
    if body.line is not None and body.player is None:
        return mute_author(seq=body.line, minutes=body.minutes, reason=body.reason)
    raise Malformed("Name either the `player`, or the `line` whose author is meant.")
