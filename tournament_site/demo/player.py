"""One player of the demo: queues over HTTP or by socket, plays, talks, queues again."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException

from tournament_site.clients.site import Json, Refused

from .demo_run import DemoRun
from .expected_events import fact_of
from .listener import Listener, opened
from .words import names

#: A wait may end in leaving the queue, as people do.
_LEAVES = 0.1
_PATIENCE_SECONDS = 8.0
#: How long a winner waits for the other side to concede.
_OPPONENT_SECONDS = 15.0
_LAST_WORD_SECONDS = 0.5
_NAME_TAKEN = {"name_waiting", "name_registered"}


@dataclass(frozen=True, slots=True)
class ActiveMatch:
    """A match and its players' ids, in the order of the sides."""

    match: str
    players: tuple[str, ...]

    @classmethod
    def of(cls, match: Json, players: list[Json]) -> "ActiveMatch":
        """Read a match from an answer or an event."""
        return cls(match["id"], tuple(player["id"] for player in players))

    def loser(self) -> str:
        """The player who concedes: both sides compute the same."""
        return self.players[int(self.match[-1], 16) % len(self.players)]


class Player(ABC):
    """A guest with a name; subclasses say how to queue."""

    def __init__(self, run: DemoRun, name: str) -> None:
        self.run, self.name = run, name
        self.id = self.token = ""
        self.listener: Listener | None = None
        self._tasks = asyncio.TaskGroup()
        self._listening: asyncio.Task[None] | None = None
        self._match: asyncio.Future[ActiveMatch] | None = None
        self._open: dict[str, asyncio.Event] = {}
        self._said: deque[str] = deque()

    @abstractmethod
    async def queue(self) -> ActiveMatch | None:
        """Join the queue and wait; returns the match, or None after leaving the queue."""

    async def play(self) -> None:
        """Queue and play until the demo ends; errors are recorded, and the player goes on."""
        async with self._tasks:
            try:
                while self.run.seconds_left > 0:
                    await self._queue_and_play()
                    await self.run.pause(1, 4)
            finally:
                await self._go_home()

    async def _queue_and_play(self) -> None:
        try:
            active = await self.queue()
            if active is not None:
                await self._play(active)
        except Refused as refusal:
            if refusal.code in _NAME_TAKEN:
                self.name = next(names(self.run.chance))
            else:
                self.run.problems.append(f"{self.name}: {refusal}")
        except (OSError, WebSocketException) as error:
            self.run.problems.append(f"{self.name} lost the connection: {error}")

    async def _go_home(self) -> None:
        """Keep nobody waiting: concede late matches, then close the socket."""
        await asyncio.sleep(_LAST_WORD_SECONDS)
        for match in list(self._open):
            await self._concede(match)
        await asyncio.sleep(_LAST_WORD_SECONDS)
        if self._listening is not None:
            self._listening.cancel()

    def known(self, you: Json, token: str | None) -> None:
        """Remember who the site says this is, and listen to the lobby from now on."""
        self.id = you["id"]
        self.run.cast.add(self.id)
        if token:
            self.token = token
        if self.listener is None:
            self.listener = Listener(
                self.run.site, "/ws", self._receive, token=self.token, refused=self._take_back
            )
            self._listening = self._tasks.create_task(self.listener.run())

    # The lobby: events and chat.

    def _receive(self, event: Json) -> None:
        data = event["data"]
        if event["type"] == "matched":
            active = ActiveMatch.of(data["match"], data["players"])
            if self.id in active.players:
                self._open.setdefault(active.match, asyncio.Event())
                if self._match is not None and not self._match.done():
                    self._match.set_result(active)
        elif event["type"] == "match_finished" and "match" in data:
            closed = self._open.pop(data["match"]["id"], None)
            if closed is not None:
                closed.set()
        elif event["type"] == "chat" and fact_of(event)[1] == self.id and self._said:
            self._said.popleft()

    async def say(self, text: str, *, plainly: bool) -> None:
        """Send a line of chat: as a message, or as plain text, as from a terminal."""
        frame = text if plainly else json.dumps({"type": "chat", "text": text})
        if self.listener is not None and await self.listener.send(frame):
            self._said.append(text)
            self.run.events.expect_chat(self.id, text)

    def _take_back(self, error: Json) -> None:
        self.run.problems.append(f"{self.name} could not send a line: {error['message']}")
        if self._said:
            self.run.events.take_back(self.id, self._said.popleft())

    async def matched(self) -> ActiveMatch | None:
        """Wait a while for the lobby's event that matches this player."""
        self._match = asyncio.get_running_loop().create_future()
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._match, self.patience)
        return None

    @property
    def patience(self) -> float:
        """How many seconds to wait before looking again."""
        return max(0.05, min(_PATIENCE_SECONDS * self.run.pace, self.run.seconds_left))

    # A match.

    async def _play(self, active: ActiveMatch) -> None:
        """Play until one side concedes; an opponent from outside the demo need not wait."""
        self.run.events.expect("matched", active.match)
        closed = self._open.setdefault(active.match, asyncio.Event())
        await self.run.pause(2, 6)
        if self.run.cast.issuperset(active.players) and active.loser() != self.id:
            with suppress(TimeoutError):
                seconds = min(_OPPONENT_SECONDS, max(1.0, self.run.seconds_left))
                await asyncio.wait_for(closed.wait(), seconds)
        if not closed.is_set():
            await self._concede(active.match)

    async def _concede(self, match: str) -> None:
        try:
            await self.run.site.ask("POST", f"/matches/{match}/leave", None, self.token)
        except Refused as refusal:
            if refusal.code != "match_closed":  # else the other side was quicker
                raise
        self.run.events.expect("match_finished", match)

    def leaves_now(self) -> bool:
        """Whether this player has had enough of waiting."""
        return self.run.seconds_left <= 0 or self.run.chance.random() < _LEAVES


