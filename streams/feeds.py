"""One stream as a process knows it: its last events in memory, and its sockets."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from django.conf import settings

from . import metrics
from .frames import Entry, Head, replaced
from .outbox import Frames, Outbox

#: Events kept in memory for each stream: what a fresh page shows, and short resumes.
RECENT_EVENTS = 256
#: A resume from further back gets a snapshot instead.
RESUME_MAX_EVENTS = 2000
#: So many resumes from different places are kept ready to be sent.
_READY_AT_ONCE = 32
#: Types of events that erase an earlier one, named by `seq` in their data: what is left of it.
_erasures: dict[str, dict[str, Any]] = {}


def register_erasure(event_type: str, remains: dict[str, Any]) -> None:
    """Make events of a type erase the one that they name: its fields become `remains`."""
    _erasures[event_type] = remains


class Feed:
    """One stream as this process knows it: up to `seq`, its last events, its sockets."""

    def __init__(self, stream: str, head: Head, recent: Sequence[Entry]) -> None:
        self.stream, self.epoch, self.seq = stream, head.epoch, head.seq
        self.recent = deque(recent, maxlen=RECENT_EVENTS)
        #: What comes after a number, as it is sent; until something changes.
        self._ready: dict[int, Frames] = {}
        self.reached_back_at = time.monotonic()
        #: The read of older events that is under way, for all who need them.
        self.reading_back: asyncio.Task[bool] | None = None
        self.outboxes: set[Outbox] = set()
        #: Messages so far: what a socket was sent by it is the difference between two moments.
        self.sent = 0
        self.watchers: set[Callable[[Sequence[Entry]], None]] = set()
        #: Called when the feed ends, because events may have been missed.
        self.enders: set[Callable[[], None]] = set()
        self.behind = False
        self.idle_since = time.monotonic()

    def offer(self, entries: Sequence[Entry]) -> bool:
        """Deliver the next frames; false when one in between is missing."""
        fresh = [entry for entry in entries if entry.seq > self.seq]
        if any(entry.seq != seq for seq, entry in enumerate(fresh, start=self.seq + 1)):
            return False
        if fresh:
            self.seq = fresh[-1].seq
            self.recent.extend(fresh)
            self._ready.clear()
            self._erase(fresh)
            self.send(Frames([entry.frame for entry in fresh]))
            for watch in tuple(self.watchers):
                watch(fresh)
        return True

    def _erase(self, fresh: Sequence[Entry]) -> None:
        """Later sockets must not be sent what has been erased."""
        for entry in fresh:
            for event_type, remains in _erasures.items():
                if entry.frame.startswith(f'{{"type":"{event_type}"'):
                    seq = msgspec.json.decode(entry.frame)["data"]["seq"]
                    kept = [replaced(e, remains) if e.seq == seq else e for e in self.recent]
                    self.remember(kept, most=self.recent.maxlen)

    def remember(self, entries: Iterable[Entry], *, most: int | None = None) -> None:
        """Have these in memory, and no others; of more than `most` the last ones."""
        self.recent = deque(entries, maxlen=most or RECENT_EVENTS)
        self._ready.clear()

    def reach_back(self) -> deque[Entry]:
        """Have room for all that a socket may resume from, for a while; returns what is there."""
        self.reached_back_at = time.monotonic()
        most = max(RECENT_EVENTS, RESUME_MAX_EVENTS)
        if self.recent.maxlen != most:
            self.remember(self.recent, most=most)
        return self.recent

    def forget_older(self) -> None:
        """Have no more in memory than what short resumes need."""
        if self.recent.maxlen != RECENT_EVENTS:
            self.remember(self.recent)

    @property
    def oldest(self) -> int:
        """The first number in memory; the next one, when nothing is."""
        return self.recent[0].seq if self.recent else self.seq + 1

    def send(self, frames: Frames) -> None:
        """Hand frames to every socket here."""
        self.sent += len(frames.messages)
        metrics.traffic.sent += len(frames.messages) * len(self.outboxes)
        for outbox in self.outboxes:
            outbox.put(frames)

    def after(self, seq: int) -> list[Entry] | None:
        """The events after a number, when memory reaches back to it."""
        if not self.oldest - 1 <= seq <= self.seq:
            return None
        return [entry for entry in self.recent if entry.seq > seq]

    def ready_after(self, seq: int) -> Frames | None:
        """The same, ready to be sent: made once for all who ask, until something changes.

        A crowd that comes back stopped at a few places.
        """
        ready = self._ready.get(seq)
        if ready is None and (entries := self.after(seq)) is not None:
            if len(self._ready) == _READY_AT_ONCE:
                self._ready.clear()
            ready = self._ready[seq] = Frames([entry.frame for entry in entries])
        return ready

    def snapshot(self) -> list[msgspec.Raw]:
        """The last events as a fresh page shows them, oldest first."""
        shown = list(self.recent)[-settings.MATCHPOINT_RECENT_EVENTS :]
        return [msgspec.Raw(entry.frame.encode()) for entry in shown]
