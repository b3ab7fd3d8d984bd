"""Two processes of one site, and a match whose players are in both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.clients import Json, Socket
from tests.faults.site import ShakenSite
from tests.server import new_database, rows
from tests.services import PostgresServer, RedisServer

from .balancer import Balancer
from .table import Table, meet


@dataclass
class Site:
    """Two processes, and what they share."""

    here: ShakenSite
    there: ShakenSite
    postgres: PostgresServer
    redis: RedisServer

    @asynccontextmanager
    async def match(
        self, *, step: int = 0, plays: bool = True, ends: bool = True, **more: Any
    ) -> AsyncIterator[Table]:
        """A match in a room `here` whose second player comes in `there`.

        It has come so far; at the end it is played out, and what is stored is looked at.
        """
        async with Balancer(self.here, self.there) as one, Balancer(self.there, self.here) as two:
            table = await meet(self.here.database_url, one.site, two.site, **more)
            playing = asyncio.create_task(table.play() if plays else asyncio.sleep(0))
            await table.reaches(step)
            yield table
            if not ends:
                playing.cancel()
            await asyncio.gather(playing, return_exceptions=not ends)
        if ends:
            table.check_result()
            table.check_absence()


@contextmanager
def two_processes() -> Iterator[Site]:
    """On a PostgreSQL and a Redis of their own."""
    with ExitStack() as stack:
        # Durable: without it a killed PostgreSQL may forget what it has just said to be stored.
        postgres = stack.enter_context(PostgresServer(durable=True))
        redis_server = stack.enter_context(RedisServer())
        database, redis = new_database(postgres), redis_server.url
        # A copied database forgets in a crash how far its numbers were, unless they are set anew.
        rows(database, "SELECT setval(pg_get_serial_sequence('matchmaking_pool', 'id'), 100)")
        here, there = (
            stack.enter_context(
                ShakenSite(server=kind, database_url=database, redis_url=redis, STOP_SECONDS="2")
            )
            for kind in ("daphne", "uvicorn")
        )
        yield Site(here, there, postgres, redis_server)


async def room_of(socket: Socket, **wanted: Any) -> Json:
    """The next `room` in which these fields are so."""
    while True:
        room = await socket.next("room", within=20)
        if wanted.items() <= room.items():
            return room
