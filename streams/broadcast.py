"""The only use of the channel layer: the group names, and the one `group_send`.

The layer may drop anything: it only says that a stream has moved. A message carries the new frames
when they are small, so that a process which is up to date need not read the log.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from .frames import Entry, Head

log = logging.getLogger(__name__)

MOVED = "log.moved"

_CARRY_MAX_CHARS = 64 * 1024
_LAYER_SECONDS = 2.0


def group_of(stream: str) -> str:
    """The group of a stream, such as `tournament.<id>`."""
    return stream.replace(":", ".")


class Announcer:
    """Sends this process's announcements, one at a time, from the server's own loop.

    While one is under way, later ones of the same group are folded into the next, so a layer that
    hangs costs memory for one message a group.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._pending: dict[str, dict[str, Any]] = {}
        self._task: asyncio.Task[None] | None = None

    def post(self, group: str, message: dict[str, Any]) -> None:
        """Queue an announcement; from any thread."""
        self.loop.call_soon_threadsafe(self._enqueue, group, message)

    def _enqueue(self, group: str, message: dict[str, Any]) -> None:
        waiting = self._pending.get(group)
        self._pending[group] = _fold(waiting, message) if waiting else message
        if self._task is None or self._task.done():
            self._task = self.loop.create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._pending:
            group = next(iter(self._pending))
            await _send(group, self._pending.pop(group))


def _fold(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    if earlier["epoch"] != later["epoch"]:
        return later
    # Two threads that commit one after the other may come here the other way round.
    frames = sorted(earlier["frames"] + later["frames"])
    seq = max(earlier["seq"], later["seq"])
    return later | {
        "seq": seq,
        "frames": frames if _is_small(frames) else [],
        "committed": min(earlier["committed"], later["committed"]),
    }


def _is_small(frames: Sequence[tuple[int, str]]) -> bool:
    return sum(len(frame) for _, frame in frames) <= _CARRY_MAX_CHARS


@asynccontextmanager
async def layer_call(purpose: str) -> AsyncIterator[None]:
    """Bound what is awaited of the layer, and go on when it fails: processes look at the log."""
    try:
        async with asyncio.timeout(_LAYER_SECONDS):
            yield
    except Exception as error:
        log.warning("The channel layer did not %s: %r; looking at the log", purpose, error)


async def _send(group: str, message: dict[str, Any]) -> None:
    async with layer_call(f"take a message to {group}"):
        await get_channel_layer().group_send(group, message)


_announcer: Announcer | None = None


def serve_from_this_loop() -> None:
    """Announce from the running loop from now on: a server's, or a test's."""
    global _announcer  # noqa: PLW0603 - one server loop a process
    if _announcer is None or _announcer.loop is not asyncio.get_running_loop():
        _announcer = Announcer()


def announce(stream: str, head: Head, entries: Sequence[Entry]) -> None:
    """Notify every process that a stream has moved; after commit, from any thread."""
    frames = [(entry.seq, entry.frame) for entry in entries]
    message = {
        "type": MOVED,
        "stream": stream,
        "epoch": head.epoch,
        "seq": head.seq,
        "frames": frames if _is_small(frames) else [],
        "committed": time.time(),
    }
    # Nothing waits for the layer, and nothing that it does fails the caller.
    if _announcer is not None and not _announcer.loop.is_closed():
        _announcer.post(group_of(stream), message)
    elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
        # From a process that serves nobody, such as a management command.
        asyncio.run(_send(group_of(stream), message))
