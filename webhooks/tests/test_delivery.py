"""Deliveries: at least once, in order, with the same id; and no endpoint waits for another."""

import asyncio
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from lib.models import Lease
from matchmaking.models import Pool
from streams.relay import Relay, in_thread
from webhooks.delivery import worker as worker_module
from webhooks.delivery.deliverer import Deliverer
from webhooks.delivery.worker import pause_seconds
from webhooks.models import Delivery, Endpoint, EndpointState
from webhooks.services.endpoints import change_endpoint, replay_from, rotate_secret

from .receiving import delivering, endpoint, once_in, receiving, row, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(worker_module, "LONGEST_PAUSE_SECONDS", 0.05)


async def test_facts_come_signed_and_in_order_and_are_written_down() -> None:
    async with receiving() as receiver, delivering():
        made, secret = await endpoint(receiver.url, ["match.scored"])
        await write(1)
        await write(9, kind="match.made")
        await write(2, 3)
        await receiver.until(lambda: len(receiver.came) == 3)
        began = time.monotonic()
        await write(4)
        await receiver.until(lambda: len(receiver.came) == 4)
        assert time.monotonic() - began < 1.9  # it was told; looking takes 2
    assert [body["data"]["number"] for body in receiver.bodies()] == [1, 2, 3, 4]
    assert len(set(receiver.ids)) == 4
    for headers, body in receiver.came:
        shown = Webhook(secret).verify(body, headers)
        assert shown["type"] == "match.scored" and shown["timestamp"].endswith("Z")
    logged = [one async for one in Delivery.objects.order_by("seq")]
    assert [one.seq for one in logged] == [1, 3, 4, 5] and all(one.is_delivered for one in logged)
    assert logged[0].attempts[0]["status"] == 204
    now = await row(made)
    assert now.position == 5 and now.succeeded_at is not None


async def test_what_fails_is_tried_again_with_the_same_id_before_what_comes_after() -> None:
    bad = ["500 Oops", "302 Found\r\nlocation: /", "404 Not Found", "429 Slow\r\nretry-after: 0"]
    async with receiving(*bad) as receiver, delivering():
        made, _ = await endpoint(receiver.url)
        await write(1, 2)
        await receiver.until(lambda: len(receiver.came) == 6)
    assert len(set(receiver.ids[:5])) == 1 and receiver.ids[5] != receiver.ids[0]
    first = await Delivery.objects.aget(seq=1)
    assert [one["status"] for one in first.attempts] == [500, 302, 404, 429, 204]
    assert (await row(made)).failures == 0


async def test_an_endpoint_that_is_slow_or_dead_keeps_nothing_from_the_others() -> None:
    async with receiving(hangs=True) as slow, receiving() as good, delivering():
        await endpoint(slow.url)
        await endpoint("http://127.0.0.1:9/")
        await endpoint(good.url)
        began = time.monotonic()
        await write(*range(20))
        await good.until(lambda: len(good.came) == 20)
        assert time.monotonic() - began < 3.0


