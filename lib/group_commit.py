"""Many small writes, few commits: what arrives while one batch commits makes up the next.

A commit costs the same for one row as for fifty, so under load requests share it; an idle server
commits each request at once. Each caller still waits until its own rows are committed.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, close_old_connections

from .errors import Overloaded
from .metrics.work import batch_items, batch_seconds
from .tracing.trace import Trace, close_batch, current, of_nobody, trace_of_batch

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_BATCH = 64
MAX_WAITING = 5_000
LONG_SECONDS = 1.0
#: For how long a batch takes what goes on coming, at most.
GATHER_SECONDS = 0.02

# One writer: SQLite has one anyway, and on PostgreSQL batches of one pool follow one another.
_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")


class GroupCommit(Generic[Item, Result]):
    """Gathers items for `perform`, which stores a batch and returns a result for each, in order.

    A result that is an exception is raised to the caller that submitted the item; an exception
    raised by `perform` itself goes to the whole batch. Where it took long to find the database
    gone, the batches behind get it too: they need not find out one after another. Batches of reads
    have a `thread` of their own.
    """

    def __init__(
        self,
        perform: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        thread: ThreadPoolExecutor = _writer,
    ) -> None:
        self._perform, self._thread = perform, thread
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopQueue[Item, Result]] = (
            WeakKeyDictionary()
        )

    def submit(self, item: Item) -> "asyncio.Future[Result]":
        """Queue an item, to be awaited until committed; raises `Overloaded` when swamped."""
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            queue = self._queues[loop] = _LoopQueue(self._perform, self._thread)
        return queue.submit(loop, item)


class _LoopQueue(Generic[Item, Result]):
    """The items that wait on one event loop."""

    def __init__(
        self,
        perform: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        thread: ThreadPoolExecutor,
    ) -> None:
        self._perform, self._thread = perform, thread
        name = getattr(perform, "__name__", "other")
        self._items, self._seconds = batch_items.labels(name), batch_seconds.labels(name)
        self._waiting: list[tuple[Item, float, Trace | None, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, loop: asyncio.AbstractEventLoop, item: Item) -> "asyncio.Future[Result]":
        if len(self._waiting) >= MAX_WAITING:
            raise Overloaded("The server has too much to do. Try again in a moment.")
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, time.monotonic(), current.get(), future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._commit_all(loop), context=of_nobody())
        return future

    async def _commit_all(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            await self._gather(loop)
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            items, since = [item for item, *_ in batch], batch[0][1]
            traces = [trace for _, _, trace, _ in batch]
            shared = trace_of_batch(traces)
            try:
                results = await loop.run_in_executor(
                    self._thread, self._commit, items, since, shared
                )
            except Exception as error:
                results = [error] * len(batch)
            close_batch(shared, traces)
            for (*_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue  # its caller gave up waiting
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    async def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let join a batch what the loop has received, and what it goes on receiving.

        One alone is not kept waiting. Of several, those who were answered by the last batch ask
        again while this one begins: to store them with it costs less than to run beside the loop,
        which shares the interpreter's lock with the writer.
        """
        end, before = loop.time() + GATHER_SECONDS, 1
        await asyncio.sleep(0)
        while before < len(self._waiting) < MAX_BATCH and loop.time() < end:
            before = len(self._waiting)
            await asyncio.sleep(0)  # a request is read,
            await asyncio.sleep(0)  # and then served

    def _commit(
        self, items: Sequence[Item], since: float, shared: Trace
    ) -> Sequence[Result | Exception]:
        _outage.check(since)
        current.set(shared)
        began = time.monotonic()
        self._items.observe(len(items))
        close_old_connections()
        try:
            return self._perform(items)
        except (OperationalError, InterfaceError) as error:
            _outage.record(error, began)
            raise
        finally:
            close_old_connections()
            self._seconds.observe(time.monotonic() - began)
            current.set(None)


class _Outage:
    """When the writer last needed long to find that the database is away."""

    def __init__(self) -> None:
        self._found_at = 0.0
        self._error: Exception | None = None

    def record(self, error: Exception, began: float) -> None:
        now = time.monotonic()
        if now - began > LONG_SECONDS:
            self._found_at, self._error = now, error

    def check(self, since: float) -> None:
        """Raise the error found while a caller that has waited `since` then was waiting."""
        if self._error is not None and since <= self._found_at:
            raise self._error


_outage = _Outage()
