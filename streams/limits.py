"""How much one address may open, and one socket send."""

from lib.limits import Bucket, Buckets

#: Sockets opened by one address.
connects = Buckets(burst=120, per_second=10)


def message_bucket() -> Bucket:
    """Messages of any kind on one socket."""
    return Bucket(burst=30, per_second=10)


def patience_bucket() -> Bucket:
    """Refused messages on one socket, before it is closed."""
    return Bucket(burst=60, per_second=2)
