"""A match on two processes while PostgreSQL or Redis is away, in the middle and at its end."""

import asyncio

import pytest

from tests.clients import open_socket
from tests.services import PostgresServer, RedisServer

from .site import Site, room_of


@pytest.mark.parametrize("ending", ["kill", "freeze"])
async def test_a_match_goes_on_when_the_database_was_away(site: Site, ending: str) -> None:
    async with site.match(step=30, points=9) as table:
        await away(site.postgres, ending, 5)
        await table.reaches(table.stored()[2] + 60)
        await table.resign()


async def test_a_match_goes_on_when_redis_was_away(site: Site) -> None:
    async with site.match(step=30, points=9) as table:
        await away(site.redis, "kill", 3)
        await table.reaches(table.stored()[2] + 60)
        await table.resign()


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
