"""When a player signs out, or what proves who they are changes: every process closes their sockets.

The news goes through a stream of its own, so that it is not lost when the channel layer is.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from matchmaking.models import Player, PlayerToken
from service_keys.models import ServiceKey
from streams import log

SIGN_OUTS = "sign-outs"
_NOBODY = UUID(int=0)


@transaction.atomic
def close_sockets_of(player_id: UUID, *, read_anew: Sequence[str] = ()) -> None:
    """Have the player's sockets closed; those who may come back show anew who they are.

    The tokens that a service gave out for the player end with them. Call it when the old proof,
    such as a session or a token, holds no more. Streams to `read_anew` hold events that were
    rewritten, which no process shall send as they were.
    """
    PlayerToken.objects.filter(player=player_id).delete()
    data = {"player": str(player_id)} | ({"read_anew": list(read_anew)} if read_anew else {})
    log.append(SIGN_OUTS, [log.Draft("signed_out", "", data)])


@transaction.atomic
def close_sockets_of_service(key: ServiceKey) -> None:
    """Have the sockets closed of all players for whom the service of a key vouched by a token."""
    vouched = Player.objects.filter(external__key=key, tokens__isnull=False).distinct()
    drafts = [
        log.Draft("signed_out", "", {"player": str(player_id)})
        for player_id in vouched.order_by("pk").values_list("pk", flat=True)
    ]
    if drafts:
        log.append(SIGN_OUTS, drafts)


@transaction.atomic
def have_read_anew(streams: Sequence[str]) -> None:
    """Have every process forget the events of these streams as they were before a rewriting."""
    data = {"player": str(_NOBODY), "read_anew": list(streams)}
    log.append(SIGN_OUTS, [log.Draft("signed_out", "", data)])
