"""Clients that misbehave towards one server, and what the others there feel of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from .bystanders import Bystanders, bystanders
from .clients import comes_true
from .rude_frames import FATAL, REFUSED
from .site import Site
from .wire import Closed, RawSocket, handshake, request

#: A dropped connection: no close frame came.
DROPPED = 1006
TOO_SLOW, TOO_FAST = 4408, 4429
MEMORY_BYTES = 50 * 1024 * 1024
SLOW_SECONDS = 20.0
#: What others may wait for an answer, 99 times of 100; a busy machine adds most of it.
P99_SECONDS = 1.0
_CALM_SECONDS = 1.5
_PING_AGAIN_SECONDS = 0.5
_CONNECTS, _CONNECTS_AT_ONCE = 500, 120
_HALF_OPEN = 60
_SLOW_POSTS = 60


@dataclass
class Episode:
    """One kind of rudeness: what others waited (99 of 100), and what it cost the server."""

    name: str
    seconds: float = 0.0
    p99_before: float = 0.0
    p99_during: float = 0.0
    grown_bytes: int = 0
    outcome: str = ""
    complaints: list[str] = field(default_factory=list)

    def row(self) -> str:
        """The episode as a line of a table; waits in milliseconds, memory in MiB."""
        return (
            f"{self.name:28} {self.seconds:5.1f} {self.p99_before * 1e3:7.1f}"
            f" {self.p99_during * 1e3:7.1f} {self.grown_bytes / 2**20:6.1f}  {self.outcome}"
        )


HEADER = f"{'rudeness':28} {'s':>5} {'p99 ms':>7} {'during':>7} {'MiB':>6}  outcome"


@asynccontextmanager
async def _episode(site: Site, name: str) -> AsyncIterator[Episode]:
    """Watch the bystanders and the server's memory while something happens."""
    episode = Episode(name)
    async with bystanders(site.port) as others:
        await asyncio.sleep(_CALM_SECONDS)
        episode.p99_before, calm = others.p99(), len(others.pongs)
        memory, began = site.memory_bytes(), time.monotonic()
        watching = asyncio.create_task(_watch_memory(site, memory, episode))
        yield episode
        await asyncio.sleep(_PING_AGAIN_SECONDS)
        watching.cancel()
        episode.seconds = time.monotonic() - began
        episode.p99_during = others.p99(calm)
    _judge(episode, others)


async def _watch_memory(site: Site, before: int, episode: Episode) -> None:
    while True:
        episode.grown_bytes = max(episode.grown_bytes, site.memory_bytes() - before)
        await asyncio.sleep(0.05)


def _judge(episode: Episode, others: Bystanders) -> None:
    if others.lost:
        episode.complaints.append(f"Bystanders were lost: {others.lost}")
    if episode.p99_during > P99_SECONDS:
        episode.complaints.append(f"Others waited {episode.p99_during:.3f} s.")
    if episode.grown_bytes > MEMORY_BYTES:
        episode.complaints.append(f"The server grew by {episode.grown_bytes / 2**20:.0f} MiB.")


async def bad_frames(site: Site) -> Episode:
    """Every malformed frame and message, each on a socket of its own address."""
    async with _episode(site, "bad frames and messages") as episode:
        endings = await _endings(site)
        episode.complaints += [
            f"{rude.name}: ended with {endings[rude.name]}, not {rude.codes}."
            for rude in FATAL
            if endings[rude.name] not in rude.codes
        ]
        for number, (name, (data, code)) in enumerate(REFUSED.items()):
            received = await _refusal(site, data, f"127.0.0.{2 + number}")
            if received != code:
                episode.complaints.append(f"{name}: received {received!r}, not {code!r}.")
        episode.outcome = f"{len(FATAL)} closed, {len(REFUSED)} refused"
    return episode


async def _endings(site: Site) -> dict[str, int]:
    endings = {}
    for number, rude in enumerate(FATAL):
        socket = await RawSocket.open(site.port, source=f"127.0.0.{2 + number}")
        try:
            await socket.read_of_type("welcome")
            socket.send(rude.data)
            endings[rude.name] = await socket.ending()
        finally:
            socket.abort()
    return endings


