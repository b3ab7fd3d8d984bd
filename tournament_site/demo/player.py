"""One player of the demo: queues over HTTP or by socket, plays, talks, queues again."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException

from .ledger import fact_of
from .listener import Listener, opened
from .site import Json, Refused
from .tally import Stage
from .words import names

#: A wait may end in leaving the queue, as people do.
_LEAVES = 0.1
_PATIENCE_SECONDS = 8.0
#: How long a winner waits for the other side to concede.
_OPPONENT_SECONDS = 15.0
_LAST_WORD_SECONDS = 0.5
_NAME_TAKEN = {"name_waiting", "name_registered"}


@dataclass(frozen=True, slots=True)
class Court:
    """A match and its players' ids, in the order of the sides."""

    match: str
    players: tuple[str, ...]

    @classmethod
    def of(cls, match: Json, players: list[Json]) -> "Court":
        """Read a match from an answer or an event."""
        return cls(match["id"], tuple(player["id"] for player in players))

    def loser(self) -> str:
        """Who concedes, so that both agree without a word."""
        return self.players[int(self.match[-1], 16) % len(self.players)]


class Player(ABC):
    """A guest with a name; subclasses say how to queue."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name
        self.id = self.token = ""
        self.listener: Listener | None = None
        self._tasks = asyncio.TaskGroup()
        self._listening: asyncio.Task[None] | None = None
        self._court: asyncio.Future[Court] | None = None
        self._open: dict[str, asyncio.Event] = {}
        self._said: deque[str] = deque()

    @abstractmethod
    async def queue(self) -> Court | None:
        """Join the queue and wait; gives the match, or None after leaving the queue."""

    async def live(self) -> None:
        """Queue and play until the demo ends; what goes wrong is noted, and life goes on."""
        async with self._tasks:
            try:
                while self.stage.seconds_left > 0:
                    await self._queue_and_play()
                    await self.stage.pause(1, 4)
            finally:
                await self._go_home()

    async def _queue_and_play(self) -> None:
        try:
            court = await self.queue()
            if court is not None:
                await self._play(court)
        except Refused as refusal:
            self._note(refusal)
        except (OSError, WebSocketException) as error:
            self.stage.problems.append(f"{self.name} lost the connection: {error}")

    def _note(self, refusal: Refused) -> None:
        if refusal.code in _NAME_TAKEN:
            self.name = next(names(self.stage.chance))
        else:
            self.stage.problems.append(f"{self.name}: {refusal}")

    async def _go_home(self) -> None:
        """Keep nobody waiting: concede what was made at the last moment, then stop hearing."""
        await asyncio.sleep(_LAST_WORD_SECONDS)
        for match in list(self._open):
            await self._concede(match)
        await asyncio.sleep(_LAST_WORD_SECONDS)
        if self._listening is not None:
            self._listening.cancel()

    def known(self, you: Json, token: str | None) -> None:
        """Remember who the site says this is, and listen to the lobby from now on."""
        self.id = you["id"]
        self.stage.cast.add(self.id)
        if token:
            self.token = token
        if self.listener is None:
            self.listener = Listener(
                self.stage.site, "/ws", self._hear, token=self.token, refused=self._take_back
            )
            self._listening = self._tasks.create_task(self.listener.run())

    # The lobby, heard and spoken to.

    def _hear(self, event: Json) -> None:
        data = event["data"]
        if event["type"] == "matched":
            court = Court.of(data["match"], data["players"])
            if self.id in court.players:
                self._open.setdefault(court.match, asyncio.Event())
                if self._court is not None and not self._court.done():
                    self._court.set_result(court)
        elif event["type"] == "match_finished" and "match" in data:
            closed = self._open.pop(data["match"]["id"], None)
            if closed is not None:
                closed.set()
        elif event["type"] == "chat" and fact_of(event)[1] == self.id and self._said:
            self._said.popleft()

    async def say(self, text: str, *, plainly: bool) -> None:
        """Talk in the lobby: as a message, or plainly, as whoever types into a terminal."""
        frame = text if plainly else json.dumps({"type": "chat", "text": text})
        if self.listener is not None and await self.listener.send(frame):
            self._said.append(text)
            self.stage.ledger.expect_line(self.id, text)

    def _take_back(self, error: Json) -> None:
        self.stage.lines_refused += 1
        self.stage.problems.append(f"{self.name} was not heard: {error['message']}")
        if self._said:
            self.stage.ledger.take_back(self.id, self._said.popleft())

    async def matched(self, seconds: float) -> Court | None:
        """Wait for the lobby's word that this player was matched."""
        self._court = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(self._court, max(0.0, seconds))
        except TimeoutError:
            return None

    # A match.

    async def _play(self, court: Court) -> None:
        """Play until one side concedes; nobody who is no part of the demo is kept waiting."""
        self.stage.ledger.expect("matched", court.match)
        closed = self._open.setdefault(court.match, asyncio.Event())
        await self.stage.pause(2, 6)
        among_us = all(player in self.stage.cast for player in court.players)
        if among_us and court.loser() != self.id:
            seconds = min(_OPPONENT_SECONDS, max(1.0, self.stage.seconds_left))
            try:
                await asyncio.wait_for(closed.wait(), seconds)
                return
            except TimeoutError:
                pass
        await self._concede(court.match)

    async def _concede(self, match: str) -> None:
        try:
            await self.stage.site.ask("POST", f"/matches/{match}/leave", None, self.token)
        except Refused as refusal:
            if refusal.code != "match_closed":  # else the other side was quicker
                raise
        self.stage.ledger.expect("match_finished", match)

    def leaves_now(self) -> bool:
        """Whether this player has had enough of waiting."""
        return self.stage.seconds_left <= 0 or self.stage.chance.random() < _LEAVES


