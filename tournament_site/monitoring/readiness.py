"""Whether this process can serve people now: what `/readyz` answers.

Degraded is not unready: what does not work for anybody, in any process, is no reason to send people
elsewhere, and what still works is worth serving.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

import redis
from django.conf import settings

from lib.database.faults import DISK_FULL, LOCKED, READ_ONLY
from lib.errors import Outage
from lib.schemas import Schema
from tournament_site.health import WAIT_SECONDS, Checks, checks

STOPPING = Outage("This process is stopping. Ask another.", code="stopping")
LAYER_AWAY = Outage("Redis cannot be reached. Events arrive a second late.", code="redis")
#: The database answers, and is read: pages work, and some of the writes, or all of them soon.
_STILL_READ = {DISK_FULL.code, LOCKED.code, READ_ONLY.code}
_REDIS_SECONDS = 1.0


class State(StrEnum):
    """In one word, whether a process can serve."""

    READY = "ready"
    DEGRADED = "degraded"
    UNREADY = "unready"


class Trouble(Schema):
    """One thing that is wrong: a word for programs, a sentence for people."""

    code: str
    message: str


class Readiness(Schema):
    """Whether a process can serve, and what is wrong with it or with what it needs."""

    status: State
    unready: Sequence[Trouble] = ()
    degraded: Sequence[Trouble] = ()


class _Stop:
    """Whether this process has begun to stop."""

    begun = False


def begin_stopping() -> None:
    """Be unready from now on, so that no new work comes."""
    _Stop.begun = True


def is_stopping() -> bool:
    """Whether this process has begun to stop."""
    return _Stop.begun


def layer_outage() -> Outage | None:
    """Whether the channel layer's Redis is away; None where there is none."""
    if not settings.REDIS_URL:
        return None
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return LAYER_AWAY
    finally:
        client.close()
    return None


_layer_checks = Checks(layer_outage, late=LAYER_AWAY)


async def readiness() -> Readiness:
    """The state now, or a few seconds ago; it waits for nothing longer than three seconds."""
    waiting = (checks.answer(WAIT_SECONDS), _layer_checks.answer(WAIT_SECONDS))
    return judged(*await asyncio.gather(*waiting))


def judged(database: Outage | None, layer: Outage | None) -> Readiness:
    """What the outages of the database and the layer mean for this process."""
    is_read = database is not None and database.code in _STILL_READ
    unready = [STOPPING] if is_stopping() else []
    unready += [database] if database is not None and not is_read else []
    degraded = [database] if database is not None and is_read else []
    degraded += [layer] if layer is not None else []
    state = State.UNREADY if unready else State.DEGRADED if degraded else State.READY
    return Readiness(state, _words(unready), _words(degraded))


def _words(outages: Sequence[Outage]) -> list[Trouble]:
    return [Trouble(outage.code, outage.message) for outage in outages]