async def _refusal(site: Site, data: bytes, source: str) -> str:
    """The code of the error that is sent; then the socket must still answer a ping."""
    socket = await RawSocket.open(site.port, source=source)
    try:
        socket.send(data)
        received = await socket.read_of_type("error")
        socket.say({"type": "ping"})
        await socket.read_of_type("pong")
    except (Closed, OSError) as error:
        return repr(error)
    finally:
        socket.abort()
    return str(received["code"])


async def flood(site: Site, *, per_second: int = 1000, seconds: float = 3.0) -> Episode:
    """One socket sends a thousand messages a second: warned, then closed with 4429."""
    async with _episode(site, "1000 messages a second") as episode:
        socket = await RawSocket.open(site.port, source="127.0.0.60")
        sending = asyncio.create_task(_send_much(socket, per_second, seconds))
        codes: list[str] = []
        try:
            while True:
                message = await socket.read_message()
                if message["type"] == "error":
                    codes.append(message["code"])
        except Closed as closed:
            ending = closed.code
        except OSError:
            ending = DROPPED
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            socket.abort()
        if codes[:1] != ["rate_limited"] or ending != TOO_FAST:
            episode.complaints.append(f"It received {codes[:3]} and closed with {ending}.")
        episode.outcome = f"{len(codes)} refusals, closed with {ending}"
    return episode


async def _send_much(socket: RawSocket, per_second: int, seconds: float) -> None:
    step = 0.01
    for _ in range(int(seconds / step)):
        for _ in range(int(per_second * step)):
            socket.say({"type": "ping"})  # chat has limits of its own
        await asyncio.sleep(step)


async def stampede(site: Site) -> Episode:
    """Five hundred connections from one address: beyond the burst they get 4429."""
    async with _episode(site, "500 connects, one address") as episode:
        began = time.monotonic()
        sockets: list[RawSocket] = []
        codes: list[int] = []
        for _ in range(0, _CONNECTS, 50):
            batch = (_one_of_many(site, sockets) for _ in range(50))
            codes += await asyncio.gather(*batch)
        let_in, most = codes.count(0), _CONNECTS_AT_ONCE + 10 * (time.monotonic() - began) + 1
        if not _CONNECTS_AT_ONCE <= let_in <= most or codes.count(TOO_FAST) + let_in != _CONNECTS:
            counts = {code: codes.count(code) for code in set(codes)}
            episode.complaints.append(f"Of {_CONNECTS}, these were closed with: {counts}.")
        friend = await RawSocket.open(site.port, source="127.0.0.61")
        await friend.read_of_type("welcome")
        for socket in (friend, *sockets):
            socket.abort()
        episode.outcome = f"{let_in} let in, {codes.count(TOO_FAST)} closed with {TOO_FAST}"
    return episode


async def _one_of_many(site: Site, sockets: list[RawSocket]) -> int:
    """0 for one who was welcomed, else how it was refused."""
    try:
        socket = await RawSocket.open(site.port, source="127.0.0.62")
        sockets.append(socket)
        await socket.read_of_type("welcome")
    except Closed as closed:
        return closed.code
    except OSError:
        return DROPPED
    return 0


async def half_open(site: Site, *, seconds: float = 2.0) -> Episode:
    """Connections that say nothing, or half a handshake, and stay."""
    async with _episode(site, "half-open handshakes") as episode:
        words = (b"", handshake(site.port)[:40], handshake(site.port)[:-2])
        sockets = []
        for number in range(_HALF_OPEN * len(words)):
            socket = await RawSocket.connect(site.port, source=f"127.0.0.{70 + number % 10}")
            socket.send(words[number % len(words)])
            sockets.append(socket)
        await asyncio.sleep(seconds)
        episode.complaints += await _still_serves(site)
        for socket in sockets:
            socket.abort()
        episode.outcome = f"{len(sockets)} connections"
    return episode


