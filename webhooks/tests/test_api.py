"""Webhooks over the API: who may manage which, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings
from standardwebhooks import Webhook

from lib.errors import Malformed, RateLimited
from lib.limits import Buckets
from matchmaking.models import Pool
from service_keys.services import make_key
from streams import log
from streams.relay import in_thread
from tournaments.services.setup.creation import create_tournament
from webhooks.facts import FACTS_STREAM
from webhooks.models import Endpoint, EndpointState
from webhooks.sealed_secrets import SecretLost, new_secret, seal, unseal
from webhooks.services import trials
from webhooks.services.endpoints import (
    EndpointWish,
    checked_url,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
)
from webhooks.services.trials import send_again, send_test

from .receiving import delivering, endpoint, receiving, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("relay")]

HOOK = {"name": "Bot", "url": "https://bot.example.org/hook"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def call(method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
    answer = getattr(Client(), method)(
        path, body, content_type="application/json", headers=bearer(token)
    )
    return answer.status_code, answer.json() if answer.content else None


def test_a_key_manages_those_of_its_scope_and_an_organiser_those_of_the_cup() -> None:
    pools = make_key(name="p", scopes=["pools"]).token
    cups = make_key(name="t", scopes=["tournaments"]).token
    Pool.objects.create(slug="blitz", name="Blitz")
    made = create_tournament(name="Cup", players=["Ann", "Bob"])
    other = create_tournament(name="Other", players=["Ann", "Bob"])
    cup = {**HOOK, "tournament": str(made.tournament.pk)}
    expected = [
        (HOOK, pools, 201), (HOOK, cups, 403), (HOOK, made.token, 401),
        ({**HOOK, "pool": "blitz"}, pools, 201), ({**HOOK, "pool": "none"}, pools, 404),
        (cup, cups, 201), (cup, made.token, 201), (cup, pools, 403), (cup, other.token, 401),
        ({**cup, "pool": "blitz"}, cups, 400),
    ]  # fmt: skip
    for body, token, status in expected:
        assert call("post", "/api/webhooks", token, body)[0] == status, (body, token)
    status, listed = call("get", "/api/webhooks", pools)
    assert [row["pool"] for row in listed["webhooks"]] == [None, "blitz"]
    assert all("secret" not in row for row in listed["webhooks"])
    of_cup = f"/api/webhooks?tournament={made.tournament.pk}"
    [first, _] = call("get", of_cup, made.token)[1]["webhooks"]
    address = f"/api/webhooks/{first['id']}"
    for token, status in ((pools, 403), (cups, 200), (made.token, 200), (other.token, 401)):
        assert call("get", address, token)[0] == status
        assert call("get", f"{address}/deliveries", token)[0] == status
    assert call("delete", address, other.token)[0] == 401
    assert call("delete", address, made.token)[0] == 200
    assert call("get", address, made.token)[0] == 401  # as of one that never was


def test_a_tournament_has_a_few_and_goes_with_them() -> None:
    made = create_tournament(name="Cup", players=["Ann", "Bob"])
    cup = {**HOOK, "tournament": str(made.tournament.pk)}
    answers = [call("post", "/api/webhooks", made.token, cup) for _ in range(6)]
    assert [status for status, _ in answers] == [201] * 5 + [409]
    assert answers[-1][1]["code"] == "too_many_webhooks"
    made.tournament.delete()
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"url": "http://bot.example.org/"},
        {"url": "ftp://bot.example.org/"},
        {"url": "https://"},
        {"url": "https://user:pass@bot.example.org/"},
        {"url": "https://bot.example.org:99999/"},
        {"url": "https://bot.example.org/ x"},
        {"url": f"https://bot.example.org/{'x' * 1000}"},
        {"types": ["match.won"]},
        {"format": "slack"},
        {"state": "parked"},
        {"secret": "mine"},
    ],
)
def test_what_no_webhook_can_be_is_refused(change: dict[str, Any]) -> None:
    key = make_key(name="p", scopes=["pools"]).token
    _, made = call("post", "/api/webhooks", key, HOOK)
    status, answer = call("patch", f"/api/webhooks/{made['id']}", key, change)
    assert status == 400 and answer["code"] in {"bad_webhook", "malformed"}


def test_plain_http_is_for_what_the_operator_lists() -> None:
    assert checked_url("http://127.0.0.1:8080/hook")
    with pytest.raises(Malformed, match="https"):
        checked_url("http://127.0.0.2/")


def test_a_secret_is_read_with_the_sites_own_key_only(settings: Any) -> None:
    secret = new_secret()
    sealed = seal(secret)
    assert secret not in sealed and seal(secret) != sealed and unseal(sealed) == secret
    settings.SECRET_KEY = "another"
    with pytest.raises(SecretLost):
        unseal(sealed)


async def test_a_test_a_replay_and_a_rotation() -> None:
    key = await in_thread(make_key, name="p", scopes=["pools"])
    client, headers = AsyncClient(), bearer(key.token)

    async def post(path: str, body: Any = None) -> Any:
        answer = await client.post(
            path, body or {}, content_type="application/json", headers=headers
        )
        return answer.json()

    async with receiving() as receiver:
        made = await post("/api/webhooks", {"name": "Bot", "url": receiver.url})
        address = f"/api/webhooks/{made['id']}"
        tested = await post(f"{address}/test")
        assert tested["delivered"] and tested["type"] == "test.ping"
        assert tested["attempts"][0]["status"] == 204
        Webhook(made["secret"]).verify(receiver.came[0][1], receiver.came[0][0])
        async with delivering():
            await write(1, 2)
            await receiver.until(lambda: len(receiver.came) == 3)
            again = await post(f"{address}/replay", {"message": receiver.ids[1]})
            assert again["message"] == receiver.ids[1] == receiver.ids[3]
            assert len(again["attempts"]) == 2
            await post(f"{address}/replay", {"since": receiver.ids[2]})
            await receiver.until(lambda: len(receiver.came) == 5)
        assert receiver.ids[4] == receiver.ids[2]
        rotated = await post(f"{address}/rotate")
        assert rotated["secret"] != made["secret"]
        for wrong in ({}, {"message": "a-1", "since": "a-1"}):
            assert (await post(f"{address}/replay", wrong))["code"] == "malformed"
        assert (await post(f"{address}/replay", {"message": "a-99"}))["code"] == "not_found"
        kept = await client.get(f"{address}/deliveries", headers=headers)
        assert [one["type"] for one in kept.json()["deliveries"]] == ["match.scored"] * 2 + [
            "test.ping"
        ]


async def test_a_webhook_that_is_made_anew_brings_no_new_tests(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted for the tournament, the pool or the site that it belongs to."""
    settings.RATE_LIMITS = True
    monkeypatch.setattr(trials, "sent_by_hand", Buckets(burst=2, per_second=0))
    monday, tuesday = [
        (await in_thread(create_tournament, name=name, players=["Ann", "Bob"])).tournament
        for name in ("Monday", "Tuesday")
    ]
    async with receiving() as receiver:
        for _ in range(2):
            made, _ = await endpoint(receiver.url, tournament=monday)
            await send_test(made)
            await in_thread(delete_endpoint, made)
        anew, _ = await endpoint(receiver.url, tournament=monday)
        with pytest.raises(RateLimited):
            await send_test(anew)
        for other in (tuesday, None):
            made, _ = await endpoint(receiver.url, tournament=other)
            assert (await send_test(made)).is_delivered


