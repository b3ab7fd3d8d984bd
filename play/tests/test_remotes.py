"""Sockets whose rooms are in another process: what goes to and fro, and who is gone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest

from lib.errors import Conflict
from play.messages import PlayMessage, Resign
from play.rooms import remotes
from play.rooms.clock import RoomClock
from play.rooms.doors import Door
from play.rooms.members import Member
from play.rooms.remotes import Remotes
from play.services.rooms import HeldBy

from .test_rooms import Box

MATCH, ANN = uuid4(), uuid4()


class RefusingDoor:
    """A way into a room in which nothing is allowed."""

    def __init__(self) -> None:
        self.got: list[PlayMessage] = []
        self.is_left = False

    def receive(self, message: PlayMessage) -> None:
        self.got.append(message)
        raise Conflict("Not now.")

    def input(self, move: int, number: int) -> None:
        raise Conflict("Not now.")

    def leave(self) -> None:
        self.is_left = True


class Far:
    """The process that runs the room, if it is open."""

    def __init__(self) -> None:
        self.door, self.is_open = RefusingDoor(), True
        self.members: list[tuple[UUID, Member, UUID | None]] = []

    def enter(self, match_id: UUID, member: Member, player_id: UUID | None) -> Door | None:
        self.members.append((match_id, member, player_id))
        return self.door if self.is_open else None


class Pair:
    """Two processes with a layer between them, and the box of a socket here."""

    def __init__(self) -> None:
        clock = RoomClock(asyncio.get_running_loop())
        self.far, self.box = Far(), Box()
        self.there = Remotes(clock, self.far.enter)
        self.here = Remotes(clock, lambda *_: None)

    def knock(self) -> Door:
        """A socket of Ann, here, comes to the room there."""
        held = HeldBy("there", self.there.layer.channel)
        return self.here.knock(held, MATCH, Member(self.box, "Ann"), ANN)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Both listen."""
    two = Pair()
    for one in (two.here, two.there):
        await one.layer.start()
    yield two
    for one in (two.here, two.there):
        await one.layer.stop()


async def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing else says so
            await asyncio.sleep(0.01)


async def test_messages_go_in_and_refusals_come_back(pair: Pair) -> None:
    door = pair.knock()
    door.receive(Resign())
    await soon(lambda: pair.box.sent)
    assert pair.box.last("error")["message"] == "Not now."
    assert pair.far.door.got == [Resign()]
    [(match, member, player)] = pair.far.members
    assert (match, member.name, player) == (MATCH, "Ann", ANN)
    assert pair.here.hosts == {"there"}


async def test_a_socket_that_is_gone_is_forgotten_at_both_ends(pair: Pair) -> None:
    door = pair.knock()
    door.leave()
    await soon(lambda: pair.far.door.is_left)
    assert pair.here.hosts == set()


async def test_a_socket_whose_room_is_not_open_there_comes_again(pair: Pair) -> None:
    pair.far.is_open = False
    pair.knock()
    await soon(lambda: pair.box.code)
    assert pair.box.code == 1012 and pair.here.hosts == set()


async def test_sockets_come_again_when_the_process_of_their_room_is_gone(pair: Pair) -> None:
    pair.knock()
    pair.here.hosts_gone({"another"})
    assert pair.box.code == 0
    pair.here.hosts_gone({"there"})
    assert pair.box.code == 1012


async def test_who_is_silent_is_gone_at_either_end_and_who_answers_is_not(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remotes, "SILENT_SECONDS", 0.3)
    pair.knock()
    for _ in range(5):
        await asyncio.sleep(0.1)
        await pair.here.look()
        await pair.there.look()
    assert pair.box.code == 0 and not pair.far.door.is_left
    await asyncio.sleep(0.4)
    await pair.there.look()
    await pair.here.look()
    assert pair.box.code == 1012 and pair.far.door.is_left


async def test_nobody_is_gone_while_it_is_the_layer_that_fails(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remotes, "SILENT_SECONDS", 0.2)
    pair.knock()
    await soon(lambda: pair.far.members)
    await asyncio.sleep(0.3)
    for one in (pair.here, pair.there):
        one.layer.failed_at = asyncio.get_running_loop().time()
        await one.look()
    assert pair.box.code == 0 and not pair.far.door.is_left
