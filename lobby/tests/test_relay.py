"""The relay: every event once and in order to every socket, whatever the channel layer does."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, transaction

from lobby.moderation import delete_line
from lobby.stream_names import LOBBY
from streams import broadcast, feeds, log
from streams import relay as relay_module
from streams.feeds import Feed
from streams.frames import Entry, Head
from streams.log import Draft, append
from streams.models import Event, Stream, new_epoch
from streams.outbox import FULL_BYTES, SLOW_BYTES, Frames, QueueOutbox
from streams.relay import Relay, in_thread, local_relay

from .conftest import Visit
from .visitors import Visitor, comes_true

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
NOTICED_SECONDS = 2.0


def write(*texts: str) -> None:
    with transaction.atomic():
        append(LOBBY, [Draft("chat", text) for text in texts])


async def publish(*texts: str) -> None:
    """Write events from another thread, as requests do."""
    await in_thread(write, *texts)


async def head() -> Head:
    return await in_thread(log.head, LOBBY)


async def received(visitor: Visitor, count: int) -> list[tuple[int, str]]:
    """Number and text of the next events."""
    frames = [await visitor.next() for _ in range(count)]
    return [(frame["seq"], frame["text"]) for frame in frames]


def address(epoch: str, since: int) -> str:
    return f"/ws?epoch={epoch}&since={since}"


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel layer loses every message."""

    async def loses(group: str, message: Json) -> None:
        pass

    monkeypatch.setattr(broadcast, "_send", loses)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that looks at the log more often, where it is not the second that counts."""
    monkeypatch.setattr(relay_module, "LOOK_SECONDS", 0.15)


@pytest.fixture
def never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that only receives what the channel layer says."""
    monkeypatch.setattr(relay_module, "LOOK_SECONDS", 3600)


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that remembers few events and reads few at once."""
    monkeypatch.setattr(feeds, "RECENT_EVENTS", 4)
    monkeypatch.setattr(relay_module, "_READ_AT_ONCE", 3)


async def test_one_relay_serves_a_process(relay: Relay) -> None:
    assert await local_relay() is relay


# The layer.


@pytest.mark.usefixtures("never_looks")
async def test_an_event_is_reported_without_a_look_at_the_log(visit: Visit) -> None:
    visitor = await visit()
    await publish("one")
    assert await received(visitor, 1) == [(1, "one")]


@pytest.mark.usefixtures("deaf")
async def test_what_the_layer_drops_is_found_within_two_seconds(visit: Visit) -> None:
    visitor = await visit()
    before = time.monotonic()
    await publish("one", "two")
    assert await received(visitor, 2) == [(1, "one"), (2, "two")]
    assert time.monotonic() - before < NOTICED_SECONDS
    assert await visitor.receives_nothing()


async def test_a_message_that_comes_twice_is_reported_once(visit: Visit, relay: Relay) -> None:
    visitor = await visit()
    await publish("one")
    feed = relay.feeds[LOBBY]
    [entry] = await in_thread(log.read, LOBBY, epoch=feed.epoch, after=0, limit=1)
    for _ in range(2):
        broadcast.announce(LOBBY, Head(feed.epoch, 1), [entry])
    await publish("two")
    assert await received(visitor, 2) == [(1, "one"), (2, "two")]
    assert await visitor.receives_nothing(0.2)


@pytest.mark.usefixtures("never_looks")
async def test_a_lost_message_is_filled_in_when_the_next_one_comes(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit()
    with monkeypatch.context() as lost:
        lost.setattr(broadcast, "announce", lambda *facts: None)
        await publish("one", "two")
    await publish("three")
    assert await received(visitor, 3) == [(1, "one"), (2, "two"), (3, "three")]


@pytest.mark.usefixtures("never_looks")
async def test_words_without_frames_are_looked_up(visit: Visit) -> None:
    visitor = await visit()
    long = ["x" * 40_000, "y" * 40_000]
    await publish(*long)
    assert await received(visitor, 2) == [(1, long[0]), (2, long[1])]


@pytest.mark.usefixtures("deaf", "small_memory", "quick_looks")
async def test_a_long_silence_is_read_page_by_page(visit: Visit) -> None:
    visitor = await visit()
    texts = [str(number) for number in range(1, 11)]
    await publish(*texts)
    assert await received(visitor, 10) == list(enumerate(texts, start=1))


@pytest.mark.usefixtures("quick_looks")
async def test_a_layer_that_cannot_be_joined_does_not_keep_the_socket_shut(
    monkeypatch: pytest.MonkeyPatch, visit: Visit, relay: Relay
) -> None:
    async def fails(group: str, channel: str) -> None:
        raise ConnectionError("Redis is away")

    with monkeypatch.context() as away:
        away.setattr(relay._layer, "group_add", fails)
        visitor = await visit()
        await publish("one")
        assert await received(visitor, 1) == [(1, "one")]
        assert LOBBY not in relay._joined
    await asyncio.sleep(relay_module.LOOK_SECONDS + 0.3)
    assert LOBBY in relay._joined  # back, and notified at once again
    with monkeypatch.context() as blind:
        blind.setattr(log, "heads", None)
        await publish("two")
        assert await received(visitor, 1) == [(2, "two")]


@pytest.mark.usefixtures("quick_looks")
async def test_a_database_that_is_away_for_a_while_loses_nothing(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit()

    def fails(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as away:
        away.setattr(broadcast, "announce", lambda *facts: None)
        away.setattr(log, "heads", fails)
        await publish("one")
        await asyncio.sleep(relay_module.LOOK_SECONDS + 0.2)
        assert await visitor.receives_nothing()
    assert await received(visitor, 1) == [(1, "one")]


# Resuming.


# A look that has begun may still read the log when the test takes that away.
@pytest.mark.usefixtures("never_looks")
async def test_a_short_absence_is_replayed_from_memory(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await visit()
    await publish("one", "two", "three")
    assert len(await received(live, 3)) == 3
    here = await head()
    monkeypatch.setattr(log, "read_last", None)  # nothing is read
    back = await visit(address(here.epoch, 1))
    assert (back.first["type"], back.first["seq"], back.first["recent"]) == ("welcome", 3, [])
    assert await received(back, 2) == [(2, "two"), (3, "three")]
    assert await back.receives_nothing()


@pytest.mark.usefixtures("small_memory")
async def test_a_longer_one_from_the_log(visit: Visit) -> None:
    texts = [str(number) for number in range(1, 13)]
    await publish(*texts)
    here = await head()
    back = await visit(address(here.epoch, 2))
    assert back.first["recent"] == []
    assert await received(back, 10) == list(enumerate(texts[2:], start=3))
    assert await back.receives_nothing()


async def test_with_nothing_missed_there_is_only_the_welcome(visit: Visit) -> None:
    await publish("one")
    here = await head()
    back = await visit(address(here.epoch, 1))
    assert back.first["recent"] == [] and await back.receives_nothing()
    await publish("two")
    assert await received(back, 1) == [(2, "two")]


@pytest.mark.usefixtures("small_memory")
async def test_what_happens_while_the_log_is_read_comes_once_and_in_its_place(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await visit()
    texts = [str(number) for number in range(1, 31)]
    await publish(*texts[:20])
    here = await head()
    real = log.read_last

    def slow(stream: str, **page: Any) -> list[Entry]:
        entries = real(stream, **page)
        time.sleep(0.02)
        return entries

    monkeypatch.setattr(log, "read_last", slow)

    async def talk() -> None:
        for text in texts[20:]:
            await publish(text)
            await asyncio.sleep(0.005)

    talking = asyncio.ensure_future(talk())
    back = await visit(address(here.epoch, 5))
    assert await received(back, 25) == list(enumerate(texts[5:], start=6))
    await talking
    assert await back.receives_nothing()
    assert await received(live, 30) == list(enumerate(texts, start=1))


async def test_a_socket_that_is_open_may_ask_for_what_it_missed(visit: Visit) -> None:
    visitor = await visit()
    await publish("one", "two", "three")
    assert len(await received(visitor, 3)) == 3
    here = await head()
    await visitor.say({"type": "resume", "epoch": here.epoch, "seq": 1})
    assert await received(visitor, 2) == [(2, "two"), (3, "three")]
    await publish("four")
    assert await received(visitor, 1) == [(4, "four")]


@pytest.mark.usefixtures("small_memory")
async def test_live_events_do_not_overtake_those_that_were_asked_for(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit()
    await publish(*map(str, range(1, 13)))
    assert len(await received(visitor, 12)) == 12
    here = await head()
    real, reading = log.read_last, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(stream: str, **page: Any) -> list[Entry]:
        loop.call_soon_threadsafe(reading.set)
        time.sleep(0.1)
        return real(stream, **page)

    monkeypatch.setattr(log, "read_last", slow)
    await visitor.say({"type": "resume", "epoch": here.epoch, "seq": 2})
    await reading.wait()
    await publish("13")
    assert await received(visitor, 11) == [(seq, str(seq)) for seq in range(3, 14)]
    assert await visitor.receives_nothing()


async def resynced(visitor: Visitor, seq: int) -> None:
    assert visitor.first["type"] == "welcome" and visitor.first["seq"] == seq
    assert [event["seq"] for event in visitor.first["recent"]] == list(range(1, seq + 1))
    resync = await visitor.next()
    assert (resync["type"], resync["stream"], resync["seq"]) == ("resync", "lobby", seq)
    assert resync["epoch"] == visitor.first["epoch"]
    assert await visitor.receives_nothing()


async def test_another_epoch_starts_anew(visit: Visit) -> None:
    await publish("one", "two")
    await resynced(await visit(address("another", 1)), 2)


async def test_a_number_that_was_never_given_starts_anew(visit: Visit) -> None:
    await publish("one", "two")
    here = await head()
    await resynced(await visit(address(here.epoch, 99)), 2)


async def test_too_long_ago_starts_anew(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "RESUME_MAX_EVENTS", 3)
    await publish(*map(str, range(1, 6)))
    here = await head()
    await resynced(await visit(address(here.epoch, 1)), 5)
    assert (await visit(address(here.epoch, 2))).first["recent"] == []


@pytest.mark.usefixtures("small_memory")
async def test_what_was_trimmed_starts_anew(visit: Visit) -> None:
    await publish(*map(str, range(1, 11)))
    here = await head()
    await Event.objects.filter(seq__lte=3).adelete()
    back = await visit(address(here.epoch, 2))
    assert [event["seq"] for event in back.first["recent"]] == list(range(4, 11))
    assert (await back.next())["type"] == "resync"
    assert (await visit(address(here.epoch, 3))).first["recent"] == []


async def test_a_resume_on_an_open_socket_that_cannot_be_done(visit: Visit) -> None:
    await publish("one")
    visitor = await visit()
    await visitor.say({"type": "resume", "epoch": "another", "seq": 0})
    welcome, resync = await visitor.next(), await visitor.next()
    assert (welcome["type"], resync["type"]) == ("welcome", "resync")
    assert [event["text"] for event in welcome["recent"]] == ["one"]
    await publish("two")
    assert await received(visitor, 1) == [(2, "two")]


@pytest.mark.usefixtures("deaf")
async def test_who_knows_more_than_this_process_is_not_set_back(visit: Visit) -> None:
    await visit()  # the relay is up to date, and then receives nothing
    await publish("one", "two", "three")
    here = await head()
    back = await visit(address(here.epoch, 2))  # it had "two" from another process
    assert back.first["recent"] == []
    assert await received(back, 1) == [(3, "three")]


@pytest.mark.parametrize(
    "query",
    [
        "epoch=x&since=-1",
        "epoch=x&since=x",
        "epoch=x&since=1.5",
        "epoch=x",
        "since=1",
        "since=%F0%9F",
        f"epoch=x&since={'9' * 5000}",
        "epoch=&since=1",
        "&&&=;",
    ],
)
async def test_addresses_that_say_nothing_are_welcomed_like_new(visit: Visit, query: str) -> None:
    await publish("one")
    visitor = await visit(f"/ws?{query}")
    assert [event["text"] for event in visitor.first["recent"]] == ["one"]
    assert await visitor.receives_nothing()


@pytest.mark.parametrize("seq", [-1, 10**18, 2**63])
async def test_numbers_that_no_stream_reaches(visit: Visit, seq: int) -> None:
    await publish("one")
    here = await head()
    visitor = await visit()
    await visitor.say({"type": "resume", "epoch": here.epoch, "seq": seq})
    assert (await visitor.next("resync", "error"))["type"] in {"resync", "error"}
    await visitor.say({"type": "ping"})
    assert (await visitor.next())["type"] == "pong"


async def test_a_resume_that_fails_brings_the_client_back(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit()
    here = await head()

    async def fails(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(Relay, "missed", fails)
    await visitor.say({"type": "resume", "epoch": here.epoch, "seq": 0})
    assert await visitor.closed() == 1012


@pytest.mark.usefixtures("quick_looks")
async def test_a_new_epoch_sends_everybody_back_for_a_snapshot(visit: Visit) -> None:
    visitor = await visit()
    await publish("one")
    assert len(await received(visitor, 1)) == 1
    await Stream.objects.filter(name=LOBBY).aupdate(epoch=new_epoch())
    assert await visitor.closed() == 1012
    back = await visit(address(visitor.first["epoch"], 1))
    assert back.first["epoch"] != visitor.first["epoch"]
    assert (await back.next())["type"] == "resync"


@pytest.mark.usefixtures("quick_looks")
async def test_a_log_that_was_set_back_is_noticed(visit: Visit) -> None:
    await publish("one", "two")
    visitor = await visit()
    await Event.objects.filter(seq=2).adelete()
    await Stream.objects.filter(name=LOBBY).aupdate(seq=1)
    assert await visitor.closed() == 1012


# A crowd that comes back from before what is in memory.


class Reads:
    """How often a page of older events was read, and what is done before one is handed over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.meanwhile = 0, list[Callable[[], object]]()
        self._read = log.read_last
        monkeypatch.setattr(log, "read_last", self)

    def __call__(self, stream: str, **page: Any) -> list[Entry]:
        entries = self._read(stream, **page)
        self.count += 1
        while self.meanwhile:
            self.meanwhile.pop(0)()
        time.sleep(0.02)
        return entries


