"""A match on one process with SQLite: played by two bots, by hand, and over a restart."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.clients import Json, Websocat
from tests.server import MatchpointServer
from tournament_site.clients.site import Site

from .balancer import Balancer
from .table import Table, meet, until


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    with MatchpointServer(server=request.param) as running:
        yield running


async def test_two_bots_play_a_match_and_it_is_stored_once(server: MatchpointServer) -> None:
    table = await meet(server.database_url, Site(server.url))
    await table.play()
    table.check_result()
    table.check_absence()


async def test_websocat_plays(server: MatchpointServer, websocat: Path) -> None:
    table = await meet(server.database_url, Site(server.url))
    ann, bob = table.bots
    address = f"{server.socket_url}/matches/{table.match}/ws"

    def by_hand() -> Json:
        with Websocat(websocat, address, f"-H=Authorization: Bearer {ann.token}") as typed:
            while (room := typed.next("room"))["phase"] != "playing":
                pass
            side = room["you"]
            before = typed.next("state")["view"]["paddles"][side]
            typed.type('{"type":"input","move":"up"}')
            while (state := typed.next("state"))["view"]["paddles"][side] >= before:
                pass
            typed.type('{"type":"resign"}')
            return state | {"side": side, "over": typed.next("game_over")}

    seen, _ = await asyncio.gather(asyncio.to_thread(by_hand), bob.play(table.match))
    side = seen["side"]
    assert seen["view"]["held"][side] == "up" and seen["applied"][side] > 0
    assert (seen["over"]["winner"], seen["over"]["reason"]) == (1 - side, "resigned")


@asynccontextmanager
async def playing(server: MatchpointServer, *, step: int) -> AsyncIterator[Table]:
    """A match whose game has come so far; at the end it goes on and is given up."""
    async with Balancer(server) as balancer:
        table = await meet(server.database_url, balancer.site, points=9)
        match = asyncio.create_task(table.play())
        await table.reaches(step)
        yield table
        await table.reaches(table.stored()[2] + 60)
        await table.resign()
        await match
    table.check_result()
    table.check_absence()


async def test_a_killed_server_goes_on_from_the_last_stored_state() -> None:
    with MatchpointServer() as server:
        async with playing(server, step=60) as table:
            await asyncio.to_thread(server.kill)
            host, fence, length, _ = table.stored()
            await asyncio.to_thread(server.start)
            began = time.monotonic()
            await until(lambda: table.stored()[1] > fence)
            assert table.stored()[2] == length and table.stored()[0] != host
            print(f"taken over {time.monotonic() - began:.1f} s after the restart")
            assert time.monotonic() - began < 12


async def test_a_server_that_restarts_in_order_goes_on_at_once() -> None:
    with MatchpointServer() as server:
        async with playing(server, step=60) as table:
            before = table.stored()
            await asyncio.to_thread(server.stop)
            host, fence, length, _ = table.stored()
            assert host is None and fence == before[1] and length >= before[2]
            await asyncio.to_thread(server.start)
            await until(lambda: table.stored()[1] > fence, within=4)
