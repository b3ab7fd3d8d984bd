"""A socket after its handshake, without a network and on real servers."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Iterator

import pytest
from websockets.frames import CloseCode, Frame, Opcode

from tournament_site.servers import open_socket
from tournament_site.servers.open_socket import OpenSocket, new_parser

from .server import MatchpointServer

PING = b"\x89\x00"


class Somebody:
    """A receiver that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[str | bytes | int] = []

    def take_text(self, text: str) -> None:
        self.got.append(text)

    def take_bytes(self, data: bytes) -> None:
        self.got.append(data)

    def gone(self, code: int) -> None:
        self.got.append(code)


class Made(OpenSocket):
    """A socket without a network."""

    def __init__(self, receiver: Somebody) -> None:
        self.sent: bytes = b""
        self.ends: str = ""
        super().__init__(receiver, new_parser())

    def _put(self, data: bytes) -> None:
        self.sent += data

    def _end(self) -> None:
        self.ends = self.ends or "closed"

    def _abort(self) -> None:
        self.ends = "aborted"

    def buffered(self) -> int:
        return 0

    def pause(self) -> None: ...

    def resume(self) -> None: ...


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    """A frame as a client sends it."""
    return Frame(opcode, data, fin).serialize(mask=True)


def closing(code: int) -> bytes:
    return struct.pack("!H", code)


@pytest.fixture
async def met() -> tuple[Made, Somebody]:
    receiver = Somebody()
    return Made(receiver), receiver


async def test_messages_come_whole_in_whatever_pieces(met: tuple[Made, Somebody]) -> None:
    made, receiver = met
    came = (
        frame(Opcode.TEXT, "grüß".encode())
        + frame(Opcode.BINARY, b"ab", fin=False)
        + frame(Opcode.PING, b"?")
        + frame(Opcode.CONT, b"cd")
        + frame(Opcode.TEXT, "grü".encode()[:-1], fin=False)
        + frame(Opcode.CONT, "ü".encode()[1:])
    )
    for byte in came:
        made.received(bytes([byte]))
    assert receiver.got == ["grüß", b"abcd", "grü"]
    assert made.sent == b"\x8a\x01?"  # the pong, between two fragments
    made.received(came)
    assert receiver.got == ["grüß", b"abcd", "grü"] * 2


async def test_a_peer_that_closes_is_answered_and_gone_once(met: tuple[Made, Somebody]) -> None:
    made, receiver = met
    made.received(frame(Opcode.TEXT, b"bye") + frame(Opcode.CLOSE, closing(1000)))
    await asyncio.sleep(0)
    assert receiver.got == ["bye", 1000]
    assert made.sent == b"\x88\x02" + closing(1000) and made.ends == "closed"
    made.lost()
    made.write(b"late")
    assert receiver.got == ["bye", 1000] and not made.sent.endswith(b"late")


async def test_closing_says_why_and_waits_for_the_peer_but_not_long(
    met: tuple[Made, Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, receiver = met
    monkeypatch.setattr(open_socket, "_DRAIN_SECONDS", 0.05)
    made.close(1012, "restarting")
    made.close(4400, "again")
    assert made.sent == b"\x88\x0c" + closing(1012) + b"restarting"
    made.received(frame(Opcode.TEXT, b"too late"))
    await asyncio.sleep(0)
    assert receiver.got == [1012] and made.ends == ""
    await asyncio.sleep(0.1)
    assert made.ends == "aborted"


async def test_a_close_that_the_peer_answers_ends_the_connection(
    met: tuple[Made, Somebody],
) -> None:
    made, receiver = met
    made.close(4429, "too fast")
    made.received(frame(Opcode.CLOSE, closing(4429)))
    made.lost()
    await asyncio.sleep(0)
    assert made.ends == "closed" and receiver.got == [4429]


async def test_a_connection_that_breaks_is_no_close(met: tuple[Made, Somebody]) -> None:
    made, receiver = met
    made.lost()
    made.lost()
    assert receiver.got == [1006]


@pytest.mark.parametrize(
    ("came", "code"),
    [
        (frame(Opcode.TEXT, b"\xff"), CloseCode.INVALID_DATA),
        (frame(Opcode.CONT, b"of nothing"), CloseCode.PROTOCOL_ERROR),
        (Frame(Opcode.TEXT, b"bare").serialize(mask=False), CloseCode.PROTOCOL_ERROR),
        (b"\x81\xff" + struct.pack("!Q", 1 << 40), CloseCode.MESSAGE_TOO_BIG),
        (frame(Opcode.CLOSE), CloseCode.NO_STATUS_RCVD),
    ],
    ids=["no UTF-8", "continues nothing", "not masked", "too large", "a bare close"],
)
async def test_what_is_no_message_has_its_code(
    met: tuple[Made, Somebody], came: bytes, code: int
) -> None:
    made, receiver = met
    made.received(came)
    await asyncio.sleep(0)
    assert receiver.got == [code] and made.ends == "closed"


async def test_a_peer_that_does_not_answer_pings_is_dropped(
    met: tuple[Made, Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, receiver = met
    made.ping()
    made.received(frame(Opcode.PONG))
    made.ping()
    made.received(frame(Opcode.TEXT, b"alive"))
    made.ping()
    assert made.sent == 3 * PING and made.ends == ""
    made.ping()
    await asyncio.sleep(0)
    assert receiver.got == ["alive", CloseCode.INTERNAL_ERROR] and made.ends == "closed"


async def test_each_socket_is_pinged_once_a_period_and_not_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_socket, "PING_SECONDS", 0.5)
    sockets = []
    for _ in range(5):
        sockets.append(Made(Somebody()))
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    assert not any(each.sent for each in sockets)
    pinged: list[int] = []
    for _ in range(80):
        await asyncio.sleep(0.01)
        pinged += [i for i, each in enumerate(sockets) if each.sent and i not in pinged]
        if len(pinged) == 5:
            break
    assert pinged == [0, 1, 2, 3, 4]  # one after another, as they came
    for each in sockets:
        each.lost()


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    with MatchpointServer(server=request.param) as running:
        yield running


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_client_sends_before_it_is_welcomed_is_read_in_order(
    server: MatchpointServer, at_once: bool
) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    lines = frame(Opcode.TEXT, b"first line") + frame(Opcode.TEXT, b"second line")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(request)
        got = client.recv(16)  # RFC 6455, section 4.1: not before the server's answer begins
        for piece in [lines] if at_once else [bytes([byte]) for byte in lines]:
            client.sendall(piece)
        while b"second line" not in got:
            more = client.recv(65536)
            assert more, got
            got += more
    assert got.index(b"first line") < got.index(b"second line")
