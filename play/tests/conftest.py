"""Rooms for each test, stopped at the end, and two small games to play in them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from play import registry
from play.engine.game import Game
from play.rooms.process import stop_process_rooms
from play.sockets import websocket_urlpatterns
from streams.relay import stop_local_relay
from streams.tests import visitors

from .games import Race, TakeMatches


class Visitor(visitors.Visitor):
    """A socket on a match."""

    routes = websocket_urlpatterns


Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(autouse=True)
def small_games(monkeypatch: pytest.MonkeyPatch) -> None:
    """The games of these tests are installed."""
    games: dict[str, Game[Any]] = {**registry.games(), "race": Race(), "matches": TakeMatches()}
    monkeypatch.setattr(registry, "games", lambda: games)


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    """Opens sockets; they are closed at the end, and the process's rooms after them."""
    opened: list[Visitor] = []

    async def comes(path: str, **more: Any) -> Visitor:
        visitor = Visitor(path, **more)
        opened.append(visitor)
        visitor.first = await visitor.comes()
        return visitor

    yield comes
    for visitor in opened:
        await visitor.disconnect()
    await stop_process_rooms()
    await stop_local_relay()
