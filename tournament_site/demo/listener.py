"""A socket on a stream that comes back when it is lost, and goes on where it was."""

import asyncio
import json
from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tournament_site.clients.site import Json, NoServer, Site

from .expected_events import Watch

_TRIES = 8
_LONGEST_PAUSE_SECONDS = 5.0


def opened(site: Site, path: str, token: str = "") -> connect:
    """A socket about to be opened, straight to the site whatever proxy the shell names."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return connect(site.socket_url(path), additional_headers=headers, proxy=None)


class Listener:
    """Follows a stream from its welcome on, and calls `received` once with each new event."""

    def __init__(
        self,
        site: Site,
        path: str,
        received: Callable[[Json], None],
        *,
        token: str = "",
        refused: Callable[[Json], None] | None = None,
    ) -> None:
        self.watch = Watch()
        self.welcomed = asyncio.Event()
        self._site, self._path, self._token = site, path, token
        self._received, self._refused = received, refused
        self._socket: ClientConnection | None = None
        self._chance = Random()

    async def run(self) -> None:
        """Listen until cancelled; raises `NoServer` when the site stays away."""
        failed = 0
        while True:
            try:
                async with opened(self._site, self._address(), self._token) as socket:
                    self._socket = socket
                    async for text in socket:
                        failed = 0
                        self._take(json.loads(text))
            except (OSError, WebSocketException) as error:
                failed += 1
                if failed == _TRIES:
                    raise NoServer(f"The socket {self._path} stays closed: {error}") from error
            self._socket = None
            pause = min(_LONGEST_PAUSE_SECONDS, 0.25 * 2**failed)
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.0))

    def _address(self) -> str:
        if not self.watch.epoch:
            return self._path
        return f"{self._path}?{urlencode({'epoch': self.watch.epoch, 'since': self.watch.seq})}"

    def _take(self, frame: Json) -> None:
        if self.watch.receive(frame):
            self._received(frame)
        elif frame["type"] == "welcome":
            self.welcomed.set()
        elif frame["type"] == "error" and self._refused is not None:
            self._refused(frame)

    @property
    def is_open(self) -> bool:
        """Whether the socket is connected and welcomed."""
        return self._socket is not None and self.welcomed.is_set()

    async def send(self, text: str) -> bool:
        """Send a message; returns whether there was a socket to send it on."""
        if self._socket is None:
            return False
        try:
            await self._socket.send(text)
        except WebSocketException:
            return False
        return True
