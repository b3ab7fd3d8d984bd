"""What a pool asks of its players, in a real Chromium: by mouse, keyboard and phone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from .browser import PHONE, Person, launch
from .clients import send
from .server import SECRET, MatchpointServer, run_manage

pytestmark = pytest.mark.browser

Meet = Callable[..., Person]
FAINT, NAMELESS = (Path(__file__).parent / "looks" / f"{name}.js" for name in ("faint", "nameless"))
ATTRIBUTES = [
    {"name": "mode", "label": "Mode", "kind": "choice", "options": ["ranked", "casual"],
     "required": True},
    {"name": "maps", "label": "Maps", "kind": "choices", "options": ["dust", "nuke", "mill"]},
    {"name": "level", "label": "Level", "kind": "number", "within": 5, "default": 10},
    {"name": "way", "label": "Latency", "kind": "latency", "options": ["eu", "us"], "within": 80},
]  # fmt: skip
SETUP = f"""
from matchmaking.models import Pool
Pool.objects.create(slug="arena", name="Arena", attributes={ATTRIBUTES!r})
Pool.objects.create(slug="squads", name="Squads", team_size=2, roles={{"keeper": 1, "wing": 1}})
"""


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with launch(chromium) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer() as server:
        done = run_manage("shell", "-c", SETUP, DATABASE_URL=server.database_url, **SECRET)
        assert done.returncode == 0, done.stderr
        yield server


@pytest.fixture
def meet(chrome: Browser, site: MatchpointServer) -> Iterator[Meet]:
    people: list[Person] = []

    def make(**options: Any) -> Person:
        people.append(Person(chrome, site.url, **options))
        return people[-1]

    yield make
    for person in people:
        person.close()


def test_a_player_says_what_they_want_and_it_is_remembered(meet: Meet) -> None:
    ann = meet(viewport=PHONE).enter()
    page = ann.page
    page.fill("#queue-name", "Ann")
    page.check("#queue input[value=arena]", force=True)
    ann.see("[data-of-pool=arena]")
    assert page.locator("[data-of-pool=squads]").is_hidden()
    assert page.input_value("#attribute-arena-level") == "10"
    page.click("#queue form button")
    ann.see_text("`mode` is missing. It takes one of ranked, casual.")
    page.focus("#attribute-arena-mode")
    page.keyboard.type("ran")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.is_checked("[name=attribute-arena-maps][value=nuke]")
    page.fill("#attribute-arena-way-eu", "20")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for look in (FAINT, NAMELESS):
            assert page.evaluate(look.read_text()) == []
    page.fill("#attribute-arena-level", "7,5")
    page.click("#queue form button")
    ann.see('#queue[data-state="waiting"]')
    page.reload()
    page.click("#queue form button")
    ann.see('#queue[data-state="idle"]')
    assert page.input_value("#attribute-arena-mode") == "ranked"
    assert page.input_value("#attribute-arena-level") == "7,5"
    assert page.is_checked("[name=attribute-arena-maps][value=nuke]")


def test_a_match_shows_what_was_agreed_and_who_is_what(meet: Meet, site: MatchpointServer) -> None:
    for name, says in (("Bob", {"mode": "casual"}), ("Cem", {"mode": "casual"})):
        body = {"username": name, "pool": "arena", "attributes": says | {"maps": ["nuke"]}}
        send(site.url, "POST", "/matchmaking", body)
    ann = meet().enter()
    page = ann.page
    page.fill("#queue-name", "Ann")
    page.check("#queue input[value=squads]", force=True)
    page.select_option("#role-squads-0", "keeper")
    page.select_option("#role-squads-1", "wing")
    page.click("#queue form button")
    ann.see('#queue[data-state="waiting"]')
    for name, roles in (("Dan", ["keeper"]), ("Eve", ["keeper"]), ("Fay", ["wing"])):
        reply = send(
            site.url, "POST", "/matchmaking", {"username": name, "pool": "squads", "roles": roles}
        )
    ann.see_text("you: wing")
    match = json.loads(reply.body)["match"]["id"]
    page.goto(f"/matches/{match}")
    ann.see_text("keeper")
