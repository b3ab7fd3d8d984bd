"""Those who come in a test: sockets without a server around them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, ClassVar

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

Json = dict[str, Any]
PATIENCE_SECONDS = 5.0
HERE = "http://testserver"
_addresses = count(1)


async def comes_true(condition: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it is true soon."""
    for _ in range(int(PATIENCE_SECONDS / 0.02)):
        if await condition():
            return True
        await asyncio.sleep(0.02)
    return False


class Closed(Exception):
    """The server closed the socket, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Visitor(WebsocketCommunicator):
    """A socket; without an Origin unless one is given, and from an address of its own.

    `first` is the frame that it was opened with. A subclass says which addresses there are.
    """

    routes: ClassVar[list[Any]]
    first: Json

    def __init__(
        self,
        path: str = "/ws",
        *,
        token: str = "",
        origin: str = "",
        cookie: str = "",
        ip: str = "",
        subprotocols: list[str] | None = None,
    ) -> None:
        sent = {"host": "testserver", "origin": origin, "cookie": cookie}
        sent["authorization"] = f"Bearer {token}" if token else ""
        headers = [(name.encode(), value.encode()) for name, value in sent.items() if value]
        super().__init__(URLRouter(self.routes), path, headers, subprotocols)
        self.scope["scheme"] = "ws"
        self.scope["client"] = [ip or f"10.0.0.{next(_addresses)}", 50_000]

    # Channels' own communicator keeps every thread from giving back its database connection while
    # it waits; what stands here is a server's behaviour.
    send_input: Any = ApplicationCommunicator.send_input
    receive_output: Any = ApplicationCommunicator.receive_output

    async def comes(self) -> Json:
        """Open the socket; returns the first frame."""
        is_open, code = await self.connect(PATIENCE_SECONDS)
        if not is_open:
            raise Closed(code or 0)
        return await self.next()

    async def say(self, message: Json | str | bytes) -> None:
        """Send an object as JSON; text and bytes as they are."""
        kind = "bytes" if isinstance(message, bytes) else "text"
        sent = json.dumps(message) if isinstance(message, dict) else message
        await self.send_input({"type": "websocket.receive", kind: sent})

    async def next(self, *types: str) -> Json:
        """The next frame of these types, or of any but presence; raises `Closed`."""
        while True:
            output = await self.receive_output(PATIENCE_SECONDS)
            if output["type"] == "websocket.close":
                raise Closed(output["code"])
            if "text" not in output:
                continue
            frame: Json = json.loads(output["text"])
            if frame["type"] in types or (not types and frame["type"] != "presence"):
                return frame

    async def receives_nothing(self, seconds: float = 0.1) -> bool:
        """Whether nothing but presence comes for a while."""
        while not await self.receive_nothing(seconds):
            output = await self.receive_output(PATIENCE_SECONDS)
            if json.loads(output.get("text", "{}")).get("type") != "presence":
                return False
        return True

    async def closed(self) -> int:
        """The code with which the server closes; what comes before is passed over."""
        try:
            while True:
                await self.next("")
        except Closed as closed:
            return closed.code
