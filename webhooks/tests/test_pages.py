"""The organiser's page of webhooks: Olga organises, Vic organises another cup."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import AsyncClient, Client
from django.utils import timezone

from lib.schemas import timestamp
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from streams.relay import in_thread
from tournaments.models import Tournament
from tournaments.services.setup.creation import create_tournament
from webhooks.facts import FACTS
from webhooks.models import Delivery, Endpoint, EndpointState
from webhooks.pages.forms import IN_WORDS, OF_POOLS
from webhooks.services.endpoints import MOST_OF_A_TOURNAMENT, EndpointWish, create_endpoint

from .receiving import delivering, endpoint, receiving, row, write

pytestmark = pytest.mark.django_db(transaction=True)

BOT = {"do": "add", "name": "Bot", "url": "https://bot.example.org/hook/very-secret",
       "format": "standard", "which": "some", "types": ["match.finished"]}  # fmt: skip


def organised(name: str) -> tuple[str, Tournament]:
    """The cookie of a guest, and a cup of theirs."""
    token = create_guest(username=name).token
    organiser = Player.objects.get(name=name)
    made = create_tournament(name=f"{name}s Cup", players=["Ann", "Bob"], organiser=organiser)
    return token, made.tournament


def address(cup: Tournament) -> str:
    return f"/tournaments/{cup.pk}/manage/webhooks"


def browser_of(token: str) -> Client:
    browser = Client(headers={"accept": "text/html"})
    browser.cookies[GUEST_COOKIE] = token
    return browser


@pytest.fixture
def olga() -> tuple[Client, Tournament]:
    token, cup = organised("Olga")
    return browser_of(token), cup


def text_of(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode()))
    return " ".join(plain.split())


def made(cup: Tournament, **wish: Any) -> tuple[Endpoint, str]:
    return create_endpoint(EndpointWish("Bot", BOT["url"], tournament=cup, **wish))  # type: ignore[arg-type]


def test_every_fact_is_in_words_or_is_of_pools() -> None:
    assert IN_WORDS.keys() | OF_POOLS == FACTS.keys()
    assert {"player.left", "place.filled"} == OF_POOLS


def test_one_is_added_and_its_secret_shown_this_once(olga: tuple[Client, Tournament]) -> None:
    browser, cup = olga
    empty = browser.get(address(cup))
    assert empty.status_code == 200 and "None yet. A webhook says" in text_of(empty)
    added = browser.post(address(cup), BOT)
    assert added.status_code == 200
    secrets = re.findall(r"whsec_[\w+/=]+", added.content.decode())
    assert len(secrets) == 1
    [hook] = cup.webhooks.all()
    assert (hook.url, hook.types, hook.format) == (BOT["url"], ["match.finished"], "standard")
    shown = browser.get(address(cup)).content.decode()
    assert "whsec_" not in shown and "very-secret" not in shown
    assert "bot.example.org" in shown and "A match is finished" in shown


def test_a_channel_of_discord_is_sent_all_and_has_no_secret(
    olga: tuple[Client, Tournament],
) -> None:
    browser, cup = olga
    said = {**BOT, "format": "discord", "which": "all"}
    added = browser.post(address(cup), said, follow=True)
    assert "Bot is sent what happens from now on. Send it a test." in text_of(added)
    assert b"whsec_" not in added.content and b"New secret" not in added.content
    assert cup.webhooks.get().types == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "bot.example.org"}, "The address must begin with https:// and have a host."),
        ({"url": "http://bot.example.org"}, "The address must begin with https://: only what"),
        ({"url": ""}, "Give the address that messages are sent to."),
        ({"name": " "}, "Give a name, to know it by."),
        ({"types": []}, "Choose at least one, or all that happens."),
        ({"types": ["no.such"]}, "no.such is not one of the available choices"),
        ({"do": "nonsense", "name": ""}, "Give a name, to know it by."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    olga: tuple[Client, Tournament], wrong: dict[str, Any], message: str
) -> None:
    browser, cup = olga
    answer = browser.post(address(cup), {**BOT, **wrong})
    assert answer.status_code == 400 and message in text_of(answer)
    assert not cup.webhooks.exists()


def test_a_tournament_has_no_more_than_its_number(olga: tuple[Client, Tournament]) -> None:
    browser, cup = olga
    for _ in range(MOST_OF_A_TOURNAMENT):
        made(cup)
    assert "A tournament has at most 5 webhooks." in text_of(browser.get(address(cup)))
    assert browser.post(address(cup), BOT).status_code == 400
    assert cup.webhooks.count() == MOST_OF_A_TOURNAMENT


def test_one_is_stopped_goes_on_has_a_new_secret_and_is_removed(
    olga: tuple[Client, Tournament],
) -> None:
    browser, cup = olga
    hook, secret = made(cup)

    def press(do: str) -> Any:
        return browser.post(address(cup), {"do": do, "webhook": str(hook.pk)}, follow=True)

    assert "It is sent nothing until you let it go on." in text_of(press("stop"))
    Endpoint.objects.update(state=EndpointState.PARKED, why="It answered 500.", failures=9)
    assert "failed for two days: It answered 500." in text_of(browser.get(address(cup)))
    assert "Bot goes on" in text_of(press("resume"))
    hook.refresh_from_db()
    assert (hook.state, hook.failures) == (EndpointState.ACTIVE, 0)
    [new] = re.findall(r"whsec_[\w+/=]+", press("rotate").content.decode())
    assert new != secret
    assert "Bot is removed." in text_of(press("remove"))
    assert not Endpoint.objects.exists()
    assert "There is no such webhook any more." in text_of(press("stop"))


def test_one_is_changed_and_its_address_stays_unless_another_is_given(
    olga: tuple[Client, Tournament],
) -> None:
    browser, cup = olga
    hook, _ = made(cup)
    page = f"{address(cup)}/{hook.pk}"
    shown = browser.get(page)
    assert shown.status_code == 200 and b"very-secret" not in shown.content
    assert b'value="Bot"' in shown.content
    said = {**BOT, "do": "change", "name": "Results", "url": "", "types": ["match.made"]}
    assert "Results is changed." in text_of(browser.post(page, said, follow=True))
    hook.refresh_from_db()
    assert (hook.name, hook.url, hook.types) == ("Results", BOT["url"], ["match.made"])
    assert "A match can be played" in text_of(browser.get(page))
    wrong = browser.post(page, {**said, "url": "http://bot.example.org"})
    assert wrong.status_code == 400 and "must begin with https://" in text_of(wrong)
    everything = {**said, "which": "all", "format": "discord", "url": "https://discord.example/x"}
    browser.post(page, everything)
    hook.refresh_from_db()
    assert (hook.types, hook.format, hook.url) == ([], "discord", "https://discord.example/x")
    signed = browser.post(page, {**said, "url": ""}, follow=True)
    assert "Messages are signed now: give the program a new secret." in text_of(signed)
    [secret] = re.findall(
        r"whsec_[\w+/=]+",
        browser.post(page, {"do": "rotate", "webhook": str(hook.pk)}).content.decode(),
    )
    assert secret
    gone = browser.post(page, {"do": "remove", "webhook": str(hook.pk)})
    assert (gone.status_code, gone["Location"]) == (302, address(cup))
    assert browser.get(page).status_code == 404


def test_a_corrected_address_is_tried_at_once_and_one_that_is_stopped_stays_so(
    olga: tuple[Client, Tournament],
) -> None:
    browser, cup = olga
    hook, _ = made(cup)
    page, later = f"{address(cup)}/{hook.pk}", timezone.now() + timedelta(hours=1)
    said = {**BOT, "url": "https://right.example.org/hook"}
    for state, waits, failures in ((EndpointState.ACTIVE, None, 0), ("disabled", later, 4)):
        Endpoint.objects.update(state=state, failures=4, next_attempt_at=later)
        assert browser.post(page, said).status_code == 302
        hook.refresh_from_db()
        assert (hook.state, hook.next_attempt_at, hook.failures) == (state, waits, failures)


def test_the_whole_log_is_read_in_pages_with_each_attempt(olga: tuple[Client, Tournament]) -> None:
    browser, cup = olga
    hook, _ = made(cup)
    page, began = f"{address(cup)}/{hook.pk}", timezone.now()
    failed = {"status": 500, "milliseconds": 7, "error": "", "answer": "out of order"}
    for number in range(30):
        Delivery.objects.create(
            endpoint=hook, message_id=f"a-{number + 1}", seq=number + 1, type="match.made",
            attempts=[{"at": timestamp(began), **failed}] * 2,
            attempted_at=began + timedelta(seconds=number),
        )  # fmt: skip
    first, second = browser.get(page), browser.get(f"{page}?page=2")
    assert "Page 1 of 2" in text_of(first)
    assert [re.findall(r"<code>(a-\d+)", one.content.decode()) for one in (first, second)] == [
        [f"a-{number}" for number in range(30, 5, -1)],
        [f"a-{number}" for number in range(5, 0, -1)],
    ]
    assert text_of(second).count("It answered 500 after 7 ms. Answer: out of order") == 5 * 2
    assert text_of(browser.get(address(cup))).count("2 attempts") == 10


@pytest.mark.parametrize("do", ["stop", "resume", "rotate", "remove", "test", "again", "since"])
def test_those_of_another_cup_and_of_the_site_are_out_of_reach(
    olga: tuple[Client, Tournament], do: str
) -> None:
    browser, cup = olga
    token, other = organised("Vic")
    ours, _ = made(cup)
    site, _ = create_endpoint(EndpointWish("Site", "https://site.example"))
    before = list(Endpoint.objects.values())
    for hook in (str(ours.pk), str(site.pk), "nonsense"):
        browser_of(token).post(address(other), {"do": do, "webhook": hook})
        browser_of(token).post(address(cup), {"do": do, "webhook": hook})
        browser_of(token).post(f"{address(other)}/{ours.pk}", {"do": do, "webhook": hook})
        browser_of(token).post(f"{address(cup)}/{ours.pk}", {"do": do, "webhook": hook})
    assert list(Endpoint.objects.values()) == before
    assert not Delivery.objects.exists()
    assert browser.get(address(cup)).status_code == 200
    away = browser_of(token).get(address(cup))
    assert (away.status_code, away["Location"]) == (302, f"/tournaments/{cup.pk}")


@pytest.mark.usefixtures("relay")
async def test_a_test_and_a_message_again_say_what_came_of_them() -> None:
    token, cup = await in_thread(organised, "Olga")
    browser = AsyncClient(headers={"accept": "text/html"})
    browser.cookies[GUEST_COOKIE] = token
    async with receiving("500 Broken") as receiver:
        hook, _ = await endpoint(receiver.url, tournament=cup)

        async def press(do: str, **more: str) -> str:
            sent = {"do": do, "webhook": str(hook.pk), **more}
            return text_of(await browser.post(address(cup), sent, follow=True))

        failed = await press("test")
        assert "Test: It answered 500" in failed and "Correct this at the receiver" in failed
        assert "The message arrived." in await press("test")
        async with delivering():
            await write(1, tournament={"id": str(cup.pk)})
            await receiver.until(lambda: len(receiver.came) == 3)
        message = receiver.ids[2]
        assert "The message arrived." in await press("again", message=message)
        assert receiver.ids[3] == message
        async with delivering():
            assert "all after it again, in order." in await press("since", message=message)
            await receiver.until(lambda: len(receiver.came) == 5)
        assert receiver.ids[4] == message
        await write(2, tournament={"id": "another"})
        others = f"{message.rpartition('-')[0]}-2"
        assert "This webhook has no such message." in await press("again", message=others)
        assert len(receiver.came) == 5
    assert (await row(hook)).state == EndpointState.ACTIVE
