"""The feed: facts after a cursor, as soon as there are any. A read that waits holds no thread."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

from lib.errors import Malformed, Overloaded
from streams import log
from streams.feeds import Feed
from streams.frames import Entry
from streams.relay import in_thread, local_relay

from .facts import FACTS_STREAM
from .schemas import FeedFacts, FeedResync
from .wanted import Fact, Wanted

MOST_SECONDS = 30
MOST_FACTS = 100
MOST_HELD = 2_000
_READ_AT_ONCE = 500
#: So many facts of others are passed over in one request.
_MOST_READS = 20
_SEQ_MAX_DIGITS = 18


class Cursor(NamedTuple):
    """A place in the stream: after the fact of this number."""

    epoch: str
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """A cursor as it was answered; raises `Malformed`."""
        epoch, _, seq = text.rpartition("-")
        if not epoch or not seq.isdecimal() or not seq.isascii() or len(seq) > _SEQ_MAX_DIGITS:
            raise Malformed("`after` must be the `cursor` of an earlier answer.")
        return cls(epoch, int(seq))

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"


class _Lost(Exception):
    """What a cursor stands for is not in the log, or not any more."""


async def read_feed(
    wanted: Wanted, *, after: Cursor | None, wait_seconds: float = 0
) -> FeedFacts | FeedResync:
    """The facts after a cursor; with `wait_seconds` as soon as there is one.

    Without a cursor those from now on. Raises `Overloaded`.
    """
    end = time.monotonic() + wait_seconds
    feed = await _feed()
    cursor = after or Cursor(feed.epoch, feed.seq)
    reads = 0
    while True:
        try:
            entries = await _entries_after(feed, cursor)
        except _Lost:
            head = Cursor(feed.epoch, feed.seq)
            text = "What came after your cursor is not kept. Read anew how things stand, and go on."
            return FeedResync(text, str(head))
        facts = [fact for fact in map(Fact.of_entry, entries) if wanted.covers(fact)]
        facts, is_cut = facts[:MOST_FACTS], len(facts) > MOST_FACTS
        if entries:
            seq = facts[-1].seq if is_cut else entries[-1].seq
            cursor = Cursor(cursor.epoch, seq)
        reads += 1
        if facts or reads == _MOST_READS:
            return FeedFacts.of(facts, str(cursor))
        if not entries and not await _held().wait(feed, cursor.seq, end - time.monotonic()):
            return FeedFacts.of([], str(cursor))
        feed = await _feed()


async def _feed() -> Feed:
    return await (await local_relay()).feed(FACTS_STREAM)


async def _entries_after(feed: Feed, cursor: Cursor) -> Sequence[Entry]:
    """What comes after a cursor, or the first of it; raises `_Lost`."""
    if feed.epoch == cursor.epoch and (recent := feed.after(cursor.seq)) is not None:
        return recent
    return await in_thread(_read_after, cursor)


def _read_after(cursor: Cursor) -> Sequence[Entry]:
    head = log.head(FACTS_STREAM)
    if head.epoch != cursor.epoch or head.seq < cursor.seq:
        raise _Lost
    entries = log.read(FACTS_STREAM, epoch=head.epoch, after=cursor.seq, limit=_READ_AT_ONCE)
    first = entries[0].seq if entries else head.seq + 1
    if first != cursor.seq + 1:
        raise _Lost
    return entries


class _HeldReads:
    """The reads that one event loop holds."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._is_closing = False

    async def wait(self, feed: Feed, seq: int, seconds: float) -> bool:
        """Return True when a feed has gone beyond `seq`, or ended; False when the time is over."""
        if self._is_closing or seconds <= 0:
            return False
        if len(self._waiting) >= MOST_HELD:
            raise Overloaded("Too many requests wait here. Ask again without `wait`.")
        future = asyncio.get_running_loop().create_future()

        def wake(*_: Any) -> None:
            if not future.done():
                future.set_result(None)

        def grown(entries: Sequence[Entry]) -> None:
            if entries[-1].seq > seq:
                wake()

        self._waiting.add(future)
        feed.watchers.add(grown)
        feed.enders.add(wake)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
            feed.watchers.discard(grown)
            feed.enders.discard(wake)
        return not self._is_closing

    def release(self) -> None:
        self._is_closing = True
        for future in tuple(self._waiting):
            if not future.done():
                future.set_result(None)


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _HeldReads] = WeakKeyDictionary()


def _held() -> _HeldReads:
    loop = asyncio.get_running_loop()
    held = _loops.get(loop)
    if held is None:
        held = _loops[loop] = _HeldReads()
    return held


def release_feed_reads() -> None:
    """Answer all reads that this loop holds: the server restarts."""
    _held().release()
