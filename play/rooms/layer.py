"""The channel layer between a socket in one process and its room in another.

Both mostly land in one process. What the layer loses is made good: states follow one another, and
either end notices within seconds that the other is gone.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

from lib.tracing.trace import of_nobody
from streams.broadcast import layer_call

log = logging.getLogger(__name__)

#: Messages to one process that may wait; then the oldest are left out.
_MOST_WAITING = 2000
_RETRY_SECONDS = 1.0


class Layer:
    """This process's own channel, and what it sends to those of others."""

    def __init__(self, receive: Callable[[dict[str, Any]], None]) -> None:
        self.channel = ""
        self._receive = receive
        self._layer = get_channel_layer()
        self._waiting: dict[str, deque[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._senders: set[str] = set()
        #: When the layer last took no message, by the loop's clock.
        self.failed_at = float("-inf")

    async def start(self) -> None:
        """Open the channel, and listen."""
        async with layer_call("open a channel for rooms"):
            self.channel = await self._layer.new_channel("play")
        self._run(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def post(self, channel: str, message: dict[str, Any]) -> None:
        """Send a message to another process, after those before it; never waits."""
        queue = self._waiting.setdefault(channel, deque(maxlen=_MOST_WAITING))
        queue.append({"type": "play.room", **message})
        if channel not in self._senders:
            self._senders.add(channel)
            self._run(self._send_all(channel))

    def waiting(self, channel: str) -> int:
        """Bytes that wait to be sent to another process, about."""
        return 64 * len(self._waiting.get(channel, ()))

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, context=of_nobody())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_all(self, channel: str) -> None:
        try:
            while queue := self._waiting[channel]:
                message, is_sent = queue.popleft(), False
                async with layer_call("take a message of a room"):
                    await self._layer.send(channel, message)
                    is_sent = True
                if not is_sent:
                    self.failed_at = asyncio.get_running_loop().time()
        finally:
            self._senders.discard(channel)
            self._waiting.pop(channel, None)

    async def _listen(self) -> None:
        while True:
            try:
                if not self.channel:
                    self.channel = await self._layer.new_channel("play")
                self._receive(await self._layer.receive(self.channel))
            except Exception as error:
                log.warning("The channel layer failed: %r; trying again", error)
                await asyncio.sleep(_RETRY_SECONDS)