class HttpPlayer(Player):
    """Queues by `POST /matchmaking`, looks at the ticket, leaves by DELETE."""

    async def queue(self) -> ActiveMatch | None:
        """Join, then wait for the match in the lobby's events or on the ticket."""
        site = self.run.site
        answer = await site.ask("POST", "/matchmaking", {"username": self.name}, self.token)
        self.run.joins_by_http += 1
        self.known(answer["player"], answer.get("token"))
        if answer["status"] == "Matched":
            return ActiveMatch.of(answer["match"], answer["players"])
        ticket = f"/matchmaking/tickets/{answer['ticket']['id']}"
        try:
            while answer["status"] != "Matched":
                if active := await self.matched():
                    return active
                if self.leaves_now() and await self._leave(ticket):
                    return None
                answer = await site.ask("GET", ticket, None, self.token)
        except asyncio.CancelledError:
            await self._leave(ticket)
            raise
        return ActiveMatch.of(answer["match"], answer["players"])

    async def _leave(self, ticket: str) -> bool:
        """Leave the queue; returns false when a match was quicker."""
        try:
            await self.run.site.ask("DELETE", ticket, None, self.token)
        except Refused as refusal:
            if refusal.code != "ticket_matched":
                raise
            return False
        self.run.left_queue += 1
        return True


class SocketPlayer(Player):
    """Queues by opening the socket `/matchmaking`, leaves by closing it."""

    async def queue(self) -> ActiveMatch | None:
        """Connect, and read until the socket sends a match."""
        path = f"/matchmaking?{urlencode({'username': self.name})}"
        async with opened(self.run.site, path, self.token) as socket:
            self.run.joins_by_socket += 1
            while True:
                try:
                    frame = json.loads(await asyncio.wait_for(socket.recv(), self.patience))
                except TimeoutError:
                    if self.leaves_now():
                        await socket.send('{"type":"leave"}')
                        self.run.left_queue += 1
                        return None
                    continue
                if frame["type"] == "error":
                    raise Refused(frame["code"], frame["message"])
                if "you" in frame:
                    self.known(frame["you"], frame["token"])
                if frame["type"] == "matched":
                    return ActiveMatch.of(frame["match"], frame["players"])
