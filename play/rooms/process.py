"""The rooms of this process: opened, stored while they are played, given up, taken over."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError

from lib.database.faults import log_outage, outage_of
from lib.errors import Conflict, Outage, Refusal
from lib.heavy.pacing import evenly
from lib.tracing.trace import of_nobody
from matchmaking.services.rematches import make_rematch
from play.engine.game import RealTimeGame
from play.messages import Phase
from play.metrics import games_ended, rooms_open
from play.registry import game_of
from play.services import hosts
from play.services.rooms import (
    EndedGame,
    Fenced,
    HeldBy,
    NotPlayedHere,
    StoredRoom,
    closed_matches,
    open_room,
    release_room,
    store_absence,
    store_game,
    store_rooms,
    store_scores,
)
from streams.relay import in_thread
from streams.sockets import RESTARTING

from .clock import RoomClock
from .doors import Door, LocalDoor
from .members import Member
from .real_time import RealTimeRoom
from .remotes import Remotes
from .room import Room
from .turns import TurnRoom

log = logging.getLogger(__name__)

_STORE_EVERY_BEATS = 2
#: Rooms are stored some at a time, with a pause after them: the thread that stores takes the
#: interpreter's lock from the rooms' steps, which may be late by a part of a step and not more.
_STORED_TOGETHER, _BREATH_SECONDS = 25, 0.01
#: Of a game that has not begun there is nothing to store beyond its row.
_NOT_STORED = frozenset({Phase.WAITING, Phase.OVER})
_EMPTY_SECONDS = 30.0
_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 0.25, 2.0
#: How long a process that stops waits for what is being stored.
_LAST_STORE_SECONDS = 2.0


class GameFailed(Conflict):
    """The game of a match cannot be set up."""

    code = "game_failed"


class ProcessRooms:
    """Keeps the rooms of one process; see `Keeper`."""

    def __init__(self) -> None:
        self.host_id = secrets.token_hex(16)
        self.loop = asyncio.get_running_loop()
        self.clock = RoomClock(self.loop)
        self.rooms: dict[UUID, Room] = {}
        self.remotes = Remotes(self.clock, self._enter_guest)
        self._watch = hosts.HostWatch(self.host_id)
        self._opening: dict[UUID, asyncio.Task[Room | HeldBy]] = {}
        self._empty_since: dict[UUID, float] = {}
        self._scored: set[Room] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        #: Those of the tasks that store what has ended.
        self._storing: set[asyncio.Task[None]] = set()
        self._beaten_at = self.clock.now()
        self._beats = 0
        self._is_unsure = self._is_registered = self.is_parking = False
        #: No room is opened while the process's row is deleted.
        self._registering = asyncio.Lock()

    async def start(self) -> "ProcessRooms":
        """Keep rooms until `stop`; returns itself."""
        await self.remotes.layer.start()
        self._run(self._repeat(self._beat, hosts.BEAT_SECONDS))
        self._run(self._repeat(self._keep, hosts.BEAT_SECONDS))
        self._run(self._repeat(self.remotes.look, hosts.BEAT_SECONDS))
        return self

    async def stop(self) -> None:
        """Store the rooms, and let other processes have them."""
        if self._storing:
            await asyncio.wait(self._storing, timeout=_LAST_STORE_SECONDS)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # One whose game is over and not stored goes on elsewhere from where it was stored before.
        rooms = [
            room
            for room in self.rooms.values()
            if room.phase is not Phase.OVER and not room.is_storing
        ]
        for room in rooms:
            room.stop()
        try:
            await in_thread(store_rooms, [room.snapshot() for room in rooms], host_id=self.host_id)
            await in_thread(hosts.leave, self.host_id)
        except DatabaseError as error:
            log.warning("Rooms are left to be taken over: %s", error)
        await self.remotes.layer.stop()

    async def park(self, seconds: float) -> None:
        """Give the rooms up one after another within a time: each goes on in another process.

        Who was there comes again once the room is free, and not before.
        """
        self.is_parking = True
        rooms = [room for room in self.rooms.values() if room.phase is not Phase.OVER]
        async for room in evenly(rooms, seconds):
            if self.rooms.get(room.stored.match_id) is not room or room.is_held:
                continue
            room.hold()
            try:
                await in_thread(release_room, room.snapshot(), host_id=self.host_id)
            except DatabaseError as error:
                log.warning("A room is left to be taken over: %s", error)
            self._drop(room)

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self.loop.create_task(work, context=of_nobody())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _repeat(self, duty: Callable[[], Any], seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await duty()
            except Exception as error:
                if (outage := outage_of(error)) is not None:
                    log_outage(outage, error)
                else:
                    log.exception("Rooms could not be kept; it is tried again")

    # Who comes in.

    async def enter(self, match_id: UUID, member: Member, player_id: UUID | None) -> Door:
        """Let a socket into its match's room, wherever that is; raises `NotPlayedHere`."""
        room = self.rooms.get(match_id)
        if room is None or room.phase is Phase.OVER:
            try:
                found = await self._opened(match_id)
            except NotPlayedHere:
                if room is None:
                    raise
            else:
                if isinstance(found, HeldBy):
                    return self.remotes.knock(found, match_id, member, player_id)
                room = found
        return self._let_in(room, member, player_id)

    def _let_in(self, room: Room, member: Member, player_id: UUID | None) -> LocalDoor:
        member.side = _side_of(room.stored, player_id)
        self._empty_since.pop(room.stored.match_id, None)
        return LocalDoor(room, member, self._left)

    def _enter_guest(self, match_id: UUID, member: Member, player_id: UUID | None) -> Door | None:
        """Let a socket of another process in; None if its room is not open here."""
        room = self.rooms.get(match_id)
        if room is not None:
            return self._let_in(room, member, player_id)
        if not self.is_parking:
            self._run(self._reopen(match_id))
        return None

    async def _reopen(self, match_id: UUID) -> None:
        """A room that is this process's in the database only is opened for those who come again."""
        with suppress(Refusal):
            room = await self._opened(match_id)
            if isinstance(room, Room):
                self._left(room)

    async def _opened(self, match_id: UUID) -> Room | HeldBy:
        """Open a room, once for all who come at the same moment."""
        task = self._opening.get(match_id)
        if task is None:
            task = self._opening[match_id] = self.loop.create_task(
                self._open(match_id), context=of_nobody()
            )
            task.add_done_callback(lambda _: self._opening.pop(match_id))
        return await asyncio.shield(task)

    async def _open(self, match_id: UUID) -> Room | HeldBy:
        async with self._registering:
            stored = await self._take(match_id)
        if isinstance(stored, HeldBy):
            return stored
        if (before := self.rooms.get(match_id)) is not None:
            self._drop(before)  # its match was opened again
        game = game_of(stored.game)
        kind = RealTimeRoom if isinstance(game, RealTimeGame) else TurnRoom
        delay = settings.MATCHPOINT_SPECTATOR_DELAY_SECONDS
        try:
            await in_thread(game.prepare)
            room = kind(stored, game, self, delay_seconds=delay)
        except Exception as error:  # a game may be of anybody
            log.exception("The game %s cannot be set up", game.slug)
            raise GameFailed(f"{game.name} cannot be played now: its rules fail.") from error
        self.rooms[match_id] = room
        rooms_open[stored.game] += 1
        return room

    async def _take(self, match_id: UUID) -> StoredRoom | HeldBy:
        """Open a room in the database; anew when others have given up this process meanwhile."""
        began = self.clock.now()
        channel = None if self._is_registered else self.remotes.layer.channel
        take = partial(open_room, match_id, host_id=self.host_id, channel=channel)
        try:
            stored = await in_thread(take)
        except Fenced:
            self._given_up()
            return await self._take(match_id)
        if channel is not None and isinstance(stored, StoredRoom):
            self._is_registered = True
            self._has_beaten(began)
        return stored

    def _left(self, room: Room) -> None:
        if room.is_empty:
            self._empty_since[room.stored.match_id] = self.clock.now()

    def match_over(self, match_id: UUID) -> None:
        """A match has ended otherwise than by its games."""
        room = self.rooms.get(match_id)
        if room is not None and not room.is_held and room.phase is not Phase.OVER:
            room.end()

    # What rooms hand on.

    def game_ended(self, room: Room, ended: EndedGame, *, is_last: bool) -> None:
        """Store a game; then the room goes on."""
        games_ended[room.stored.game] += 1
        self._store(room, partial(store_game, ended, room.snapshot(), is_last=is_last))

    def side_stayed_away(self, room: Room, side: int, ended: EndedGame) -> None:
        """Store the end of the match; then the room ends."""
        self._store(room, partial(store_absence, room.snapshot(), ended, absent=side))

    def scores_changed(self, room: Room) -> None:
        """Show the score elsewhere too, with the next beat."""
        self._scored.add(room)

    def room_failed(self, room: Room) -> None:
        """Everybody comes back, and goes on from what was stored last."""
        self._drop(room)

    def rematch_wanted(self, room: Room) -> None:
        """Make a match of the same players."""
        self._run(self._make_rematch(room))

    async def _make_rematch(self, room: Room) -> None:
        try:
            match = await in_thread(make_rematch, match_id=room.stored.match_id)
        except Refusal as refusal:
            room.rematch_refused(refusal)
        except DatabaseError as error:
            room.rematch_refused(outage_of(error) or Outage("Try again in a moment."))
        else:
            room.rematch_made(match.pk)

    def _store(self, room: Room, store: Callable[..., None]) -> None:
        task = self._run(self._store_at_last(room, partial(store, host_id=self.host_id)))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _store_at_last(self, room: Room, store: Callable[[], None]) -> None:
        """Store something, however long the database is away; it is stored once."""
        pause = _RETRY_SECONDS
        while True:
            try:
                await in_thread(store)
            except Fenced:
                self._drop(room)
            except Refusal as refusal:  # it was ended otherwise meanwhile
                log.info("A game of match %s counts no more: %s", room.stored.match_id, refusal)
                room.end()
            except DatabaseError as error:
                log.warning("A result is not stored yet: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_RETRY_SECONDS)
                continue
            else:
                room.go_on()
            return

    # Once a second.

    async def _beat(self) -> None:
        """Show that this process lives; when it cannot, its rooms stand still."""
        if not self.rooms:
            await self._unregister()
            return
        began = self.clock.now()
        if not await in_thread(hosts.beat, self.host_id, self.remotes.layer.channel):
            self._given_up()
        self._beats += 1
        self._has_beaten(began)

    def _given_up(self) -> None:
        """Others have this process's rooms by now."""
        self._is_registered = False
        for room in tuple(self.rooms.values()):
            self._drop(room)

    async def _unregister(self) -> None:
        """A process without rooms leaves no row, and beats no more."""
        async with self._registering:
            if self._is_registered and not self.rooms:
                self._is_registered = False
                await in_thread(hosts.leave, self.host_id)

    def _has_beaten(self, at: float) -> None:
        self._beaten_at = at
        self.clock.call_at(at + hosts.UNSURE_SECONDS, self._doubt)
        if self._is_unsure and self.clock.now() - at < hosts.UNSURE_SECONDS:
            self._is_unsure = False
            for room in self.rooms.values():
                room.release()

    def _doubt(self) -> None:
        """Let the rooms stand still when no beat was stored since the one that set this alarm."""
        late = self.clock.now() - self._beaten_at >= hosts.UNSURE_SECONDS
        if late and self.rooms and not self._is_unsure:
            self._is_unsure = True
            for room in self.rooms.values():
                room.hold()

    async def _keep(self) -> None:
        """Store the rooms, and look after those that wait for something else."""
        scored, self._scored = self._scored, set()
        await self._show_scores(scored)
        if not self.rooms and not self.remotes.hosts:
            return
        known = self.remotes.hosts
        self.remotes.hosts_gone(known - await in_thread(self._watch.look))
        is_round = self._beats % _STORE_EVERY_BEATS == 0
        await self._store_rooms(self.rooms.values() if is_round else scored)
        if is_round:
            await self._end_closed()
        await self._release_empty()

    async def _show_scores(self, scored: Iterable[Room]) -> None:
        news = [room for room in scored if room.shown_scores != room.last_shown]
        if news:
            shown = [(room.snapshot(), room.shown_scores) for room in news]
            await in_thread(store_scores, shown, host_id=self.host_id)
            for room, (_, scores) in zip(news, shown, strict=True):
                room.last_shown = scores

    async def _store_rooms(self, some: Iterable[Room]) -> None:
        all_of_them = tuple(some)
        for first in range(0, len(all_of_them), _STORED_TOGETHER):
            rooms = {
                room.stored.match_id: room
                for room in all_of_them[first : first + _STORED_TOGETHER]
                if room.phase not in _NOT_STORED and not room.is_held and not room.is_empty
            }
            snapshots = [room.snapshot() for room in rooms.values()]
            for lost in await in_thread(store_rooms, snapshots, host_id=self.host_id):
                if not rooms[lost].is_held and rooms[lost].phase is not Phase.OVER:
                    self._drop(rooms[lost])
            await asyncio.sleep(_BREATH_SECONDS)

    async def _end_closed(self) -> None:
        """End rooms whose matches were ended in another process, and leave those opened again."""
        over = [room for room in self.rooms.values() if room.phase is Phase.OVER]
        closed = await in_thread(closed_matches, list(self.rooms))
        for match_id in closed:
            self.match_over(match_id)
        for room in over:
            if room.stored.match_id not in closed:
                self._drop(room)

    async def _release_empty(self) -> None:
        """Forget rooms in which nobody has been for a while; whoever comes opens them again."""
        now = self.clock.now()
        for match_id, since in tuple(self._empty_since.items()):
            room = self.rooms.get(match_id)
            if room is None or not room.is_empty:
                del self._empty_since[match_id]
            elif now - since > _EMPTY_SECONDS and not room.is_held:
                del self._empty_since[match_id]
                self._forget(room)
                if room.phase is not Phase.OVER:
                    await in_thread(release_room, room.snapshot(), host_id=self.host_id)

    def _forget(self, room: Room) -> None:
        room.stop()
        if self.rooms.get(room.stored.match_id) is room:
            del self.rooms[room.stored.match_id]
            rooms_open[room.stored.game] -= 1

    def _drop(self, room: Room) -> None:
        """The room is elsewhere, or as it was stored: whoever is here comes back, and finds it."""
        self._forget(room)
        room.phase = Phase.OVER
        for member in room.members:
            member.outbox.close(RESTARTING, "moved")


def _side_of(stored: StoredRoom, player_id: UUID | None) -> int | None:
    """The side that a player plays for; None for a spectator."""
    sides = [side for side, players in enumerate(stored.players) if player_id in players]
    return sides[0] if sides else None


_process: tuple[asyncio.AbstractEventLoop, "asyncio.Task[ProcessRooms]"] | None = None


async def process_rooms() -> ProcessRooms:
    """The rooms of this process's loop, started by the first caller."""
    global _process  # noqa: PLW0603 - one a process
    loop = asyncio.get_running_loop()
    if _process is None or _process[0] is not loop:
        _process = (loop, loop.create_task(ProcessRooms().start(), context=of_nobody()))
    return await asyncio.shield(_process[1])


async def park_process_rooms(seconds: float) -> None:
    """Give up this loop's rooms one after another, if there are any."""
    if _process is not None and _process[0] is asyncio.get_running_loop():
        await (await _process[1]).park(seconds)


async def stop_process_rooms() -> None:
    """Stop this loop's rooms, if there are any."""
    global _process
    if _process is not None and _process[0] is asyncio.get_running_loop():
        task, _process = _process[1], None
        await (await task).stop()


def notify_match_over(match_id: UUID) -> None:
    """A match has ended; from any thread."""
    if _process is not None and _process[1].done() and not _process[0].is_closed():
        rooms = _process[1].result()
        _process[0].call_soon_threadsafe(rooms.match_over, match_id)
