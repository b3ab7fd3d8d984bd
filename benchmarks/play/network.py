"""A bad network between two pages and the server: what the players see of it."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from ..servers import free_port
from .kinds import COLYSEUS, matchpoint
from .rooms import hall

_PAGES = Path(__file__).with_name("pages.mjs")
NODE = COLYSEUS / "node_modules/.bin/node"


@dataclass(frozen=True)
class Network:
    """Each way: the delay in seconds, how much it varies, what part is lost, and when it comes."""

    delay: float = 0.05
    jitter: float = 0.01
    loss: float = 0.02
    resent_after: float = 0.2


LOOPBACK = Network(delay=0.0005, jitter=0.0, loss=0.0)


@dataclass(frozen=True)
class Seen:
    """What two pages saw: of so many frames, in how many the own paddle was corrected."""

    frames: int
    large: int
    most: float
    answered_p50: int
    answered_p99: int


@asynccontextmanager
async def proxied(port: int, network: Network) -> AsyncIterator[int]:
    """A port that leads to another through this network."""
    chance, tasks = random.Random(5), set[asyncio.Task[None]]()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What is read arrives later, and in order: a lost segment holds up all behind it."""
        loop, arrives = asyncio.get_running_loop(), 0.0
        while data := await reader.read(65_536):
            way = network.delay + chance.uniform(-network.jitter, network.jitter)
            if chance.random() < network.loss:
                way += network.resent_after
            arrives = max(arrives, loop.time() + way)
            loop.call_at(arrives, writer.write, data)
        loop.call_at(arrives, writer.close)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        for one, other in ((reader, back), (there, writer)):
            tasks.add(asyncio.create_task(carry(one, other)))

    async with await asyncio.start_server(accept, "127.0.0.1", free_port()) as server:
        yield server.sockets[0].getsockname()[1]
        for task in tasks:
            task.cancel()


async def _measure(network: Network, seconds: int) -> Seen:
    async with (
        hall(matchpoint("uvicorn"), 1) as opened,
        proxied(opened.server.port, network) as port,
    ):
        site = f"ws://127.0.0.1:{port}"
        pages = await asyncio.create_subprocess_exec(
            NODE, _PAGES, site, json.dumps(opened.seats[0]), str(seconds),
            stdout=asyncio.subprocess.PIPE, stderr=sys.stderr,
        )  # fmt: skip
        out, _ = await pages.communicate()
        return Seen(**json.loads(out))


def measure(network: Network, seconds: int = 60) -> Seen:
    """Let two pages play through a network."""
    return uvloop.run(_measure(network, seconds))
