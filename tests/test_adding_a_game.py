"""docs/adding-a-game.md, followed: the package is built of the page's blocks, installed, played."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from play.engine.game import Game, RealTimeGame, TurnGame

from .browser import Person, launch
from .clients import Http, Json, Socket, open_socket, send
from .server import ROOT, SECRET, MatchpointServer, add_pool, rows, run_manage

PAGE = ROOT / "docs" / "adding-a-game.md"
SLUG, SCRIPT = "sealed-bids", "sealed_bids/view.js"
CARDS = 3


def blocks(kind: str) -> list[str]:
    """The page's code blocks of one kind."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)


def write_package(folder: Path) -> None:
    """Each file that the page names above its block."""
    named = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", PAGE.read_text(), flags=re.M | re.S)
    assert len(named) == 3
    for name, text in named:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip has put the package."""
    source, target = tmp_path_factory.mktemp("sealed-bids"), tmp_path_factory.mktemp("installed")
    write_package(source)
    command = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", *command, "--target", target, source], check=True, timeout=60
    )
    return target


@pytest.fixture(scope="module")
def site(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatchpointServer]:
    """A site beside which the package is installed, and a pool that plays its game."""
    settings = {"PYTHONPATH": str(installed), "STATIC_ROOT": str(tmp_path_factory.mktemp("static"))}
    done = run_manage("collectstatic", "--noinput", "--verbosity", "0", **SECRET | settings)
    assert done.returncode == 0, done.stderr
    with MatchpointServer(**settings) as server:
        play = {
            "plays": f"'{SLUG}'",
            "play_settings": f"""'{{"cards": {CARDS}}}'""",
            "draws": "true",
        }
        add_pool(server.database_url, "bids", **play)
        yield server


def test_the_page_s_view_is_served_from_the_package(site: MatchpointServer) -> None:
    manifest = Path(site._settings["STATIC_ROOT"]) / "staticfiles.json"
    name = json.loads(manifest.read_text())["paths"][SCRIPT]
    answer = send(site.url, "GET", f"/static/{name}")
    assert answer.status == 200
    [written] = blocks("javascript")
    rewritten = re.sub(r"(table|elements)\.[0-9a-f]+\.js", r"\1.js", answer.body.decode())
    assert rewritten.replace("../../", "../") == written


def test_a_tournament_plays_it_as_the_page_says_and_refuses_other_settings(
    site: MatchpointServer,
) -> None:
    [body] = blocks("json")
    with Http(site.url) as client:
        made = client.send("POST", "/tournament", body.encode())
        assert made.status == 201
        [stored] = rows(
            site.database_url, "SELECT plays, play_settings FROM tournaments_tournament"
        )
        assert stored[0] == SLUG
        assert json.loads(stored[1])["cards"] == CARDS
        wrong = json.loads(body) | {"play_settings": {"cards": 99}}
        refused = client.send("POST", "/tournament", wrong)
    assert refused.status == 400
    assert "cards" in refused.json["message"]


class Player:
    """One side: bids by a plan, and keeps everything that it was sent."""

    def __init__(self, socket: Socket, side: int) -> None:
        self.socket, self.side, self.chance = socket, side, Random(side)
        self.bids: list[str] = []

    async def play(self) -> Json:
        while True:
            frame = await self.socket.next("position", "game_over", within=15)
            if frame["type"] == "game_over":
                return frame
            if frame["legal"] and frame["ply"] == 1:
                await self.socket.send({"type": "offer", "what": "takeback"})
                assert (await self.socket.next("error"))["code"] == "no_takebacks"
            if frame["legal"]:
                self.bids.append(self.chance.choice(frame["legal"]))
                await self.socket.send({"type": "move", "move": self.bids[-1], "ply": frame["ply"]})

    @property
    def positions(self) -> list[Json]:
        return [frame for frame in self.socket.frames if frame["type"] == "position"]


async def test_two_play_it_to_the_end_and_neither_sees_the_other_s_bid_before(
    site: MatchpointServer,
) -> None:
    with Http(site.url) as client:
        first, second = (client.join(name, pool="bids").json for name in ("Ann", "Bob"))
        address = f"{site.socket_url}/matches/{second['match']['id']}/ws"
        async with (
            open_socket(address, token=first["token"]) as one,
            open_socket(address, token=second["token"]) as other,
            open_socket(address) as watching,
        ):
            sides = [(await socket.next("room"))["you"] for socket in (one, other)]
            players = [Player(one, sides[0]), Player(other, sides[1])]
            over, same = await asyncio.gather(*(player.play() for player in players))
            await watching.next("game_over")
    assert over["scores"] == same["scores"]
    [ended] = rows(site.database_url, "SELECT state, outcome, winner FROM matchmaking_match")
    outcome = "drawn" if over["winner"] is None else "played"
    assert ended == ("finished", outcome, over["winner"])
    watched = [frame for frame in watching.frames if frame["type"] == "position"]
    for side, positions in [*((one.side, one.positions) for one in players), (None, watched)]:
        assert positions[-1]["ply"] == 2 * CARDS
        for position in positions:
            check_hidden(position, side)


def check_hidden(position: Json, side: int | None) -> None:
    """Of a bid that only one has made, the other side and spectators learn nothing."""
    view, moves = position["view"], position["moves"]
    assert "prizes" not in view
    assert [len(hand) for hand in view["hands"]] == [view["left"]] * 2
    if view["bidder"] is None:
        assert "?" not in moves
        assert view["bid"] is None
    elif view["bidder"] == side:
        assert moves[-1] == position["last"] == str(view["bid"])
    else:
        assert moves[-1] == "?"
        assert position["last"] is view["bid"] is None


@pytest.mark.parametrize("kind", [Game, TurnGame, RealTimeGame])
def test_the_page_names_all_that_a_game_has(kind: type) -> None:
    text = PAGE.read_text()
    public = [name for name in vars(kind) if not name.startswith("_")]
    assert [name for name in public if f"`{name}" not in text] == []


@pytest.mark.browser
def test_two_play_it_by_its_own_view(site: MatchpointServer, chromium: Path) -> None:
    rows(site.database_url, f"UPDATE matchmaking_pool SET plays = '{SLUG}', draws = true")
    with launch(chromium) as browser:
        people = Person(browser, site.url), Person(browser, site.url)
        for person, name in zip(people, ("Eve", "Flo"), strict=True):
            person.enter().queue(name)
            person.see(f"#queue >> text={name}") if name == "Eve" else None
        for person in people:
            person.see("[data-view] >> text=The prize is")
            person.page.locator("[data-phase-title]").wait_for(state="hidden")
        first = people[0].page.locator(".turns-turn").inner_text() == "Your turn."
        bidder, other = people if first else reversed(people)
        bidder.page.click("button:text-is('Bid 2')")
        other.see(".turns-moves >> text=?")
        bidder.see_text("You have bid 2.")
        other.page.click("button:text-is('Bid 3')")
        bidder.see(".turns-moves >> text=3")
        for person in people:
            person.close()
