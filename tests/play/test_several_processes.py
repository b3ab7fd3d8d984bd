"""A match on two processes with PostgreSQL and Redis, which are killed, stopped and frozen."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients import Json, Socket, open_socket
from tests.faults.site import ShakenSite
from tests.server import new_database, rows
from tests.services import PostgresServer, RedisServer

from .balancer import Balancer
from .table import Table, meet, until

#: What is taken over is noticed after six seconds; a busy machine adds some.
TAKEN_SECONDS = 10.0
ABSENT_SECONDS = 9.0


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


@pytest.fixture(scope="module")
def servers() -> Iterator[Site]:
    with ExitStack() as stack:
        # Durable: without it a killed PostgreSQL may forget what it has just said to be stored.
        postgres = stack.enter_context(PostgresServer(durable=True))
        redis_server = stack.enter_context(RedisServer())
        database, redis = new_database(postgres), redis_server.url
        # A copied database forgets in a crash how far its numbers were, unless they are set anew.
        rows(database, "SELECT setval(pg_get_serial_sequence('matchmaking_pool', 'id'), 100)")
        here, there = (
            stack.enter_context(ShakenSite(server=kind, database_url=database, redis_url=redis))
            for kind in ("daphne", "uvicorn")
        )
        yield Site(here, there, postgres, redis_server)


@pytest.fixture
def site(servers: Site) -> Iterator[Site]:
    """Both processes, and afterwards again those that the test has ended."""
    yield servers
    for server in (servers.here, servers.there):
        if (server.folder / "pid").exists():
            server.thaw()
        else:
            server.start()


async def room_of(socket: Socket, **wanted: Any) -> Json:
    """The next `room` in which these fields are so."""
    while True:
        room = await socket.next("room", within=20)
        if wanted.items() <= room.items():
            return room


async def test_players_in_two_processes_play_a_match_and_a_spectator_in_a_third_way(
    site: Site,
) -> None:
    async with site.match(step=1) as table:
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.there.socket_url + path) as spectator:
            assert (await room_of(spectator, phase="playing"))["spectators"] == 1
            await spectator.next("state")
            await spectator.send({"type": "input", "move": "up"})
            assert (await spectator.next("error"))["code"] == "forbidden"
            await spectator.next("game_over", within=40)
            await room_of(spectator, phase="over")


async def test_a_player_whose_process_is_killed_has_left_the_room(site: Site) -> None:
    async with site.match(step=1, points=9, ends=False) as table:
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.here.socket_url + path) as spectator:
            await room_of(spectator, phase="playing")
            site.there.freeze()  # silent, as a machine without a network
            began = time.monotonic()
            paused = await room_of(spectator, phase="paused")
            assert time.monotonic() - began < ABSENT_SECONDS
            print(f"gone after {time.monotonic() - began:.1f} s")
            assert [side["here"] for side in paused["sides"]].count(False) == 1
            site.there.kill()
            await room_of(spectator, phase="playing")


@pytest.mark.parametrize("ending", ["kill", "stop"])
async def test_the_other_process_takes_over_a_match(site: Site, ending: str) -> None:
    async with site.match(step=60, points=2) as table:
        _, fence, *_ = table.stored()
        began = time.monotonic()
        await asyncio.to_thread(site.here.kill if ending == "kill" else site.here.stop)
        await until(lambda: table.stored()[1] > fence)
        seconds = time.monotonic() - began
        length = table.stored()[2]
        assert seconds < (TAKEN_SECONDS if ending == "kill" else 5)
        await table.reaches(length + 1)
        print(f"{ending}: taken over {seconds:.1f} s later, goes on {time.monotonic() - began:.1f}")


async def test_a_frozen_process_stores_nothing_after_its_match_was_taken_over(site: Site) -> None:
    async with site.match(step=60, points=2) as table:
        host, fence, *_ = table.stored()
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.here.socket_url + path) as spectator:
            await room_of(spectator, phase="playing")
            site.here.freeze()
            table.bots[0].site = table.bots[1].site  # their connection is as dead, and they know
            began = time.monotonic()
            await until(lambda: table.stored()[1] > fence)
            print(f"frozen: taken over {time.monotonic() - began:.1f} s later")
            await asyncio.sleep(max(0.0, 10 - (time.monotonic() - began)))
            site.here.thaw()
            assert await spectator.close_code(within=8) == 1012
        assert table.stored()[0] not in {host, None} or not table.stored()[3]


@pytest.mark.parametrize("ending", ["kill", "freeze"])
async def test_a_match_goes_on_when_the_database_was_away(site: Site, ending: str) -> None:
    async with site.match(step=30, points=2):
        await away(site.postgres, ending, 5)


async def test_a_match_goes_on_when_redis_was_away(site: Site) -> None:
    async with site.match(step=30, points=2):
        await away(site.redis, "kill", 3)


async def test_a_game_that_ends_while_the_database_is_away_is_stored_once(site: Site) -> None:
    async with site.match(plays=False) as table:
        address = f"{site.here.socket_url}/matches/{table.match}/ws"
        ann, bob = (open_socket(address, token=bot.token) for bot in table.bots)
        async with ann as left, bob as right:  # who do nothing: a ball or two, and it is over
            while (await left.next("state"))["step"] < 60:
                pass
            await away(site.postgres, "kill", 5)
            await left.next("game_over", within=30)
            for player in (left, right):
                await room_of(player, phase="over")


async def away(service: PostgresServer | RedisServer, ending: str, seconds: float) -> None:
    """Take a service away for a while."""
    await asyncio.to_thread(service.kill if ending == "kill" else service.freeze)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(service.start if ending == "kill" else service.thaw)
