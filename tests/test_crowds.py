"""One client against all, and a hall full of players behind one address: on both servers."""

import asyncio
import json
import resource
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from .faults.wire import Answer, Closed, RawSocket, request
from .server import MatchpointServer

FLOOD, BYSTANDER = "127.0.0.5", "127.0.0.2"
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HALF_A_BODY = (
    b"POST /matchmaking HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5000\r\n\r\n{"
)
#: What a bystander may wait on a busy machine; without the limits nobody is answered at all.
WAIT_SECONDS = 2.0


@pytest.fixture(params=["daphne", "uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    """The server."""
    return str(request.param)


@pytest.fixture
def narrow(kind: str) -> Iterator[MatchpointServer]:
    """A site with little room and short deadlines, so that a flood is soon one."""
    with MatchpointServer(
        server=kind,
        RATE_LIMITS="on",
        CONNECTIONS_MAX="200",
        CONNECTIONS_PER_ADDRESS="50",
        SOCKETS_PER_ADDRESS="5",
        REQUEST_HEAD_SECONDS="3",
        REQUEST_BODY_SECONDS="3",
    ) as site:
        yield site


async def half_sent(port: int, start: bytes, count: int, source: str = FLOOD) -> list[RawSocket]:
    """Connections that have sent only a start."""
    sockets = [await RawSocket.connect(port, source=source) for _ in range(count)]
    for socket in sockets:
        socket.send(start)
    return sockets


async def trickle(sockets: list[RawSocket], more: bytes) -> None:
    """Send a little more on each, again and again."""
    while True:
        await asyncio.sleep(0.5)
        for socket in sockets:
            with suppress(OSError):
                if not socket.is_over:
                    socket.send(more)


async def others_are_served(port: int, seconds: float) -> None:
    """Somebody at another address opens page after page, and waits for none."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        answer = await request(port, "GET", "/", source=BYSTANDER)
        assert (answer.status, time.monotonic() - began < WAIT_SECONDS) == (200, True)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("start", "more"), [(HALF_A_HEAD, b"X-More: 1\r\n"), (HALF_A_BODY, b" "), (b"", b"")]
)
async def test_half_sent_requests_shut_nobody_out(
    narrow: MatchpointServer, start: bytes, more: bytes
) -> None:
    sockets = await half_sent(narrow.port, start, 120)
    sending = asyncio.create_task(trickle(sockets, more))
    await others_are_served(narrow.port, 6)
    sending.cancel()
    still_open = [socket for socket in sockets if not await socket.has_ended()]
    for socket in sockets:
        socket.abort()
    assert not still_open  # within their time, whatever they send meanwhile


@pytest.mark.parametrize(("start", "late"), [(HALF_A_HEAD, "head"), (HALF_A_BODY, "body")])
async def test_a_slow_request_is_told_so(narrow: MatchpointServer, start: bytes, late: str) -> None:
    [socket] = await half_sent(narrow.port, start, 1)
    answer = await socket.read_answer()
    assert (answer.status, answer.json["code"]) == (408, "too_slow")
    assert f"The request's {late} did not come within 3 s" in answer.json["message"]
    socket.abort()


async def test_many_addresses_make_way_for_one_more(narrow: MatchpointServer) -> None:
    sockets = []
    for host in range(20, 28):
        sockets += await half_sent(narrow.port, HALF_A_HEAD, 40, f"127.0.0.{host}")
    await others_are_served(narrow.port, 1)
    for socket in sockets:
        socket.abort()


async def test_a_connection_too_many_is_told_so(narrow: MatchpointServer) -> None:
    sockets = await half_sent(narrow.port, HALF_A_HEAD, 50)
    refused = await request(narrow.port, "GET", "/", source=FLOOD)
    assert (refused.status, refused.json["code"]) == (503, "too_many_connections")
    assert refused.headers["retry-after"]
    sockets[0].abort()
    await asyncio.sleep(0.2)
    assert (await request(narrow.port, "GET", "/", source=FLOOD)).status == 200
    for socket in sockets:
        socket.abort()


def test_the_limit_on_open_files_is_raised(kind: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        with MatchpointServer(server=kind) as site:
            limits = Path(f"/proc/{site.pid}/limits").read_text()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    [files] = [line.split() for line in limits.splitlines() if line.startswith("Max open files")]
    assert int(files[3]) == min(int(files[4]), 65_536) > 256


async def test_sockets_of_one_address_are_counted(narrow: MatchpointServer) -> None:
    sockets = [await RawSocket.open(narrow.port, source=FLOOD) for _ in range(6)]
    assert [(await one.read_message())["type"] for one in sockets[:5]] == ["welcome"] * 5
    with pytest.raises(Closed, match="4429"):
        await sockets[5].read_message()
    other = await RawSocket.open(narrow.port, source=BYSTANDER)
    sockets[0].abort()
    await asyncio.sleep(0.2)
    again = await RawSocket.open(narrow.port, source=FLOOD)
    for welcomed in (other, again):
        assert (await welcomed.read_message())["type"] == "welcome"
    for socket in (*sockets, other, again):
        socket.abort()


LARGE = {
    "one line": {"Cookie": "a=" + "x" * 9000},
    "in all": {f"X-{number}": "x" * 2000 for number in range(10)},
    "many lines": {f"X-{number}": "x" for number in range(101)},
}


async def test_large_heads_are_refused_before_they_are_read(narrow: MatchpointServer) -> None:
    for headers in LARGE.values():
        answer = await request(narrow.port, "GET", "/", headers=headers)
        assert (answer.status, answer.json["code"]) == (431, "headers_too_large")
        with pytest.raises(ConnectionError, match="431"):
            await RawSocket.open(narrow.port, headers=headers)
    for start in (b"GET /" + b"x" * 40_000, HALF_A_HEAD + b"Cookie: " + b"x" * 40_000):
        [socket] = await half_sent(narrow.port, start, 1)
        assert await socket.read_status() == 431
        socket.abort()
    large_but_good = {f"X-{number}": "x" * 3000 for number in range(5)}
    assert (await request(narrow.port, "GET", "/", headers=large_but_good)).status == 200
    socket = await RawSocket.open(narrow.port, headers=large_but_good)
    socket.abort()


async def test_what_is_not_http_is_told_so_with_few_lines_in_the_log(
    narrow: MatchpointServer,
) -> None:
    before = narrow.log
    for _ in range(40):
        [socket] = await half_sent(narrow.port, b"\x16\x03\x01 hello\r\n\r\n", 1)
        assert await socket.read_status() == 400
        socket.abort()
    assert 1 <= narrow.log.removeprefix(before).count("\n") <= 15


async def test_foreign_handshakes_count_and_are_not_logged_one_by_one(
    narrow: MatchpointServer,
) -> None:
    async def refused() -> None:
        with pytest.raises(ConnectionError, match="403"):
            await RawSocket.open(narrow.port, source=FLOOD, headers={"Origin": "http://evil.test"})

    for _ in range(7):  # many at a time: what counts them forgets with every second
        await asyncio.gather(*(refused() for _ in range(20)))
    assert 1 <= narrow.log.count("evil.test") <= 6
    socket = await RawSocket.open(narrow.port, source=FLOOD)
    with pytest.raises(Closed, match="4429"):
        await socket.read_message()
    socket.abort()


@pytest.mark.parametrize(
    ("proxy", "believed"), [("127.0.0.1", True), ("127.0.0.9", True), ("127.0.0.17", False)]
)
async def test_a_trusted_proxy_is_read_from_the_right(
    kind: str, proxy: str, believed: bool
) -> None:
    async def welcomed(claimed: str, appended: str) -> bool:
        headers = {"X-Forwarded-For": f"{claimed}, {appended}"}
        socket = await RawSocket.open(site.port, source=proxy, headers=headers)
        sockets.append(socket)
        try:
            return bool(await socket.read_of_type("welcome"))
        except Closed:
            return False

    sockets: list[RawSocket] = []
    with MatchpointServer(
        server=kind,
        RATE_LIMITS="on",
        PUBLIC_URL="http://play.example.org",
        TRUSTED_PROXIES="127.0.0.0/28",
        SOCKETS_PER_ADDRESS="1",
    ) as site:
        assert await welcomed("1.1.1.1", "2001:db8:1:2::1")
        # What a client claims of itself changes nothing; it has all of its /64.
        assert not await welcomed("1.1.1.2", "2001:db8:1:2::2")
        assert await welcomed("1.1.1.1", "2001:db8:1:3::1") is believed
        assert ("TRUSTED_PROXIES" in site.log) is not believed
        for socket in sockets:
            socket.abort()


# A hall.

PLAYERS = 60
#: What a browser keeps open beside its sockets.
KEPT = 4


class Phone:
    """A player's phone in the hall: a browser's connections, and the sockets of two pages."""

    def __init__(self, port: int, name: str, token: str) -> None:
        self.port, self.name, self.token = port, name, token
        self.sockets: list[RawSocket] = []

    async def arrive(self, cup: str) -> list[Any]:
        """Open the pages, register and check in; everything answers."""
        pages = [await self._kept("/"), await self._kept(f"/tournaments/{cup}")]
        pages += [await self._kept("/sign-in") for _ in range(KEPT - len(pages))]
        paths = ("/ws", f"/tournaments/{cup}/ws")
        for path in paths:
            socket = await RawSocket.open(self.port, path)
            self.sockets.append(socket)
            assert (await socket.read_message())["type"] == "welcome"
        entered = await self.post(f"/api/tournaments/{cup}/entrants")
        here = await self.post(f"/api/tournaments/{cup}/check-in")
        return [*pages, entered.status, here.status]

    async def _kept(self, path: str) -> int:
        socket = await RawSocket.connect(self.port)
        self.sockets.append(socket)
        host = f"Host: 127.0.0.1:{self.port}\r\n"
        socket.send(f"GET {path} HTTP/1.1\r\n{host}Accept: text/html\r\n\r\n".encode())
        return await socket.read_status()

    async def post(self, path: str) -> Answer:
        """Do something with the player's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await request(self.port, "POST", path, headers=headers)


async def test_sixty_players_behind_one_address_check_in_within_a_minute(kind: str) -> None:
    with MatchpointServer(server=kind, RATE_LIMITS="on") as site:
        made = await request(site.port, "POST", "/tournament", {"name": "Cup", "entry": "open"})
        cup, organiser = made.json["tournament"]["id"], made.json["token"]
        bearer = {"Authorization": f"Bearer {organiser}"}
        opened = f"/api/tournaments/{cup}/check-in/window"
        assert (await request(site.port, "POST", opened, headers=bearer)).status == 200
        began = time.monotonic()
        phones = [await phone(site.port, number) for number in range(PLAYERS)]
        done = await asyncio.gather(*(one.arrive(cup) for one in phones))
        took = time.monotonic() - began
        for one in phones:
            for socket in one.sockets:
                socket.abort()
        assert [answers for answers in done if set(answers) != {200, 201}] == []
        assert took < 60
        everybody = await request(site.port, "GET", f"/api/tournaments/{cup}/entrants")
        assert (
            sum(bool(one["checked_in_at"]) for one in json.loads(everybody.body)["entrants"])
            == PLAYERS
        )


async def phone(port: int, number: int) -> Phone:
    """A guest's phone: who queues once is a player."""
    name = f"Player {number}"
    joined = await request(port, "POST", "/matchmaking", {"username": name})
    return Phone(port, name, joined.json["token"])
