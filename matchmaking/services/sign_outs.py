"""When a player signs out, or what proves who they are changes: every process closes their sockets.

The news goes through a stream of its own, so that it is not lost when the channel layer is.
"""

from uuid import UUID

from django.db import transaction

from streams import log

SIGN_OUTS = "sign-outs"


@transaction.atomic
def close_sockets_of(player_id: UUID) -> None:
    """Have the player's sockets closed; those who may come back show anew who they are.

    Call it when the old proof, such as a session or a token, holds no more.
    """
    log.append(SIGN_OUTS, [log.Draft("signed_out", "", {"player": str(player_id)})])
