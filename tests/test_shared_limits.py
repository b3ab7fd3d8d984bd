"""Limits that several processes count together, over a real Redis."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from .faults.site import ShakenSite
from .faults.wire import Closed, RawSocket, request
from .server import MatchpointServer, new_database
from .services import PostgresServer, RedisServer

pytestmark = pytest.mark.services

FLOOD, BYSTANDER = "127.0.0.5", "127.0.0.2"
CSRF = "c" * 32
#: What a request may take while Redis is dead or says nothing, on a busy machine.
WAIT_SECONDS = 3.0


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A Redis of these tests' own, since one is killed and one stopped."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def sites(postgres: PostgresServer, own_redis: RedisServer) -> Iterator[list[MatchpointServer]]:
    """Three processes of one site; each test floods from addresses of its own."""
    database = new_database(postgres)
    with ExitStack() as running:
        yield [
            running.enter_context(
                ShakenSite(
                    server="uvicorn",
                    database_url=database,
                    redis_url=own_redis.url,
                    RATE_LIMITS="on",
                    SOCKETS_PER_ADDRESS="64",
                    DATABASE_POOL="20",
                )
            )
            for _ in range(3)
        ]


async def tried(site: MatchpointServer, name: str, source: str) -> int:
    """The status of one try with a wrong password."""
    form = urlencode({"username": name, "password": "wrong", "csrfmiddlewaretoken": CSRF})
    headers = {
        "Cookie": f"csrftoken={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(form)),
    }
    socket = await RawSocket.connect(site.port, source=source)
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    socket.send(f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n{form}".encode())
    answer = await socket.read_answer()
    socket.abort()
    return answer.status


async def guess_at_once(sites: list[MatchpointServer], name: str, source: str) -> list[int]:
    """Eight wrong passwords at each process, all at once."""
    tries = (tried(site, name, source) for _ in range(8) for site in sites)
    return await asyncio.gather(*tries)


async def test_wrong_passwords_are_counted_exactly(sites: list[MatchpointServer]) -> None:
    began = time.monotonic()
    statuses = await guess_at_once(sites, "boss", "127.0.0.11")
    again = int((time.monotonic() - began) * 0.05)
    assert statuses.count(429) >= 16 - again
    assert set(statuses) == {200, 429} and statuses.count(200) >= 8
    assert await tried(sites[0], "boss", "127.0.0.12") == 200  # another address is not stopped


async def lines_let_through(
    sites: list[MatchpointServer], source: str, *, pause: float, lines: int
) -> int:
    """How many lines of chat one nameless client gets through, by a socket at each process."""
    sockets = [await RawSocket.open(site.port, source=source) for site in sites]
    for one in sockets:
        await one.read_message()
    for n in range(lines):
        for one in sockets:
            one.say(f"line {n}")
        await asyncio.sleep(pause)
    await asyncio.sleep(1)
    refused = 0
    for one in sockets:
        one.say({"type": "nonsense"})
        while (message := await one.read_message())["type"] != "error" or (
            message["code"] != "malformed"
        ):
            refused += message.get("code") == "rate_limited"
        one.abort()
    return lines * len(sites) - refused


async def test_one_address_talks_no_more_through_three_processes(
    sites: list[MatchpointServer],
) -> None:
    began = time.monotonic()
    said = await lines_let_through(sites, "127.0.0.13", pause=0.1, lines=15)
    one_process = 8 + (time.monotonic() - began)
    assert 8 <= said <= one_process + 4  # and not the 24 of three


async def opened(site: MatchpointServer, source: str) -> RawSocket | None:
    """A socket, if it is welcome."""
    one = await RawSocket.open(site.port, source=source)
    try:
        await one.read_message()
    except Closed:
        one.abort()
        return None
    return one


async def test_sockets_that_one_address_opens_and_has_open_are_counted_together(
    sites: list[MatchpointServer],
) -> None:
    source, open_here = "127.0.0.14", list[RawSocket]()
    for _ in range(40):
        for site in sites:
            if one := await opened(site, source):
                open_here.append(one)
        await asyncio.sleep(0.05)
    assert 64 <= len(open_here) <= 64 + 12
    other = await opened(sites[0], BYSTANDER)
    assert other is not None
    for one in (*open_here, other):
        one.abort()
    await asyncio.sleep(12)  # `connects` has let 64 through; they are 10 a second again
    again = await opened(sites[1], source)
    assert again is not None
    again.abort()


async def test_without_redis_each_process_counts_alone_and_nothing_waits(
    sites: list[MatchpointServer], own_redis: RedisServer
) -> None:
    own_redis.kill()
    try:
        began = time.monotonic()
        assert await tried(sites[0], "somebody", BYSTANDER) == 200
        assert time.monotonic() - began < WAIT_SECONDS
        statuses = await guess_at_once(sites, "chief", "127.0.0.15")
        assert statuses.count(200) in {24, 25}  # eight each
        statuses = await guess_at_once(sites, "chief", "127.0.0.15")
        assert statuses.count(200) <= 3
        assert 8 <= await lines_let_through(sites, "127.0.0.16", pause=0.02, lines=12) <= 36
    finally:
        own_redis.start()
    for site in sites:
        assert "counted by each process" in site.log
    await asyncio.sleep(6)
    statuses = await guess_at_once(sites, "owner", "127.0.0.17")
    assert statuses.count(200) in {8, 9}


async def test_a_redis_that_says_nothing_holds_nobody_up(
    sites: list[MatchpointServer], own_redis: RedisServer
) -> None:
    own_redis.freeze()
    try:
        for _ in range(3):
            began = time.monotonic()
            assert await tried(sites[0], "anybody", BYSTANDER) == 200
            assert (await request(sites[0].port, "GET", "/api/pools")).status == 200
            assert time.monotonic() - began < WAIT_SECONDS
    finally:
        own_redis.thaw()
