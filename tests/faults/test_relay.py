"""The relay where the layer or another process is ahead, behind, or gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import transaction

from lobby.stream_names import LOBBY
from streams import broadcast, log, relay
from streams.feeds import Feed
from streams.frames import Entry, Head
from streams.log import Draft
from streams.relay import Relay, in_thread, local_relay, stop_local_relay

from .clients import comes_true

STREAM = "tournament:x"


def entries(*seqs: int) -> list[Entry]:
    return [Entry(seq, f"frame {seq}") for seq in seqs]


def feed(seq: int = 4) -> Feed:
    return Feed(STREAM, Head("abc", seq), [])


@pytest.mark.parametrize("seqs", [(5, 7, 6), (6, 5), (5, 7), (5, 6, 6), (5, 5)])
def test_disorder_and_holes_are_left_to_the_log(seqs: tuple[int, ...]) -> None:
    it = feed()
    assert it.offer(entries(*seqs)) is False
    assert (it.seq, list(it.recent)) == (4, [])


@pytest.mark.parametrize("seqs", [(), (3, 4), (4, 5, 6), (5, 6)])
def test_what_is_known_is_passed_over(seqs: tuple[int, ...]) -> None:
    it = feed()
    assert it.offer(entries(*seqs)) is True
    assert [entry.seq for entry in it.recent] == [seq for seq in seqs if seq > 4]


def announcement(*seqs: int) -> dict[str, Any]:
    frames = [(seq, f"frame {seq}") for seq in seqs]
    return {"stream": STREAM, "epoch": "abc", "seq": seqs[-1], "frames": frames, "committed": 0.0}


def test_announcements_that_overtook_each_other_are_reported_in_order() -> None:
    folded = broadcast._fold(announcement(5, 7), announcement(6))
    assert (folded["seq"], [seq for seq, _ in folded["frames"]]) == (7, [5, 6, 7])


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Relay]:
    """A relay that never looks at the log by itself."""
    monkeypatch.setattr(relay, "LOOK_SECONDS", 60.0)
    yield await local_relay()
    await stop_local_relay()


@transaction.atomic
def write(*texts: str) -> None:
    log.append(LOBBY, [Draft("chat", text) for text in texts])


@pytest.mark.django_db(transaction=True)
async def test_who_received_more_from_another_process_resumes_there(
    running: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "announce", lambda *args: None)
    lobby = await running.feed(LOBBY)
    await in_thread(write, "one", "two")
    assert lobby.seq == 0
    missed = await running.missed(lobby, epoch=lobby.epoch, since=2)
    assert missed is not None and missed.messages == []
    assert lobby.seq == 2


@pytest.mark.django_db(transaction=True)
async def test_what_is_written_while_a_stream_is_being_read_is_reported_at_once(
    running: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_feed = relay._read_feed

    def slowly(stream: str) -> Feed:
        read = read_feed(stream)
        write("just after it was read")
        time.sleep(0.2)  # it is received before what was read is here
        return read

    monkeypatch.setattr(relay, "_read_feed", slowly)
    lobby = await running.feed(LOBBY)
    assert await comes_true(lambda: lobby.seq == 1, 10)


@pytest.mark.django_db(transaction=True)
async def test_who_claims_to_have_received_what_never_was_starts_anew(running: Relay) -> None:
    lobby = await running.feed(LOBBY)
    assert await running.missed(lobby, epoch=lobby.epoch, since=99) is None


@pytest.mark.django_db(transaction=True)
async def test_a_process_starts_while_the_layer_is_away_and_joins_it_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer = get_channel_layer()
    new_channel = layer.new_channel
    is_away = True

    async def answer() -> str:
        if is_away:
            raise ConnectionError
        name: str = await new_channel()
        return name

    monkeypatch.setattr(layer, "new_channel", answer)
    monkeypatch.setattr(relay, "LOOK_SECONDS", 0.05)
    running = await local_relay()
    try:
        lobby = await running.feed(LOBBY)
        await in_thread(write, "while it is away")
        assert await comes_true(lambda: lobby.seq == 1, 10)
        is_away = False
        assert await comes_true(lambda: LOBBY in running._joined, 10)
        monkeypatch.setattr(relay, "LOOK_SECONDS", 60.0)
        await asyncio.sleep(0.1)
        await in_thread(write, "now it is back")
        assert await comes_true(lambda: lobby.seq == 2, 10)
    finally:
        await stop_local_relay()


@pytest.mark.django_db(transaction=True)
async def test_who_gives_up_waiting_for_the_relay_does_not_take_it_from_others() -> None:
    impatient = asyncio.create_task(local_relay())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert isinstance(await local_relay(), Relay)
    await stop_local_relay()
