"""The door to the channel layer: it may hang, fail or forget, and nobody waits for it."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from streams import broadcast
from streams.broadcast import announce, group_of
from streams.frames import Entry, Head

Json = dict[str, Any]


class Layer:
    """A channel layer that keeps what it is given, and may hang or fail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Json]] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.error: Exception | None = None
        self.threads: set[int] = set()

    async def group_send(self, group: str, message: Json) -> None:
        self.threads.add(threading.get_ident())
        await self.takes.wait()
        if self.error is not None:
            raise self.error
        self.sent.append((group, message))


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layer]:
    layer = Layer()
    monkeypatch.setattr(broadcast, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(broadcast, "_announcer", None)
    return layer  # type: ignore[return-value]


def tell(*seqs: int, stream: str = "lobby", epoch: str = "e1", size: int = 2) -> None:
    announce(stream, Head(epoch, seqs[-1]), [Entry(seq, "x" * size) for seq in seqs])


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_groups_have_names_that_a_layer_takes() -> None:
    assert group_of("lobby") == "lobby"
    for stream in ("lobby", "tournament:6a1f1a52-2f4c-4f0e-9d6e-0d6f8b0a5c11"):
        assert InMemoryChannelLayer().require_valid_group_name(group_of(stream))


async def test_a_stream_that_moved_is_reported_with_its_frames(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    before = time.time()
    tell(1, 2)
    await settle()
    [(group, message)] = layer.sent
    assert group == "lobby"
    assert before <= message.pop("committed") <= time.time()
    assert message == {
        "type": "log.moved",
        "stream": "lobby",
        "epoch": "e1",
        "seq": 2,
        "frames": [(1, "xx"), (2, "xx")],
    }


async def test_from_any_thread_it_is_sent_from_the_servers_loop(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    await asyncio.to_thread(tell, 1)
    await settle()
    assert layer.threads == {threading.get_ident()}


async def test_a_layer_that_hangs_holds_nobody_up(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    layer.takes.clear()
    for seq in range(1, 6):
        tell(seq)  # returns at once
        await settle()
    tell(1, stream="tournament:1")
    await settle()
    layer.takes.set()
    await settle()
    sent = [(group, [seq for seq, _ in message["frames"]]) for group, message in layer.sent]
    assert sent == [("lobby", [1]), ("lobby", [2, 3, 4, 5]), ("tournament.1", [1])]
    assert layer.sent[1][1]["seq"] == 5


async def test_what_comes_the_other_way_round_is_put_in_order(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    layer.takes.clear()
    for seq in (1, 3, 2):
        tell(seq)
        await settle()
    layer.takes.set()
    await settle()
    assert [seq for seq, _ in layer.sent[1][1]["frames"]] == [2, 3]
    assert layer.sent[1][1]["seq"] == 3


async def test_much_is_reported_without_its_frames(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    tell(1, 2, size=40_000)
    await settle()
    assert layer.sent[0][1]["frames"] == [] and layer.sent[0][1]["seq"] == 2
    layer.takes.clear()
    for seq in range(3, 9):
        tell(seq, size=20_000)
        await settle()
    layer.takes.set()
    await settle()
    assert layer.sent[-1][1]["seq"] == 8  # who lacks frames reads the log
    assert sum(len(frame) for _, frame in layer.sent[-1][1]["frames"]) <= 64 * 1024


async def test_another_epoch_is_not_mixed_in(layer: Layer) -> None:
    broadcast.serve_from_this_loop()
    layer.takes.clear()
    for seq, epoch in ((1, "e1"), (2, "e1"), (1, "e2")):
        tell(seq, epoch=epoch)
        await settle()
    layer.takes.set()
    await settle()
    assert (layer.sent[-1][1]["epoch"], layer.sent[-1][1]["seq"]) == ("e2", 1)


async def test_a_layer_that_fails_fails_nobody(
    layer: Layer, caplog: pytest.LogCaptureFixture
) -> None:
    broadcast.serve_from_this_loop()
    layer.error = ConnectionError("Redis is away")
    with caplog.at_level(logging.WARNING):
        tell(1)
        await settle()
    assert "did not take a message to lobby" in caplog.text
    layer.error = None
    tell(2)
    await settle()
    assert [message["seq"] for _, message in layer.sent] == [2]


async def test_a_layer_that_never_answers_is_given_up(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "_LAYER_SECONDS", 0.02)
    broadcast.serve_from_this_loop()
    layer.takes.clear()
    tell(1)
    await asyncio.sleep(0.05)
    layer.takes.set()
    tell(2)
    await asyncio.sleep(0.02)
    assert [message["seq"] for _, message in layer.sent] == [2]


def test_a_process_that_serves_nobody_tells_by_itself(layer: Layer) -> None:
    tell(1)  # such as from a management command
    assert [message["seq"] for _, message in layer.sent] == [1]
