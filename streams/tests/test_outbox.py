"""One socket's way out: in order, without waiting, and with a bound on what waits."""

import asyncio
from typing import Any

import pytest

from streams import outbox
from streams.outbox import EXTENSION, Frames, QueueOutbox, WireOutbox, wire_frame, wire_of


class Peer:
    """The other end of an ASGI `send`, which may stop taking."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.is_gone = False

    async def send(self, message: dict[str, Any]) -> None:
        await self.takes.wait()
        if self.is_gone:
            raise ConnectionResetError
        self.taken.append(message)

    @property
    def texts(self) -> list[str | int]:
        return [message.get("text") or message["code"] for message in self.taken]


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f" + (65_536).to_bytes(8, "big")),
    ],
)
def test_a_frame_as_rfc_6455_writes_it(size: int, header: bytes) -> None:
    assert wire_frame("x" * size) == header + b"x" * size


def test_a_frame_counts_bytes() -> None:
    assert wire_frame("é") == b"\x81\x02\xc3\xa9"


def test_frames_are_made_once_for_all() -> None:
    frames = Frames(["a", "b"])
    assert frames.wire == b"\x81\x01a\x81\x01b"
    assert frames.wire is frames.wire


async def test_frames_go_out_in_order_and_close_comes_last() -> None:
    peer = Peer()
    box = QueueOutbox(peer.send)
    box.send(Frames(["a", "b"]))
    box.send_text("c")
    box.close(4408, "too slow")
    box.send_text("too late")
    box.close(1000)
    await asyncio.sleep(0.01)
    assert peer.texts == ["a", "b", "c", 4408]
    assert box.buffered() == 0


async def test_a_peer_that_takes_nothing_holds_nobody_up_and_little_memory() -> None:
    peer = Peer()
    peer.takes.clear()
    box = QueueOutbox(peer.send)
    for _ in range(100):
        box.send_text("x" * 1000)  # returns at once
    await asyncio.sleep(0)
    assert 99_000 <= box.buffered() <= 100_000
    box.close(4408)
    box.send_text("x" * 1000)
    assert box.buffered() <= 100_000
    peer.takes.set()
    await asyncio.sleep(0.01)
    assert peer.texts[-1] == 4408 and len(peer.taken) == 101


async def test_a_peer_that_is_gone_is_sent_nothing_more() -> None:
    peer = Peer()
    peer.is_gone = True
    box = QueueOutbox(peer.send)
    box.send(Frames(["a", "b"]))
    await asyncio.sleep(0.01)
    assert box.closing and box.buffered() == 0
    box.send_text("c")
    await asyncio.sleep(0.01)
    assert peer.taken == []


class Waiting(WireOutbox):
    """An outbox with so many bytes that the peer has not taken."""

    waiting = 0

    def __init__(self) -> None:
        super().__init__(wire=None)  # type: ignore[arg-type]

    def buffered(self) -> int:
        return self.waiting


def test_a_slow_peer_has_its_chance() -> None:
    box = Waiting()
    box.waiting = outbox.SLOW_BYTES + 1
    assert not box.is_too_slow(100.0)
    assert not box.is_too_slow(100.0 + outbox.SLOW_SECONDS)
    assert box.is_too_slow(100.1 + outbox.SLOW_SECONDS)


def test_a_peer_that_catches_up_starts_anew() -> None:
    box = Waiting()
    box.waiting = outbox.SLOW_BYTES + 1
    assert not box.is_too_slow(100.0)
    box.waiting = outbox.SLOW_BYTES
    assert not box.is_too_slow(109.0)
    box.waiting = outbox.SLOW_BYTES + 1
    assert not box.is_too_slow(111.0) and not box.is_too_slow(120.0)
    assert box.is_too_slow(121.5)


def test_too_much_at_once_is_too_slow_at_once() -> None:
    box = Waiting()
    box.waiting = outbox.FULL_BYTES + 1
    assert box.is_too_slow(100.0)


class Transport:
    """What a server's own protocol offers."""

    def __init__(self) -> None:
        self.written, self.closed = b"", (0, "")

    def write(self, frames: bytes) -> None:
        self.written += frames

    def buffered(self) -> int:
        return 7

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class Handover:
    """An accepted socket of a server that offers the extension."""

    def __init__(self, transport: Transport) -> None:
        self.transport, self.receiver = transport, None

    def hand_over(self, receiver: Any) -> Transport:
        self.receiver = receiver
        return self.transport


async def test_a_socket_is_handed_over_where_the_server_offers_that() -> None:
    transport, receiver = Transport(), object()
    handover = Handover(transport)
    found = wire_of({"extensions": {EXTENSION: handover}}, receiver)  # type: ignore[arg-type]
    assert found is transport and handover.receiver is receiver
    wire = WireOutbox(transport)
    wire.send(Frames(["a", "b"]))
    wire.close(1000, "left")
    assert (transport.written, wire.buffered()) == (b"\x81\x01a\x81\x01b", 7)
    assert transport.closed == (1000, "left") and wire.closing
    assert wire_of({}, receiver) is None  # type: ignore[arg-type]
    assert wire_of({"extensions": {}}, receiver) is None  # type: ignore[arg-type]
