"""The sockets of streams: welcomed, sent events, sent messages, refused."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.test import Client

from lib.limits import Buckets
from lib.names import parse_name
from lobby import chat
from lobby.moderation import mute_author
from lobby.stream_names import LOBBY
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import Guest, create_guest
from streams import limits as socket_limits
from streams import log
from streams.models import Event, Stream
from streams.relay import in_thread
from streams.sockets import close_sockets
from tournaments.models import Pairing
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

from .conftest import Visit
from .visitors import HERE, Closed

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


async def guest(name: str) -> Guest:
    return await in_thread(create_guest, username=name)


def store(*texts: str) -> None:
    with transaction.atomic():
        log.append(LOBBY, [log.Draft("chat", text) for text in texts])


# Welcome.


@pytest.mark.parametrize("path", ["/ws", "/ws/"])
async def test_the_welcome_comes_first(visit: Visit, path: str) -> None:
    await in_thread(store, "one", "two")
    visitor = await visit(path)
    head = await in_thread(log.head, LOBBY)
    welcome = visitor.first
    assert (welcome["type"], welcome["stream"], welcome["you"]) == ("welcome", "lobby", None)
    assert (welcome["epoch"], welcome["seq"]) == (head.epoch, 2)
    assert [(event["seq"], event["text"]) for event in welcome["recent"]] == [
        (1, "one"),
        (2, "two"),
    ]


async def test_a_fresh_page_is_shown_the_last_events(visit: Visit) -> None:
    most = settings.MATCHPOINT_RECENT_EVENTS
    await in_thread(store, *map(str, range(most + 10)))
    shown = [event["seq"] for event in (await visit()).first["recent"]]
    assert shown == list(range(11, most + 11))


async def test_everybody_is_notified_once_in_order(visit: Visit) -> None:
    ann, bob = await visit(), await visit()
    for text in ("one", "two", "three"):
        await ann.say(text)
    for visitor in (ann, bob):
        received = [await visitor.next() for _ in range(3)]
        assert [event["seq"] for event in received] == [1, 2, 3]
        assert [event["data"]["text"] for event in received] == ["one", "two", "three"]
        assert await visitor.receives_nothing()


# Who speaks.


async def test_without_a_token_one_is_nobody_with_a_name_for_the_day(visit: Visit) -> None:
    visitor = await visit()
    await visitor.say("hello")
    event = await visitor.next("chat")
    assert event["data"]["player"]["id"] is None
    assert event["data"]["player"]["username"].startswith("anon-")
    assert event["text"] == f"{event['data']['player']['username']}: hello"


async def test_a_token_says_who_one_is(visit: Visit) -> None:
    ann = await guest("Ann")
    visitor = await visit(token=ann.token)
    you = {"id": str(ann.player.pk), "username": "Ann"}
    assert visitor.first["you"] == you
    await visitor.say("hello")
    event = await visitor.next("chat")
    assert (event["text"], event["data"]["player"]) == ("Ann: hello", you)


async def test_a_bad_token_is_reported_and_closes_with_4401(visit: Visit) -> None:
    visitor = await visit(token="forged", welcomed=False)
    refusal = await visitor.comes()
    assert (refusal["type"], refusal["code"]) == ("error", "unidentified")
    assert await visitor.closed() == 4401
    await visitor.say("hello")
    assert (await in_thread(log.head, LOBBY)).seq == 0


async def test_a_cookie_speaks_only_from_a_page_of_this_site(visit: Visit) -> None:
    ann = await guest("Ann")
    cookie = f"{GUEST_COOKIE}={ann.token}"
    assert (await visit(cookie=cookie, origin=HERE)).first["you"]["username"] == "Ann"
    assert (await visit(cookie=cookie)).first["you"] is None


async def test_an_account_is_known_by_its_session(visit: Visit) -> None:
    def sign_in() -> str:
        user, (_, key, alike) = User.objects.create(username="Bob"), parse_name("Bob")
        Player.objects.create(user=user, name="Bob", name_key=key, skeleton=alike)
        browser = Client()
        browser.force_login(user)
        return f"sessionid={browser.cookies['sessionid'].value}"

    cookie = await in_thread(sign_in)
    assert (await visit(cookie=cookie, origin=HERE)).first["you"]["username"] == "Bob"
    assert (await visit(cookie=cookie)).first["you"] is None


async def test_a_foreign_page_is_refused_before_the_socket_opens(visit: Visit) -> None:
    for origin in ("http://evil.example", "http://testserver:9", "https://testserver", "null"):
        with pytest.raises(Closed) as refused:
            await visit(origin=origin)
        assert refused.value.code == 4403
    assert (await visit(origin=HERE)).first["type"] == "welcome"


# What is sent.


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("hello", "hello"),
        ("  hello\n", "hello"),
        ({"type": "chat", "text": "hello"}, "hello"),
        ("[1, 2]", "[1, 2]"),
        ('"quoted"', '"quoted"'),
        ("42", "42"),
        ("null", "null"),
        ("{", "{"),
        ("{o_o}", "{o_o}"),
        ("{ see below }", "{ see below }"),
        ("[" * 400, "[" * 400),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
async def test_what_is_no_json_object_is_chat(visit: Visit, message: Json | str, text: str) -> None:
    visitor = await visit()
    await visitor.say(message)
    assert (await visitor.next())["data"]["text"] == text


MALFORMED: list[tuple[str | bytes, str]] = [
    ('{"type":"dance"}', "malformed"),
    ('{"type":"chat"}', "malformed"),
    ('{"type":"chat","text":5}', "malformed"),
    ('{"type":"chat","text":null}', "malformed"),
    ('{"type":["chat"]}', "malformed"),
    ("{}", "malformed"),
    ('{"type":"resume","epoch":"x","seq":"5"}', "malformed"),
    ('{"type":"resume","epoch":"x","seq":1.5}', "malformed"),
    ('{"type":"resume","seq":1}', "malformed"),
    ('{"type":"chat","text":"cut', "malformed"),
    ('{"type":"chat","text":"\\ud800"}', "malformed"),
    ('{"a":' * 3000, "malformed"),
    (b"\x00\x01", "malformed"),
    ("", "empty"),
    ("   ", "empty"),
    ("\u200b", "empty"),
    ("\u200b \u200b", "empty"),
    ("x" * 501, "too_long"),
    ('{"type":"chat","text":"' + "x" * 501 + '"}', "too_long"),
    ("x" * 16_385, "too_large"),
]


@pytest.mark.parametrize(("message", "code"), MALFORMED)
async def test_what_cannot_be_read_is_reported_and_the_socket_lives(
    visit: Visit, message: str | bytes, code: str
) -> None:
    visitor = await visit()
    await visitor.say(message)
    refusal = await visitor.next()
    assert (refusal["type"], refusal["code"]) == ("error", code)
    assert len(refusal["message"]) > 10
    await visitor.say({"type": "ping"})
    assert await visitor.next() == {"type": "pong"}
    assert (await in_thread(log.head, LOBBY)).seq == 0


async def test_a_line_may_have_500_characters(visit: Visit) -> None:
    visitor = await visit()
    await visitor.say("é" * 500)
    assert (await visitor.next())["data"]["text"] == "é" * 500


async def test_an_outage_is_reported_and_the_socket_stays_open(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit()

    def fails(lines: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(chat.line_writer, "_perform", fails)
        for queue in chat.line_writer._queues.values():
            patch.setattr(queue, "_perform", fails)
        await visitor.say("lost")
        refusal = await visitor.next()
        assert (refusal["type"], refusal["code"]) == ("error", "outage")
    await visitor.say({"type": "ping"})
    assert await visitor.next() == {"type": "pong"}


# Too much.


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time as the limits see it; a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("lib.limits.buckets.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.mark.usefixtures("clock")
async def test_a_flood_is_rate_limited_and_then_closed_with_4429(visit: Visit) -> None:
    visitor = await visit()
    for _ in range(200):
        await visitor.say({"type": "ping"})
    codes: list[str] = []
    closed = 0
    while not closed:
        try:
            frame = await visitor.next()
            codes.append(str(frame.get("code", frame["type"])))
        except Closed as error:
            closed = error.code
    assert closed == 4429
    assert codes == ["pong"] * 30 + ["rate_limited"] * 60


@pytest.mark.usefixtures("clock")
async def test_six_nameless_sockets_of_one_network_talk_no_more_than_one(visit: Visit) -> None:
    sockets = [await visit(ip=f"2001:db8::{n}") for n in range(6)]
    for visitor in sockets:
        for n in range(3):
            await visitor.say(f"spam {n}")
    other = await visit(ip="2001:db8:1::1")
    await other.say("hello")
    while (await other.next("chat"))["data"]["text"] != "hello":
        pass
    assert await in_thread(Event.objects.filter(type="chat").count) == 8 + 1


async def test_a_muted_guest_is_silent_without_the_token_too(visit: Visit) -> None:
    ann = await guest("Ann")
    known = await visit(token=ann.token, ip="192.0.2.7")
    await known.say("foul")
    seq = (await known.next("chat"))["seq"]
    await in_thread(mute_author, seq=seq, minutes=5)
    for visitor in (known, await visit(ip="192.0.2.7")):
        await visitor.say("foul again")
        assert (await visitor.next("error"))["code"] == "muted"


async def test_who_stops_in_time_is_received_again(visit: Visit, clock: list[float]) -> None:
    visitor = await visit()
    for _ in range(31):
        await visitor.say({"type": "ping"})
    answers = [(await visitor.next())["type"] for _ in range(31)]
    assert answers == ["pong"] * 30 + ["error"]
    clock[0] += 0.1
    await visitor.say({"type": "ping"})
    assert (await visitor.next())["type"] == "pong"


@pytest.mark.usefixtures("clock")
async def test_chat_has_a_limit_for_each_player_over_all_sockets(visit: Visit) -> None:
    ann = await guest("Ann")
    tabs = [await visit(token=ann.token) for _ in range(2)]
    answers = []
    for number in range(12):
        tab, line = tabs[number % 2], f"Ann: line {number}"
        await tab.say(f"line {number}")
        while (answer := await tab.next()).get("text", line) != line:
            pass  # said in the other tab
        answers.append(answer["type"])
    assert answers == ["chat"] * 8 + ["error"] * 4
    assert (await in_thread(log.head, LOBBY)).seq == 8


async def test_sockets_from_one_address_are_limited(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets = Buckets(burst=2, per_second=0.001)
    monkeypatch.setattr(socket_limits, "connects", buckets)
    for _ in range(2):
        assert (await visit(ip="10.9.9.9")).first["type"] == "welcome"
    third = await visit(ip="10.9.9.9", welcomed=False)
    with pytest.raises(Closed) as closed:
        await third.comes()
    assert closed.value.code == 4429
    assert (await visit(ip="10.9.9.10")).first["type"] == "welcome"


async def test_nothing_is_limited_when_limits_are_off(visit: Visit, settings: Any) -> None:
    settings.RATE_LIMITS = False
    visitor = await visit()
    for _ in range(100):
        await visitor.say({"type": "ping"})
    assert [(await visitor.next())["type"] for _ in range(100)] == ["pong"] * 100


# Ends.


async def test_a_server_that_restarts_says_so(visit: Visit) -> None:
    visitor = await visit()
    close_sockets()
    assert await visitor.closed() == 1012


async def test_who_left_is_sent_nothing_more(visit: Visit, relay: Any) -> None:
    visitor = await visit()
    assert len(relay.feeds[LOBBY].outboxes) == 1
    await visitor.disconnect()
    assert not relay.feeds[LOBBY].outboxes


# Other streams.


def cup() -> tuple[UUID, UUID]:
    """A tournament and its only match."""
    tournament = create_tournament(name="Cup", players=["Ann", "Bob"]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    match = Pairing.objects.get(group__stage__tournament=tournament).match
    assert match is not None
    return tournament.pk, match.pk


async def test_a_tournaments_own_stream(visit: Visit) -> None:
    tournament, match = await in_thread(cup)
    watcher, lobby = await visit(f"/tournaments/{tournament}/ws"), await visit()
    assert watcher.first["stream"] == f"tournament:{tournament}"
    assert [event["type"] for event in watcher.first["recent"]] == ["bracket"]
    await in_thread(
        enter_result,
        tournament_id=tournament,
        match_id=match,
        report=by_score([1, 0]),
        actor=ORGANISER,
    )
    for visitor, first in ((watcher, 2), (lobby, 2)):
        received = [await visitor.next() for _ in range(2)]
        assert [event["type"] for event in received] == ["match_finished", "tournament"]
        assert [event["seq"] for event in received] == [first, first + 1]
    await watcher.say("hello")
    assert (await watcher.next())["code"] == "no_chat"


async def test_what_does_not_exist_has_no_stream(visit: Visit) -> None:
    visitor = await visit(f"/tournaments/{uuid4()}/ws", welcomed=False)
    refusal = await visitor.comes()
    assert (refusal["type"], refusal["code"]) == ("error", "not_found")
    assert await visitor.closed() == 4404
    assert not await Stream.objects.filter(name__startswith="tourn").aexists()
