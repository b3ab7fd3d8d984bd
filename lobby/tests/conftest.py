"""A lobby for each test, empty and stopped at the end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from streams.relay import Relay, local_relay, stop_local_relay

from .visitors import Visitor

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """This test's relay."""
    yield await local_relay()
    await stop_local_relay()


@pytest.fixture
async def visit(relay: Relay) -> AsyncIterator[Visit]:
    """Opens sockets, welcomed already unless asked otherwise; they are closed at the end."""
    visitors: list[Visitor] = []

    async def comes(path: str = "/ws", *, welcomed: bool = True, **more: Any) -> Visitor:
        visitor = Visitor(path, **more)
        visitors.append(visitor)
        visitor.first = await visitor.comes() if welcomed else {}
        return visitor

    yield comes
    for visitor in visitors:
        await visitor.disconnect()
