"""Which limits all processes count together, where there is a Redis; the others are each one's own.

Of its own are the limits of one socket, what a process has room for, and the lines of its log.
"""

from django.conf import settings

from lib import limits
from lib.limits import Exchange
from lobby import limits as chat
from streams import limits as sockets

SHARED = (
    limits.newcomers,
    limits.making_by_address,
    limits.making_by_player,
    limits.passwords_by_name_there,
    limits.passwords_by_address,
    limits.passwords_by_name,
    limits.codes_by_address,
    limits.codes_by_holder,
    sockets.connects,
    chat.chat_by_speaker,
    chat.chat_by_guests,
    chat.chat_by_address,
)


async def share_limits() -> None:
    """Count together with the other processes until cancelled; alone where there is no Redis."""
    if settings.REDIS_URL and settings.RATE_LIMITS:
        open_sockets = sockets.open_sockets.by_client
        await Exchange(
            url=settings.REDIS_URL,
            buckets=SHARED,
            counts={open_sockets: settings.MATCHPOINT_SOCKETS_PER_ADDRESS},
        ).run()
