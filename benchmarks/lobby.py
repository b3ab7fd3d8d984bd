"""One lobby message to every socket: CPU for each delivery, delay, memory for each socket."""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass

import uvloop

from .servers import Kind, Running, running
from .sockets import MARK, Client, connect, connect_many

MESSAGES = 300
IN_FLIGHT = 4
MESSAGE_CHARS = 120
_WATCHED = 20
_SETTLE_SECONDS = 1.5
_STALL_SECONDS = 15.0


@dataclass(frozen=True)
class Figures:
    """The figures of one run; times in microseconds and milliseconds, memory in KiB."""

    name: str
    sockets: int
    sent: int
    lost: int
    cpu_us: float
    p50_ms: float
    p99_ms: float
    memory_kib: float


class _Sender:
    """Sends messages, `IN_FLIGHT` at a time: the next when one has arrived."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sent = 0
        self.delays: list[float] = []
        self.last_arrival = time.perf_counter()

    def start(self) -> None:
        self._client.watch = self._received
        for _ in range(IN_FLIGHT):
            self._send_next()

    def _send_next(self) -> None:
        if self._sent < MESSAGES:
            self._sent += 1
            text = f"{MARK.decode()}{time.perf_counter_ns()} ".ljust(MESSAGE_CHARS, "x")
            self._client.send(json.dumps({"type": "chat", "text": text}))

    def _received(self, frame: bytes) -> None:
        self.record(frame)
        self._send_next()

    def record(self, frame: bytes) -> None:
        """Record how long a frame took."""
        self.last_arrival = time.perf_counter()
        at = frame.index(MARK) + len(MARK)
        sent_ns = int(frame[at : frame.index(b" ", at)])
        self.delays.append((time.perf_counter_ns() - sent_ns) / 1e6)


async def measure_on(server: Running, sockets: int) -> Figures:
    """Measure a running server with this number of sockets in its lobby."""
    before = server.memory_bytes()
    clients = await connect_many(server.port, server.kind.path, sockets - 1)
    clients.append(await connect(server.port, server.kind.path))
    await asyncio.sleep(_SETTLE_SECONDS)
    memory = (server.memory_bytes() - before) / sockets / 1024
    sender = _Sender(clients[-1])
    for client in clients[:: max(1, sockets // _WATCHED)]:
        client.watch = sender.record
    cpu = server.cpu_seconds()
    sender.start()
    expected = MESSAGES * sockets
    while (arrived := sum(client.marked for client in clients)) < expected:
        await asyncio.sleep(0.05)
        if time.perf_counter() - sender.last_arrival > _STALL_SECONDS:
            break
    cpu = server.cpu_seconds() - cpu
    for client in clients:
        client.transport.abort()
    cuts = statistics.quantiles(sender.delays, n=100)
    return Figures(
        server.kind.name,
        sockets,
        MESSAGES,
        expected - arrived,
        cpu / max(arrived, 1) * 1e6,
        cuts[49],
        cuts[98],
        memory,
    )


async def _measure(kind: Kind, sockets: int) -> Figures:
    with running(kind) as server:
        return await measure_on(server, sockets)


def measure(kind: Kind, sockets: int) -> Figures:
    """Measure one server with this number of sockets in its lobby."""
    return uvloop.run(_measure(kind, sockets))
