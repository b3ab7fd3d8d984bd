"""The admin of the event log: found, filtered, read, and never written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from lobby.models import ChatSettings, Mute
from lobby.stream_names import LOBBY
from matchmaking.models import Match
from matchmaking.tests.staff import staff, viewer
from streams.log import Draft, append
from streams.models import Event, Stream

pytestmark = pytest.mark.django_db

QueryLimit = Callable[[int], AbstractContextManager[Any]]
CUP = "tournament:6a1f1a52-2f4c-4f0e-9d6e-0d6f8b0a5c11"


@pytest.fixture
def vera() -> Client:
    return viewer("streams", "event", "stream")


@pytest.fixture
def boss() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("boss"))
    return browser


@pytest.fixture
def events() -> list[Event]:
    with transaction.atomic():
        append(LOBBY, [Draft("chat", "Ann: hello"), Draft("matched", "Ann vs Bob")])
        append(CUP, [Draft("bracket", "Tournament Brackets: Ann vs Bob")])
    return list(Event.objects.order_by("pk"))


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:{'lobby' if model == 'mute' else 'streams'}_{model}_{name}", args=args)


def words(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Ann: hello", "Ann vs Bob", "Tournament Brackets"}),
        ("?type=chat", {"Ann: hello"}),
        ("?kind=lobby", {"Ann: hello", "Ann vs Bob"}),
        ("?kind=tournament:", {"Tournament Brackets"}),
        ("?kind=match:", set()),
        ("?q=hello", {"Ann: hello"}),
        (f"?q={CUP}", {"Tournament Brackets"}),
        ("?q=lobby&type=matched", {"Ann vs Bob"}),
    ],
)
def test_events_are_searched_and_filtered(
    vera: Client, events: list[Event], query: str, found: set[str]
) -> None:
    shown = words(vera, page("event", "changelist") + query)
    texts = {"Ann: hello": "Ann: hello", "Ann vs Bob": ">Ann vs Bob<"}
    texts["Tournament Brackets"] = ">Tournament Brackets: Ann vs Bob<"
    assert {name for name, text in texts.items() if text in shown} == found


def test_a_long_text_is_cut_in_the_list_and_whole_on_its_page(vera: Client) -> None:
    text = "Tournament Brackets: " + ", ".join(f"A{n} vs B{n}" for n in range(100))
    with transaction.atomic():
        append(LOBBY, [Draft("bracket", text, {"pairs": 100})])
    event = Event.objects.get()
    assert "A99 vs B99" not in words(vera, page("event", "changelist"))
    shown = words(vera, page("event", "change", event.pk))
    assert "A99 vs B99" in shown and "&quot;pairs&quot;: 100" in shown


def test_streams_tell_how_far_they_are(vera: Client, events: list[Event]) -> None:
    shown = words(vera, page("stream", "changelist"))
    assert CUP in shown and Stream.objects.get(pk=CUP).epoch in shown
    assert CUP not in words(vera, page("stream", "changelist") + "?kind=lobby")
    assert CUP in words(vera, page("stream", "change", CUP.replace(":", "_3A")))


def test_the_log_is_never_written_by_hand(client: Client, events: list[Event]) -> None:
    client.force_login(User.objects.create_superuser("rita"))
    for model, pk in (("event", events[0].pk), ("stream", LOBBY)):
        assert client.get(page(model, "add")).status_code == 403
        assert client.post(page(model, "change", pk), {"text": "x"}).status_code == 403
        assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403
    assert 'name="action"' not in words(client, page("stream", "changelist"))
    assert Event.objects.get(pk=events[0].pk).text == "Ann: hello"


def test_a_moderator_takes_lines_of_chat_away_and_nothing_else(
    client: Client, events: list[Event]
) -> None:
    client.force_login(User.objects.create_superuser("rita"))
    chat, other = (
        next(e for e in events if (e.type == "chat") is is_chat) for is_chat in (True, False)
    )
    post = {"action": "take_away", "_selected_action": [chat.pk, other.pk]}
    answer = client.post(page("event", "changelist"), post, follow=True).content.decode()
    assert "Only lines of chat can be taken away." in answer
    chat.refresh_from_db()
    other.refresh_from_db()
    assert (chat.text, chat.data) == ("", {"deleted": True})
    assert other.text
    last = Event.objects.filter(stream=LOBBY).latest("seq")
    assert (last.type, last.data) == ("chat_deleted", {"seq": chat.seq})


def test_the_lobby_hears_what_an_organiser_does() -> None:
    olga = staff("olga", "tournaments.add_tournament", "tournaments.change_tournament")
    cup = {"name": "Cup", "players": "Ann\nBob", "seeding": "given", "_start": "1"}
    olga.post(reverse("admin:tournaments_tournament_add"), cup)
    match = Match.objects.get()
    tournament = match.pairing.group.stage.tournament
    result = reverse("admin:tournaments_tournament_result", args=[tournament.pk, match.pk])
    olga.post(result, {"ending": "played", "score_0": "0", "score_1": "1"})
    events = Event.objects.filter(stream=LOBBY).order_by("seq")
    assert [event.type for event in events] == ["bracket", "match_finished", "tournament"]
    assert events[1].data["matches"][0]["scores"] == [0, 1]
    assert events[2].data["winner"] == "Bob"


@pytest.mark.parametrize("model", ["event", "stream"])
def test_a_list_of_fifty_needs_few_queries(
    vera: Client, model: str, django_assert_max_num_queries: QueryLimit
) -> None:
    with transaction.atomic():
        for number in range(50):
            append(f"match:{number}", [Draft("chat", f"Ann: {number}")])
    with django_assert_max_num_queries(12):
        words(vera, page(model, "changelist"))


def test_the_settings_of_the_chat_are_one_form(boss: Client) -> None:
    page = boss.get("/admin/lobby/chatsettings/", follow=True)
    assert page.redirect_chain[-1][0].endswith("/chatsettings/1/change/")
    boss.post("/admin/lobby/chatsettings/1/change/", {"speakers": "named", "slow_seconds": "5"})
    assert (ChatSettings.current().speakers, ChatSettings.current().slow_seconds) == ("named", 5)
    assert boss.get("/admin/lobby/chatsettings/add/").status_code == 403


def test_an_address_is_muted_in_the_admin(boss: Client) -> None:
    until = {"until_0": "2030-01-01", "until_1": "12:00"}
    boss.post("/admin/lobby/mute/add/", {"address": "2001:db8::7", **until})
    assert Mute.objects.get().address == "2001:db8::/64"
    twice = boss.post("/admin/lobby/mute/add/", {"address": "2001:db8::8", **until})
    assert "muted already" in twice.content.decode()
    neither = boss.post("/admin/lobby/mute/add/", until)
    assert "a player, an address" in neither.content.decode()