async def test_an_organiser_is_sent_no_fact_of_others() -> None:
    cup = await in_thread(lambda: create_tournament(name="Cup", players=["Ann", "Bob"]))
    async with receiving() as receiver:
        wish = {"name": "Bot", "url": receiver.url, "tournament": str(cup.tournament.pk)}
        _, made = await in_thread(call, "post", "/api/webhooks", cup.token, wish)
        await write(1, tournament={"id": str(uuid4())})
        await write(2, tournament={"id": wish["tournament"]})
        head = await in_thread(log.head, FACTS_STREAM)
        answers = [
            (f"{head.epoch}-{head.seq - 1}", 404),
            (f"{head.epoch}-{head.seq}", 200),
            (f"another-{head.seq}", 404),
        ]
        for message, status in answers:
            answer = await AsyncClient().post(
                f"/api/webhooks/{made['id']}/replay",
                {"message": message},
                content_type="application/json",
                headers=bearer(cup.token),
            )
            assert answer.status_code == status, message
    assert [body["data"]["number"] for body in receiver.bodies()] == [2]


async def test_what_the_admin_sends_again_to_a_pools_webhook_arrives() -> None:
    pool = await Pool.objects.acreate(slug="blitz", name="Blitz")
    async with receiving() as receiver:
        made, _ = await endpoint(receiver.url, pool=pool)
        await write(1, tournament=None, match={"pool": "blitz"})
        head = await in_thread(log.head, FACTS_STREAM)
        row = await Endpoint.objects.aget(pk=made.pk)  # as the admin has it, without its pool
        assert (await send_again(row, f"{head.epoch}-{head.seq}")).is_delivered


def test_of_two_rotations_at_once_the_earlier_secret_stays_good() -> None:
    made, _ = create_endpoint(EndpointWish("Bot", HOOK["url"]))
    _, first = rotate_secret(Endpoint.objects.get(pk=made.pk))
    changed, _ = rotate_secret(made)  # which does not know of the other
    assert unseal(changed.sealed_previous) == first


async def test_one_that_is_stopped_is_sent_nothing_until_it_goes_on() -> None:
    key = await in_thread(make_key, name="p", scopes=["pools"])
    async with receiving() as receiver, delivering():
        made = Endpoint(name="Bot", url=receiver.url, sealed_secret=seal(new_secret()))
        await made.asave()
        await write(1)
        await receiver.until(lambda: len(receiver.came) == 1)
        change = "/api/webhooks/" + str(made.pk)
        status, shown = await in_thread(call, "patch", change, key.token, {"state": "disabled"})
        assert status == 200 and shown["state"] == EndpointState.DISABLED
        await in_thread(call, "post", "/api/webhooks", key.token, HOOK)  # so facts are written
        await write(2)
        assert len(receiver.came) == 1
        await in_thread(call, "patch", change, key.token, {"state": "active"})
        await receiver.until(lambda: len(receiver.came) == 2)
