"""A balancer before several processes, as nginx is: the first that answers gets a connection."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.server import MatchpointServer, host_and_port
from tournament_site.clients.site import Site


class Balancer:
    """Forwards connections to the first of some servers that accepts them."""

    def __init__(self, *servers: MatchpointServer) -> None:
        self.servers: Sequence[MatchpointServer] = servers
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def site(self) -> Site:
        """The site, as a client finds it here."""
        return Site(f"http://127.0.0.1:{self._port}")

    @property
    def socket_url(self) -> str:
        """The same for web sockets."""
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports end

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        for server in self.servers:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(*host_and_port(server.url))
                self._writers.add(far_writer)
                await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
                self._writers.discard(far_writer)
                break
        self._writers.discard(writer)
        writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