@pytest.mark.usefixtures("small_memory")
async def test_a_crowd_shares_its_reads_and_everybody_has_everything_once(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(*map(str, range(1, 41)))
    here = await head()
    first = await visit()
    reads = Reads(monkeypatch)
    places = [10 + number % 5 for number in range(60)]
    coming = [asyncio.ensure_future(visit(address(here.epoch, place))) for place in places]
    for number in range(41, 51):
        await publish(str(number))
        await asyncio.sleep(0.005)
    crowd = await asyncio.gather(*coming)
    for place, back in zip(places, crowd, strict=True):
        expected = [(seq, str(seq)) for seq in range(place + 1, 51)]
        assert await received(back, len(expected)) == expected
    assert await crowd[0].receives_nothing() and await crowd[-1].receives_nothing()
    assert len(await received(first, 10)) == 10
    assert 9 <= reads.count <= 14  # pages of 3 from 37 down to 10, which need not lie the same


@pytest.mark.usefixtures("small_memory")
async def test_what_is_erased_while_it_is_read_is_shown_to_nobody(
    visit: Visit, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(*map(str, range(1, 13)))
    early = await visit()
    reads = Reads(monkeypatch)
    loop, seen = asyncio.get_running_loop(), asyncio.Event()
    relay.feeds[LOBBY].watchers.add(lambda entries: seen.set())

    def erase() -> None:
        delete_line(seq=7)  # it has been read, and not been handed over
        asyncio.run_coroutine_threadsafe(seen.wait(), loop).result(5)

    reads.meanwhile.append(erase)
    here = await head()
    back = await visit(address(here.epoch, 5))
    texts = dict(await received(back, 8))
    assert (texts[6], texts[7], texts[8], texts[13]) == ("6", "", "8", "")
    assert (await early.next())["type"] == "chat_deleted"


@pytest.mark.usefixtures("small_memory")
async def test_what_is_rewritten_while_it_is_read_is_shown_to_nobody(
    visit: Visit, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(*map(str, range(1, 13)))
    await visit()
    reads = Reads(monkeypatch)
    loop = asyncio.get_running_loop()

    def rewrite() -> None:
        Event.objects.filter(seq=7).update(text="deleted")
        asyncio.run_coroutine_threadsafe(relay._read_anew(LOBBY), loop).result(5)

    reads.meanwhile.append(rewrite)
    here = await head()
    back = await visit(address(here.epoch, 5))
    texts = dict(await received(back, 7))
    assert (texts[6], texts[7], texts[12]) == ("6", "deleted", "12")


@pytest.mark.usefixtures("small_memory", "quick_looks")
async def test_what_was_read_for_a_crowd_is_forgotten_after_it(
    visit: Visit, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(*map(str, range(1, 13)))
    here = await head()
    back = await visit(address(here.epoch, 2))
    assert len(await received(back, 10)) == 10
    feed = relay.feeds[LOBBY]
    assert feed.oldest <= 3
    monkeypatch.setattr(relay_module, "_UNWATCHED_SECONDS", 0.0)

    async def is_small() -> bool:
        return len(feed.recent) == 4

    assert await comes_true(is_small)
    await publish("13")
    assert (await received(back, 1), feed.oldest) == ([(13, "13")], 10)


# Moderation.


async def test_a_deleted_line_is_shown_to_nobody_who_comes_later(visit: Visit) -> None:
    await publish("fine", "rude")
    early = await visit()
    assert [event["text"] for event in early.first["recent"]] == ["fine", "rude"]
    await in_thread(delete_line, seq=2)
    deletion = await early.next()
    assert (deletion["type"], deletion["seq"], deletion["data"]) == ("chat_deleted", 3, {"seq": 2})
    late = await visit()
    assert [event["text"] for event in late.first["recent"]] == ["fine", "", ""]
    back = await visit(address(late.first["epoch"], 0))
    assert [text for _, text in await received(back, 3)] == ["fine", "", ""]


# Slow readers.


class Stuck:
    """A peer that reads nothing until it is let go."""

    def __init__(self) -> None:
        self.taken: list[Json] = []
        self.reads = asyncio.Event()

    async def send(self, message: Json) -> None:
        await self.reads.wait()
        self.taken.append(message)


async def is_closed(box: QueueOutbox) -> bool:
    async def closing() -> bool:
        return box.closing

    return await comes_true(closing)


@pytest.mark.usefixtures("quick_looks")
async def test_who_reads_nothing_is_closed_with_4408_and_others_do_not_notice(
    visit: Visit, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.outbox.SLOW_SECONDS", 0.5)
    quick, stuck = await visit(), Stuck()
    box = QueueOutbox(stuck.send)
    feed = await relay.feed(LOBBY)
    feed.outboxes.add(box)
    long = "x" * (SLOW_BYTES // 2)
    for number in range(3):
        await publish(f"{number}{long}")
        assert (await received(quick, 1))[0][0] == number + 1
    assert await is_closed(box)
    await publish("after")
    assert await received(quick, 1) == [(4, "after")]
    stuck.reads.set()
    await asyncio.sleep(0.01)
    assert stuck.taken[-1] == {"type": "websocket.close", "code": 4408, "reason": "too slow"}
    assert not any("after" in message.get("text", "") for message in stuck.taken)


@pytest.mark.usefixtures("quick_looks")
async def test_who_lets_megabytes_pile_up_is_closed_at_the_next_look(relay: Relay) -> None:
    stuck = Stuck()
    box = QueueOutbox(stuck.send)
    feed = await relay.feed(LOBBY)
    feed.outboxes.add(box)
    box.send(Frames(["x" * FULL_BYTES, "x" * FULL_BYTES]))
    assert await is_closed(box)


# A feed by itself.


def feed_with(*seqs: int) -> Feed:
    return Feed(LOBBY, Head("e1", seqs[-1] if seqs else 0), entries(*seqs))


def entries(*seqs: int) -> list[Entry]:
    return [Entry(seq, str(seq)) for seq in seqs]


@pytest.mark.parametrize(
    ("offered", "taken", "seq"),
    [
        ((4, 5), True, 5),
        ((2, 3, 4), True, 4),
        ((2, 3), True, 3),
        ((), True, 3),
        ((5,), False, 3),
        ((4, 6), False, 3),
        ((2, 5), False, 3),
    ],
)
def test_a_feed_takes_what_comes_next_and_nothing_else(
    offered: tuple[int, ...], taken: bool, seq: int
) -> None:
    feed = feed_with(1, 2, 3)
    assert feed.offer(entries(*offered)) is taken
    assert feed.seq == seq
    assert [entry.seq for entry in feed.recent] == list(range(1, seq + 1))


@pytest.mark.parametrize(
    ("since", "answer"),
    [(5, []), (4, [5]), (2, [3, 4, 5]), (1, None), (0, None), (6, None)],
)
def test_a_feed_knows_how_far_back_it_reaches(since: int, answer: list[int] | None) -> None:
    found = feed_with(3, 4, 5).after(since)
    assert found == (None if answer is None else entries(*answer))


def test_an_empty_feed_reaches_back_to_now() -> None:
    feed = feed_with()
    assert feed.after(0) == [] and feed.after(1) is None and feed.after(-1) is None
