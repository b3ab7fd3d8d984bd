"""One lobby message to every socket: CPU for each delivery, delay, memory for each socket."""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass

import uvloop

from .servers import Kind, running
from .sockets import MARK, Client, connect, connect_many

MESSAGES = 300
IN_FLIGHT = 4
MESSAGE_CHARS = 120
_WATCHED = 20
_SETTLE_SECONDS = 1.5
_STALL_SECONDS = 15.0


@dataclass(frozen=True)
class Figures:
    """What one run showed; times in microseconds and milliseconds, memory in KiB."""

    name: str
    sockets: int
    sent: int
    lost: int
    cpu_us: float
    p50_ms: float
    p99_ms: float
    memory_kib: float


class _Speaker:
    """Sends messages, `IN_FLIGHT` at a time: the next goes out when one has come back."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sent = 0
        self.delays: list[float] = []
        self.last_heard = time.perf_counter()

    def start(self) -> None:
        self._client.watch = self._heard
        for _ in range(IN_FLIGHT):
            self._say()

    def _say(self) -> None:
        if self._sent < MESSAGES:
            self._sent += 1
            text = f"{MARK.decode()}{time.perf_counter_ns()} ".ljust(MESSAGE_CHARS, "x")
            self._client.send(json.dumps({"type": "chat", "text": text}))

    def _heard(self, frame: bytes) -> None:
        self.timed(frame)
        self._say()

    def timed(self, frame: bytes) -> None:
        """Note how long a frame was under way."""
        self.last_heard = time.perf_counter()
        at = frame.index(MARK) + len(MARK)
        sent_ns = int(frame[at : frame.index(b" ", at)])
        self.delays.append((time.perf_counter_ns() - sent_ns) / 1e6)


async def _measure(kind: Kind, sockets: int) -> Figures:
    with running(kind) as server:
        before = server.memory_bytes()
        clients = await connect_many(server.port, kind.path, sockets - 1)
        clients.append(await connect(server.port, kind.path))
        await asyncio.sleep(_SETTLE_SECONDS)
        memory = (server.memory_bytes() - before) / sockets / 1024
        speaker = _Speaker(clients[-1])
        for client in clients[:: max(1, sockets // _WATCHED)]:
            client.watch = speaker.timed
        cpu = server.cpu_seconds()
        speaker.start()
        expected = MESSAGES * sockets
        while (arrived := sum(client.marked for client in clients)) < expected:
            await asyncio.sleep(0.05)
            if time.perf_counter() - speaker.last_heard > _STALL_SECONDS:
                break
        cpu = server.cpu_seconds() - cpu
        for client in clients:
            client.transport.abort()
    cuts = statistics.quantiles(speaker.delays, n=100)
    return Figures(
        kind.name,
        sockets,
        MESSAGES,
        expected - arrived,
        cpu / max(arrived, 1) * 1e6,
        cuts[49],
        cuts[98],
        memory,
    )


def measure(kind: Kind, sockets: int) -> Figures:
    """Measure one server with so many sockets in its lobby."""
    return uvloop.run(_measure(kind, sockets))
