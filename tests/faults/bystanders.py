"""People who only want to be in the lobby while somebody else misbehaves there."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from .wire import ANSWER_SECONDS, Closed, RawSocket

#: Within what one socket may send: `lobby.limits` lets ten messages a second through.
_PING_SECONDS = 0.15
_FIRST_ADDRESS = 200


@dataclass
class Bystanders:
    """How long the server took to answer each of their pings, in seconds, in order."""

    pongs: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def p99(self, since: int = 0) -> float:
        """Of 100 pings answered after the first `since`, 99 were answered this quickly."""
        waits = sorted(self.pongs[since:]) or [ANSWER_SECONDS]
        return waits[min(len(waits) - 1, len(waits) * 99 // 100)]


@asynccontextmanager
async def bystanders(port: int, count: int = 5) -> AsyncIterator[Bystanders]:
    """Some who ping, each from an address of its own, until the block ends."""
    noted = Bystanders()
    tasks = [
        asyncio.create_task(_stand_by(port, f"127.0.0.{_FIRST_ADDRESS + n}", noted))
        for n in range(count)
    ]
    try:
        yield noted
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stand_by(port: int, source: str, noted: Bystanders) -> None:
    socket = await RawSocket.open(port, source=source)
    try:
        while True:
            sent = time.monotonic()
            socket.say({"type": "ping"})
            await socket.read_of_type("pong")
            noted.pongs.append(time.monotonic() - sent)
            await _listen_for(socket, _PING_SECONDS)
    except (Closed, OSError) as error:
        noted.lost.append(f"{source}: {error!r}")
    finally:
        socket.abort()


async def _listen_for(socket: RawSocket, seconds: float) -> None:
    """Read what comes, so that nobody takes a bystander for a slow reader."""
    with contextlib.suppress(TimeoutError):
        await socket.read_of_type("nothing is of this type", seconds)
