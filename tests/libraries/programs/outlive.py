"""Two players meet in a pool, again and again, whatever becomes of the site: URL POOL MATCHES."""

import asyncio
import json
import sys
from typing import Any

from matchpoint import Client

PATIENCE_SECONDS = 60


async def play(ann: Client, bob: Client, pool: str) -> str:
    """One match, from the queue to its result."""
    tickets = [await one.queue(pool, username=f"{pool}-{n}") for n, one in enumerate((ann, bob), 1)]
    match, _ = await asyncio.gather(*(ticket.matched() for ticket in tickets))
    await ann.matches.report(match["id"], [1, 0])
    await bob.matches.confirm(match["id"])
    return match["id"]


async def main(url: str, pool: str, matches: int) -> None:
    """Play, and read the lobby's stream until it has had every result."""
    seqs: list[int | str] = []
    finished: set[str] = set()
    played: set[str] = set()
    news = asyncio.Event()
    async with (
        Client(url, patience=PATIENCE_SECONDS) as ann,
        Client(url, patience=PATIENCE_SECONDS) as bob,
        ann.lobby() as lobby,
    ):

        async def follow() -> None:
            async for event in lobby:
                seqs.append(event["seq"] if event["type"] != "resync" else "resync")
                data: Any = event.get("data", {})
                if event["type"] == "match_finished" and "match" in data:
                    finished.add(data["match"]["id"])
                    news.set()

        following = asyncio.create_task(follow())
        for number in range(matches):
            played.add(await play(ann, bob, pool))
            print("played", number + 1, flush=True)
        while not played <= finished:
            await news.wait()
            news.clear()
        following.cancel()
    print(json.dumps({"seqs": seqs, "played": sorted(played)}), flush=True)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
