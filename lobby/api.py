"""HTTP for programs and for the moderators' buttons."""

from uuid import UUID

from django.http import HttpRequest

from lib.endpoints import endpoint
from lib.errors import Forbidden
from lib.schemas import Answer, Schema, Timestamp, timestamp

from .moderation import delete_line, may_moderate, mute_player

_TAG = "Moderation"


class MuteBody(Schema):
    """Whom to silence, and for how long; 0 minutes ends it."""

    player: UUID
    minutes: int = 60
    reason: str = ""


class LineDeleted(Answer, tag="Deleted"):
    """A line of chat that was taken away."""

    seq: int


class PlayerMuted(Answer, tag="Muted"):
    """A muted player."""

    until: Timestamp


def _check_moderator(request: HttpRequest) -> None:
    if not may_moderate(request.user):
        raise Forbidden("Only moderators may do this. Sign in with a moderator's account.")


@endpoint("POST", tag=_TAG)
def delete(request: HttpRequest, seq: int) -> LineDeleted:
    """Take a line of chat away."""
    _check_moderator(request)
    delete_line(seq=seq)
    return LineDeleted(seq)


@endpoint("POST", tag=_TAG)
def mute(request: HttpRequest, body: MuteBody) -> PlayerMuted:
    """Silence a player for a while."""
    _check_moderator(request)
    muted = mute_player(player_id=body.player, minutes=body.minutes, reason=body.reason)
    return PlayerMuted(timestamp(muted.until))
