"""Three processes on PostgreSQL and Redis, each of which goes away in turn, under load."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from statistics import median

from tests.server import new_database
from tests.services import PostgresServer, RedisServer

from . import checker, ledger
from .clients import OUTAGE, Crowd, Request, Try
from .site import ShakenSite
from .wire import Answer, request

SERVERS = ("daphne", "uvicorn", "daphne")
LISTENERS = 8
#: What a request may take while the database is away.
ANSWER_SECONDS = 6.0
#: What the processes may take to notice without Redis, and what a busy machine adds.
NOTICE_SECONDS, SLACK_SECONDS = 2.0, 3.0
_LOAD_SECONDS = 1.0


@dataclass
class Phase:
    """One outage: when, and what was seen of it; times in seconds."""

    name: str
    began: float
    ended: float = 0.0
    delays: list[float] = field(default_factory=list)
    answers: int = 0
    outages: int = 0
    slowest: float = 0.0
    sockets_lost: int = 0

    def row(self) -> str:
        """The phase as a line of a table."""
        delay = f"{median(self.delays):6.3f} {max(self.delays):6.3f}" if self.delays else " " * 13
        return (
            f"{self.name:32} {self.ended - self.began:5.1f} {self.answers:7} {self.outages:4}"
            f" {self.slowest:7.3f} {delay} {self.sockets_lost:5}"
        )


HEADER = (
    f"{'outage':32} {'s':>5} {'answers':>7} {'503s':>4} {'slowest':>7}"
    f" {'got':>6} {'latest':>6} {'lost':>5}"
)


@dataclass
class OutageReport:
    """What a run saw; it went well when `complaints` is empty."""

    phases: list[Phase]
    complaints: list[str]
    events: int


class OutageRun:
    """Three processes, what they share, and the crowd in them."""

    def __init__(self, sites: list[ShakenSite], crowd: Crowd, rng: Random) -> None:
        self.sites, self.crowd, self.rng = sites, crowd, rng
        self.phases: list[Phase] = []
        self.probes: list[Try] = []

    @asynccontextmanager
    async def phase(self, name: str) -> AsyncIterator[Phase]:
        """Note when an outage began and ended; some load comes before, and counts as after."""
        await asyncio.sleep(_LOAD_SECONDS)
        phase = Phase(name, time.time())
        self.phases.append(phase)
        yield phase
        phase.ended = time.time()

    async def probe(self, method: str, path: str, body: object = None) -> Answer | None:
        """Send one request, and note how it went."""
        at, started, port = time.time(), time.monotonic(), self.rng.choice(self.sites).port
        answer, error = None, ""
        try:
            answer = await request(port, method, path, body)
        except OSError as failure:
            error = repr(failure)
        self.probes.append(Try(at, time.monotonic() - started, port, answer, error))
        return answer


async def outages(
    *, seed: int, redis_seconds: float, frozen_seconds: float, postgres_seconds: float
) -> OutageReport:
    """Take away a process, Redis and the database, one after the other, each for so long."""
    rng = Random(seed)
    with ExitStack() as stack:
        # Durable: without it a killed PostgreSQL may forget what it has just said to be stored.
        postgres = stack.enter_context(PostgresServer(durable=True))
        redis = stack.enter_context(RedisServer())
        database = await asyncio.to_thread(new_database, postgres)
        sites = [
            stack.enter_context(
                ShakenSite(server=server, database_url=database, redis_url=redis.url)
            )
            for server in SERVERS
        ]
        run = OutageRun(sites, Crowd([s.port for s in sites], rng, listeners=LISTENERS), rng)
        await run.crowd.gather()
        run.crowd.begin()
        await _lose_a_process(run)
        await _lose_redis(run, redis, redis_seconds)
        await _freeze_redis(run, redis, frozen_seconds)
        await _lose_postgres(run, postgres, postgres_seconds)
        await asyncio.sleep(_LOAD_SECONDS)
        await run.crowd.end()
        await run.crowd.settle(ledger.lobby_head(database))
        await run.crowd.leave()
        stored = ledger.read(database)
    _measure(run)
    found = [*checker.complaints(run.crowd, stored), *_phase_complaints(run)]
    return OutageReport(run.phases, found, stored.streams["lobby"].seq)


async def _lose_a_process(run: OutageRun) -> None:
    async with run.phase("a process killed and started"):
        run.sites[0].kill()
        await asyncio.to_thread(run.sites[0].start)


async def _lose_redis(run: OutageRun, redis: RedisServer, seconds: float) -> None:
    async with run.phase("Redis killed"):
        redis.kill()
        await asyncio.sleep(seconds)
    async with run.phase("a process started without Redis"):
        run.sites[1].kill()
        await asyncio.to_thread(run.sites[1].start)
        await asyncio.sleep(seconds)
    async with run.phase("Redis back, empty"):
        await asyncio.to_thread(redis.start)
        await asyncio.sleep(seconds)


async def _freeze_redis(run: OutageRun, redis: RedisServer, seconds: float) -> None:
    async with run.phase("Redis frozen"):
        redis.freeze()
        await asyncio.sleep(seconds)
        redis.thaw()


async def _lose_postgres(run: OutageRun, postgres: PostgresServer, seconds: float) -> None:
    async with run.phase("PostgreSQL killed"):
        await asyncio.to_thread(postgres.kill)
        probes: list[Callable[[], Awaitable[Answer | None]]] = [
            lambda: run.probe("POST", "/matchmaking", {"username": "Somebody"}),
            lambda: run.probe("POST", "/tournament", {"players": ["A", "B"]}),
            lambda: run.probe("GET", "/api/tournaments/" + "0" * 8 + "-0000" * 3 + "-" + "0" * 12),
            lambda: run.probe("GET", "/"),
        ]
        await asyncio.gather(asyncio.sleep(seconds), *(ask() for ask in probes * 2))
        await asyncio.to_thread(postgres.start)
    async with run.phase("PostgreSQL back"):
        await asyncio.gather(*(_until_served(site.port, run) for site in run.sites))


async def _until_served(port: int, run: OutageRun) -> None:
    asked = Request(f"back-{port}", "/matchmaking", {"username": f"Back {port}"})
    run.crowd.requests.append(asked)
    limit = time.monotonic() + 60
    while not asked.answers and time.monotonic() < limit:
        await asked.send(port)


def _tries(run: OutageRun) -> list[Try]:
    return [*run.probes, *(t for asked in run.crowd.requests for t in asked.tries)]


def _measure(run: OutageRun) -> None:
    """Fill in what each phase saw, from the clients' notes."""
    for phase in run.phases:
        tries = [t for t in _tries(run) if phase.began <= t.at < phase.ended]
        phase.answers = sum(1 for t in tries if t.answer)
        phase.outages = sum(1 for t in tries if t.answer and t.answer.status == OUTAGE)
        phase.slowest = max((t.seconds for t in tries), default=0.0)
        for who in run.crowd.listeners:
            lives = {h.life for h in who.received if h.at < phase.began}, set[int]()
            lives[1].update(h.life for h in who.received if h.at < phase.ended)
            phase.sockets_lost += len(lives[1]) - len(lives[0])
            for received in who.received:
                if "at" in received.frame:
                    at = datetime.fromisoformat(received.frame["at"]).timestamp()
                    if phase.began <= at < phase.ended:
                        phase.delays.append(received.at - at)


