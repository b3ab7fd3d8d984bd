"""HTTP for programs and for the moderators' buttons."""

from uuid import UUID

from django.http import HttpRequest

from lib.endpoints import endpoint
from lib.errors import Forbidden, Malformed
from lib.schemas import Answer, Body, Timestamp, timestamp

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
    """Silence a player, or the author of a line, for a while."""
    _check_moderator(request)
    return PlayerMuted(timestamp(_mute(body).until))


def _mute(body: MuteBody) -> Mute:
    if body.player is not None and body.line is None:
        return mute_player(player_id=body.player, minutes=body.minutes, reason=body.reason)
    if body.line is not None and body.player is None:
        return mute_author(seq=body.line, minutes=body.minutes, reason=body.reason)
    raise Malformed("Name either the `player`, or the `line` whose author is meant.")
