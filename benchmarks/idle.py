"""Twenty thousand idle lobby sockets on one process: memory for each, time to reach them all."""

import asyncio
import json
import resource
import time
from dataclasses import dataclass

import uvloop

from .servers import Kind, running
from .sockets import MARK, connect_many

_SETTLE_SECONDS = 3.0
_GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Figures:
    """The figures of one run; memory in KiB, times in milliseconds."""

    name: str
    sockets: int
    memory_kib: float
    sent_to_all_ms: float
    cpu_ms: float
    lost: int


def raise_open_files() -> int:
    """Let this process, and the servers it starts, open as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


async def _measure(kind: Kind, sockets: int) -> Figures:
    with running(kind) as server:
        before = server.memory_bytes()
        clients = await connect_many(server.port, kind.path, sockets)
        await asyncio.sleep(_SETTLE_SECONDS)
        memory = (server.memory_bytes() - before) / sockets / 1024
        cpu, start = server.cpu_seconds(), time.perf_counter()
        clients[0].send(json.dumps({"type": "chat", "text": f"{MARK.decode()}0 "}))
        while sum(client.marked for client in clients) < sockets:
            await asyncio.sleep(0.01)
            if time.perf_counter() - start > _GIVE_UP_SECONDS:
                break
        sent_to_all = (time.perf_counter() - start) * 1e3
        cpu = server.cpu_seconds() - cpu
        lost = sockets - sum(client.marked for client in clients)
        for client in clients:
            client.transport.abort()
    return Figures(kind.name, sockets, memory, sent_to_all, cpu * 1e3, lost)


def measure(kind: Kind, sockets: int) -> Figures:
    """Measure one server with this number of idle sockets."""
    raise_open_files()
    return uvloop.run(_measure(kind, sockets))
