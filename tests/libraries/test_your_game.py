"""docs/your-game.md, followed: its files are written out and run against a site."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.clients import send
from tests.server import ROOT, MatchpointServer
from tests.services.service import free_port

from .arena import arena_key
from .packages import install_js, pack_js
from .running import Program

PAGE = ROOT / "docs" / "your-game.md"
FILES = dict(re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)```", PAGE.read_text(), flags=re.M | re.S))
MOST_LINES = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where somebody follows the page: its files."""
    folder = tmp_path / "game"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def js(npm: Path, folder: Path, tmp_path: Path) -> None:
    """The JavaScript client is installed there."""
    install_js(npm, pack_js(npm, tmp_path), folder)


@pytest.fixture
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer(WEBHOOK_ALLOWED_ADDRESSES="127.0.0.0/8") as server:
        yield server


@pytest.fixture
def key(site: MatchpointServer) -> str:
    return arena_key(site.database_url)


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., Program]]:
    """Start one of the page's programs; whatever still runs at the end is killed."""
    client = {"PYTHONPATH": str(ROOT / "clients" / "python")}
    with ExitStack() as programs:
        yield lambda *command, **settings: programs.enter_context(
            Program(*command, cwd=folder, settings=client | settings)
        )


def shown(site: MatchpointServer, match: str) -> Any:
    return send(site.url, "GET", f"/matches/{match}").json


def only_match(site: MatchpointServer) -> Any:
    found = send(site.url, "GET", "/api/pools/arena/leaderboard").json
    player = found["lines"][0]["player"]["id"]
    [match] = send(site.url, "GET", f"/api/players/{player}").json["matches"]
    return shown(site, match["id"])


@pytest.mark.usefixtures("js")
def test_fifty_lines_are_enough_for_a_rated_match(
    site: MatchpointServer, key: str, run: Callable[..., Program], node: Path
) -> None:
    code = (FILES["server.py"] + FILES["player.mjs"]).splitlines()
    assert sum(1 for line in code if line.strip()) < MOST_LINES
    server = run(sys.executable, "server.py", SITE=site.url, KEY=key)
    tokens = [server.until(name).split()[1] for name in ("Ann", "Bob")]
    command = (node, "--experimental-websocket", "--no-warnings", "player.mjs", site.url)
    players = [run(*command, token) for token in tokens]
    for player in players:
        assert player.until("Play at") == "Play at game.example.org:7777 with QX41"
        assert re.search(r"Ann: 1\d{3}", " ".join(player.ends()))
    server.kill()
    match = only_match(site)
    assert match["outcome"] == "played" and 3 in match["games"][0]
    assert len(match["ratings"]) == 2 and len(match["played"]["statistics"]) == 2


def test_a_server_that_queues_hosts_and_fills_places_may_be_killed(
    site: MatchpointServer, key: str, run: Callable[..., Program]
) -> None:
    settings = {"SITE": site.url, "KEY": key, "LEAVES": "Bob"}
    arena = run(sys.executable, "arena.py", "ann", "bob", **settings)
    arena.until("player.left")
    arena.kill()
    site.kill()
    site.start()
    again = run(sys.executable, "arena.py", "cem", **settings)
    again.until("place.filled")
    assert "Cem" in again.until("match.finished")
    again.kill()
    assert only_match(site)["sides"][0][0]["username"] == "Ann"


def test_a_hook_receives_what_the_site_signs(
    site: MatchpointServer, key: str, run: Callable[..., Program]
) -> None:
    port = free_port()
    wanted = {"name": "Arena", "url": f"http://127.0.0.1:{port}/hook", "pool": "arena"}
    made = send(site.url, "POST", "/api/webhooks", wanted | {"types": ["match.made"]}, token=key)
    assert made.status == 201, made
    hook = run(sys.executable, "hook.py", PORT=str(port), SECRET=made.json["secret"])
    arena = run(sys.executable, "arena.py", "ann", "bob", SITE=site.url, KEY=key)
    arena.until("match.finished")
    assert hook.until("match.made").split()[1] == only_match(site)["id"]
