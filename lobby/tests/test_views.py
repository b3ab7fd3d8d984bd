"""The lobby's page as the server draws it, before any script."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lobby import chat
from lobby.models import Presence
from lobby.moderation import RIGHTS, delete_line
from lobby.stream_names import LOBBY
from matchmaking.callers import Caller
from matchmaking.identity import GUEST_COOKIE
from matchmaking.services.matches import leave_match
from matchmaking.services.players import create_guest
from matchmaking.services.queue.joining import Join, Joined, join_pool
from matchmaking.tests.staff import staff
from streams import log
from tournaments.models import Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

pytestmark = pytest.mark.django_db

QueryLimit = Callable[[int], AbstractContextManager[Any]]


def page(browser: Client | None = None) -> str:
    response = (browser or Client()).get(reverse("lobby"))
    assert response.status_code == 200
    return response.content.decode()


def guest(name: str) -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username=name).token
    return browser


def say(*texts: str) -> None:
    chat.store_lines([chat.Line(None, "anon-1", text) for text in texts])


def queue(name: str) -> Joined:
    joined = join_pool(Join(username=name))
    assert isinstance(joined, Joined)
    return joined


def cup(*names: str) -> Tournament:
    tournament = create_tournament(name="Friday Cup", players=names).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return tournament


def lines(html: str, kind: str) -> list[str]:
    """The texts of the lines of one kind."""
    return re.findall(rf'<p class="{kind}-text"><bdi>(.*?)</bdi>', html)


def test_an_empty_lobby_says_what_will_come() -> None:
    html = page()
    assert "Nobody has said anything yet." in html
    assert "appear here as they happen" in html
    assert "Nobody waits." in html and "None yet." in html and "make demo" in html
    assert 'data-seq="0"' in html


def test_tournaments_to_enter_and_past_ones_are_listed_behind_those_that_run() -> None:
    for name, state in (("Past", "finished"), ("Open", "registration"), ("Now", "running")):
        times = {"started_at": timezone.now()} if state != "registration" else {}
        ends = {"finished_at": timezone.now()} if state == "finished" else {}
        Tournament.objects.create(name=name, state=state, **times, **ends)
    Tournament.objects.create(name="Secret draft")
    html = page()
    assert re.findall(r"<a href=[^>]*><bdi>(.*?)</bdi></a>", html) == ["Now", "Open", "Past"]
    assert "open for registration, 0 players" in html and "Secret draft" not in html


def test_strangers_are_counted_among_those_here() -> None:
    Presence.objects.create(
        process="p", expires_at=timezone.now() + timedelta(seconds=9), count=2, people=[]
    )
    assert "2 watching" in page()
    assert "Give a name and queue" in page()


def test_the_page_carries_its_place_in_the_stream() -> None:
    say("one", "two")
    head = log.head(LOBBY)
    assert head.seq == 2
    html = page()
    assert f'data-epoch="{head.epoch}"' in html and 'data-seq="2"' in html


def test_chat_is_shown_oldest_first_and_as_text() -> None:
    say("first", "<script>alert(1)</script>")
    assert lines(page(), "chat-line") == ["first", "&lt;script&gt;alert(1)&lt;/script&gt;"]


def test_a_deleted_line_is_gone() -> None:
    say("stays", "goes")
    delete_line(seq=2)
    html = page()
    assert lines(html, "chat-line") == ["stays"] and 'data-seq="3"' in html


def test_much_news_does_not_hide_the_chat() -> None:
    say("still here")
    with transaction.atomic():
        drafts = [
            log.Draft(
                "matched",
                f"Matched: {i} vs x",
                {"news": {"tag": "Match", "text": f"{i} vs x"}, "players": []},
            )
            for i in range(80)
        ]
        log.append(LOBBY, drafts)
    html = page()
    assert lines(html, "chat-line") == ["still here"]
    assert lines(html, "news") == [f"{i} vs x" for i in range(30, 80)]


def test_news_of_matches() -> None:
    queue("Ann")
    bob = queue("Bob")
    assert bob.match is not None
    leave_match(match_id=bob.match.pk, caller=Caller(player_id=bob.player.pk))
    assert lines(page(), "news") == ["Ann vs Bob", "Bob conceded to Ann"]


def test_news_of_tournaments_leads_to_them() -> None:
    tournament = cup("Ann", "Bob")
    html = page()
    address = reverse("tournament", args=[tournament.pk])
    assert lines(html, "news") == ["Ann vs Bob"]
    assert html.count(f'href="{address}"') == 2  # in the news and among those that run


def test_who_waits_is_shown() -> None:
    queue("Ann")
    html = page()
    assert '<span class="count" id="waiting-count">1</span>' in html
    assert "<li><bdi>Ann</bdi></li>" in html and "1 waiting now" in html


def test_a_visitor_may_pick_a_name_to_play_or_to_speak() -> None:
    html = page()
    assert 'id="queue-name"' in html and 'id="guest-form"' in html
    assert 'id="chat-form"' not in html


def test_a_guest_may_speak() -> None:
    html = page(guest("Ann"))
    assert 'id="chat-form"' in html and 'id="guest-form"' not in html
    assert 'data-you-name="Ann"' in html


def test_only_moderators_get_their_buttons() -> None:
    assert "data-moderator" in page(staff("mo", *RIGHTS))
    assert "data-moderator" not in page(staff("olga"))
    assert "data-moderator" not in page(guest("Ann"))


def test_the_page_is_never_kept_and_runs_no_foreign_script() -> None:
    response = Client().get(reverse("lobby"))
    assert "no-store" in response["Cache-Control"]
    assert "script-src 'self'" in response["Content-Security-Policy"]
    html = response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html) and "style=" not in html
    assert "csrftoken" in response.cookies


def test_a_busy_lobby_costs_no_more_queries(django_assert_max_num_queries: QueryLimit) -> None:
    for i in range(20):
        say(f"line {i}")
        queue(f"Player {i}")
    for _ in range(4):
        cup("Ann", "Bob", "Cem", "Dan")
    browser = guest("Ann")
    with django_assert_max_num_queries(17):
        page(browser)


@pytest.mark.parametrize(
    "address", ["/nothing", "/tournaments/00000000-0000-0000-0000-000000000000"]
)
def test_an_address_that_leads_nowhere(address: str) -> None:
    response = Client().get(address, headers={"Accept": "text/html"})
    assert response.status_code == 404 and "Out of bounds" in response.content.decode()


def test_a_fault_is_reported_without_asking_the_database(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: QueryLimit
) -> None:
    def break_down(request: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lobby.pages.browser_player", break_down)
    browser = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = browser.get(reverse("lobby"), headers={"Accept": "text/html"})
    assert response.status_code == 500 and "Something broke" in response.content.decode()


def test_a_forged_post_is_refused_with_what_to_do() -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    page(browser)
    response = browser.post(reverse("guest"), {"username": "Ann"})
    assert response.status_code == 403 and "Reload the page" in response.content.decode()
