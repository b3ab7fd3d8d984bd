"""HTTP for programs and for the moderators' buttons."""

from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from lib.errors import Forbidden
from lib.http import endpoint, json_response, read_body
from matchmaking.serializers import stamp

from .moderation import delete_line, may_moderate, mute_player


@csrf_exempt
async def socket_only(request: HttpRequest) -> HttpResponse:
    """The answer to a plain request on a socket's address."""
    return HttpResponse("WebSocket endpoint only", content_type="text/plain", status=400)


async def _check_moderator(request: HttpRequest) -> None:
    if not await sync_to_async(may_moderate)(await request.auser()):
        raise Forbidden("Only moderators may do this. Sign in with a moderator's account.")


@endpoint("POST")
async def delete(request: HttpRequest, seq: int) -> HttpResponse:
    """Take a line of chat away."""
    await _check_moderator(request)
    await sync_to_async(delete_line)(seq=seq)
    return json_response({"status": "Deleted", "seq": seq})


class MuteBody(msgspec.Struct):
    """Whom to silence, and for how long; 0 minutes ends it."""

    player: UUID
    minutes: int = 60
    reason: str = ""


@endpoint("POST")
async def mute(request: HttpRequest) -> HttpResponse:
    """Silence a player for a while."""
    await _check_moderator(request)
    body = read_body(request, MuteBody)
    muted = await sync_to_async(mute_player)(
        player_id=body.player, minutes=body.minutes, reason=body.reason
    )
    return json_response({"status": "Muted", "until": stamp(muted.until)})