async def slow_posts(site: Site, *, seconds: float = 2.0) -> Episode:
    """Requests whose bodies come a byte at a time."""
    async with _episode(site, "slow POSTs") as episode:
        sockets = []
        for number in range(_SLOW_POSTS):
            socket = await RawSocket.connect(site.port, source=f"127.0.0.{80 + number % 10}")
            socket.send(
                f"POST /matchmaking HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
                "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{".encode()
            )
            sockets.append(socket)
        for _ in range(int(seconds / 0.25)):
            for socket in sockets:
                socket.send(b" ")
            await asyncio.sleep(0.25)
        episode.complaints += await _still_serves(site)
        for socket in sockets:
            socket.abort()
        episode.outcome = f"{len(sockets)} requests"
    return episode


async def endless_post(site: Site) -> Episode:
    """A body of 200 MiB: refused with 413 while it comes, and never held."""
    async with _episode(site, "POST of 200 MiB") as episode:
        socket = await RawSocket.connect(site.port, source="127.0.0.91")
        socket.send(
            f"POST /matchmaking HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {200 << 20}\r\n\r\n".encode()
        )
        with contextlib.suppress(OSError):
            async with asyncio.timeout(SLOW_SECONDS):
                for _ in range(200):
                    socket.send(bytes(1 << 20))
                    await socket.drain()
        status = await socket.read_status()
        if status != 413:
            episode.complaints.append(f"It was answered {status}.")
        socket.abort()
        episode.outcome = f"answered {status}"
    return episode


async def _still_serves(site: Site) -> list[str]:
    body = {"username": f"Guest {time.monotonic_ns()}"}
    answer = await request(site.port, "POST", "/matchmaking", body, source="127.0.0.90")
    return [] if answer.status == 200 else [f"Others were answered {answer}."]


async def deaf_reader(site: Site, *, per_second: int = 60) -> Episode:
    """A reader that stops reading while the lobby talks: closed or dropped, others unharmed.

    The server's limits are off: one speaker stands for a busy lobby.
    """
    async with _episode(site, "a reader stops reading") as episode:
        deaf = await RawSocket.open(site.port, source="127.0.0.63", receive_buffer=4096)
        speaker = await RawSocket.open(site.port, source="127.0.0.64")
        talk = asyncio.create_task(_talk(speaker, per_second))
        receive = asyncio.create_task(_receive_all(speaker))
        began = time.monotonic()
        gone = await comes_true(lambda: deaf.port not in site.peers(), SLOW_SECONDS)
        took = time.monotonic() - began
        ending = await deaf.ending() if gone else 0
        for task in (talk, receive):
            task.cancel()
        await asyncio.gather(talk, receive, return_exceptions=True)
        for socket in (deaf, speaker):
            socket.abort()
        if ending not in {TOO_SLOW, DROPPED}:
            episode.complaints.append(f"After {took:.1f} s its ending was {ending}.")
        episode.outcome = f"dropped after {took:.1f} s ({ending})"
    return episode


async def _talk(speaker: RawSocket, per_second: int) -> None:
    number = 0
    while True:
        number += 1
        # Four bytes a character, twice in each frame: as much as a line of chat can weigh.
        speaker.say({"type": "chat", "text": f"{number} " + "\N{PARTY POPPER}" * 480})
        await asyncio.sleep(1 / per_second)


async def _receive_all(speaker: RawSocket) -> None:
    with contextlib.suppress(Closed, OSError):
        while True:
            await speaker.read_message()


async def rudeness(server: str) -> list[Episode]:
    """Every kind of rudeness towards one kind of server."""
    with Site(server=server, RATE_LIMITS="on") as site, Site(server=server) as busy:
        slow = asyncio.create_task(deaf_reader(busy))
        try:
            return [*[await episode(site) for episode in EPISODES], await slow]
        finally:
            slow.cancel()


EPISODES: tuple[Callable[[Site], Awaitable[Episode]], ...] = (
    bad_frames,
    flood,
    stampede,
    half_open,
    slow_posts,
    endless_post,
)