async def test_one_that_fails_for_too_long_is_parked_and_goes_on_when_asked(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MATCHPOINT_WEBHOOK_RETRY = timedelta(seconds=0.2)
    async with receiving(*["500 Oops"] * 100) as receiver, delivering():
        made, _ = await endpoint(receiver.url)
        await write(1, 2)
        parked = await once_in(made, EndpointState.PARKED)
        assert parked.position == 0 and "500" in parked.why and "parked" in caplog.text
        receiver.answers.clear()
        before = len(receiver.came)
        await in_thread(change_endpoint, parked, {"state": EndpointState.ACTIVE})
        await receiver.until(lambda: len(receiver.came) == before + 2)
    assert receiver.ids[-2] == receiver.ids[0]


async def test_one_that_is_gone_is_disabled_at_once() -> None:
    async with receiving("410 Gone") as receiver, delivering():
        made, _ = await endpoint(receiver.url)
        await write(1, 2)
        await once_in(made, EndpointState.DISABLED)
        await asyncio.sleep(0.1)
    assert len(receiver.came) == 1


async def test_an_outage_of_the_server_loses_nothing() -> None:
    """What is left of one that was killed: a position, and a lease that nobody renews."""
    async with receiving() as receiver:
        async with delivering():
            made, _ = await endpoint(receiver.url)
            await write(1, 2)
            await receiver.until(lambda: len(receiver.came) == 2)
        await write(3)
        await Endpoint.objects.filter(pk=made.pk).aupdate(position=1)  # 2 was sent, not stored
        await Lease.objects.all().adelete()
        async with delivering("another"):
            await receiver.until(lambda: len(receiver.came) == 4)
    assert [body["data"]["number"] for body in receiver.bodies()] == [1, 2, 2, 3]
    assert receiver.ids[1] == receiver.ids[2]
    assert len((await Delivery.objects.aget(seq=2)).attempts) == 2


async def test_two_processes_never_deliver_side_by_side() -> None:
    async with receiving() as receiver, delivering("a"), delivering("b"):
        await endpoint(receiver.url)
        await write(*range(10))
        await receiver.until(lambda: len(receiver.came) == 10)
        await asyncio.sleep(0.2)
    assert len(receiver.came) == 10


async def test_what_somebody_changes_holds_at_once_and_a_replay_begins_where_it_is_told() -> None:
    async with receiving() as receiver, delivering():
        made, secret = await endpoint(receiver.url)
        await write(1, 2, 3)
        await receiver.until(lambda: len(receiver.came) == 3)
        changed, newer = await in_thread(rotate_secret, made)
        await in_thread(replay_from, changed, 2)
        # A change may have what was accepted just before it sent again, as a crash may.
        replayed = receiver.ids[1:3]
        await receiver.until(lambda: len(receiver.came) > 4 and receiver.ids[-2:] == replayed)
    headers, body = receiver.came[-1]
    for each in (secret, newer):
        Webhook(each).verify(body, headers)
    await Endpoint.objects.filter(pk=made.pk).aupdate(previous_until=timezone.now())


async def test_of_a_pool_nothing_else_comes() -> None:
    cup = "6a1f1a52-2f4c-4f0e-9d6e-0d6f8b0a5c11"
    async with receiving() as receiver, delivering():
        pool = await Pool.objects.acreate(slug="blitz", name="Blitz")
        await endpoint(receiver.url, pool=pool)
        await write(1, tournament={"id": cup}, match={"pool": None})
        await write(2, tournament=None, match={"pool": "other"})
        await write(3, tournament=None, match={"pool": "blitz"})
        await receiver.until(lambda: len(receiver.came) == 1)
    assert [body["data"]["number"] for body in receiver.bodies()] == [3]


async def test_an_end_together_with_a_wake_is_an_end() -> None:
    deliverer = Deliverer("me")
    task = asyncio.create_task(deliverer.run())
    await asyncio.sleep(0.3)
    deliverer._look_now.set()
    await asyncio.sleep(0)  # the one who waits is told, and has not run yet
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5)
    assert done


def test_pauses_grow_and_are_at_least_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "LONGEST_PAUSE_SECONDS", 3600.0)
    pauses = [pause_seconds(n) for n in range(1, 60)]
    assert 0.9 <= pauses[0] <= 1.1 and pauses[5] > 20 and max(pauses) <= 3600 * 1.1
    assert pause_seconds(1, 120.0) == 120.0
    assert sum(pauses) + 3600 > 2 * 86_400


async def test_the_relay_is_left_as_it_was(relay: Relay) -> None:
    async with receiving() as receiver, delivering():
        await endpoint(receiver.url)
        await write(1)
        await receiver.until(lambda: len(receiver.came) == 1)
    assert not any(feed.watchers or feed.enders for feed in relay.feeds.values())
