"""The event log: gapless, in commit order, whoever writes at the same time."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from streams import broadcast
from streams.frames import Entry, Head
from streams.log import Draft, append, delete_idle_streams, head, heads, read, read_last, trim
from streams.models import Event, Stream

LOBBY = "lobby"

CUP = "tournament:6a1f1a52-2f4c-4f0e-9d6e-0d6f8b0a5c11"


def write(*texts: str, stream: str = LOBBY) -> list[int]:
    with transaction.atomic():
        return list(append(stream, [Draft("chat", text) for text in texts]))


def numbers(stream: str = LOBBY) -> list[int]:
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True))


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Run them side by side, each on a connection of its own."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


@pytest.mark.django_db
def test_numbers_begin_at_one_and_have_no_holes() -> None:
    assert write("a") == [1]
    assert write("b", "c") == [2, 3]
    assert head(LOBBY).seq == 3 and numbers() == [1, 2, 3]


@pytest.mark.django_db
def test_each_stream_has_numbers_and_an_epoch_of_its_own() -> None:
    write("a", "b")
    write("c", stream=CUP)
    assert (head(LOBBY).seq, head(CUP).seq) == (2, 1)
    assert head(LOBBY).epoch != head(CUP).epoch
    assert heads([LOBBY, CUP, "nowhere"]) == {LOBBY: head(LOBBY), CUP: head(CUP)}


@pytest.mark.django_db
def test_a_stream_that_is_new_has_an_epoch_that_stays() -> None:
    assert head(LOBBY) == head(LOBBY) and head(LOBBY).seq == 0
    epoch = head(LOBBY).epoch
    write("a")
    assert head(LOBBY).epoch == epoch


@pytest.mark.django_db(transaction=True)
def test_an_event_belongs_to_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        append(LOBBY, [Draft("chat", "a")])
    assert numbers() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_hole() -> None:
    write("a")
    with transaction.atomic():
        append(LOBBY, [Draft("chat", "b"), Draft("chat", "c")])
        transaction.set_rollback(True)
    write("d")
    assert list(Event.objects.order_by("seq").values_list("seq", "text")) == [(1, "a"), (2, "d")]


@pytest.mark.django_db
def test_the_database_takes_no_number_twice() -> None:
    [seq] = write("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(stream_id=LOBBY, seq=seq, type="chat", text="b")


@pytest.mark.django_db(transaction=True)
def test_who_writes_at_the_same_time_makes_no_hole_and_no_double() -> None:
    def writer(name: str) -> None:
        for number in range(8):
            write(*(f"{name}.{number}.{part}" for part in range(1 + number % 3)))

    in_threads(*(partial(writer, name) for name in "abcdef"))
    assert numbers() == list(range(1, 6 * 15 + 1))
    assert head(LOBBY).seq == 90
    for name in "abcdef":  # each writer's own events are in the order it wrote them
        own = Event.objects.filter(text__startswith=f"{name}.").order_by("seq")
        texts = list(own.values_list("text", flat=True))
        assert texts == sorted(texts, key=lambda text: [int(n) for n in text.split(".")[1:]])


@pytest.mark.django_db(transaction=True)
def test_the_first_events_of_a_stream_may_be_written_at_the_same_time() -> None:
    start = threading.Barrier(4)

    def writer() -> None:
        start.wait(5)
        write("a", stream=CUP)

    in_threads(*[writer] * 4)
    assert numbers(CUP) == [1, 2, 3, 4]
    assert Stream.objects.filter(name=CUP).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_is_never_seen_before_a_smaller_one() -> None:
    """A reader who has seen a number has seen all that come before it, at every moment."""
    done = threading.Event()
    seen: list[list[int]] = []

    def slow_writer() -> None:
        for _ in range(10):
            with transaction.atomic():
                append(LOBBY, [Draft("chat", "slow")])
                time.sleep(0.01)  # numbered, and not committed yet

    def quick_writer() -> None:
        for _ in range(20):
            write("quick")

    def reader() -> None:
        while not done.is_set():
            seen.append(numbers())

    reading = threading.Thread(target=lambda: in_threads(reader))
    reading.start()
    try:
        in_threads(slow_writer, quick_writer)
    finally:
        done.set()
        reading.join()
    assert all(some == list(range(1, len(some) + 1)) for some in seen)
    assert numbers() == list(range(1, 31))


# Telling.


@pytest.mark.django_db
def test_it_is_reported_after_commit_and_never_before(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    announced: list[tuple[str, Head, list[Entry]]] = []
    monkeypatch.setattr(broadcast, "announce", lambda *facts: announced.append(facts))
    with django_capture_on_commit_callbacks() as callbacks:
        write("a", "b")
        assert announced == []
    for callback in callbacks:
        callback()
    [(stream, where, entries)] = announced
    assert (stream, where) == (LOBBY, head(LOBBY))
    assert entries == read(LOBBY, epoch=where.epoch, after=0, limit=10)


# Reading.


@pytest.mark.django_db
def test_reading_on_and_reading_back() -> None:
    write(*"abcdef")
    epoch = head(LOBBY).epoch
    assert [e.seq for e in read(LOBBY, epoch=epoch, after=2, limit=3)] == [3, 4, 5]
    assert [e.seq for e in read_last(LOBBY, epoch=epoch, upto=5, limit=2)] == [4, 5]
    assert read(LOBBY, epoch=epoch, after=6, limit=3) == []


@pytest.mark.django_db
def test_a_frame_read_back_is_the_frame_that_was_sent(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    announced: list[list[Entry]] = []
    monkeypatch.setattr(broadcast, "announce", lambda _s, _h, entries: announced.append(entries))
    text = "Grüße, 李雷 ❤️ <&>\u2028"
    data = {"text": text, "n": [1, 2.5, None, True], "deep": {"a": {}}}
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        append(LOBBY, [Draft("chat", text, data)])
    [frame], [later] = announced[0], read(LOBBY, epoch=head(LOBBY).epoch, after=0, limit=1)
    assert json.loads(later.frame) == json.loads(frame.frame)
    assert json.loads(frame.frame)["data"] == data


# Trimming.


def age(days: float, *seqs: int) -> None:
    then = timezone.now() - timedelta(days=days)
    Event.objects.filter(stream=LOBBY, seq__in=seqs).update(at=then)


@pytest.fixture
def few(settings: Settings) -> None:
    settings.MATCHPOINT_RECENT_EVENTS = 3
    settings.MATCHPOINT_LOG_KEEP_EVENTS = 6


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_too_many_are_trimmed() -> None:
    write(*map(str, range(10)))
    assert trim(now=timezone.now()) == 4
    assert numbers() == [5, 6, 7, 8, 9, 10]
    assert head(LOBBY).seq == 10
    assert trim(now=timezone.now()) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_too_old_are_trimmed() -> None:
    write(*map(str, range(6)))
    age(8, 1, 2)
    assert trim(now=timezone.now()) == 2
    assert numbers() == [3, 4, 5, 6]


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_what_a_fresh_page_shows_stays_however_old() -> None:
    write(*map(str, range(5)))
    write("c", stream=CUP)
    age(365, *range(1, 6))
    Event.objects.filter(stream=CUP).update(at=timezone.now() - timedelta(days=365))
    assert trim(now=timezone.now()) == 2
    assert numbers() == [3, 4, 5] and numbers(CUP) == [1]


@pytest.mark.django_db
def test_a_limit_below_what_a_fresh_page_shows_is_not_obeyed(settings: Settings) -> None:
    settings.MATCHPOINT_RECENT_EVENTS, settings.MATCHPOINT_LOG_KEEP_EVENTS = 4, 2
    write(*map(str, range(6)))
    assert trim(now=timezone.now()) == 2
    assert numbers() == [3, 4, 5, 6]


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_trimming_leaves_no_hole_where_clocks_disagree() -> None:
    write(*map(str, range(6)))
    age(8, 1, 3)  # the second is younger than the third
    trim(now=timezone.now())
    assert numbers() == [2, 3, 4, 5, 6]


@pytest.mark.django_db
def test_after_trimming_everything_numbers_go_on(settings: Settings) -> None:
    settings.MATCHPOINT_RECENT_EVENTS = 0
    write("a", "b")
    age(8, 1, 2)
    assert trim(now=timezone.now()) == 2
    assert write("c") == [3]


@pytest.mark.django_db
def test_a_new_epoch_for_every_stream() -> None:
    write("a")
    write("b", stream=CUP)
    before = heads([LOBBY, CUP])
    call_command("new_epoch", verbosity=0)
    after = heads([LOBBY, CUP])
    assert all(after[name].epoch != before[name].epoch for name in before)
    assert all(after[name].seq == before[name].seq for name in before)


def test_a_fresh_page_and_the_log_agree_on_what_is_kept() -> None:
    assert settings.MATCHPOINT_LOG_KEEP_EVENTS > settings.MATCHPOINT_RECENT_EVENTS


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_trimming_takes_a_slice_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.log.SLICE", 4)
    write(*map(str, range(16)))
    assert [trim(now=timezone.now()) for _ in range(4)] == [4, 4, 2, 0]
    assert numbers() == [11, 12, 13, 14, 15, 16]


@pytest.mark.django_db
def test_streams_in_which_nothing_happens_are_deleted(settings: Settings) -> None:
    settings.MATCHPOINT_STREAM_KEEP = timedelta(days=90)
    long_ago = timezone.now() - timedelta(days=91)
    write("a")
    write("b", stream=CUP)
    write("c", "d", stream="match:1")
    head("tournament:new")
    Event.objects.exclude(text="d").update(at=long_ago)
    assert delete_idle_streams(now=timezone.now(), but=[LOBBY]) == 1
    assert delete_idle_streams(now=timezone.now(), but=[LOBBY]) == 0
    assert set(heads([LOBBY, CUP, "match:1", "tournament:new"])) == {
        LOBBY, "match:1", "tournament:new",
    }  # fmt: skip
    settings.MATCHPOINT_STREAM_KEEP = timedelta(0)
    Event.objects.update(at=long_ago)
    assert delete_idle_streams(now=timezone.now(), but=[LOBBY]) == 0


@pytest.mark.django_db
def test_twenty_thousand_streams_cost_a_look_each() -> None:
    """Not three queries each, which took half a minute."""
    Stream.objects.bulk_create(Stream(name=f"match:{n}", seq=7) for n in range(20_000))
    Stream.objects.filter(name="match:5").update(seq=60)
    with CaptureQueriesContext(connection) as asked:
        assert trim(now=timezone.now()) == 0
    assert len(asked) == 1
