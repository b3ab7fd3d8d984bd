"""The Python client on a running site."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from matchpoint import Client, MatchpointError, Position, Stream
from matchpoint.messages import Event

from tests.server import MatchpointServer, add_pool, rows

from .lossy import lossy_way

WITHIN_SECONDS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[MatchpointServer]:
    with MatchpointServer() as server:
        add_pool(server.database_url, "checked", ready_seconds="20")
        yield server


@pytest.fixture
async def ann(server: MatchpointServer) -> AsyncIterator[Client]:
    async with Client(server.url) as client:
        yield client


@pytest.fixture
async def bob(server: MatchpointServer) -> AsyncIterator[Client]:
    async with Client(server.url) as client:
        yield client


async def read_until(stream: Stream[Event], type: str) -> list[str]:
    """The types of the events up to one of this type."""
    types: list[str] = []
    async with asyncio.timeout(WITHIN_SECONDS):
        async for event in stream:
            types.append(event["type"])
            if event["type"] == type:
                return types
    raise AssertionError


async def test_two_queue_accept_play_and_agree(ann: Client, bob: Client) -> None:
    tickets = [
        await ann.queue("checked", username="Ann"),
        await bob.queue("checked", username="Bob"),
    ]
    match, same = await asyncio.gather(*(ticket.matched() for ticket in tickets))
    assert match["id"] == same["id"] and match["state"] == "open"
    async with ann.matches.events(match["id"]) as events:
        assert (await ann.matches.report(match["id"], [1, 0]))["status"] == "Reported"
        assert (await bob.matches.confirm(match["id"]))["status"] == "Finished"
        assert await read_until(events, "match_finished") == ["result_reported", "match_finished"]
    assert (await ann.matches.show(match["id"]))["scores"] == [1, 0]
    table = await ann.leaderboard("checked")
    assert [line["player"]["username"] for line in table["lines"]] == ["Ann", "Bob"]
    assert (await ann.player(tickets[1].player["id"] or ""))["username"] == "Bob"


async def test_who_declines_leaves_and_the_other_waits_on(ann: Client, bob: Client) -> None:
    mine = await ann.queue("checked", username="Decliner")
    other = await bob.queue("checked", username="Waiter")
    async for now in mine:
        if now["status"] == "Proposed":
            await mine.decline(now["check"]["id"])
    assert now["status"] == "Declined"
    assert (await other.look())["status"] == "Waiting"
    with pytest.raises(MatchpointError) as refused:
        await ann.queue("checked")
    assert (refused.value.code, refused.value.status) == ("cooldown", 409)
    await other.leave()
    with pytest.raises(MatchpointError, match="cancelled"):
        await other.matched()


async def test_a_party_is_made_joined_and_left(ann: Client, bob: Client) -> None:
    made = await ann.parties.new(username="Leader")
    code = made["party"]["code"]
    await bob.parties.join(code, username="Friend")
    shown = await ann.parties.show(code)
    assert [one["username"] for one in shown["party"]["members"]] == ["Leader", "Friend"]
    assert (await bob.parties.leave(code))["status"] == "Left"


async def test_a_tournament_is_made_played_and_followed(ann: Client, bob: Client) -> None:
    cup = await ann.tournaments.create(players=["Ann", "Bob"], start=False)
    await cup.change(about="Bring a chair")
    await cup.add({"name": "Cem", "rating": 1500}, "Dan")
    assert [one["name"] for one in await cup.entrants()] == ["Ann", "Bob", "Cem", "Dan"]
    assert (await cup.draw())["rounds"]
    await cup.start()
    async with bob.tournaments.at(cup.id).events() as events:
        while ready := await cup.matches("ready"):
            await cup.live(ready[0]["id"], [0, 0])
            await cup.result(ready[0]["id"], scores=[1, 0])
        with pytest.raises(MatchpointError) as refused:
            await bob.tournaments.at(cup.id).undo()
        assert refused.value.code in {"unidentified", "forbidden"}
        await cup.undo()
        await cup.result((await cup.matches("ready"))[0]["id"], scores=[0, 1])
        types = await read_until(events, "tournament")
        assert types.count("match_finished") >= 3
    assert (await cup.standings())["places"][0]["name"] in {"Ann", "Bob"}
    assert cup.id in [one["id"] async for one in ann.tournaments.list("finished")]
    numbers = [one["number"] async for one in cup.actions()]
    assert len(numbers) > 5 and numbers == sorted(numbers, reverse=True)


async def test_a_list_of_several_pages_is_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, ann: Client
) -> None:
    monkeypatch.setattr("matchpoint.site.PAGE_SIZE", 2)
    cups = [await ann.tournaments.create(players=["A", "B"], start=False) for _ in range(5)]
    made = [cup.id for cup in cups]
    found = [one["id"] async for one in ann.tournaments.list("draft")]
    assert [one for one in found if one in made] == made[::-1] and len(set(found)) == len(found)
    for name in ("C", "D", "E"):
        await cups[0].add(name)
    numbers = [one["number"] async for one in cups[0].actions()]
    assert len(numbers) >= 3 and numbers == sorted(set(numbers), reverse=True)


async def test_a_lost_answer_is_asked_for_again_and_nothing_happens_twice(
    server: MatchpointServer, bob: Client
) -> None:
    async with lossy_way(server.url) as way, Client(way.url, patience=WITHIN_SECONDS) as ann:
        way.losses = 2
        ticket = await ann.queue(username="Loser")
        assert rows(server.database_url, named("Loser")) == [(1,)]
        way.losses = 1
        cup = await ann.tournaments.create(players=["A", "B", "C", "D"], name="Lost Cup")
        [first, _] = await cup.matches("ready")
        way.losses = 1
        await cup.result(first["id"], scores=[1, 0])
        with pytest.raises(MatchpointError, match="match_closed"):
            await cup.result(first["id"], scores=[0, 1])
        await bob.queue(username="Keeper")
        match = await ticket.matched()
        way.losses = 1
        assert (await ann.matches.leave(match["id"]))["match"]["outcome"] == "conceded"
        # Whether it was done is not known, and the client was not told that it may be done twice.
        way.losses = 1
        with pytest.raises(MatchpointError) as unknown:
            await cup.call("POST", "/stations", {"names": ["Board 1"]})
        assert unknown.value.code == "no_answer"


async def test_what_an_organiser_does_counts_once_when_answers_get_lost(
    server: MatchpointServer,
) -> None:
    async with lossy_way(server.url) as way, Client(way.url, patience=WITHIN_SECONDS) as ann:
        way.loses_every = 2
        cup = await ann.tournaments.create(
            players=["A", "B"], start=False, stages=[{"format": "swiss"}], entry="open"
        )
        assert [one["name"] for one in (await cup.add("C", "D"))["entrants"]] == ["C", "D"]
        await cup.open_registration()
        await cup.start()
        for match in await cup.matches("ready"):
            await cup.result(match["id"], scores=[1, 0])
        first, _ = await cup.matches("decided")
        await cup.reopen(first["id"])
        await cup.result(first["id"], scores=[0, 1])
        assert (await cup.pair_round())["round"]["number"] == 2
        await cup.undo()
        assert (await cup.pair_round())["round"]["number"] == 2
        assert (await cup.withdraw("D"))["entrant"]["status"] == "withdrawn"
        await cup.cancel("It rains")
        way.loses_every = 0
        story = (await cup.call("GET", "/actions"))["actions"]
    verbs = [one["text"] for one in story]
    assert len(verbs) == len(set(verbs)) + 1, verbs  # the second round is paired twice


def named(name: str) -> str:
    return f"SELECT COUNT(*) FROM matchmaking_player WHERE name = '{name}'"


async def test_who_is_nobody_here_is_told_so_once(server: MatchpointServer) -> None:
    async with Client(server.url, "no-such-token") as stranger:
        with pytest.raises(MatchpointError) as refused:
            await anext(stranger.lobby())
    assert (refused.value.code, refused.value.status) == ("unidentified", 4401)
    async with Client("http://127.0.0.1:1", patience=0.3) as nowhere:
        with pytest.raises(MatchpointError, match="unreachable"):
            await nowhere.pools()
        with pytest.raises(MatchpointError, match="unreachable"):
            await anext(nowhere.lobby())


async def test_a_stream_from_elsewhere_begins_anew(ann: Client) -> None:
    await ann.queue(username="Talker")
    async with ann.lobby(after=Position("another", 7)) as stream:
        assert (await anext(stream))["type"] == "resync"
        saying = asyncio.create_task(read_until(stream, "chat"))
        while not saying.done():
            await asyncio.sleep(0.1)
            await stream.say("Hello")
            await asyncio.wait({saying}, timeout=0.2)
        position = stream.position
    async with ann.lobby(after=position) as again:
        await asyncio.sleep(0)
        reading = asyncio.create_task(read_until(again, "chat"))
        await asyncio.sleep(0.3)
        await again.say("Again")
        assert "resync" not in await reading
