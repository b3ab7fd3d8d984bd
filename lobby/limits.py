"""How much of what the lobby takes from one socket, player or address."""

from lib.limits import Bucket, Buckets

#: Sockets opened by one address.
connects = Buckets(burst=120, per_second=10)
#: Chat lines of one player, over all sockets.
chat_by_player = Buckets(burst=8, per_second=1)
#: Chat lines of one address, over all its players.
chat_by_address = Buckets(burst=40, per_second=5)


def message_bucket() -> Bucket:
    """Messages of any kind on one socket."""
    return Bucket(burst=30, per_second=10)


def patience_bucket() -> Bucket:
    """Refused messages on one socket, before it is closed."""
    return Bucket(burst=60, per_second=2)
