"""When a player signs out, or what proves who they are changes: every process closes their sockets.

The news goes through a stream of its own, so that it is not lost when the channel layer is.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from streams import log

SIGN_OUTS = "sign-outs"
_NOBODY = UUID(int=0)


@transaction.atomic
def close_sockets_of(player_id: UUID, *, read_anew: Sequence[str] = ()) -> None:
    """Have the player's sockets closed; those who may come back show anew who they are.

    Call it when the old proof, such as a session or a token, holds no more. Streams to `read_anew`
    hold events that were rewritten, which no process shall send as they were.
    """
    data = {"player": str(player_id)} | ({"read_anew": list(read_anew)} if read_anew else {})
    log.append(SIGN_OUTS, [log.Draft("signed_out", "", data)])


@transaction.atomic
def have_read_anew(streams: Sequence[str]) -> None:
    """Have every process forget the events of these streams as they were before a rewriting."""
    data = {"player": str(_NOBODY), "read_anew": list(streams)}
    log.append(SIGN_OUTS, [log.Draft("signed_out", "", data)])
