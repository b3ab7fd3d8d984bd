"""The pages in a real Chromium, on a real server: what people see, live and after a reload."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from .browser import PHONE, Person, launch
from .clients import send
from .server import SECRET, MatchpointServer, rows, run_manage

pytestmark = pytest.mark.browser

Meet = Callable[..., Person]
LONG_NAME = "W" * 32
LONG_LINE = "x" * 500
PATHS = ("/", "/tournaments", "/tournaments/new", "/leaderboards", "/sign-up", "/sign-in")
# What a page is looked through for: texts with too little contrast, controls without a name.
FAINT, NAMELESS = (Path(__file__).parent / "looks" / f"{name}.js" for name in ("faint", "nameless"))


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with launch(chromium) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer() as server:
        yield server


@pytest.fixture
def meet(chrome: Browser, site: MatchpointServer) -> Iterator[Meet]:
    """Makes people; at the end, what their pages complained of fails the test."""
    people: list[Person] = []

    def make(**options: Any) -> Person:
        people.append(Person(chrome, site.url, **options))
        return people[-1]

    yield make
    for person in people:
        person.close()


def make_cup(site: MatchpointServer, *names: str, name: str = "Friday Cup", **plan: object) -> str:
    """A running tournament; returns the path of its page."""
    players = names or ("Ann", "Bob", "Cem", "Dan")
    body = {"players": players, "name": name, "byes": True} | plan
    reply = send(site.url, "POST", "/tournament", body)
    assert reply.status == 201, reply
    return f"/tournaments/{reply.json['tournament']['id']}"


def make_moderator(site: MatchpointServer) -> None:
    account = {"DJANGO_SUPERUSER_PASSWORD": "correct horse battery", **SECRET}
    arguments = ("createsuperuser", "--noinput", "--username", "mo", "--email", "mo@example.org")
    done = run_manage(*arguments, DATABASE_URL=site.database_url, **account)
    assert done.returncode == 0, done.stderr


def sign_in(person: Person, name: str) -> None:
    person.page.goto("/sign-in")
    person.page.fill("#id_username", name)
    person.page.fill("#id_password", "correct horse battery")
    person.page.click("main button")
    person.see('#connection[data-state="live"]')


# The lobby.


def test_two_meet_talk_and_part_and_a_reload_shows_the_same(meet: Meet) -> None:
    ann, bob, vic = meet().enter(), meet().enter(), meet().enter()
    ann.queue("Ann")
    ann.see(".court-waiting")
    vic.see("#waiting >> text=Ann")
    bob.queue("Bob")
    for person in (ann, bob):
        person.see(".court-matched")
        person.see('#connection[data-state="live"]')
    ann.say("Good luck! See https://example.org/rules.")
    bob.see_text("Good luck!")
    link = vic.see("#chat a")
    assert link.get_attribute("href") == "https://example.org/rules"
    assert {"noopener", "noreferrer", "nofollow"} <= set(str(link.get_attribute("rel")).split())
    ann.page.click("text=Leave the match")
    ann.page.click("button:text-is('Concede')")
    for person in (ann, bob):
        person.see(".court-idle")
    vic.see_text("Ann conceded to Bob")
    lived = (vic.chat(), vic.news())
    assert lived[1] == ["Ann vs Bob", "Ann conceded to Bob"]
    vic.enter()
    assert (vic.chat(), vic.news()) == lived


def test_a_second_tab_follows_the_first(meet: Meet) -> None:
    ann = meet().enter().introduce("Ann")
    first, second = ann.page, ann.tab()
    second.goto("/")
    ann.queue()
    second.locator(".court-waiting").wait_for()
    second.click("text=Leave the queue")
    first.locator(".court-idle").wait_for()


def test_a_match_that_is_played_here_opens_by_itself_once(
    meet: Meet, site: MatchpointServer
) -> None:
    rows(site.database_url, "UPDATE matchmaking_pool SET plays = 'pong'")
    ann, bob = meet().enter(), meet().enter()
    for person, name in ((ann, "Ann"), (bob, "Bob")):
        person.queue(name)
    for person in (ann, bob):
        person.page.wait_for_url("**/matches/*")
    assert ann.page.url == bob.page.url
    ann.enter().see(".court-matched >> text=Play")
    assert ann.page.url.rstrip("/") == site.url
    ann.page.click(".court-matched >> text=Play")
    ann.page.wait_for_url(bob.page.url)


def test_a_match_opens_when_the_page_was_away_while_it_was_found(
    meet: Meet, site: MatchpointServer
) -> None:
    rows(site.database_url, "UPDATE matchmaking_pool SET plays = 'pong'")
    ann, bob = meet().enter(), meet().enter()
    ann.queue("Ann")
    ann.see(".court-waiting")
    ann.page.goto("/tournaments")
    bob.queue("Bob")
    bob.page.wait_for_url("**/matches/*")
    ann.page.goto("/")
    ann.page.wait_for_url(bob.page.url)


def test_without_a_script_one_can_read_queue_and_leave(meet: Meet) -> None:
    meet().enter().introduce("Bob").say("hello there")
    ann = meet(java_script_enabled=False)
    ann.page.goto("/")
    ann.see_text("hello there")
    ann.queue("Ann")
    ann.see(".court-waiting")
    ann.page.click("text=Leave the queue")
    ann.see(".court-idle")


def test_a_refused_name_is_reported_in_place(meet: Meet) -> None:
    meet().enter().queue("Ann")
    bob = meet().enter()
    bob.see("#waiting >> text=Ann")
    bob.queue("ann")
    bob.see(".queue-error >> text=already waits")
    assert bob.page.input_value("#queue-name") == "ann"


def test_what_was_missed_offline_comes_once_and_in_order(meet: Meet) -> None:
    ann, bob = meet().enter().introduce("Ann"), meet().enter().introduce("Bob")
    bob.say("one")
    ann.see_text("one")
    ann.context.set_offline(True)
    ann.see("#connection >> text=You are offline")
    for text in ("two", "three"):
        bob.say(text)
        bob.see(f"#chat >> text={text}")
    ann.say("can you hear me")
    ann.see("#chat-error >> text=Not connected")
    ann.context.set_offline(False)
    ann.see_text("three")
    assert ann.chat() == ["one", "two", "three"]
    assert ann.page.input_value("#chat-text") == "can you hear me"
    ann.page.press("#chat-text", "Enter")
    bob.see_text("can you hear me")


def test_a_restart_of_the_server_is_seen_and_healed(meet: Meet, site: MatchpointServer) -> None:
    ann, bob = meet().enter().introduce("Ann"), meet().enter().introduce("Bob")
    bob.say("before")
    ann.see_text("before")
    site.kill()
    ann.see("#connection >> text=Reconnecting")
    site.start()
    ann.see('#connection[data-state="live"]')
    bob.see('#connection[data-state="live"]')
    bob.say("after")
    ann.see_text("after")
    assert ann.chat() == ["before", "after"]


def test_another_epoch_starts_the_page_anew(meet: Meet, site: MatchpointServer) -> None:
    ann = meet().enter().introduce("Ann")
    ann.say("kept")
    ann.see("#chat >> text=kept")
    for panel in ("chat", "news"):
        ann.page.evaluate(f"document.querySelector('#{panel}').append('a leftover')")
    run_manage("new_epoch", DATABASE_URL=site.database_url, **SECRET)
    ann.page.wait_for_timeout(1500)
    ann.see('#connection[data-state="live"]')
    for panel in ("chat", "news"):
        ann.page.locator(f"#{panel} >> text=a leftover").wait_for(state="detached")
    assert ann.chat() == ["kept"]


def test_a_page_that_sleeps_gives_up_its_socket_and_wakes(meet: Meet) -> None:
    ann, bob = meet().enter().introduce("Ann"), meet().enter().introduce("Bob")
    ann.page.evaluate("document.dispatchEvent(new Event('freeze'))")
    ann.see("#connection >> text=Asleep")
    bob.page.locator("#online >> text=Ann").wait_for(state="detached")
    bob.say("while you slept")
    ann.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    ann.see_text("while you slept")


def test_frames_are_put_in_order(meet: Meet) -> None:
    vic = meet().enter()
    assert vic.page.evaluate((Path(__file__).parent / "looks" / "sequence.js").read_text()) == {
        "snapshot": {"snapshot": ["what was"]},
        "next": {"events": [4]},
        "double": {},
        "hole": {"hole": True},
        "other epoch": {},
        "continued": {},
        "resync": {"snapshot": ["anew"]},
        "address": "?epoch=b&since=9",
        "waits": [0, 250, 500, 15000, 15000],
    }


def test_a_flood_keeps_the_page_small_and_in_order(meet: Meet, site: MatchpointServer) -> None:
    ann = meet().enter()
    with_text = "INSERT INTO lobby_event (stream_id, seq, type, text, data, at) VALUES "
    data = json.dumps({"player": {"id": None, "username": "anon-1"}, "text": "%d"})
    lines = ", ".join(
        f"('lobby', {n}, 'chat', 'anon-1: {n}', '{data % n}', CURRENT_TIMESTAMP)"
        for n in range(1, 1501)
    )
    rows(site.database_url, with_text + lines)
    rows(site.database_url, "UPDATE lobby_stream SET seq = 1500 WHERE name = 'lobby'")
    ann.see("#chat >> text=1500")
    assert ann.chat() == [str(n) for n in range(1301, 1501)]


def test_a_moderator_takes_a_line_and_a_voice_away(meet: Meet, site: MatchpointServer) -> None:
    make_moderator(site)
    mo, ann, vic = meet(), meet().enter().introduce("Ann"), meet().enter()
    sign_in(mo, "mo")
    ann.say("something foul")
    vic.see_text("something foul")
    assert vic.page.locator(".moderate").count() == 0
    mo.page.click("#chat .chat-line >> text=Mute")
    mo.see("#chat .chat-line >> text=Muted")
    mo.page.click("#chat .chat-line >> text=Delete")
    for person in (mo, ann, vic):
        person.page.locator("text=something foul").wait_for(state="detached")
    ann.say("and more of it")
    ann.see("#chat-error:not([hidden])")
    assert ann.page.input_value("#chat-text") == "and more of it"
    vic.enter()
    assert vic.chat() == []


# Tournaments.


def test_a_tournament_from_the_form_to_its_winner(meet: Meet) -> None:
    olga, vic = meet(), meet()
    olga.page.goto("/tournaments/new")
    olga.page.fill("#id_organiser", "Olga")
    olga.page.fill("#id_name", "Friday Cup")
    olga.page.fill("#id_players", "Ann\nBob\nCem\n")
    olga.see("#players-count >> text=3 names")
    olga.see("#draft >> text=The first seed sits out the first round.")
    olga.page.click("text=Keep as a draft")
    olga.see("#draft .bracket")
    vic.page.goto(olga.page.url)
    vic.see('#connection[data-state="live"]')
    olga.page.click("text=Start the tournament")
    vic.see("#progress")  # by itself, from the draft
    vic.page.evaluate("document.body.dataset.mark = 'same page'")
    assert vic.page.locator(".report").count() == 0
    _enter(olga, "W1.2", "Cem")
    vic.see('[id="W1.2"].is-decided')
    vic.see('[id="W2.1"].is-ready >> text=Cem')
    _enter(olga, "W2.1", "Ann", forfeits="Cem")  # a match that came with the event
    for person in (olga, vic):
        person.see("#champion >> text=Ann")
        person.see(".state-finished")
    assert vic.page.locator('[id="W2.1"] .score').all_inner_texts() == ["", "forfeit"]
    assert vic.page.evaluate("document.body.dataset.mark") == "same page"
    lived = vic.page.locator("#bracket").inner_text()
    vic.page.reload()
    assert vic.page.locator("#bracket").inner_text() == lived


def _enter(organiser: Person, key: str, winner: str, *, forfeits: str = "") -> None:
    page = organiser.page
    page.click(f'[id="{key}"] .report')
    if forfeits:
        page.click("#entry >> text=It was not played")
        page.click(f"#entry .button >> text={forfeits} forfeits")
    else:
        page.click(f"#entry .winner-button >> text={winner}")
    organiser.see(f'[id="{key}"].is-decided')


def test_a_match_is_reopened_in_place(meet: Meet) -> None:
    olga, vic = meet(), meet()
    olga.page.goto("/tournaments/new")
    olga.page.fill("#id_organiser", "Olga")
    olga.page.fill("#id_name", "Friday Cup")
    olga.page.fill("#id_players", "Ann\nBob\nCem\nDan\n")
    olga.page.click("text=Start the tournament")
    vic.page.goto(olga.page.url)
    vic.see('#connection[data-state="live"]')
    for key, winner in (("W1.1", "Ann"), ("W1.2", "Bob"), ("W2.1", "Bob")):
        _enter(olga, key, winner)
    vic.see("#champion >> text=Bob")
    olga.page.hover('[id="W1.1"]')
    olga.page.click('[id="W1.1"] .report')
    olga.page.click("#entry >> text=Reopen the match…")
    olga.see("#entry .emptied >> text=Ann against Bob")
    olga.page.click("#entry .button-danger")
    for person in (olga, vic):
        person.see('[id="W1.1"].is-ready')
        person.see('[id="W2.1"].is-pending >> text=Winner of W1.1')
        person.page.wait_for_selector("#champion", state="detached")
    lived = vic.page.locator("#bracket").inner_text()
    vic.page.reload()
    assert vic.page.locator("#bracket").inner_text() == lived


#: How far down the middle of each card is: of all at once, since the page may be drawn anew.
MIDDLES = """() => {
  const matches = [...document.querySelectorAll("#bracket [id^=W]")];
  return Object.fromEntries(matches.map((match) => {
    const card = match.querySelector(".pairing-card").getBoundingClientRect();
    return [match.id, card.y + card.height / 2];
  }));
}"""


def test_the_bracket_is_a_bracket(meet: Meet, site: MatchpointServer) -> None:
    vic = meet()
    vic.page.goto(make_cup(site, *(f"Player {n}" for n in range(1, 13))))
    middle = vic.page.evaluate(MIDDLES)
    for parent, upper, lower in (
        ("W2.1", "W1.1", "W1.2"),
        ("W2.2", "W1.3", "W1.4"),
        ("W3.1", "W2.1", "W2.2"),
    ):
        assert middle[upper] < middle[parent] < middle[lower]
        assert middle[parent] == pytest.approx((middle[upper] + middle[lower]) / 2, abs=1)


def test_following_a_player(meet: Meet, site: MatchpointServer) -> None:
    vic = meet()
    vic.page.goto(make_cup(site))
    vic.page.fill("#follow", "dan")
    vic.page.press("#follow", "Enter")
    vic.see("#follow-note >> text=Semi-finals: ready to play")
    assert vic.page.locator(".is-followed").count() == 1
    assert vic.page.url.endswith("?follow=dan")
    vic.page.fill("#follow", "nobody")
    vic.see("#follow-note >> text=No player has this name here.")
    vic.page.click(".who >> text=Ann")
    assert vic.page.input_value("#follow") == "Ann"


# How they look.


def test_a_phone_shows_one_round_at_a_time(meet: Meet, site: MatchpointServer) -> None:
    vic = meet(viewport=PHONE, has_touch=True)
    for size in (2, 8, 256):
        vic.page.goto(make_cup(site, *(f"{'W' * 28}{n:04}" for n in range(size))))
        vic.see(".is-paged .round")
        assert vic.page.locator(".round:visible").count() == 1
        assert not _is_wider_than(vic, "html")
    vic.page.click(".round-tabs a >> text=Semi-finals")
    vic.see('[id="W7.1"]')
    assert vic.page.locator(".round:visible").count() == 1


def test_a_large_bracket_can_be_made_small_and_folded(meet: Meet, site: MatchpointServer) -> None:
    vic = meet()
    vic.page.goto(make_cup(site, *(f"Player {n}" for n in range(64))))
    wide = vic.page.locator('[id="W1.1"]').bounding_box()
    vic.page.click("#zoom [data-zoom=out]")
    vic.see('[id="W1.1"]')  # the page may be drawing it anew
    small = vic.page.locator('[id="W1.1"]').bounding_box()
    assert wide is not None and small is not None and small["width"] < wide["width"]
    vic.page.click(".fold-round >> nth=0")
    assert not vic.page.locator('[id="W1.1"]').is_visible()
    vic.page.click("#next-ready")  # what is folded away comes back when it is looked for
    vic.see('[id="W1.1"]')


def test_long_names_and_lines_break_nothing(meet: Meet, site: MatchpointServer) -> None:
    cup = make_cup(site, LONG_NAME, "Bob", name="C" * 80)
    table = make_cup(site, LONG_NAME, "Bob", "Cem", name="C" * 80, format="round_robin")
    whole = send(site.url, "GET", f"/api{table}").json
    [group] = whole["stages"][0]["groups"]
    match = f"{table}/matches/{group['rounds'][0]['matches'][0]['id']}"
    vic = meet(viewport=PHONE).enter().introduce(LONG_NAME)
    vic.say(LONG_LINE)
    vic.see("#chat .chat-line")
    vic.queue()
    vic.see(".court-waiting")
    for path in (*PATHS, cup, table, match):
        vic.page.goto(path)
        assert not _is_wider_than(vic, "html"), path


def _is_wider_than(person: Person, selector: str) -> bool:
    script = "(selector) => { const e = document.querySelector(selector);"
    script += " return e.scrollWidth > e.clientWidth; }"
    return bool(person.page.evaluate(script, selector))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_has_a_name(
    meet: Meet, site: MatchpointServer, scheme: str
) -> None:
    cup = make_cup(site, "Ann", "Bob", "Cem")
    double = make_cup(site, format="double_elimination")
    ann = meet(color_scheme=scheme, reduced_motion="reduce").enter().introduce("Ann")
    ann.say("hello https://example.org")
    ann.see("#chat a")
    for path in (*PATHS, "/tournaments/import", cup, f"{cup}?follow=Bob", double, "/nothing"):
        ann.page.goto(path)
        for look in (FAINT, NAMELESS):
            assert ann.page.evaluate(look.read_text()) == [], (path, look.stem)


def test_the_keyboard_reaches_the_content_first(meet: Meet) -> None:
    vic = meet().enter()
    vic.page.keyboard.press("Tab")
    assert vic.page.evaluate("document.activeElement.className") == "skip-link"
    vic.page.keyboard.press("Enter")
    vic.page.keyboard.press("Tab")
    assert vic.page.evaluate("document.activeElement.id") == "queue-name"
