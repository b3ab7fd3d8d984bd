"""How long a connection may keep the server waiting, and what it costs once it is a socket."""

import asyncio
import gc
import socket
import time
import weakref

import pytest
import uvloop

from lib.addresses import TrustedProxies
from tournament_site.servers import connections as connections_module
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


@pytest.mark.parametrize("comes", [True, False])
def test_what_came_while_the_loop_was_busy_is_not_late(
    comes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_module, "_HEAD_SECONDS", 0.2)
    late: list[str] = []

    async def be_busy() -> None:
        loop = asyncio.get_running_loop()
        (here, there), (mine, other) = socket.socketpair(), socket.socketpair()
        connections = Connections(in_all=9, per_address=9, proxies=TrustedProxies(()))
        visit = Visit(connections, "10.0.0.1", late=late.append)

        def read_for_long() -> None:
            mine.recv(9)
            if comes:
                there.send(b"GET /")
            time.sleep(0.5)

        def read_head() -> None:
            here.recv(9)
            visit.stay()

        with here, there, mine, other:
            loop.add_reader(here, read_head)
            loop.add_reader(mine, read_for_long)
            other.send(b"GET /")
            await asyncio.sleep(1.0)
            loop.remove_reader(here)
            loop.remove_reader(mine)
            visit.end()

    uvloop.run(be_busy())  # which runs what is due before it reads again
    assert late == ([] if comes else ["head"])
