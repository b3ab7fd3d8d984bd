"""Streams of events that resume by themselves: every event once, in order, none lost."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .backoff import LONGEST_STREAM_SECONDS, Patience, pause
from .errors import MatchpointError
from .messages import ClientMessage, Resync, Welcome
from .site import Json, Site

OPEN_SECONDS = 15.0
PING_SECONDS = 20.0
#: A connection that lived so long was a good one.
STEADY_SECONDS = 10.0
TOO_MANY_SECONDS = 10.0
TOO_MANY = 4429
#: Coming back in the same way would not help: what to call it.
FINAL = {4400: "malformed", 4401: "unidentified", 4403: "forbidden", 4404: "not_found"}
#: Answers instead of a handshake that may be others later.
PASSING = {408, 429, 500, 502, 503, 504}


EventT = TypeVar("EventT")


class Position(NamedTuple):
    """A place in a stream, after the event `seq`."""

    epoch: str
    seq: int


class Order:
    """Puts the frames of a stream in order, and drops what came before."""

    def __init__(self, position: Position | None) -> None:
        self.position = position
        self._welcome: Welcome | None = None

    def take(self, frame: Json) -> list[Any]:
        """What a frame adds; raises `LookupError` at a hole in the numbers."""
        if frame["type"] == "welcome":
            self._welcome = cast("Welcome", frame)
            return [] if self.position else self._start([])
        if frame["type"] == "resync":
            return self._start([frame])
        if self.position is None or "seq" not in frame:
            return []
        epoch, seq = self.position
        if frame["epoch"] != epoch or frame["seq"] <= seq:
            return []
        if frame["seq"] != seq + 1:
            raise LookupError
        self.position = Position(epoch, frame["seq"])
        return [frame]

    def _start(self, first: Sequence[Json]) -> list[Any]:
        assert self._welcome is not None, "a welcome comes first"
        self.position = Position(self._welcome["epoch"], self._welcome["seq"])
        return [*first, *self._welcome["recent"]]


class Socket:
    """A web socket that comes and goes; whoever reads sees frames only."""

    def __init__(self, site: Site, token: str | None = None) -> None:
        self._site = site
        self._token = token
        self._connection: ClientConnection | None = None
        self._patience: Patience | None = Patience(site.patience)  # until the first connection
        self._attempt = 0
        self._wait = 0.0
        self._opened_at = 0.0

    async def next(self, path: str) -> Json:
        """The next frame, of a new connection to `path` if there is none; raises at a refusal."""
        while True:
            if self._connection is None:
                await self._open(path)
            assert self._connection is not None
            try:
                frame = json.loads(await self._connection.recv())
            except ConnectionClosed as closed:
                self._connection = None
                self._lost(closed.rcvd.code if closed.rcvd else 1006)
            else:
                return cast("Json", frame)

    async def send(self, message: Json) -> None:
        """Send a message; raises `MatchpointError` when there is no connection for it."""
        try:
            if self._connection is not None:
                await self._connection.send(json.dumps(message))
                return
        except ConnectionClosed:
            pass
        raise MatchpointError("unreachable", "There is no connection at the moment.")

    async def drop(self) -> None:
        """Give up the connection; the next read makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _lost(self, code: int) -> None:
        if code in FINAL:
            raise MatchpointError(FINAL[code], f"The socket was closed with {code}.", status=code)
        if time.monotonic() - self._opened_at > STEADY_SECONDS:
            self._attempt = 0
        self._wait_longer(TOO_MANY_SECONDS if code == TOO_MANY else 0.0)

    def _wait_longer(self, at_least: float = 0.0) -> None:
        self._wait = at_least + pause(self._attempt, LONGEST_STREAM_SECONDS)
        self._attempt += 1

    async def _open(self, path: str) -> None:
        while self._connection is None:
            await asyncio.sleep(self._wait)
            try:
                self._connection = await connect(
                    self._site.socket_address(path),
                    additional_headers=self._site.headers(self._token),
                    open_timeout=OPEN_SECONDS,
                    ping_interval=PING_SECONDS,
                    ping_timeout=PING_SECONDS,
                )
            except InvalidStatus as error:
                _check_passing(error)
                self._failed(error)
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
                self._failed(error)
        self._patience = None
        self._opened_at = time.monotonic()

    def _failed(self, error: Exception) -> None:
        """Raise if there has never been a connection, and patience is over."""
        if self._patience is not None and self._patience.next_pause() is None:
            words = f"The site cannot be reached: {error}"
            raise MatchpointError("unreachable", words) from error
        self._wait_longer()


def _check_passing(error: InvalidStatus) -> None:
    status = error.response.status_code
    if status not in PASSING:
        raise MatchpointError("closed", f"The socket was refused with {status}.", status=status)


class Stream(Generic[EventT]):
    """The events of a stream, as an async iterator that never ends by itself.

        async for event in client.lobby():
            ...

    It begins with the last events that there were, at most 50, or after the position that is given;
    keep `position` to go on there another time. A lost connection is made again, and the
    stream goes on where it was. Only if the site cannot continue it there is a `resync` among the
    events: forget what came before, and start from those that follow.
    """

    def __init__(
        self, site: Site, path: str, *, after: Position | None = None, token: str | None = None
    ) -> None:
        self._path = path
        self._socket = Socket(site, token)
        self._order = Order(after)
        self._ready: deque[Any] = deque()
        self._position = after

    @property
    def position(self) -> Position | None:
        """After the last event that was read."""
        return self._position

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventT | Resync:
        while not self._ready:
            frame = await self._socket.next(self._address)
            try:
                self._ready.extend(self._order.take(frame))
            except LookupError:
                await self._socket.drop()
        event = self._ready.popleft()
        if event["type"] != "resync":
            self._position = Position(event["epoch"], event["seq"])
        return cast("EventT | Resync", event)

    async def say(self, text: str) -> None:
        """Say something in the chat of the lobby or of a match."""
        await self.send({"type": "chat", "text": text})

    async def send(self, message: ClientMessage) -> None:
        """Send a message now; raises `MatchpointError` when there is no connection."""
        await self._socket.send(cast("Json", message))

    async def aclose(self) -> None:
        """Disconnect."""
        await self._socket.drop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def _address(self) -> str:
        position = self._order.position
        if position is None:
            return self._path
        return f"{self._path}?{urlencode({'epoch': position.epoch, 'since': position.seq})}"
