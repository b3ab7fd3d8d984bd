"""Guesses at secrets: rare, worth a question to Redis each, and counted exactly."""

import hashlib
import logging
import time
from collections.abc import Sequence
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.retry import Retry

from .buckets import Buckets

log = logging.getLogger(__name__)

Counted = Sequence[tuple[Buckets, object]]

#: How long a guess waits for Redis, and how long none asks it after that was in vain.
ANSWER_SECONDS = 0.25
PAUSE_SECONDS = 5.0

# Buckets as in `buckets.py`, all or none: a bucket is what was left of it, and when.
_TAKE = """
local time = redis.call('TIME')
local now, weight = time[1] + time[2] / 1000000, tonumber(ARGV[1])
local left = {}
for i, key in ipairs(KEYS) do
    local burst, rate = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local had = redis.call('HMGET', key, 'left', 'at')
    local since = math.max(0, now - (tonumber(had[2]) or now))
    left[i] = math.min(burst, (tonumber(had[1]) or burst) + since * rate)
    if left[i] < weight then return 0 end
end
for i, key in ipairs(KEYS) do
    local burst, rate = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local remains = math.min(burst, left[i] - weight)
    redis.call('HSET', key, 'left', tostring(remains), 'at', string.format('%.6f', now))
    redis.call('PEXPIRE', key, math.ceil(1000 * (1 + (burst - remains) / rate)))
end
return 1
"""


class Guess:
    """A guess at a secret: counted by each of its keys, and no longer once it was right."""

    def __init__(self, *counted: tuple[Buckets, object]) -> None:
        self._counted = counted

    def is_allowed(self) -> bool:
        """Whether it may be tried now, by this process's count and by that of all together.

        If one key has had too many, the later ones count none.
        """
        if not all(buckets.take(key) for buckets, key in self._counted):
            return False
        if _take(self._counted, 1):
            return True
        self._give_back()
        return False

    def was_right(self) -> None:
        """Count it no longer."""
        self._give_back()
        _take(self._counted, -1)

    def _give_back(self) -> None:
        for buckets, key in self._counted:
            buckets.give_back(key)


class GuessCounts:
    """What all processes have counted together, in Redis; while that fails, nothing is refused."""

    def __init__(self, url: str) -> None:
        client = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            # A connection from before a restart of Redis is opened again, once.
            retry=Retry(NoBackoff(), 1, supported_errors=(NoConnection,)),
        )
        self._script = client.register_script(_TAKE)
        self._asks_again_at = 0.0
        self._fails = False

    def take(self, counted: Counted, weight: int) -> bool:
        """Whether every bucket lets it through, by the count of all processes."""
        if time.monotonic() < self._asks_again_at:
            return True
        keys = [_redis_key(buckets, key) for buckets, key in counted]
        paces = [number for buckets, _ in counted for number in buckets.pace]
        try:
            is_taken = self._script(keys, [weight, *paces])
        except RedisError as error:
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS
            if not self._fails:
                self._fails = True
                log.warning("Wrong passwords and codes are counted by each process: %r", error)
            return True
        if self._fails:
            self._fails = False
            log.info("Wrong passwords and codes are counted by all processes together again")
        return bool(is_taken)


@cache
def _counts_at(url: str) -> GuessCounts:
    return GuessCounts(url)


def _take(counted: Counted, weight: int) -> bool:
    shared = [(buckets, key) for buckets, key in counted if buckets.name]
    if not shared or not settings.REDIS_URL or not settings.RATE_LIMITS:
        return True
    return _counts_at(settings.REDIS_URL).take(shared, weight)


def _redis_key(buckets: Buckets, key: object) -> str:
    """A digest, so that Redis has neither addresses of people nor what they typed as a name."""
    text = f"{settings.SECRET_KEY}\0{buckets.name}\0{buckets.key(key)}"
    return f"matchpoint:guesses:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
