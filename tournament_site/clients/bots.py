"""A computer that plays over the public routes and sockets, with a token like any client."""

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from play.engine.game import Game, RealTimeGame, TurnGame
from play.messages import INPUT, INPUT_KIND, STATE_HEAD, SUBPROTOCOL
from play.registry import game_of

from .site import Json, NoServer, Refused, Site

#: How far ahead it decides what it holds: further than states are apart.
_PLAN_STEPS = 14
#: How long it thinks about a move, so that people can follow.
_THINK_SECONDS = 0.4
_RECONNECT_SECONDS = 0.5
_LOOK_SECONDS = 1.0
_WAIT_SECONDS = 25


@dataclass(slots=True)
class Bot:
    """A player without a person: queues in a pool, plays its matches, and again."""

    site: Site
    name: str
    strength: int
    chance: Random
    token: str = ""
    id: str = ""
    finished: int = 0
    #: Every match that it has come to.
    matches: set[str] = field(default_factory=set)
    socket: ClientConnection | None = None
    #: The match that it plays, and its place in a queue.
    match: str = ""
    ticket: str = ""
    problems: list[str] = field(default_factory=list)

    async def arrive(self) -> None:
        """Become a player without queueing, unless it is one: a party makes a guest of a name."""
        if not self.token:
            entered = await self.site.ask("POST", "/parties", {"username": self.name})
            self.id, self.token = entered["player"]["id"], entered["token"]
            leaving = f"/parties/{entered['party']['code']}/members/me"
            await self.site.ask("DELETE", leaving, None, self.token)

    async def register(self, tournament: str) -> None:
        """Enter a tournament whose registration is open; raises `Refused`."""
        await self.arrive()
        path = f"/api/tournaments/{tournament}/entrants"
        await self.site.ask("POST", path, None, self.token)

    async def queue(self, pool: str) -> str:
        """Join a pool and wait for a match; returns its id. Raises `Refused`."""
        joining = {"username": self.name, "pool": pool}
        answer = await self.site.ask("POST", "/matchmaking", joining, self.token)
        self.id = answer["player"]["id"]
        self.token = answer.get("token") or self.token
        while answer["status"] != "Matched":
            self.ticket = f"/matchmaking/tickets/{answer['ticket']['id']}"
            if answer["status"] == "Proposed":
                check = {"check": answer["check"]["id"]}
                accepting = f"{self.ticket}/accept"
                answer = await self.site.ask("POST", accepting, check, self.token)
            else:
                query = urlencode({"wait": _WAIT_SECONDS // 2})
                answer = await self.site.ask("GET", f"{self.ticket}?{query}", None, self.token)
        self.ticket, self.match = "", answer["match"]["id"]
        return self.match

    async def play(self, match: str) -> None:
        """Play a match to its end; comes back when the connection is lost."""
        self.match = match
        self.matches.add(match)
        while True:
            try:
                async with self._open(match) as self.socket:
                    if await _Table(self, self.socket).play():
                        self.finished += 1
                        self.match = ""
                        return
            except (OSError, WebSocketException):
                pass
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _open(self, match: str) -> connect:
        return connect(
            self.site.socket_url(f"/matches/{match}/ws"),
            additional_headers={"Authorization": f"Bearer {self.token}"},
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            proxy=None,
        )

    async def resign(self) -> None:
        """Give up the game that is being played, if it is connected."""
        if self.socket is not None:
            with suppress(ConnectionClosed):
                await self.socket.send('{"type":"resign"}')

    async def go_home(self) -> None:
        """Keep nobody waiting: leave the queue, and concede the match that is not over."""
        if self.ticket:
            try:
                await self.site.ask("DELETE", self.ticket, None, self.token)
            except Refused:  # a match was quicker
                answer = await self.site.ask("GET", self.ticket, None, self.token)
                self.match = answer.get("match", {}).get("id", "")
        if self.match:
            with suppress(Refused):  # it is over already
                await self.site.ask("POST", f"/matches/{self.match}/leave", None, self.token)
        self.ticket = self.match = ""

    async def play_pool(self, pool: str, *, matches: int | None = None) -> None:
        """Queue and play so many matches, or for ever."""
        while matches is None or self.finished < matches:
            try:
                await self.play(await self.queue(pool))
            except Refused as refusal:
                self.problems.append(str(refusal))
                await asyncio.sleep(_RECONNECT_SECONDS * 4)

    async def play_tournament(self, tournament: str, *, until_out: bool = False) -> None:
        """Play this bot's matches of a tournament until it is over, or until none is left."""
        while True:
            try:
                shown = await self.site.ask("GET", f"/api/tournaments/{tournament}")
            except (NoServer, Refused) as error:
                self.problems.append(str(error))
            else:
                if shown["state"] in {"finished", "cancelled"}:
                    return
                mine = [match for match in _unfinished(shown) if self._plays(match)]
                if until_out and not mine:
                    return
                if ready := [match["id"] for match in mine if match["state"] == "ready"]:
                    await self.play(ready[0])
            await asyncio.sleep(_LOOK_SECONDS)

    def _plays(self, match: Json) -> bool:
        return any(side.get("name") == self.name for side in match["sides"])


def _ends(message: Json) -> bool:
    """Whether a message says that the match has ended, perhaps before this socket was opened."""
    if message["type"] == "welcome":
        return bool(message["recent"]) and _ends(message["recent"][-1])
    kind: str = message["type"]
    return kind == "match_finished"


def _unfinished(tournament: Json) -> list[Json]:
    return [
        match
        for stage in tournament["stages"]
        for group in stage["groups"]
        for round_ in group["rounds"]
        for match in round_["matches"]
        if match["state"] in {"pending", "ready"}
    ]


class _Table:
    """One match on one socket."""

    def __init__(self, bot: Bot, socket: ClientConnection) -> None:
        self._bot, self._socket = bot, socket
        self._side: int | None = None
        self._phase = ""
        self._game: Game[Any] | None = None
        #: Inputs that were sent, as step and move; the last one is held on.
        self._planned: deque[tuple[int, int]] = deque()

    async def play(self) -> bool:
        """Read until the match is over; returns whether it is."""
        async for frame in self._socket:
            if isinstance(frame, bytes):
                await self._plan(frame)
                continue
            message = json.loads(frame)
            if message["type"] == "room":
                if message["phase"] == "over" or message["you"] is None:
                    return True
                if message["phase"] != self._phase:
                    self._planned.clear()
                self._side, self._phase = message["you"], message["phase"]
                self._game = game_of(message["game"])
            elif message["type"] == "position" and message["legal"]:
                await self._move(message)
            elif _ends(message):
                return True
        return False

    async def _move(self, position: Json) -> None:
        assert isinstance(self._game, TurnGame)
        await asyncio.sleep(_THINK_SECONDS)
        move = await asyncio.to_thread(  # a search may take seconds
            self._game.bot, position["view"], position["legal"],
            strength=self._bot.strength, chance=self._bot.chance,
        )  # fmt: skip
        await self._socket.send(json.dumps({"type": "move", "move": move, "ply": position["ply"]}))

    async def _plan(self, frame: bytes) -> None:
        """Decide what to hold in the next steps, as if the other side went on as it does."""
        game, side = self._game, self._side
        if self._phase != "playing" or side is None or not isinstance(game, RealTimeGame):
            return
        _, _, step, *_ = STATE_HEAD.unpack_from(frame)
        state = game.read_frame(frame[STATE_HEAD.size :])
        before = [move for at, move in self._planned if at < step]
        holds = before[-1] if before else 0
        later = {at: move for at, move in self._planned if at >= step}
        last = max(later, default=step)
        for at in range(step, step + _PLAN_STEPS):
            if at in later:
                holds = later[at]
            elif at > last:
                wanted = game.bot(state, side, strength=self._bot.strength, chance=self._bot.chance)
                if wanted != holds:
                    holds = wanted
                    await self._hold(at, wanted)
            held = (holds, 0) if side == 0 else (0, holds)
            state = game.step(state, held)
            if game.outcome(state) is not None:
                return

    async def _hold(self, step: int, move: int) -> None:
        self._planned.append((step, move))
        while len(self._planned) > 32:
            self._planned.popleft()
        await self._socket.send(INPUT.pack(INPUT_KIND, move, step))
