"""Several processes behind the nginx of `deploy/`, with PostgreSQL and Redis, all on one machine.

How much more several can do than one, and what five thousand sockets notice of a restart.
"""

import asyncio
import ssl
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from statistics import median

import uvloop

import tests.command_line  # noqa: F401 - sets Django up for what comes after it
from tests.conftest import require
from tests.deploy.stack import WholeSite, site
from tests.server import rows

from . import matchmaking
from .idle import raise_open_files
from .servers import process_cpu_seconds
from .sockets import MARK, Client, Way

_PROCESSES = (1, 2, 3)
_SOCKETS, _LINES = 1_000, 100
_RESTART_SOCKETS, _LINES_A_SECOND = 5_000, 5
#: As a page comes back: up to half a second later, then after a doubling time.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 8.0
_OPENING = 100
_SEQ = b'"seq":'
_GIVE_UP_SECONDS = 60.0
_CLOSE = 8


@contextmanager
def _site(processes: int) -> Iterator[WholeSite]:
    raise_open_files()
    with site(require("nginx"), processes=processes, STOP_SECONDS="10") as whole:
        yield whole


def _ways(whole: WholeSite, count: int) -> list[Way]:
    """So many ways to the site, fifty from each address: each client has its limits."""
    tls = ssl.create_default_context(cafile=str(whole.nginx.certificate))
    return [
        Way(f"127.0.{1 + n // 10_000}.{1 + n // 50 % 200}", "localhost", tls) for n in range(count)
    ]


class Watcher(Client):
    """A lobby socket that comes back and resumes, and knows how long it has received nothing."""

    def __init__(self, port: int, way: Way, chance: Random) -> None:
        self._port, self._way, self._chance = port, way, chance
        self.epoch, self.seqs = "", 0
        self.last = -1
        self.longest_gap, self._came_at = 0.0, time.perf_counter()
        self.holes = self.restarts = 0
        super().__init__("/ws", f"localhost:{port}", None)

    def _take(self, opcode: int, buffer: bytearray, start: int, end: int) -> None:
        super()._take(opcode, buffer, start, end)
        if opcode == _CLOSE:
            self.transport.close()
        elif buffer.startswith(b'{"type":"resync"', start):
            self.restarts += 1
        elif (at := buffer.find(_SEQ, start, min(end, start + 120))) > 0:
            seq = int(buffer[at + len(_SEQ) : buffer.index(b",", at)])
            if buffer.startswith(b'{"type":"welcome"', start):
                if self.last < 0:
                    self.last = seq
                    mark = buffer.index(b'"epoch":"', start) + 9
                    self.epoch = buffer[mark : buffer.index(b'"', mark)].decode()
            else:
                self._note(seq)

    def _note(self, seq: int) -> None:
        now = time.perf_counter()
        self.longest_gap = max(self.longest_gap, now - self._came_at)
        self._came_at = now
        if seq != self.last + 1:
            print("HOLE", self.last, seq)
        self.holes += seq != self.last + 1
        self.last = seq

    def begin(self) -> None:
        """Measure from now on."""
        self.longest_gap, self._came_at = 0.0, time.perf_counter()

    def leave(self) -> None:
        """Do not come back."""
        self._staying.cancel()
        self.transport.abort()

    async def stay(self) -> None:
        """Come back whenever the socket is closed."""
        self._staying = asyncio.ensure_future(self._stay())
        await self.opened

    async def _stay(self) -> None:
        attempt = 0
        while True:
            try:
                await self.open()
                attempt = 0
                await self.ended
            except OSError:
                pass
            bound = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2**attempt)
            attempt += 1
            await asyncio.sleep(self._chance.uniform(0, bound))

    async def open(self) -> None:
        """Connect, and wait until the socket is open."""
        loop = asyncio.get_running_loop()
        if self.opened.done():
            self.opened = loop.create_future()
            self._path = f"/ws?epoch={self.epoch}&since={self.last}"
        self.ended: asyncio.Future[None] = loop.create_future()
        self._buffer.clear()
        await loop.create_connection(
            lambda: self, "127.0.0.1", self._port, ssl=self._way.tls, **self._way.more
        )
        try:
            await self.opened
        except ConnectionError:
            self.transport.abort()
            raise

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.ended.done():
            self.ended.set_result(None)


async def _watchers(whole: WholeSite, count: int) -> list[Watcher]:
    chance = Random(1)
    watchers = [Watcher(whole.nginx.port, way, chance) for way in _ways(whole, count)]
    for first in range(0, count, _OPENING):
        await asyncio.gather(*(each.stay() for each in watchers[first : first + _OPENING]))
    return watchers


async def _until(is_so: Callable[[], bool]) -> None:
    end = time.perf_counter() + _GIVE_UP_SECONDS
    while not is_so() and time.perf_counter() < end:  # noqa: ASYNC110 - the clients count only
        await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Figures:
    """What a site with so many processes does in a second."""

    joins: float
    deliveries: float
    failed: int


