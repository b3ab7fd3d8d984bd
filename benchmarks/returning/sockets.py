"""A socket that comes back to its place in the lobby's stream."""

import asyncio
import re
import time
from collections.abc import Sequence
from math import inf

from ..sockets import Client

_SEQ = re.compile(rb'"seq":\s?(\d+)')
_EPOCH = re.compile(rb'"epoch":\s?"([^"]+)"')
_TEXT_FRAME, _CLOSE_FRAME = 0x81, 0x88
_GIVE_UP_SECONDS = 60.0
_TRY_AGAIN_SECONDS = 0.5
#: Sockets of one loopback address, which has some 28,000 ports.
_AT_ONE_ADDRESS = 5_000


class Place(Client):
    """A lobby socket that knows its place: the epoch, and the number of the last event.

    `wrong` counts events that were not the next one, and snapshots in the place of events.
    """

    def __init__(self, port: int, epoch: str = "", last: int = -1) -> None:
        address = f"/ws?epoch={epoch}&since={last}" if epoch else "/ws"
        super().__init__(address, f"127.0.0.1:{port}", None)
        self.epoch, self.last, self.wrong = epoch, last, 0
        self.welcomed = False

    def _read_frames(self) -> None:
        """Read the numbers of all whole frames at once: thousands read beside the server."""
        buffer, at, have = self._buffer, 0, len(self._buffer)
        while have - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if start + size > have:
                break
            if buffer[at] == _CLOSE_FRAME:
                self.transport.close()
            elif buffer[at] != _TEXT_FRAME or not self.welcomed:
                self._take(buffer[at] & 0x0F, buffer, start, start + size)
            else:
                self.read_text(buffer, start, start + size)
            at = start + size
        if at:
            del buffer[:at]

    def _take(self, opcode: int, buffer: bytearray, start: int, end: int) -> None:
        super()._take(opcode, buffer, start, end)
        if buffer.startswith(b'{"type', start) and not self.welcomed:
            self.welcomed = True
            self._read_welcome(bytes(buffer[start:end]))

    def _read_welcome(self, frame: bytes) -> None:
        epoch, seq = _EPOCH.search(frame), _SEQ.search(frame)
        assert epoch and seq, frame
        if not self.epoch:
            self.epoch, self.last = epoch[1].decode(), int(seq[1])

    def read_text(self, buffer: bytearray, start: int, end: int) -> None:
        """Take a text frame's number, if it has one."""
        found = _SEQ.search(buffer, start, min(end, start + 120))
        if found:
            seq = int(found[1])
            self.wrong += seq != self.last + 1
            self.last = seq


class Returner(Place):
    """One of a crowd that comes back; notes when it has all that it had missed."""

    def __init__(self, port: int, epoch: str, last: int, *, goal: int) -> None:
        super().__init__(port, epoch, last)
        self._goal = goal
        self.greeted: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.last >= self._goal and self.welcomed and not self.greeted.done():
            self.greeted.set_result(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.greeted.done():
            self.greeted.set_exception(ConnectionError("closed before it was greeted"))


async def _come(port: int, number: int, epoch: str, last: int, goal: int) -> Returner:
    loop = asyncio.get_running_loop()
    source = (f"127.0.0.{2 + number // _AT_ONE_ADDRESS}", 0)
    _, returner = await loop.create_connection(
        lambda: Returner(port, epoch, last, goal=goal), "127.0.0.1", port, local_addr=source
    )
    try:
        await returner.opened
        await returner.greeted
    except BaseException:
        returner.greeted.cancel()  # nobody waits for it any more
        returner.transport.abort()
        raise
    return returner


async def _come_until_greeted(
    port: int, number: int, epoch: str, last: int, goal: int
) -> tuple[Returner, int]:
    refused = 0
    while True:
        try:
            return await _come(port, number, epoch, last, goal), refused
        except OSError:
            refused += 1
            await asyncio.sleep(_TRY_AGAIN_SECONDS)


async def come_back(
    port: int, epoch: str, places: Sequence[int], goal: int
) -> tuple[list[Returner], list[float], int]:
    """All come at once, and have everything up to `goal`.

    Returns the sockets, the seconds after which each was greeted, infinite for those who were not
    in a minute, and how often one was refused.
    """
    began = time.perf_counter()
    coming = [
        asyncio.ensure_future(_come_until_greeted(port, number, epoch, place, goal))
        for number, place in enumerate(places)
    ]
    came, waiting = await asyncio.wait(coming, timeout=_GIVE_UP_SECONDS)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    sockets = [one.result()[0] for one in came]
    seconds = [socket.greeted.result() - began for socket in sockets]
    refused = sum(one.result()[1] for one in came)
    return sockets, sorted([*seconds, *[inf] * len(waiting)]), refused
