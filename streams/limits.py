"""How much one address may open, and one socket send."""

from django.conf import settings

from lib.addresses import client_network
from lib.limits import AddressBuckets, Bucket, OpenCounts

#: Sockets opened by one address.
connects = AddressBuckets(name="connects", burst=120, per_second=10)


#: Refused handshakes that are written to the log.
logged_refusals = Bucket(burst=5, per_second=1 / 60)


class OpenSockets:
    """The open sockets: of this process in all, and of each client in all processes."""

    def __init__(self) -> None:
        self.by_client = OpenCounts("sockets")

    def enter(self, address: str) -> bool:
        """Count one more; false when there is no room for it."""
        client = client_network(address)
        if settings.RATE_LIMITS and (
            self.by_client[client] >= settings.MATCHPOINT_SOCKETS_PER_ADDRESS
            or self.by_client.here() >= settings.MATCHPOINT_SOCKETS_MAX
        ):
            return False
        self.by_client.add(client)
        return True

    def leave(self, address: str) -> None:
        """Count one out."""
        self.by_client.remove(client_network(address))


open_sockets = OpenSockets()


def message_bucket() -> Bucket:
    """Messages of any kind on one socket."""
    return Bucket(burst=30, per_second=10)


def patience_bucket() -> Bucket:
    """Refused messages on one socket, before it is closed."""
    return Bucket(burst=60, per_second=2)
