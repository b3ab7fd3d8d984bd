"""The event log: appended in the change's transaction, announced after commit, read by seq."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Subquery
from django.utils import timezone

from lib.database.last_work import leave_for_the_end
from lib.heavy.slices import SLICE, delete_slice
from lib.schemas import timestamp

from . import broadcast, frames
from .frames import Entry, Head
from .models import Event, Stream, new_epoch

#: Up to which number readers of a stream have got who are still to be served, by its name.
_readers: dict[str, Callable[[], int | None]] = {}
#: So many streams are deleted in one transaction, with some fifty events each.
STREAMS_AT_ONCE = 100


def register_reader(stream: str, reached: Callable[[], int | None]) -> None:
    """Keep a stream's events, however old, from the one after `reached` on; None for no reader.

    There is a bound all the same: `LOG_KEEP_EVENTS`.
    """
    _readers[stream] = reached


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a number."""

    type: str
    text: str
    data: msgspec.Struct | dict[str, Any] = field(default_factory=dict)


# One statement makes the stream when it is new, takes its row lock and the next numbers. The lock
# is held until commit, so numbers have no holes and follow the order of commits.
_TAKE_NUMBERS = """
    INSERT INTO lobby_stream (name, epoch, seq) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET seq = lobby_stream.seq + excluded.seq
    RETURNING epoch, seq
"""


_STORE = "INSERT INTO lobby_event (stream_id, seq, type, text, data, at) VALUES {}"
_ROW = "(%s, %s, %s, %s, %s, %s)"
_STORED_AT_ONCE = 100


def append(stream: str, drafts: Sequence[Draft]) -> range:
    """Number and store events in the current transaction; after commit they are announced.

    Returns their numbers. Call it last in a transaction: other writers of the same stream wait for
    the commit.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to a transaction.")
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NUMBERS, (stream, new_epoch(), len(drafts)))
        epoch, last = cursor.fetchone()
    numbers = range(last - len(drafts) + 1, last + 1)
    at, stored_at = timestamp(now), connection.ops.adapt_datetimefield_value(now)
    rows, entries = [], []
    for seq, draft in zip(numbers, drafts, strict=True):
        data = msgspec.json.encode(draft.data)
        rows.append((stream, seq, draft.type, draft.text, data.decode(), stored_at))
        frame = frames.Event(draft.type, stream, epoch, seq, at, draft.text, msgspec.Raw(data))
        entries.append(Entry(seq, frame.text_frame()))
    for start in range(0, len(rows), _STORED_AT_ONCE):
        _store(rows[start : start + _STORED_AT_ONCE])
    transaction.on_commit(partial(broadcast.announce, stream, Head(epoch, last), entries))
    return numbers


def _store(rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert events in one statement; its text is ours.

    What makes a statement of models takes several times as long, while the stream is locked.
    """
    with connection.cursor() as cursor:
        places = ", ".join([_ROW] * len(rows))
        cursor.execute(_STORE.format(places), [each for row in rows for each in row])


def append_at_the_end(stream: str, drafts: Sequence[Draft]) -> None:
    """Append right before the current transaction commits, with what else it leaves for then.

    The stream is locked for the commit alone; so it fits into any order of locks.
    """
    leave_for_the_end(_append_left, (stream, drafts))


def _append_left(left: Sequence[tuple[str, Sequence[Draft]]]) -> None:
    for stream in sorted({stream for stream, _ in left}):
        append(stream, [one for name, drafts in left if name == stream for one in drafts])


def _entry(event: Event, epoch: str) -> Entry:
    at = timestamp(event.at)
    stream, seq = event.stream_id, event.seq
    frame = frames.Event(event.type, stream, epoch, seq, at, event.text, event.data)
    return Entry(seq, frame.text_frame())


def head(stream: str) -> Head:
    """A stream's head; a new stream is created, so that it has an epoch."""
    row, _ = Stream.objects.get_or_create(name=stream)
    return Head(row.epoch, row.seq)


def heads(streams: Sequence[str]) -> dict[str, Head]:
    """The heads of those of these streams that exist."""
    rows = Stream.objects.filter(name__in=streams).values_list("name", "epoch", "seq")
    return {name: Head(epoch, seq) for name, epoch, seq in rows}


def read(stream: str, *, epoch: str, after: int, limit: int) -> list[Entry]:
    """Events after a seq, oldest first, at most `limit`."""
    events = Event.objects.filter(stream=stream, seq__gt=after).order_by("seq")[:limit]
    return [_entry(event, epoch) for event in events]


def read_last(stream: str, *, epoch: str, upto: int, limit: int) -> list[Entry]:
    """The last `limit` events up to a seq, oldest first."""
    events = Event.objects.filter(stream=stream, seq__lte=upto).order_by("-seq")[:limit]
    return [_entry(event, epoch) for event in reversed(events)]


def trim(*, now: datetime) -> int:
    """Drop a slice of the events too old or too many; returns how many, 0 when all is in order.

    Of each stream what a fresh page shows is kept.
    """
    oldest = Event.objects.filter(stream=OuterRef("pk")).order_by("seq").values("seq")[:1]
    long = Stream.objects.filter(seq__gt=settings.MATCHPOINT_RECENT_EVENTS)
    dropped = 0
    for stream in list(long.annotate(oldest=Subquery(oldest)).order_by("name")):
        last = _last_to_drop(stream, now)
        if stream.oldest is None or stream.oldest > last:
            continue
        upto = min(last, stream.oldest + SLICE - 1)
        dropped += stream.events.filter(seq__lte=upto).delete()[0]
        if dropped >= SLICE:
            break
    return dropped


def _last_to_drop(stream: Any, now: datetime) -> int:
    """The number up to which a stream's events go; below its `oldest` when none does."""
    shown: int = stream.seq - settings.MATCHPOINT_RECENT_EVENTS
    if stream.oldest is None or stream.oldest > shown:
        return -1
    # Times need not rise with the numbers: only what comes before all that is kept goes.
    young = stream.events.filter(at__gte=now - settings.MATCHPOINT_LOG_KEEP)
    first_young = young.aggregate(first=Min("seq"))["first"] or stream.seq + 1
    reached = _readers[stream.name]() if stream.name in _readers else None
    if reached is not None:
        first_young = min(first_young, reached + 1)
    too_many = stream.seq - settings.MATCHPOINT_LOG_KEEP_EVENTS
    last: int = min(max(first_young - 1, too_many), shown)
    return last


def delete_idle_streams(*, now: datetime, but: Sequence[str]) -> int:
    """Delete a slice of the streams in which nothing has happened for long, with their events.

    Returns how many. One that goes on gets a new epoch, as after any gap. Not those named in
    `but`, nor those in which nothing has ever happened.
    """
    life: timedelta = settings.MATCHPOINT_STREAM_KEEP
    if not life:
        return 0
    late = Event.objects.filter(stream=OuterRef("pk"), at__gte=now - life)
    idle = Stream.objects.filter(seq__gt=0).exclude(name__in=but)
    return delete_slice(idle.exclude(Exists(late)), most=STREAMS_AT_ONCE)
