"""What a connection costs once it has become a socket."""

import gc
import weakref

from lib.addresses import TrustedProxies
from tournament_site.servers.connections import Connections, Visit


class Protocol:
    """Whatever has read the request, with its parser."""

    def late(self, what: str) -> None:
        """End the connection."""


async def test_a_socket_does_not_hold_what_read_its_request() -> None:
    connections = Connections(in_all=9, per_address=9, proxies=TrustedProxies(()))
    protocol = Protocol()
    visit, kept = Visit(connections, "10.0.0.1", late=protocol.late), weakref.ref(protocol)
    del protocol
    gc.collect()
    assert kept() is not None
    visit.stay()
    gc.collect()
    assert kept() is None
    visit.end()
