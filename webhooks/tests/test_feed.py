"""The feed: by key, after a cursor, as soon as there is something; as a socket too."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from service_keys.models import Scope, ServiceKey
from service_keys.services import make_key, revoke_key
from streams.models import Event
from streams.relay import in_thread
from streams.tests import visitors
from streams.tests.visitors import Closed
from webhooks.facts import FACTS_STREAM
from webhooks.feed import Cursor, read_feed, release_feed_reads
from webhooks.schemas import FeedFacts, FeedResync
from webhooks.sockets import websocket_urlpatterns
from webhooks.wanted import Wanted

from .receiving import write, write_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]

ALL = Wanted()


def numbers(answer: Any) -> list[int]:
    assert isinstance(answer, FeedFacts)
    return [fact.data["number"] for fact in decoded(answer)]


def decoded(answer: FeedFacts) -> list[Any]:
    return msgspec.json.decode(msgspec.json.encode(answer), type=FeedFacts).facts


async def start() -> Cursor:
    return Cursor.parse((await read_feed(ALL, after=None)).cursor)


async def test_a_read_goes_on_from_its_cursor_and_misses_nothing() -> None:
    cursor = await start()
    await write(*range(120))
    got: list[int] = []
    while len(got) < 120:
        answer = await read_feed(ALL, after=cursor, wait_seconds=2)
        assert isinstance(answer, FeedFacts) and 0 < len(answer.facts) <= 100
        assert answer.facts[-1].id == answer.cursor
        got, cursor = got + numbers(answer), Cursor.parse(answer.cursor)
    assert got == list(range(120))


async def test_a_held_read_is_answered_at_once_and_by_what_it_wants_only() -> None:
    cursor = await start()
    wanted = Wanted(types=frozenset({"match.made"}))
    reading = asyncio.create_task(read_feed(wanted, after=cursor, wait_seconds=20))
    await asyncio.sleep(0.1)
    await write(1)
    await asyncio.sleep(0.1)
    assert not reading.done()
    began = time.monotonic()
    await write(2, kind="match.made")
    assert numbers(await reading) == [2] and time.monotonic() - began < 1.5
    nothing = await read_feed(ALL, after=Cursor(cursor.epoch, 2), wait_seconds=0.1)
    assert numbers(nothing) == [] and nothing.cursor.endswith("-2")


async def test_far_back_is_read_from_the_log_and_what_is_gone_is_said() -> None:
    cursor = await start()
    await in_thread(write_now, *range(300))
    assert numbers(await read_feed(ALL, after=cursor))[:2] == [0, 1]
    await Event.objects.filter(stream=FACTS_STREAM, seq__lte=5).adelete()
    lost = await read_feed(ALL, after=cursor)
    assert isinstance(lost, FeedResync) and lost.cursor.endswith("-300")
    assert isinstance(await read_feed(ALL, after=Cursor("another", 1)), FeedResync)
    assert isinstance(await read_feed(ALL, after=Cursor(cursor.epoch, 999)), FeedResync)


async def test_a_new_epoch_answers_held_reads_with_resync() -> None:
    cursor = await start()
    reading = asyncio.create_task(read_feed(ALL, after=cursor, wait_seconds=20))
    await asyncio.sleep(0.1)
    await in_thread(call_command, "new_epoch", verbosity=0)
    assert isinstance(await asyncio.wait_for(reading, 5), FeedResync)


async def test_a_server_that_stops_answers_what_it_holds() -> None:
    reading = asyncio.create_task(read_feed(ALL, after=await start(), wait_seconds=20))
    await asyncio.sleep(0.1)
    release_feed_reads()
    assert numbers(await asyncio.wait_for(reading, 1)) == []


def get(client: Client, token: str = "", **query: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.get("/api/feed", query, headers=headers)
    return answer.status_code, answer.json()


def test_only_a_key_that_may_read_reads_it() -> None:
    reader, other = make_key(name="r", scopes=["read"]), make_key(name="o", scopes=["pools"])
    client = Client()
    assert get(client)[1]["code"] == "unknown_key"
    assert get(client, other.token)[1]["code"] == "key_lacks_scope"
    status, answer = get(client, reader.token)
    assert status == 200 and answer["status"] == "Facts"
    for bad in ({"types": "match.won"}, {"after": "nonsense"}, {"wait": 99}):
        assert get(client, reader.token, **bad)[0] == 400
    for pool in ("none", "a\0b"):
        assert get(client, reader.token, pool=pool)[1]["code"] == "unknown_pool"
    revoke_key(key_id=reader.key.pk)
    assert get(client, reader.token)[1]["code"] == "revoked_key"


class Visitor(visitors.Visitor):
    """A socket of the feed."""

    routes = websocket_urlpatterns


#: What each socket is for; a new one needs a line.
SOCKETS = {r"^feed/ws/?$": "whoever shows a key that may read"}


def test_every_socket_is_known_here() -> None:
    assert {str(each.pattern) for each in websocket_urlpatterns} == SOCKETS.keys()


async def test_the_socket_sends_facts_and_resumes() -> None:
    key = await in_thread(make_key, name="r", scopes=["read"])
    socket = Visitor("/feed/ws", token=key.token)
    welcome = await socket.comes()
    assert welcome["type"] == "welcome" and welcome["you"] is None
    await write(1)
    fact = await socket.next("match.scored")
    assert fact["data"] == {"number": 1} and fact["stream"] == FACTS_STREAM
    await socket.disconnect()
    await write(2)
    again = Visitor(f"/feed/ws?epoch={fact['epoch']}&since={fact['seq']}", token=key.token)
    assert (await again.comes())["recent"] == []
    assert (await again.next("match.scored"))["data"] == {"number": 2}
    await again.disconnect()


@pytest.mark.parametrize("how", ["revoked", "expired", "lacks"])
async def test_the_socket_of_a_key_that_is_good_no_more_is_closed(how: str) -> None:
    key = await in_thread(make_key, name="r", scopes=["read"])
    socket = Visitor("/feed/ws", token=key.token)
    await socket.comes()
    past = timezone.now() - timedelta(seconds=1)
    changes: dict[str, dict[str, Any]] = {
        "revoked": {"revoked_at": past},
        "expired": {"expires_at": past},
        "lacks": {"scopes": [Scope.POOLS]},
    }
    await ServiceKey.objects.filter(pk=key.key.pk).aupdate(**changes[how])
    with pytest.raises(Closed) as closed:
        await socket.next("never")
    assert closed.value.code == 4410


async def test_a_key_has_so_many_sockets_open_and_no_more(settings: Settings) -> None:
    settings.RATE_LIMITS, settings.MATCHPOINT_SOCKETS_OF_A_KEY = True, 2
    key, other = [await in_thread(make_key, name=name, scopes=["read"]) for name in ("r", "o")]
    first, second, third = [Visitor("/feed/ws", token=key.token) for _ in range(3)]
    for socket in (first, second):
        assert (await socket.comes())["type"] == "welcome"
    refused = await third.comes()
    assert refused["code"] == "rate_limited" and "2 sockets" in refused["message"]
    assert await third.closed() == 4429
    beside = Visitor("/feed/ws", token=other.token)
    assert (await beside.comes())["type"] == "welcome"
    await first.disconnect()
    again = Visitor("/feed/ws", token=key.token)
    assert (await again.comes())["type"] == "welcome"
    for socket in (second, beside, again):
        await socket.disconnect()


async def test_to_open_a_socket_counts_as_a_request_of_the_key(settings: Settings) -> None:
    settings.RATE_LIMITS = True
    key = await in_thread(make_key, name="r", scopes=["read"], requests_a_minute=2)
    assert (await in_thread(get, Client(), key.token))[0] == 200
    socket, refused = [Visitor("/feed/ws", token=key.token) for _ in range(2)]
    assert (await socket.comes())["type"] == "welcome"
    assert (await refused.comes())["code"] == "rate_limited"
    assert await refused.closed() == 4429
    await socket.disconnect()


async def test_strangers_are_not_let_in() -> None:
    other = await in_thread(make_key, name="o", scopes=["pools"])
    for token in ("", "mp_nobody", "a-guest", other.token):
        socket = Visitor("/feed/ws", token=token)
        assert (await socket.comes())["type"] == "error"
        with pytest.raises(Closed) as closed:
            await socket.next("never")
        assert closed.value.code == 4401