class HttpPlayer(Player):
    """Queues by `POST /matchmaking`, looks at the ticket, leaves by DELETE."""

    async def queue(self) -> Court | None:
        """Join, then hear of the match in the lobby or find it by the ticket."""
        site = self.stage.site
        answer = await site.ask("POST", "/matchmaking", {"username": self.name}, self.token)
        self.stage.joins_by_http += 1
        self.known(answer["player"], answer.get("token"))
        if answer["status"] == "Matched":
            return Court.of(answer["match"], answer["players"])
        ticket = f"/matchmaking/tickets/{answer['ticket']['id']}"
        try:
            return await self._wait(ticket)
        except asyncio.CancelledError:
            await self._leave(ticket)
            raise

    async def _wait(self, ticket: str) -> Court | None:
        while True:
            seconds = min(_PATIENCE_SECONDS * self.stage.pace, self.stage.seconds_left)
            court = await self.matched(seconds)
            if court is not None:
                return court
            looked = await self.stage.site.ask("GET", ticket, None, self.token)
            if looked["status"] == "Matched":
                return Court.of(looked["match"], looked["players"])
            if self.leaves_now():
                return await self._leave(ticket)

    async def _leave(self, ticket: str) -> Court | None:
        try:
            await self.stage.site.ask("DELETE", ticket, None, self.token)
        except Refused as refusal:
            if refusal.code != "ticket_matched":
                raise
            looked = await self.stage.site.ask("GET", ticket, None, self.token)
            return Court.of(looked["match"], looked["players"])
        self.stage.left_queue += 1
        return None


class SocketPlayer(Player):
    """Queues by opening the socket `/matchmaking`, leaves by closing it."""

    async def queue(self) -> Court | None:
        """Connect, and read until the socket tells of a match."""
        path = f"/matchmaking?{urlencode({'username': self.name})}"
        async with opened(self.stage.site, path, self.token) as socket:
            self.stage.joins_by_socket += 1
            while True:
                seconds = min(_PATIENCE_SECONDS * self.stage.pace, self.stage.seconds_left)
                try:
                    frame = json.loads(await asyncio.wait_for(socket.recv(), max(0.05, seconds)))
                except TimeoutError:
                    if self.leaves_now():
                        await socket.send('{"type":"leave"}')
                        self.stage.left_queue += 1
                        return None
                    continue
                if frame["type"] == "error":
                    raise Refused(frame["code"], frame["message"])
                if "you" in frame:
                    self.known(frame["you"], frame["token"])
                if frame["type"] == "matched":
                    return Court.of(frame["match"], frame["players"])