async def _throughput(whole: WholeSite) -> Figures:
    ways = _ways(whole, matchmaking.CONNECTIONS * 50)[::50]
    await matchmaking.post_all(whole.nginx.port, 0, matchmaking.WARM_UP, ways)
    start = time.perf_counter()
    count = matchmaking.REQUESTS // 2
    posters = await matchmaking.post_all(whole.nginx.port, matchmaking.WARM_UP, count, ways)
    joins = count / (time.perf_counter() - start)
    watchers = await _watchers(whole, _SOCKETS)
    await asyncio.sleep(1)
    start = time.perf_counter()
    for number in range(_LINES):
        # From many addresses: one of them may not say so much.
        watchers[number * _SOCKETS // _LINES].send(f"{MARK.decode()}{number}")
    await _until(lambda: sum(each.marked for each in watchers) == _LINES * _SOCKETS)
    received = sum(each.marked for each in watchers)
    deliveries = received / (time.perf_counter() - start)
    for each in watchers:
        each.leave()
    failed = sum(poster.failed for poster in posters) + _LINES * _SOCKETS - received
    return Figures(joins, deliveries, failed)


@dataclass(frozen=True)
class Restart:
    """What the sockets notice while each process is restarted in turn."""

    gap_p50_s: float
    gap_p99_s: float
    gap_most_s: float
    holes: int
    cpu_peak: float
    ready_s: float
    seconds: float


async def _restarts(whole: WholeSite) -> Restart:
    watchers = await _watchers(whole, _RESTART_SOCKETS)
    talking = asyncio.create_task(_talk(watchers[0]))
    peak = Peak(whole)
    sampling = asyncio.create_task(peak.sample())
    await asyncio.sleep(3)
    for each in watchers:
        each.begin()
    started, ready = time.perf_counter(), []
    for server in whole.servers:
        await asyncio.to_thread(server.stop)
        began = time.perf_counter()
        await asyncio.to_thread(server.start)
        ready.append(time.perf_counter() - began)
    seconds = time.perf_counter() - started
    await asyncio.sleep(2)
    talking.cancel()
    [(head,)] = rows(whole.database_url, "SELECT seq FROM lobby_stream WHERE name = 'lobby'")
    await _until(lambda: all(each.last >= head for each in watchers))
    sampling.cancel()
    lost = sum(each.holes + each.restarts + (each.last < head) for each in watchers)
    gaps = sorted(each.longest_gap for each in watchers)
    cuts = statistics.quantiles(gaps, n=100)
    for each in watchers:
        each.leave()
    return Restart(cuts[49], cuts[98], gaps[-1], lost, peak.most, median(ready), seconds)


async def _talk(watcher: Watcher) -> None:
    for number in range(1_000_000):
        if watcher.opened.done() and not watcher.transport.is_closing():
            watcher.send(f"Line {number}")
        await asyncio.sleep(1 / _LINES_A_SECOND)


class Peak:
    """The most CPU that the processes of the site have used together in half a second."""

    def __init__(self, whole: WholeSite) -> None:
        self._whole, self.most = whole, 0.0

    async def sample(self) -> None:
        """Look twice a second."""
        before: dict[int, float] = {}
        while True:
            now = {}
            for server in self._whole.servers:
                try:
                    now[server.pid] = process_cpu_seconds(server.pid)
                except (OSError, RuntimeError):
                    continue  # it is being restarted
            used = sum(cpu - before[pid] for pid, cpu in now.items() if pid in before)
            self.most, before = max(self.most, used / 0.5), now
            await asyncio.sleep(0.5)


def report(runs: int) -> None:
    """Print what several processes do, as tables in Markdown."""
    print("\nProcesses behind nginx, with PostgreSQL and Redis on the same machine\n")
    print("| processes | joins a second | x one | deliveries a second | x one | failed |")
    print("|---|---|---|---|---|---|")
    figures: dict[int, list[Figures]] = {count: [] for count in _PROCESSES}
    for number in range(runs):
        for count in _PROCESSES:
            print(f"  run {number + 1} of {runs}: {count}", file=sys.stderr, flush=True)
            with _site(count) as whole:
                figures[count].append(uvloop.run(_throughput(whole)))
    joins = {count: median(each.joins for each in of) for count, of in figures.items()}
    sent = {count: median(each.deliveries for each in of) for count, of in figures.items()}
    for count, of in figures.items():
        cells = [
            f"{count} | {joins[count]:.0f} | {joins[count] / joins[1]:.2f}",
            f"{sent[count]:.0f} | {sent[count] / sent[1]:.2f} | {sum(each.failed for each in of)}",
        ]
        print(f"| {' | '.join(cells)} |")
    _report_restart()


def _report_restart() -> None:
    with _site(3) as whole:
        found = uvloop.run(_restarts(whole))
    print(f"\nThree processes restarted in turn, {_RESTART_SOCKETS} sockets\n")
    print("| longest gap p50 s | p99 s | most s | lost | CPU peak, cores | ready after s ", end="")
    print("| in all s |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {found.gap_p50_s:.1f} | {found.gap_p99_s:.1f} | {found.gap_most_s:.1f} "
        f"| {found.holes} | {found.cpu_peak:.2f} | {found.ready_s:.1f} | {found.seconds:.0f} |"
    )


if __name__ == "__main__":
    report(int(sys.argv[1]))
