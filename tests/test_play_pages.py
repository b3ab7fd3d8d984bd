"""Matches that are played here, in Chromium: from the queue to the result, and once more."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from .browser import PHONE, Person, launch
from .clients import send
from .server import MatchpointServer, rows
from .test_accessibility import violations

pytestmark = pytest.mark.browser

Meet = Callable[..., Person]
LONG_MS = 60_000
SIMULATION = Path(__file__).parent / "looks" / "pong_network.js"


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


def matched(
    meet: Meet, site: MatchpointServer, plays: str, settings: str = "{}"
) -> tuple[Person, Person]:
    """Ann and Bob on the page of their match, Bob on a phone; sides 0 and 1."""
    rows(
        site.database_url,
        f"UPDATE matchmaking_pool SET plays='{plays}', play_settings='{settings}'",
    )
    bypass = {"bypass_csp": True}  # for axe
    people = meet(**bypass), meet(viewport=PHONE, color_scheme="dark", **bypass)
    for person, name in zip(people, ("Ann", "Bob"), strict=True):
        person.enter().queue(name)
        person.see(f"#queue >> text={name}") if name == "Ann" else None
    for person in people:
        person.page.wait_for_url("**/matches/*")
        person.see("[data-phase-title] >> text=/^[123]$/")
    return people


def test_two_play_pong_from_the_queue_to_the_result_and_again(
    meet: Meet, site: MatchpointServer
) -> None:
    ann, bob = matched(meet, site, "pong", '{"points": 1}')
    vic = meet(bypass_csp=True)
    vic.page.goto(ann.page.url)
    ann.see("[data-spectators] >> text=1 spectator")
    bob.page.fill("#play-text", "good luck")
    bob.page.press("#play-text", "Enter")
    vic.see("[data-lines] >> text=good luck")
    assert violations(ann.page) + violations(bob.page) == []
    for person in (ann, bob):
        person.page.locator("[data-phase-title]").wait_for(state="hidden")
        person.page.locator("body").press("Tab")
        person.page.keyboard.down("w")
    for person in (ann, bob, vic):
        person.page.locator(".match-ending").wait_for(timeout=LONG_MS)
        assert " won 1:0" in person.page.locator(".match-ending").inner_text()
    assert violations(ann.page) == []
    vic.page.click("text=Watch it again")
    vic.see("[data-marks] button")
    vic.page.click("[data-back]")
    assert "at=" in str(vic.page.locator("[data-link]").get_attribute("href"))
    vic.page.press("[data-seek]", "End")
    assert sorted(vic.page.locator("[data-points]").all_inner_texts()) == ["0", "1"]
    assert violations(vic.page) == []
    ann.page.click("text=Rematch")
    first = bob.page.url
    bob.page.click("text=Ann wants a rematch")
    for person in (ann, bob):
        person.page.wait_for_url(lambda url: url != first)
        person.see("#play")


def test_the_lobby_and_the_wall_show_a_match_while_it_is_played(
    meet: Meet, site: MatchpointServer
) -> None:
    ann, _ = matched(meet, site, "connect-four")
    vic, wall = meet(bypass_csp=True).enter(), meet(bypass_csp=True)
    wall.page.goto("/wall")
    vic.see("#live-matches >> text=Ann vs Bob")
    wall.see(".wall-match >> .four-board")
    assert violations(vic.page) + violations(wall.page) == []
    ann.page.locator("[data-phase-title]").wait_for(state="hidden")
    ann.page.click("text=Resign…")
    ann.page.click("button:text-is('Resign')")
    wall.see(".wall-text >> text=Ann resigned")
    wall.see("#wall-empty")
    vic.page.locator("#live").wait_for(state="hidden")
    vic.page.click("text=Lobby")


def test_a_tournament_is_played_in_the_browser_and_its_bracket_moves_on(
    meet: Meet, site: MatchpointServer
) -> None:
    plan = {"name": "Pong Cup", "players": [], "entry": "open", "start": False, "plays": "pong"}
    made = send(site.url, "POST", "/tournament", plan | {"play_settings": {"points": 1}})
    address = f"/tournaments/{made.json['tournament']['id']}"
    token = made.json["token"]
    assert send(site.url, "POST", f"/api{address}/registration", {}, token=token).status == 200
    ann, bob, vic = meet().enter(), meet().enter(), meet()
    for person, name in ((ann, "Ann"), (bob, "Bob")):
        person.introduce(name)
        person.page.goto(address)
        person.page.click(".own-entry >> text=Register")
        person.page.click("button:has-text('Register')")
        person.see(".own-entry >> text=entered")
    assert send(site.url, "POST", f"/api{address}/start", {}, token=token).status == 200
    vic.page.goto(address)
    for person in (ann, bob):
        person.page.click(".own-entry >> text=play")
        person.page.wait_for_url("**/matches/*")
    vic.see(".live-mark >> text=watch")
    for person in (ann, bob):
        person.page.locator("[data-phase-title]").wait_for(state="hidden")
        person.page.locator("body").press("Tab")
        person.page.keyboard.down("w")
    vic.see(".pairing.is-decided >> .won")
    ann.page.click("text=Back to Pong Cup")
    ann.see(".pairing.is-decided")


def test_who_leaves_the_page_pauses_the_game_and_comes_back(
    meet: Meet, site: MatchpointServer
) -> None:
    ann, bob = matched(meet, site, "pong")
    address = bob.page.url
    bob.page.goto("about:blank")
    ann.see("[data-phase-text] >> text=/Bob has \\d+ s left/")
    bob.page.goto(address)
    ann.page.locator("[data-phase-title]").wait_for(state="hidden")


def test_two_play_connect_four_by_keyboard(meet: Meet, site: MatchpointServer) -> None:
    people = matched(meet, site, "connect-four")
    for person in people:
        person.page.locator("[data-phase-title]").wait_for(state="hidden")
        person.see(".four-board")
    first = people[0].page.locator(".turns-turn").inner_text() == "Your turn."
    mover, other = people if first else reversed(people)
    assert violations(mover.page) + violations(other.page) == []
    for person in people:
        board, cell = person.see(".four-board"), person.page.locator(".four-cell >> nth=41")
        board_box, cell_box = board.bounding_box(), cell.bounding_box()
        assert board_box and cell_box
        assert cell_box["y"] + cell_box["height"] <= board_box["y"] + board_box["height"]
    for turn in range(7):
        person, column = (mover, "3") if turn % 2 == 0 else (other, "5")
        person.see_text("Your turn.")
        if turn % 3:
            person.page.locator("body").press(column)
        else:
            person.page.locator(f".four-column >> nth={int(column) - 1}").press("Enter")
        other.see(f".turns-moves li >> nth={turn}")
    for person in people:
        person.see(".match-ending")
        person.see(".is-winning")


def test_two_play_hex_on_the_board_and_by_typing_in_the_view_of_any_game(
    meet: Meet, site: MatchpointServer
) -> None:
    people = matched(meet, site, "hex", '{"board": 3}')
    for person in people:
        person.page.locator("[data-phase-title]").wait_for(state="hidden")
    first = people[0].page.locator(".turns-turn").inner_text() == "Your turn."
    mover, other = people if first else reversed(people)
    mover.see(".turns-clock.is-running >> text=Black")
    assert violations(mover.page) + violations(other.page) == []
    mover.page.click('.generic-cell[aria-label="b1: empty"]')
    other.page.fill(".generic-view input", "a")
    assert other.page.locator(".generic-moves button").all_inner_texts() == ["a1", "a2", "a3"]
    other.page.fill(".generic-view input", "a3")
    other.page.press(".generic-view input", "Enter")
    mover.see('.generic-cell.is-last[aria-label="a3: ○"]')
    mover.page.click('.generic-moves button:text-is("b2")')
    other.page.press('.generic-cell[tabindex="0"]', "ArrowRight")
    other.page.keyboard.press("ArrowRight")
    other.page.keyboard.press("Enter")
    mover.see('.generic-cell[aria-label="c1: ○"]')
    mover.page.click('.generic-cell[aria-label="b3: empty"]')
    for person in people:
        person.see(".match-ending")
    people[0].page.click("text=Watch it again")
    people[0].see("[data-time] >> text=move 0 of move 5")
    people[0].page.press("[data-seek]", "End")
    people[0].see('.generic-cell.is-last[aria-label="b3: ●"]')


def test_an_offer_is_answered_and_a_game_given_up(meet: Meet, site: MatchpointServer) -> None:
    ann, bob = matched(meet, site, "connect-four")
    for person in (ann, bob):
        person.page.locator("[data-phase-title]").wait_for(state="hidden")
    ann.page.click("text=Offer a draw")
    bob.see_text("Ann offers a draw.")
    bob.page.click("text=Decline")
    ann.page.locator("text=You offer a draw.").wait_for(state="detached")
    ann.page.click("text=Resign…")
    ann.page.click("button:text-is('Resign')")
    bob.see(".match-ending >> text=Bob won")
    bob.page.click("text=Watch it again")
    bob.see(".four-board")
    bob.see("[data-time] >> text=move 0 of move 0")


def test_practice_while_one_waits_and_the_match_opens_by_itself(
    meet: Meet, site: MatchpointServer
) -> None:
    rows(site.database_url, "UPDATE matchmaking_pool SET plays='pong'")
    ann, bob = meet().enter(), meet().enter()
    ann.queue("Ann")
    ann.page.click("text=The game, while you wait")
    ann.page.click("text=Start")
    ann.page.locator("[data-phase-title]").wait_for(state="hidden")
    ann.page.locator("[data-points]:not(:text-is('0'))").first.wait_for(timeout=LONG_MS)
    bob.queue("Bob")
    ann.page.wait_for_url("**/matches/*")


def test_connect_four_is_practised_to_its_end(meet: Meet) -> None:
    ann = meet()
    ann.page.goto("/play/connect-four")
    ann.page.check("[name=strength][value='3']")
    ann.page.click("text=Start")
    ended = ann.page.locator("[data-phase-title]")
    for turn in range(21):
        ann.page.locator(".four-column[aria-disabled=false], [data-start]:visible").first.wait_for()
        if ended.is_visible():
            break
        ann.page.keyboard.press("1274563"[turn % 7])
        ann.page.wait_for_timeout(700)
    ended.wait_for()
    assert ended.inner_text() in {"The computer wins", "You win", "A draw"}


def test_keys_and_sound_are_kept(meet: Meet) -> None:
    ann = meet()
    ann.page.goto("/play/pong")
    ann.page.click("text=Keys…")
    ann.page.click("[data-key=up]")
    ann.page.keyboard.press("k")
    ann.page.click("text=Done")
    ann.page.click("[data-sound]")
    ann.page.reload()
    assert ann.page.locator("[data-sound]").get_attribute("aria-pressed") == "true"
    ann.page.click("text=Keys…")
    assert ann.page.locator("[data-key=up]").inner_text() == "K"


def test_prediction_holds_over_a_bad_network(meet: Meet) -> None:
    """100 ms there and back, 20 ms of jitter, 2 % of the packets sent again: the own paddle answers
    at once, and the page is hardly ever off by more than a paddle.
    """
    ann = meet(bypass_csp=True)
    ann.page.goto("/play")
    found = ann.page.evaluate(SIMULATION.read_text())
    assert found["refused"] == 0
    assert found["ownAnswersWithinMs"] <= 17
    assert found["largeCorrections"] * 1000 < found["frames"]
