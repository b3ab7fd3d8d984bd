"""This process's part in delivering: it does all of it, or none, as the lease says."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from lib.database.faults import log_outage, outage_of
from lib.database.leases import LeaseClaim
from lib.tracing.trace import of_nobody
from streams.feeds import Feed
from streams.relay import in_thread, local_relay
from webhooks.facts import FACTS_STREAM
from webhooks.models import Endpoint, EndpointState

from .sender import Sender
from .waking import sleep_no_more, sleep_until
from .worker import Worker

log = logging.getLogger(__name__)

LEASE = "webhooks"
_LIFE = timedelta(seconds=8)
LOOK_SECONDS = 2.0
#: Requests under way; an endpoint has one at most.
_MOST_AT_ONCE = 128


class Deliverer:
    """Keeps a worker for each active endpoint, while this process holds the lease."""

    def __init__(self, holder: str, *, sender: Sender | None = None) -> None:
        self._claim = LeaseClaim(LEASE, holder=holder, life=_LIFE)
        self._sender = sender
        self._workers: dict[UUID, tuple[Worker, asyncio.Task[None]]] = {}
        self._feed: Feed | None = None
        self._look_now = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled."""
        self._loop = asyncio.get_running_loop()
        sleep_until(self.wake)
        self._slots = asyncio.Semaphore(_MOST_AT_ONCE)
        try:
            while True:
                self._look_now.clear()
                await self._look_safely()
                # Not by `wait_for`, which before Python 3.12 loses a cancellation that comes
                # together with the event.
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._look_now.wait()
        finally:
            sleep_no_more(self.wake)
            await self._stop()
            if self._sender is not None:
                await self._sender.close()

    def wake(self) -> None:
        """See at once which endpoints there are; from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look_now.set)

    async def _look_safely(self) -> None:
        try:
            async with asyncio.timeout(_LIFE.total_seconds() / 2):
                await self._look()
        except TimeoutError:
            await self._stop()
            log.warning("The database takes too long; the webhooks go on when it answers")
        except Exception as error:
            # Whether the lease still holds is not known.
            await self._stop()
            if (outage := outage_of(error)) is not None:
                log_outage(outage, error)
            else:
                log.exception("The webhooks failed; they are tried again")

    async def _look(self) -> None:
        found = await in_thread(self._active)
        if found is None:
            await self._stop()
            return
        wanted = {row.pk: row for row in found}
        for pk, (worker, task) in list(self._workers.items()):
            row = wanted.get(pk)
            if row is None or row.turn != worker.turn or task.done():
                del self._workers[pk]
                await _ended(task)
        if wanted:
            await self._watch()
        for pk in wanted.keys() - self._workers.keys():
            self._start(wanted[pk])

    def _active(self) -> Sequence[Endpoint] | None:
        """The endpoints that are to be sent facts; None while another process sees to it."""
        if not self._claim.take():
            return None
        return list(Endpoint.objects.filter(state=EndpointState.ACTIVE).select_related("pool"))

    def _start(self, endpoint: Endpoint) -> None:
        if self._sender is None:
            self._sender = Sender()
        worker = Worker(endpoint, self._sender, self._slots)
        task = asyncio.get_running_loop().create_task(worker.run(), context=of_nobody())
        self._workers[endpoint.pk] = worker, task

    async def _watch(self) -> None:
        """Notify the workers of each new fact, and of a log that was replaced."""
        feed = await (await local_relay()).feed(FACTS_STREAM)
        if feed is not self._feed:
            self._unwatch()
            feed.watchers.add(self._moved)
            feed.enders.add(self._moved)
            self._feed = feed
            self._moved()

    def _unwatch(self) -> None:
        if self._feed is not None:
            self._feed.watchers.discard(self._moved)
            self._feed.enders.discard(self._moved)
            self._feed = None

    def _moved(self, *_: Any) -> None:
        for worker, _task in self._workers.values():
            worker.moved.set()

    async def _stop(self) -> None:
        self._unwatch()
        workers, self._workers = self._workers, {}
        for _, task in workers.values():
            task.cancel()
        for _, task in workers.values():
            await _ended(task)


async def _ended(task: "asyncio.Task[None]") -> None:
    """End a worker; what went wrong with it is written to the log, and it begins anew."""
    task.cancel()
    [result] = await asyncio.gather(task, return_exceptions=True)
    if isinstance(result, Exception):
        if (outage := outage_of(result)) is not None:
            log_outage(outage, result)
        else:
            log.error("A worker of webhooks failed; it begins anew", exc_info=result)
