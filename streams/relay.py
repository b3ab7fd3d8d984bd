"""One relay per process: receives each watched stream once, and hands its frames to every socket.

Each process joins a stream's group while it has a socket there. A message of the group may be lost,
so the relay also looks at the log once a second and reads what it missed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from itertools import chain
from typing import Any, Self, TypeVar

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from lib.tracing.trace import of_nobody

from . import broadcast, feeds, log, metrics
from .feeds import Feed
from .frames import Entry
from .lookouts import Lookout, lookouts_of
from .outbox import Frames

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_SECONDS = 1.0
_READ_AT_ONCE = 500
_UNWATCHED_SECONDS = 30.0
_RESTARTING, _TOO_SLOW = 1012, 4408


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a database read on a thread of its own: one slow query stalls no other socket."""
    answer: T = await database_sync_to_async(function, thread_sensitive=False)(*args, **kwargs)
    return answer


class Gap(Exception):
    """Events that a feed needs are no longer in the log."""


class Relay:
    """This process's feeds, and the tasks that keep them up to date."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feed] = {}
        self.lookouts: dict[str, list[Lookout]] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._layer = get_channel_layer()
        self._channel = ""
        self._joined: set[str] = set()
        self._early: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> Self:
        """Listen to the layer and look at the log, until `stop`; returns itself."""
        broadcast.serve_from_this_loop()
        await self._open_channel()
        self._run(self._listen())
        self._run(self._keep_looking())
        return self

    def _run(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.get_running_loop().create_task(work, context=of_nobody())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Stop the tasks and the lookouts."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            for lookout in chain.from_iterable(self.lookouts.values()):
                await in_thread(lookout.leave)
        except DatabaseError as error:
            logger.warning("A lookout could not leave: %s", error)

    async def _open_channel(self) -> None:
        """Get a channel name from the layer; until it returns one, the log is polled."""
        async with broadcast.layer_call("open a channel"):
            self._channel = await self._layer.new_channel()

    # Feeds.

    async def feed(self, stream: str) -> Feed:
        """The stream's feed, made when this is the first wish for it."""
        found = self.feeds.get(stream)
        if found is not None:
            found.idle_since = time.monotonic()
            return found
        async with self._opening.setdefault(stream, asyncio.Lock()):
            if stream not in self.feeds:
                # Join first, then read; what is announced in between is looked up afterwards.
                await self._join(stream)
                self.feeds[stream] = await in_thread(_read_feed, stream)
                if stream not in self.lookouts:
                    self.lookouts[stream] = lookouts_of(stream)
                if stream in self._early:
                    self._early.discard(stream)
                    self._catch_up_soon(self.feeds[stream])
        self._opening.pop(stream, None)
        return self.feeds[stream]

    async def _join(self, stream: str) -> None:
        if not self._channel:
            return
        async with broadcast.layer_call(f"join the group of {stream}"):
            await self._layer.group_add(broadcast.group_of(stream), self._channel)
            self._joined.add(stream)

    async def _part(self, stream: str) -> None:
        self._joined.discard(stream)
        async with broadcast.layer_call(f"leave the group of {stream}"):
            await self._layer.group_discard(broadcast.group_of(stream), self._channel)

    async def missed(self, feed: Feed, *, epoch: str, since: int) -> Frames | None:
        """What came after `since`, up to this very moment; None when only a snapshot helps.

        Nothing may be awaited between this answer and attaching the socket to the feed.
        """
        if epoch == feed.epoch and since > feed.seq:
            await self._reach(feed, since)
        while epoch == feed.epoch and feed.seq - feeds.RESUME_MAX_EVENTS <= since <= feed.seq:
            missed = feed.ready_after(since)
            if missed is not None:
                return missed
            if not await self._remember_older(feed):
                break
        return None

    async def _remember_older(self, feed: Feed) -> bool:
        """Read a page from before what is in memory, once for all who need it.

        False when the log does not reach further back.
        """
        if feed.reading_back is None or feed.reading_back.done():
            feed.reading_back = self._run(self._read_back(feed))
        return await asyncio.shield(feed.reading_back)  # one who gives up leaves it to the others

    async def _read_back(self, feed: Feed) -> bool:
        recent, oldest = feed.reach_back(), feed.oldest
        page = await in_thread(
            log.read_last, feed.stream, epoch=feed.epoch, upto=oldest - 1, limit=_READ_AT_ONCE
        )
        if not page or page[0].seq != oldest - len(page):
            return False
        if feed.recent is recent:  # else events were erased meanwhile, perhaps these: read anew
            feed.remember([*page, *recent], most=recent.maxlen)
        return True

    async def _reach(self, feed: Feed, seq: int) -> None:
        """Read on to what a socket has from another process, which received it first."""
        try:
            while feed.seq < seq and await self._read_on(feed):
                pass
        except Gap:
            self._restart(feed)

    # Keeping up.

    async def _listen(self) -> None:
        while True:
            try:
                while not self._channel:
                    await asyncio.sleep(LOOK_SECONDS)
                    await self._open_channel()
                message = await self._layer.receive(self._channel)
                self._receive(message)
            except Exception as error:
                logger.warning("The channel layer failed: %r; looking at the log", error)
                await asyncio.sleep(LOOK_SECONDS)

    def _receive(self, message: dict[str, Any]) -> None:
        stream = message["stream"]
        feed = self.feeds.get(stream)
        if feed is None:
            if stream in self._opening:
                self._early.add(stream)
            return
        entries = [Entry(seq, frame) for seq, frame in message["frames"]]
        before = feed.seq
        up_to_date = message["epoch"] == feed.epoch and feed.offer(entries)
        if feed.seq != before and (committed := message.get("committed")) is not None:
            metrics.ANNOUNCED.observe(max(0.0, time.time() - committed))
        if not up_to_date or feed.seq < message["seq"]:
            self._catch_up_soon(feed)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self._close_slow()
                await self._look()
            except Exception as error:
                logger.warning("Could not look at the log: %r; trying again", error)

    async def _look(self) -> None:
        """Find streams that moved without a message, and send what the lookouts found."""
        self._drop_unwatched()
        for stream in self.feeds.keys() - self._joined:
            self._run(self._join(stream))
        if not self.feeds:
            return
        heads = await in_thread(log.heads, list(self.feeds))
        for stream, feed in tuple(self.feeds.items()):
            head = heads.get(stream)
            if head is None or head.epoch != feed.epoch or head.seq != feed.seq:
                self._catch_up_soon(feed)
        for stream, lookouts in tuple(self.lookouts.items()):
            for lookout in lookouts if stream in self.feeds else ():
                frame = await in_thread(lookout.look)
                if frame is not None and stream in self.feeds:
                    self.feeds[stream].send(Frames((frame,)))

    def _catch_up_soon(self, feed: Feed) -> None:
        if not feed.behind:
            feed.behind = True
            self._run(self._catch_up(feed))

    async def _catch_up(self, feed: Feed) -> None:
        try:
            while await self._read_on(feed):
                pass
        except Gap:
            logger.warning("The log of %s cannot be continued; its sockets start anew", feed.stream)
            self._restart(feed)
        except Exception as error:
            logger.warning("Could not read the log of %s: %r; trying again", feed.stream, error)
        finally:
            feed.behind = False

    async def _read_on(self, feed: Feed) -> bool:
        """Deliver a page of what is missing; false when nothing is. Raises `Gap`."""
        after = feed.seq
        head = (await in_thread(log.heads, [feed.stream])).get(feed.stream)
        if head is None or head.epoch != feed.epoch or head.seq < after:
            raise Gap
        if head.seq <= feed.seq:
            return False
        entries = await in_thread(
            log.read, feed.stream, epoch=feed.epoch, after=after, limit=_READ_AT_ONCE
        )
        if not feed.offer(entries) or feed.seq == after:
            raise Gap
        metrics.found_in_log(entries[-1].frame)
        return True

    def read_anew(self, stream: str) -> None:
        """Forget a stream's events as they were: the log's have been rewritten."""
        if stream in self.feeds or stream in self._opening:
            self._run(self._read_anew(stream))

    async def _read_anew(self, stream: str) -> None:
        feed = await self.feed(stream)
        try:
            fresh = (await in_thread(_read_feed, stream)).recent
        except DatabaseError:
            self._restart(feed)  # its sockets come back for a snapshot, when there is one
            return
        last = fresh[-1].seq if fresh else -1
        known = [entry for entry in fresh if entry.seq <= feed.seq]
        newer = [entry for entry in feed.recent if entry.seq > last]
        feed.remember(known + newer)

    def _restart(self, feed: Feed) -> None:
        """Drop a feed that cannot be continued; its sockets reconnect and get a snapshot."""
        if self.feeds.get(feed.stream) is feed:
            del self.feeds[feed.stream]
        for outbox in feed.outboxes:
            outbox.close(_RESTARTING, "resync")
        for end in tuple(feed.enders):
            end()

    def _close_slow(self) -> None:
        now = time.monotonic()
        for feed in self.feeds.values():
            for outbox in feed.outboxes:
                if not outbox.closing and outbox.is_too_slow(now):
                    outbox.close(_TOO_SLOW, "too slow")

    def _drop_unwatched(self) -> None:
        now = time.monotonic()
        for stream, feed in tuple(self.feeds.items()):
            if now - feed.reached_back_at > _UNWATCHED_SECONDS:
                feed.forget_older()
            if feed.outboxes or feed.watchers:
                feed.idle_since = now
            elif now - feed.idle_since > _UNWATCHED_SECONDS:
                del self.feeds[stream]
                self._run(self._part(stream))


def _read_feed(stream: str) -> Feed:
    head = log.head(stream)
    recent = log.read_last(stream, epoch=head.epoch, upto=head.seq, limit=feeds.RECENT_EVENTS)
    return Feed(stream, head, recent)


_relay: tuple[asyncio.AbstractEventLoop, "asyncio.Task[Relay]"] | None = None


async def local_relay() -> Relay:
    """The relay of this process's loop, started by the first caller."""
    global _relay  # noqa: PLW0603 - one relay a process
    loop = asyncio.get_running_loop()
    if _relay is None or _relay[0] is not loop:
        _relay = (loop, loop.create_task(Relay().start(), context=of_nobody()))
    return await asyncio.shield(_relay[1])  # one who gives up must not take it from the others


def read_anew(streams: Iterable[str]) -> None:
    """Have this process's relay forget these streams' events as they were, if it knows any."""
    if _relay is not None and _relay[1].done():
        for stream in streams:
            _relay[1].result().read_anew(stream)


async def stop_local_relay() -> None:
    """Stop this loop's relay, if there is one."""
    global _relay
    if _relay is not None and _relay[0] is asyncio.get_running_loop():
        task, _relay = _relay[1], None
        await (await task).stop()
