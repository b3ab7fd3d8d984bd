"""A receiver of webhooks, on this loop; and facts to send."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import transaction

from streams.log import Draft, append_at_the_end
from streams.relay import in_thread
from webhooks.delivery.deliverer import Deliverer
from webhooks.facts import FACTS_STREAM
from webhooks.models import Endpoint, EndpointState, WebhookFormat
from webhooks.services.endpoints import EndpointWish, create_endpoint


@dataclass
class Receiver:
    """What has come, and what is answered: `answers` first, then 204."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    hangs: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]

    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.came]

    async def until(self, is_so: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not is_so():
                self.more.clear()
                await self.more.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = [line.partition(": ") for line in head.split("\r\n")[1:] if line]
                headers = {name.lower(): value for name, _, value in lines}
                body = await reader.readexactly(int(headers["content-length"]))
                if self.hangs:
                    await asyncio.sleep(60)
                self.came.append((headers, body))
                self.more.set()
                answer = self.answers.pop(0) if self.answers else "204 No Content"
                writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(*answers: str, hangs: bool = False) -> AsyncIterator[Receiver]:
    """A receiver that answers so."""
    receiver = Receiver(answers=list(answers), hangs=hangs)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


@asynccontextmanager
async def delivering(holder: str = "me") -> AsyncIterator[Deliverer]:
    """A deliverer that runs."""
    deliverer = Deliverer(holder)
    task = asyncio.create_task(deliverer.run())
    try:
        yield deliverer
        await asyncio.sleep(0.2)  # what has just come is answered, and the answer read
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def endpoint(url: str, types: Sequence[str] = (), **wish: Any) -> tuple[Endpoint, str]:
    """An endpoint and its secret."""
    made = EndpointWish("Test", url, WebhookFormat(wish.pop("format", "standard")), types, **wish)
    return await in_thread(create_endpoint, made)


async def write(*numbers: int, kind: str = "match.scored", **data: Any) -> None:
    """Facts, one in a transaction each."""
    await in_thread(write_now, *numbers, kind=kind, **data)


def write_now(*numbers: int, kind: str = "match.scored", **data: Any) -> None:
    for number in numbers:
        with transaction.atomic():
            draft = Draft(kind, f"Fact {number}", {"number": number, **data})
            append_at_the_end(FACTS_STREAM, [draft])


async def row(made: Endpoint) -> Endpoint:
    """The endpoint as it is now."""
    return await Endpoint.objects.aget(pk=made.pk)


async def once_in(made: Endpoint, state: EndpointState) -> Endpoint:
    """The endpoint, as soon as it is in this state."""
    async with asyncio.timeout(5):
        while (now := await row(made)).state != state:  # noqa: ASYNC110 - the database says nothing
            await asyncio.sleep(0.02)
    return now
