"""The Python client of game servers on a running site."""

import asyncio
from collections.abc import Iterator

import pytest
from matchpoint import Client, GameServer, MatchpointError

from tests.server import MatchpointServer, rows

from .arena import arena_key
from .lossy import lossy_way


@pytest.fixture(scope="module")
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer() as site:
        yield site


@pytest.fixture(scope="module")
def key(site: MatchpointServer) -> str:
    return arena_key(site.database_url)


async def test_what_a_game_server_says_counts_once_when_answers_get_lost(
    site: MatchpointServer, key: str
) -> None:
    async with lossy_way(site.url) as way, GameServer(way.url, key, patience=20) as server:
        for name in ("Ann", "Bob", "Cem"):
            way.losses = 1
            assert (await server.player(name.lower(), name))["username"] == name
        way.losses = 1
        first, second, third = await server.queue(
            "arena", ["ann"], {"players": ["bob"], "regions": []}, ["nobody"]
        )
        assert (first["status"], second["status"], third["status"]) == (
            "Waiting",
            "Matched",
            "Error",
        )
        assert second["status"] == "Matched"
        match = second["match"]["id"]
        way.losses = 1
        await server.allocate(match, "game:7", join_code="Q", by_side=[{"team": "red"}, {}])
        async with Client(site.url, await server.player_token("ann")) as ann:
            shown = await ann.matches.show(match)
            assert shown["connection"] == {
                "address": "game:7",
                "join_code": "Q",
                "side": {"team": "red"},
            }
            with pytest.raises(MatchpointError) as refused:
                await ann.matches.report(match, [1, 0])
            assert refused.value.code == "server_reports"
            await server.end_player_tokens("ann")
            with pytest.raises(MatchpointError, match="unidentified"):
                await ann.queue("arena")
        way.losses = 1
        await server.start(match)
        assert (await server.live(match, [2, 1], sequence=2))["status"] == "Stored"
        assert (await server.live(match, [1, 1], sequence=1))["status"] == "Ignored"
        way.losses = 1
        told = await server.result(match, [3, 1], statistics={"ann": {"goals": 3}})
        assert told["match"]["winner"] == 0 and len(told["match"]["ratings"]) == 2
        with pytest.raises(MatchpointError, match="result_changed"):
            await server.result(match, [0, 1])
        assert [one["id"] async for one in server.matches(pool="arena", state="finished")] == [
            match
        ]
        waiting = (await server.queue("arena", ["cem"]))[0]
        assert waiting["status"] == "Waiting"
        assert (await server.ticket(waiting["ticket"]["id"]))["status"] == "Waiting"
        await server.leave_queue(waiting["ticket"]["id"])
    assert rows(site.database_url, "SELECT COUNT(*) FROM matchmaking_match") == [(1,)]
    assert rows(site.database_url, "SELECT COUNT(*) FROM matchmaking_ticket") == [(3,)]


async def test_facts_come_by_the_feed_and_by_the_socket_and_go_on_after_a_kill(
    site: MatchpointServer, key: str
) -> None:
    async with GameServer(site.url, key, patience=30) as server, asyncio.timeout(60):
        async with server.feed(types=["match.made", "match.finished"], pool="arena") as feed:
            await play(server, "dan", "eve")
            facts = [await anext(feed), await anext(feed)]
            assert [fact["type"] for fact in facts] == ["match.made", "match.finished"]
        async with server.facts() as socket:
            fact = await anext(socket)
            while f"{fact['epoch']}-{fact['seq']}" != feed.cursor:
                fact = await anext(socket)
            assert facts[1]["id"] == feed.cursor
            await asyncio.to_thread(site.kill)
            starting = asyncio.create_task(asyncio.to_thread(site.start))
            await play(server, "fay", "gil")
            await starting
            async for fact in socket:
                if fact["type"] == "match.finished":
                    break
            assert fact["text"].startswith("Fay")
        async with server.feed(after=feed.cursor, types=["match.finished"]) as again:
            assert (await anext(again))["text"] == fact["text"]
        async with server.feed(after="another-7") as strange:
            assert (await anext(strange))["type"] == "resync"


async def play(server: GameServer, *players: str) -> None:
    """A match of two, which the first wins."""
    for player in players:
        await server.player(player, player.title())
    *_, answer = await server.queue("arena", *([player] for player in players))
    assert answer["status"] == "Matched", answer
    await server.result(answer["match"]["id"], [2, 1])
