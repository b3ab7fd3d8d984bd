"""A game server that runs rated matches of two teams of two, whatever becomes of the site.

URL KEY POOL MATCHES. It knows nothing but the client; in its second match a player drops out, and
somebody who waits takes the place. It prints each match that it has decided, and at the end what
it knows of all of them.
"""

import asyncio
import json
import sys
from random import Random
from typing import Any

from matchpoint import GameServer, MatchpointError
from matchpoint.feed import Feed

PATIENCE_SECONDS = 90
PLAYERS = [f"player-{number}" for number in range(10)]
DROPS_IN = 2


class Arena:
    """The matches of one pool, from the queue to their results."""

    def __init__(self, server: GameServer, pool: str, matches: int) -> None:
        self.server, self.pool, self.most = server, pool, matches
        self.rng = Random(7)
        self.by_id: dict[str, str] = {}
        self.begun: set[str] = set()
        self.decided: dict[str, int] = {}
        self.drops = 0
        self.filled, self.finished = asyncio.Event(), asyncio.Event()
        self.playing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run so many matches."""
        for number, player in enumerate(PLAYERS):
            made = await self.server.player(player, f"Player {number}")
            self.by_id[str(made["id"])] = player
        async with self.server.feed(types=["match.made", "place.filled"], pool=self.pool) as feed:
            await self.server.queue(self.pool, *([player] for player in PLAYERS))
            following = asyncio.create_task(self._follow(feed))
            await self.finished.wait()
            following.cancel()
        await asyncio.gather(*self.playing)

    async def _follow(self, feed: Feed) -> None:
        async for fact in feed:
            if fact["type"] == "place.filled":
                self.filled.set()
            elif fact["type"] == "match.made":
                self._begin(fact["data"]["match"])

    def _begin(self, match: dict[str, Any]) -> None:
        assert match["id"] not in self.begun, "a fact came twice"
        if len(self.begun) < self.most:
            self.begun.add(match["id"])
            task = asyncio.create_task(self._play(match, len(self.begun)))
            self.playing.add(task)
            task.add_done_callback(self.playing.discard)

    async def _play(self, match: dict[str, Any], number: int) -> None:
        """One match: its place, its start, its score, who drops out, its result."""
        server, match_id = self.server, match["id"]
        await server.allocate(match_id, f"arena-{number}:7777", join_code=f"J{number}")
        await server.start(match_id)
        await server.live(match_id, [1, 0], sequence=1)
        if number == DROPS_IN:
            gone = match["sides"][1][0]["id"]
            await server.left(match_id, self.by_id[gone], backfill=True)
            self.drops += 1
            await self._come_back([gone])
            await asyncio.wait_for(self.filled.wait(), PATIENCE_SECONDS)
        shown = await server.match(match_id)
        seated = [one["id"] for one in shown["players"] if one.get("left_at") is None]
        winner = self.rng.randrange(2)
        scores = [1, 0] if winner == 0 else [0, 1]
        statistics = {self.by_id[str(one)]: {"points": 10 * number} for one in seated}
        await server.result(match_id, scores, statistics=statistics)
        self.decided[match_id] = winner
        print("decided", len(self.decided), flush=True)
        if len(self.decided) == self.most:
            self.finished.set()
        else:
            await self._come_back([str(one) for one in seated])

    async def _come_back(self, ids: list[str]) -> None:
        await self.server.queue(self.pool, *([self.by_id[one]] for one in ids))


async def main(url: str, key: str, pool: str, matches: int) -> None:
    """Run the arena, and print what it knows."""
    async with GameServer(url, key, patience=PATIENCE_SECONDS) as server:
        arena = Arena(server, pool, matches)
        await arena.run()
        try:
            await server.result(next(iter(arena.decided)), [5, 5])
        except MatchpointError as error:
            refused = error.code
    print(json.dumps({"decided": arena.decided, "drops": arena.drops, "refused": refused}))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
