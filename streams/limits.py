"""How much one address may open, and one socket send."""

from collections import Counter

from django.conf import settings

from lib.addresses import client_network
from lib.limits import AddressBuckets, Bucket

#: Sockets opened by one address.
connects = AddressBuckets(burst=120, per_second=10)


#: Refused handshakes that are written to the log.
logged_refusals = Bucket(burst=5, per_second=1 / 60)


class OpenSockets:
    """The sockets that are open in this process, counted in all and by client address."""

    def __init__(self) -> None:
        self._by_client: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count one more; false when there is no room for it."""
        client = client_network(address)
        if settings.RATE_LIMITS and (
            self._by_client[client] >= settings.MATCHPOINT_SOCKETS_PER_ADDRESS
            or self._by_client.total() >= settings.MATCHPOINT_SOCKETS_MAX
        ):
            return False
        self._by_client[client] += 1
        return True

    def leave(self, address: str) -> None:
        """Count one out."""
        client = client_network(address)
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]


open_sockets = OpenSockets()


def message_bucket() -> Bucket:
    """Messages of any kind on one socket."""
    return Bucket(burst=30, per_second=10)


def patience_bucket() -> Bucket:
    """Refused messages on one socket, before it is closed."""
    return Bucket(burst=60, per_second=2)
