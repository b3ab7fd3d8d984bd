"""A way to a site on which answers get lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.server import host_and_port


class LossyWay:
    """Passes requests on, but cuts the connection instead of the answer.

    So for the next `losses`; and where `loses_every` is 2, for every second answer.
    """

    def __init__(self, site: str) -> None:
        self._site = host_and_port(site)
        self._serving: set[asyncio.Task[None] | None] = set()
        self.losses = self.loses_every = self._answers = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._serving.add(asyncio.current_task())
        far_reader, far_writer = await asyncio.open_connection(*self._site)
        passing = asyncio.create_task(_pass(reader, far_writer))
        with suppress(OSError):
            while answer := await far_reader.read(65536):
                self._answers += 1
                if self.losses:
                    self.losses -= 1
                    break
                if self.loses_every and self._answers % self.loses_every == 0:
                    break
                writer.write(answer)
        for one in (writer, far_writer):
            one.transport.abort()
        await passing

    async def ends(self) -> None:
        """Wait until every client has gone."""
        await asyncio.gather(*(task for task in self._serving if task))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def lossy_way(site: str) -> AsyncIterator[LossyWay]:
    """Open one; its clients must be closed before it."""
    way = LossyWay(site)
    server = await asyncio.start_server(way.serve, "127.0.0.1")
    way.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield way
        await way.ends()