def _phase_complaints(run: OutageRun) -> Iterator[str]:
    for t in _tries(run):
        yield from _try_complaints(t)
    for phase in run.phases:
        if phase.name.startswith("Redis"):
            yield from _redis_complaints(phase)
        if phase.name == "PostgreSQL killed":
            probed = [t.answer and t.answer.status for t in run.probes]
            if probed != [OUTAGE] * len(probed):
                yield f"{phase.name}: requests were answered {probed}."
        if phase.name == "PostgreSQL back" and phase.ended - phase.began > ANSWER_SECONDS:
            yield f"{phase.name}: it took {phase.ended - phase.began:.1f} s to be served again."


def _try_complaints(t: Try) -> Iterator[str]:
    if t.seconds > ANSWER_SECONDS:
        yield f"A request took {t.seconds:.1f} s: {t}"
    if t.answer and t.answer.status == OUTAGE and "retry-after" not in t.answer.headers:
        yield f"A 503 does not say when to try again: {t.answer}"
    if t.answer and t.answer.status >= 500 and t.answer.status != OUTAGE:
        yield f"A request was answered {t.answer}"


def _redis_complaints(phase: Phase) -> Iterator[str]:
    if phase.slowest > NOTICE_SECONDS:
        yield f"{phase.name}: a request waited for it, {phase.slowest:.1f} s."
    if max(phase.delays, default=float("inf")) > NOTICE_SECONDS + SLACK_SECONDS:
        yield f"{phase.name}: an event was received late, or none was: {phase.row()}"
    if phase.sockets_lost:
        yield f"{phase.name}: {phase.sockets_lost} sockets were lost."
