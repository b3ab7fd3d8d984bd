"""Processes tell one another what they have let through: several times a second, over Redis.

Redis passes it on and keeps nothing. While it is away, each process counts alone.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any

import msgspec
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from .buckets import Buckets
from .open_counts import OpenCounts

log = logging.getLogger(__name__)

#: News go out so often, and more often when there is much of it; without any, a sign of life does.
NEWS_SECONDS = 0.2
HURRY_SECONDS = 0.01
SIGN_OF_LIFE_SECONDS = 1.0
#: How long Redis may say nothing, though it passes on this process's own messages too.
SILENCE_SECONDS = 3.0
RETRY_SECONDS = 1.0
#: Open things of one client that are not worth a word, as a share of what it may have.
FEW = 1 / 16


class News(msgspec.Struct, omit_defaults=True):
    """What one process has let through since its last message, and what clients have open there."""

    process: str
    taken: dict[str, dict[str, float]] = {}
    open: dict[str, dict[str, int]] = {}


_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(News)


class Exchange:
    """This process's part in it: `run` for as long as the process serves.

    `counts` are open things, with how many one client may have.
    """

    def __init__(
        self, *, url: str, buckets: Iterable[Buckets], counts: Mapping[OpenCounts, int]
    ) -> None:
        self._url, self._counts = url, dict(counts)
        self._buckets = {each.name: each for each in buckets}
        self._process = secrets.token_hex(8)
        site = hashlib.sha256(f"limits\0{settings.SECRET_KEY}".encode()).hexdigest()[:16]
        self._channel = f"matchpoint:limits:{site}"
        self._hurry = asyncio.Event()
        #: Whether the other processes are heard of now.
        self.is_joined = False
        self._fails = False

    async def run(self) -> None:
        """Exchange until cancelled; after a failure it begins again."""
        while True:
            try:
                await self._join()
            except* (RedisError, OSError) as errors:
                self._log_failure(errors)
            finally:
                self._leave()
            await asyncio.sleep(RETRY_SECONDS)

    async def _join(self) -> None:
        client = Redis.from_url(
            self._url, socket_timeout=SILENCE_SECONDS, socket_connect_timeout=SILENCE_SECONDS
        )
        async with client, client.pubsub() as heard:
            await heard.subscribe(self._channel)
            self._begin()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._speak(client))
                both.create_task(self._listen(heard))

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()

        def hurry() -> None:
            if not self._hurry.is_set():
                loop.call_soon_threadsafe(self._hurry.set)

        for each in self._buckets.values():
            each.share(hurry)
        if self._fails:
            self._fails = False
            log.info("Limits are counted by all processes together again")
        self.is_joined = True

    def _leave(self) -> None:
        self.is_joined = False
        for each in self._buckets.values():
            each.share(None)
        for counts in self._counts:
            counts.forget_all()

    def _log_failure(self, errors: BaseExceptionGroup[Any]) -> None:
        if not self._fails:
            self._fails = True
            log.warning("Limits are counted by each process alone: %r", errors.exceptions[0])

    async def _speak(self, client: Redis) -> None:
        loop = asyncio.get_running_loop()
        spoke_at, last = 0.0, News("")
        while True:
            self._hurry.clear()
            news, now = self._news(), loop.time()
            is_new = bool(news.taken) or news.open != last.open
            if is_new or now - spoke_at >= SIGN_OF_LIFE_SECONDS:
                await client.publish(self._channel, _encoder.encode(news))
                spoke_at, last = now, news
            await asyncio.sleep(HURRY_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(NEWS_SECONDS):
                    await self._hurry.wait()

    def _news(self) -> News:
        taken = {name: buckets.collect() for name, buckets in self._buckets.items()}
        large = {each.name: each.large(int(most * FEW)) for each, most in self._counts.items()}
        return News(
            self._process,
            {name: weights for name, weights in taken.items() if weights},
            {name: counts for name, counts in large.items() if counts},
        )

    async def _listen(self, heard: PubSub) -> None:
        async for message in heard.listen():
            if message["type"] == "message":
                self._hear(message["data"])

    def _hear(self, message: bytes) -> None:
        try:
            news = _decoder.decode(message)
        except msgspec.DecodeError:
            return  # of a version that says it otherwise
        for counts in self._counts:
            counts.forget_silent()
        if news.process == self._process:
            return
        for counts in self._counts:
            counts.hear(news.process, news.open.get(counts.name, {}))
        weights = chain.from_iterable(
            ((self._buckets.get(name), key, weight) for key, weight in by_key.items())
            for name, by_key in news.taken.items()
        )
        for buckets, key, weight in weights:
            if buckets is not None:  # else it is a limit of another version
                buckets.spend(key, weight)
