"""What processes say to one another of the limits, each a value of this process here."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from lib.limits import (
    AddressBuckets,
    Buckets,
    Exchange,
    Guess,
    OpenCounts,
    exchange,
    guesses,
    open_counts,
)
from lib.limits.guesses import GuessCounts

from .services import RedisServer
from .services.processes import comes_true


class Process:
    """One of several: with buckets and counts of its own."""

    def __init__(self, url: str = "") -> None:
        self.chat = AddressBuckets(name="chat", burst=20, per_second=0.001)
        self.made = Buckets(name="made", burst=1000, per_second=0.001)
        self.open = OpenCounts("sockets")
        buckets = [self.chat, self.made]
        self.exchange = Exchange(url=url, buckets=buckets, counts={self.open: 64})

    def take(self, wishes: int, key: object = "192.0.2.7") -> int:
        return sum(self.chat.take(key) for _ in range(wishes))


@pytest.fixture
def redis_url(redis_server: RedisServer) -> Iterator[str]:
    yield redis_server.url
    with Redis.from_url(redis_server.url) as client:
        client.flushall()


async def eventually(condition: object, seconds: float = 5) -> None:
    """Wait until a condition holds."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_one_lets_through_is_spent_in_the_others(redis_url: str) -> None:
    one, two = Process(redis_url), Process(redis_url)
    running = [asyncio.create_task(each.exchange.run()) for each in (one, two)]
    await eventually(lambda: one.exchange.is_joined and two.exchange.is_joined)
    began = time.monotonic()
    assert one.take(12) == 12
    await eventually(lambda: two.chat._bucket("192.0.2.7")._left < 8.1)
    assert time.monotonic() - began < exchange.NEWS_SECONDS  # much is passed on at once
    assert two.take(20) == 8
    await eventually(lambda: one.chat._bucket("192.0.2.7")._left < 0.1)
    assert one.take(5) == 0
    one.made.take(("a", 1), 400)
    one.made.give_back(("a", 1))
    await eventually(lambda: two.made._bucket(repr(("a", 1)))._left < 700)
    assert not two.made.take(("a", 1), 602)
    assert two.made.take(("a", 1), 600)
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert one.chat._unsent is None


async def test_what_several_let_through_at_the_same_moment_is_a_debt(redis_url: str) -> None:
    three = [Process(redis_url) for _ in range(3)]
    running = [asyncio.create_task(each.exchange.run()) for each in three]
    await eventually(lambda: all(each.exchange.is_joined for each in three))
    assert [each.take(30) for each in three] == [20, 20, 20]  # before any has heard of another
    await eventually(lambda: all(each.chat._bucket("192.0.2.7")._left < -39 for each in three))
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_many_open_of_one_client_are_published_and_a_silent_process_is_forgotten(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_counts, "SILENT_SECONDS", 1.5)
    one, two = Process(redis_url), Process(redis_url)
    gone, stays = (asyncio.create_task(each.exchange.run()) for each in (one, two))
    await eventually(lambda: one.exchange.is_joined and two.exchange.is_joined)
    for _ in range(10):
        one.open.add("192.0.2.7")
    one.open.add("192.0.2.8")
    two.open.add("192.0.2.7")
    await eventually(lambda: two.open["192.0.2.7"] == 11)
    assert (two.open["192.0.2.8"], two.open.here()) == (0, 1)  # a few are not worth a word
    gone.cancel()
    await eventually(lambda: two.open["192.0.2.7"] == 1)
    stays.cancel()
    await asyncio.gather(gone, stays, return_exceptions=True)


async def test_without_redis_a_process_counts_alone_and_says_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "RETRY_SECONDS", 0.05)
    alone = Process("redis://127.0.0.1:9/0")
    alone.open.hear("another", {"192.0.2.7": 60})
    running = asyncio.create_task(alone.exchange.run())
    await asyncio.sleep(0.5)
    assert alone.take(30) == 20 and alone.open["192.0.2.7"] == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [record.message[:42] for record in caplog.records] == [
        "Limits are counted by each process alone: "
    ]


def test_what_is_no_news_is_passed_over() -> None:
    process = Process()
    for message in (b"", b"[]", b'{"process": 1}', b'{"process":"x","taken":{"chat":{"a":"b"}}}'):
        process.exchange._hear(message)
    process.exchange._hear(b'{"process":"x","taken":{"of a later version":{"a":1}}}')
    assert process.take(30) == 20


# Guesses.


def guess(name: str = "passwords", key: object = "ann") -> Guess:
    """A guess in a process that has counted none itself."""
    return Guess((Buckets(name=name, burst=8, per_second=0.001), key))


def test_guesses_of_many_processes_are_counted_exactly(redis_url: str, settings: Settings) -> None:
    settings.REDIS_URL = redis_url
    assert sum(guess().is_allowed() for _ in range(24)) == 8
    assert guess(key="bob").is_allowed()
    assert guess(name="codes").is_allowed()


def test_a_right_guess_is_given_back_and_a_refused_one_counts_nowhere(
    redis_url: str, settings: Settings
) -> None:
    settings.REDIS_URL = redis_url
    for _ in range(20):
        right = guess()
        assert right.is_allowed()
        right.was_right()
    assert sum(guess().is_allowed() for _ in range(24)) == 8
    wide = Buckets(name="wide", burst=1, per_second=0.001)
    both = Guess((wide, "192.0.2.7"), (Buckets(name="passwords", burst=8, per_second=0.001), "ann"))
    assert not both.is_allowed()
    assert Guess((wide, "192.0.2.7")).is_allowed()


def test_redis_learns_no_address_and_no_name(redis_url: str, settings: Settings) -> None:
    settings.REDIS_URL = redis_url
    assert guess(key=("hunter2", "192.0.2.7")).is_allowed()
    with Redis.from_url(redis_url) as client:
        [key] = client.keys("*")
        assert b"192.0.2.7" not in key and b"hunter2" not in key
        assert 0 < client.pttl(key) <= 1_001_000


def test_a_dead_redis_refuses_nothing_and_is_left_alone_for_a_while(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "PAUSE_SECONDS", 0.5)
    buckets = Buckets(name="passwords", burst=1, per_second=0.001)
    counts = GuessCounts(redis_server.url)
    assert counts.take([(buckets, "dead")], 1) and not counts.take([(buckets, "dead")], 1)
    redis_server.freeze()
    try:
        began = time.monotonic()
        assert all(counts.take([(buckets, "dead")], 1) for _ in range(50))
        assert time.monotonic() - began < 2
    finally:
        redis_server.thaw()
    assert comes_true(lambda: not counts.take([(buckets, "dead")], 1), 5)
    assert len([one for one in caplog.records if one.levelname == "WARNING"]) == 1
