"""Black-box clients: they note all they sent and saw, with the time, and judge nothing."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from .wire import Answer, Closed, RawSocket, request

_BACKOFF_SECONDS = (0.05, 0.3)
OUTAGE = 503

Json = dict[str, Any]


async def comes_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; whether it was, in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        await asyncio.sleep(0.05)
    return True


@dataclass(frozen=True, slots=True)
class Received:
    """A frame that came in, `at` seconds since 1970, on this listener's `life`-th socket."""

    at: float
    life: int
    frame: Json


class Listener:
    """Somebody in the lobby who resumes after each loss, at the next of several servers."""

    def __init__(self, name: str, ports: Sequence[int], rng: Random) -> None:
        self.name = name
        self.received: list[Received] = []
        self.endings: list[str] = []
        self.epoch, self.seq = "", 0
        self._ports, self._rng = list(ports), rng
        self._life = 0
        self._socket: RawSocket | None = None

    async def listen(self) -> None:
        """Be in the lobby until cancelled."""
        try:
            while True:
                try:
                    await self._live()
                except Closed as closed:
                    self.endings.append(str(closed.code))
                except OSError as error:
                    self.endings.append(repr(error))
                self._hang_up()
                await asyncio.sleep(self._rng.uniform(*_BACKOFF_SECONDS))
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.abort()

    async def _live(self) -> None:
        port = self._ports[self._life % len(self._ports)]
        self._life += 1
        path = f"/ws?epoch={self.epoch}&since={self.seq}" if self.epoch else "/ws"
        self._socket = socket = await RawSocket.open(port, path)
        while True:
            frame = await socket.read_message()
            self.received.append(Received(time.time(), self._life, frame))
            self._follow(frame)

    def _follow(self, frame: Json) -> None:
        if "seq" in frame and (not self.epoch or frame["type"] != "welcome"):
            self.epoch, self.seq = frame["epoch"], frame["seq"]

    def say(self, text: str) -> bool:
        """Say something in the lobby, if this listener is there right now."""
        if self._socket is None or not self.epoch:
            return False
        self._socket.say({"type": "chat", "text": text})
        return True

    def last(self, type: str) -> Json | None:
        """The newest frame of a type."""
        return next((h.frame for h in reversed(self.received) if h.frame["type"] == type), None)


@dataclass(frozen=True, slots=True)
class Try:
    """One sending of a request: `answer` is None when the connection failed."""

    at: float
    seconds: float
    port: int
    answer: Answer | None
    error: str = ""


@dataclass(slots=True)
class Request:
    """A POST with an Idempotency-Key, and everything that came of it."""

    key: str
    path: str
    body: Json
    tries: list[Try] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """The answers that were no outage."""
        return [t.answer for t in self.tries if t.answer and t.answer.status != OUTAGE]

    async def send(self, port: int) -> None:
        """Send it once, and note what came back."""
        at, started = time.time(), time.monotonic()
        answer, error = None, ""
        try:
            headers = {"Idempotency-Key": f"{self.key} of this crowd"}
            answer = await request(port, "POST", self.path, self.body, headers=headers)
        except OSError as failure:
            error = repr(failure)
        self.tries.append(Try(at, time.monotonic() - started, port, answer, error))


class Crowd:
    """Listeners, and people who queue, chat and make tournaments until stopped."""

    def __init__(self, ports: Sequence[int], rng: Random, *, listeners: int = 8) -> None:
        self.listeners = [
            Listener(f"listener {n}", [*ports[n % len(ports) :], *ports[: n % len(ports)]], rng)
            for n in range(listeners)
        ]
        self.requests: list[Request] = []
        self.said: list[str] = []
        #: Tickets of those who left the queue, and what they received.
        self.left: list[tuple[UUID, Answer]] = []
        self._ports, self._rng = ports, rng
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def gather(self) -> None:
        """Bring the listeners in, and wait until each was welcomed."""
        self._ears = [asyncio.create_task(who.listen()) for who in self.listeners]
        if not await comes_true(lambda: all(who.epoch for who in self.listeners), 20):
            raise TimeoutError("Not every listener was welcomed.")

    def begin(self, *, queuers: int = 4) -> None:
        """Start the load."""
        work = [self._queue_up(n) for n in range(queuers)]
        self._tasks = [asyncio.create_task(w) for w in (*work, self._found(), self._chat())]

    async def end(self) -> None:
        """Stop the load once every request in flight has its answer."""
        self._stopping.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*self._tasks)

    async def settle(self, head: int, *, seconds: float = 15) -> None:
        """Wait until every listener has received the lobby's event number `head`."""
        await comes_true(lambda: all(who.seq >= head for who in self.listeners), seconds)

    async def leave(self) -> None:
        """Everybody goes."""
        for task in (*self._tasks, *self._ears):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._ears, return_exceptions=True)

    # Load.

    async def _queue_up(self, number: int) -> None:
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            name = f"Queuer {number} {turn}"
            asked = Request(f"join-{number}-{turn}", "/matchmaking", {"username": name})
            await self._ask(asked)
            if self._rng.random() < 0.3:
                await self._leave(asked.answers[0])
            await asyncio.sleep(self._rng.uniform(0.0, 0.04))

    async def _leave(self, joined: Answer) -> None:
        """Leave the queue again, if that is where the answer says one is."""
        if joined.status != 200 or joined.json["status"] != "Waiting":
            return
        ticket, token = joined.json["ticket"]["id"], joined.json["token"]
        path, headers = f"/matchmaking/tickets/{ticket}", {"Authorization": f"Bearer {token}"}
        with contextlib.suppress(OSError):
            port = self._rng.choice(self._ports)
            self.left.append((UUID(ticket), await request(port, "DELETE", path, headers=headers)))

    async def _found(self) -> None:
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            body = {"name": f"Cup {turn}", "players": [f"Entrant {n}" for n in range(4)]}
            await self._ask(Request(f"cup-{turn}", "/tournament", body))
            await asyncio.sleep(self._rng.uniform(0.1, 0.3))

    async def _chat(self) -> None:
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            text = f"line {turn}"
            if self._rng.choice(self.listeners).say(text):
                self.said.append(text)
            await asyncio.sleep(self._rng.uniform(0.01, 0.05))

    async def _ask(self, asked: Request) -> None:
        """Send a request until it is answered, now and then once more; never a new one instead."""
        self.requests.append(asked)
        while not asked.answers:
            await asked.send(self._rng.choice(self._ports))
            if not asked.answers:
                await asyncio.sleep(self._rng.uniform(0.05, 0.2))
        if self._rng.random() < 0.15:
            await asked.send(self._rng.choice(self._ports))
