"""Those who are there already: fifty sockets, ten lines of chat and ten requests a second.

A process of its own, so that it measures the server and not the crowd's client:
`python -m benchmarks.returning.others PORT`. It answers each line of its input by one of JSON:
`say COUNT` says so many lines at once, `begin` measures from now on, `end` gives the figures.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from math import inf
from typing import Any, cast

import uvloop

from ..servers import ROOT
from ..sockets import MARK
from .sockets import Place

SOCKETS, A_SECOND = 50, 10
_LINE_CHARS = 60
_REQUEST = "GET /api/pools HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"


class _Listener(Place):
    """A lobby socket that measures how late lines are, and how long there was none."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.delays_ms: list[float] = []
        self.begin()

    def begin(self) -> None:
        self.delays_ms.clear()
        self._came_at, self.gap_ms = time.perf_counter(), 0.0

    def read_text(self, buffer: bytearray, start: int, end: int) -> None:
        super().read_text(buffer, start, end)
        if (at := buffer.find(MARK, start, end)) > 0:
            self.marked += 1
            now = time.perf_counter()
            said_ns = int(buffer[at + len(MARK) : buffer.index(b" ", at + len(MARK))])
            self.delays_ms.append((time.perf_counter_ns() - said_ns) / 1e6)
            self.gap_ms = max(self.gap_ms, 1e3 * (now - self._came_at))
            self._came_at = now


class _Asker(asyncio.Protocol):
    """A kept-alive connection that reads one answer at a time."""

    def __init__(self, port: int) -> None:
        self._request = _REQUEST.format(port=port).encode()
        self._buffer = b""
        self.answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    async def ask(self) -> float:
        """Ask once; returns the milliseconds until the answer is here."""
        began = time.perf_counter()
        self.answered = asyncio.get_running_loop().create_future()
        self._transport.write(self._request)
        await self.answered
        return 1e3 * (time.perf_counter() - began)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, _, body = self._buffer.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        if at > 0 and len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0]):
            assert b" 200 " in head[:20], head
            self._buffer = b""
            assert self.answered is not None
            self.answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_exception(ConnectionError("closed before the answer"))


class _Others:
    """The fifty, and those who ask."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._asked_ms: list[float] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self.listeners = []
        for _ in range(SOCKETS):
            _, listener = await loop.create_connection(
                lambda: _Listener(self._port), "127.0.0.1", self._port
            )
            await listener.opened
            self.listeners.append(listener)
        self._askers: list[_Asker] = []
        for _ in range(4 * A_SECOND):
            await self._add_asker()
        self._keeping_on = asyncio.create_task(self._keep_on())

    async def _add_asker(self) -> None:
        loop = asyncio.get_running_loop()
        _, asker = await loop.create_connection(lambda: _Asker(self._port), "127.0.0.1", self._port)
        self._askers.append(asker)

    async def _keep_on(self) -> None:
        """Say a line and ask, in steady time, whatever has not come back yet."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(1_000_000):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - loop.time()))
            self.say(number)
            if self._askers:
                task = asyncio.create_task(self._ask(self._askers.pop(0)))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _ask(self, asker: _Asker) -> None:
        try:
            self._asked_ms.append(await asker.ask())
        except ConnectionError:
            await self._add_asker()
        else:
            self._askers.append(asker)

    def say(self, number: int) -> None:
        """Say a line; a server that is stuck for long closes sockets, and the rest go on."""
        text = f"{MARK.decode()}{time.perf_counter_ns()} ".ljust(_LINE_CHARS, "x")
        line = json.dumps({"type": "chat", "text": text})
        open_ones = [listener for listener in self.listeners if not listener.closed]
        if open_ones:
            open_ones[number % len(open_ones)].send(line)

    async def say_many(self, count: int) -> None:
        """Say so many lines at once, and wait until all have them."""
        goal = self.listeners[0].last + count
        for number in range(count):
            self.say(number)
            await asyncio.sleep(0.002)
        while any(each.last < goal for each in self.listeners):  # noqa: ASYNC110 - a benchmark
            await asyncio.sleep(0.01)

    def begin(self) -> None:
        self._asked_ms.clear()
        for listener in self.listeners:
            listener.begin()

    def figures(self) -> dict[str, float]:
        delays = [ms for listener in self.listeners for ms in listener.delays_ms]
        found = {"gap": max(listener.gap_ms for listener in self.listeners)}
        found["wrong"] = sum(listener.wrong + listener.closed for listener in self.listeners)
        return found | _shares("line", delays) | _shares("asked", self._asked_ms)

    def place(self) -> dict[str, Any]:
        return {
            "epoch": self.listeners[0].epoch,
            "seq": max(listener.last for listener in self.listeners),
        }


def _shares(name: str, values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100) if len(values) > 1 else [inf] * 99
    return {
        f"{name}_p50": cuts[49],
        f"{name}_p99": cuts[98],
        f"{name}_most": max(values, default=inf),
    }


async def _serve(port: int) -> None:
    others = _Others(port)
    await others.open()
    while words := (await asyncio.to_thread(sys.stdin.readline)).split():
        if words[0] == "say":
            await others.say_many(int(words[1]))
        answer = others.figures() if words[0] == "end" else {}
        if words[0] == "begin":
            others.begin()
        print(json.dumps(answer | others.place()), flush=True)


class Others:
    """The process, as the benchmark sees it."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.returning.others", str(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def ask(self, line: str) -> dict[str, Any]:
        """Tell it something; returns its answer."""
        return await asyncio.to_thread(self._ask, line)

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def leave(self) -> None:
        """End it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
