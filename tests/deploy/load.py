"""People on a site while its parts are restarted: what they receive, and what is done for them."""

import asyncio
import http.client
import json
import ssl
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.clients import Json

#: As a page comes back: at once, up to half a second later, then after a doubling time.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 4.0
_TALK_SECONDS = 0.1
_JOIN_SECONDS = 0.1
_PATIENCE_SECONDS = 15.0


class Listener:
    """A program on a stream that comes back and resumes, as `docs/protocol.md` says."""

    def __init__(self, address: str, trust: ssl.SSLContext, chance: Random) -> None:
        self.epoch = ""
        self.seqs: list[int] = []
        self.texts: list[str] = []
        self.restarts: list[str] = []
        self.closes: list[int] = []
        self.came_at: list[float] = []
        self._address, self._trust, self._chance = address, trust, chance

    async def listen(self) -> None:
        """Receive until cancelled."""
        attempt = 0
        while True:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                resumed = f"?epoch={self.epoch}&since={self.seqs[-1]}" if self.seqs else ""
                async with connect(
                    self._address + resumed, ssl=self._trust, proxy=None, compression=None,
                    open_timeout=_PATIENCE_SECONDS,
                ) as socket:  # fmt: skip
                    try:
                        async for raw in socket:
                            attempt = 0
                            self._take(json.loads(raw))
                    finally:
                        self.closes.append(socket.close_code or 0)
            bound = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2**attempt)
            attempt += 1
            await asyncio.sleep(self._chance.uniform(0, bound))

    def _take(self, frame: Json) -> None:
        if frame["type"] == "welcome" and not self.epoch:
            self.epoch, seq = frame["epoch"], frame["seq"]
            self.seqs.append(seq)
        elif frame["type"] == "resync":
            self.restarts.append(frame["text"])
        elif "seq" in frame and frame["type"] != "welcome":
            self.seqs.append(frame["seq"])
            self.texts.append(frame.get("text", ""))
            self.came_at.append(time.monotonic())

    def faults(self) -> list[str]:
        """What is missing, came twice, or came in another order."""
        wanted = list(range(self.seqs[0], self.seqs[0] + len(self.seqs)))
        found = [] if self.seqs == wanted else [f"{self.seqs} is not {wanted[0]}..{wanted[-1]}"]
        return found + self.restarts


@dataclass
class Joins:
    """Guests who queue one after another; each answer is noted."""

    host: str
    port: int
    trust: ssl.SSLContext
    answered: list[tuple[str, int]] = field(default_factory=list)
    failed: list[tuple[float, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    #: Set to let them go home.
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Queue one guest after another."""
        for number in count():
            if self.over.is_set():
                break
            name, began = f"Guest {number}", time.monotonic()
            connection = self._connect()
            try:
                body = json.dumps({"username": name})
                headers = {"Content-Type": "application/json"}
                connection.request("POST", "/matchmaking", body, headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status < 300:
                    self.answered.append((name, answer.status))
                else:
                    self.failed.append((began, f"{answer.status} for {name}: {text[:100]!r}"))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((began, repr(error)))
            finally:
                connection.close()
            self.waits.append(time.monotonic() - began)
            time.sleep(_JOIN_SECONDS)

    def _connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            self.host, self.port, context=self.trust, timeout=_PATIENCE_SECONDS
        )


@dataclass
class Load:
    """Everybody who is on the site."""

    listeners: list[Listener]
    joins: Joins

    async def goes_on(self, *, within: float = _PATIENCE_SECONDS) -> None:
        """Wait until some more guests have joined, and everybody has received more."""
        answered = len(self.joins.answered)
        async with asyncio.timeout(within):
            while len(self.joins.answered) < answered + 5:  # noqa: ASYNC110 - in a thread
                await asyncio.sleep(0.05)
        await self.caught_up(max(each.seqs[-1] for each in self.listeners), within=within)

    async def caught_up(self, seq: int, *, within: float = _PATIENCE_SECONDS) -> None:
        """Wait until every listener has an event, such as the last one in the database."""
        async with asyncio.timeout(within):
            while any(each.seqs[-1] < seq for each in self.listeners):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@asynccontextmanager
async def load(
    url: str, certificate: str, *, listeners: int, path: str = "/ws"
) -> AsyncIterator[Load]:
    """Listeners on a stream, and guests who queue meanwhile."""
    trust = ssl.create_default_context(cafile=certificate)
    host, _, port = url.removeprefix("https://").partition(":")
    chance, socket_url = Random(1), "wss" + url.removeprefix("https") + path
    crowd = [Listener(socket_url, trust, chance) for _ in range(listeners)]
    joins = Joins(host, int(port), trust)
    tasks = [asyncio.create_task(each.listen()) for each in crowd]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not all(each.seqs for each in crowd):  # noqa: ASYNC110 - they come by themselves
                await asyncio.sleep(0.05)
        tasks.append(asyncio.create_task(asyncio.to_thread(joins.run)))
        yield Load(crowd, joins)
    finally:
        joins.over.set()
        await tasks[-1]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
