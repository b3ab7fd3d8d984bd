"""Both clients, built, installed alone and run against a server that is killed twice."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from tests.server import MatchpointServer, add_pool, rows

from .arena import arena_key
from .lossy import lossy_way
from .packages import JS, build_wheel, install_js, install_wheel, pack_js
from .running import Program

PROGRAMS = Path(__file__).parent / "programs"
MATCHES = 6


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return install_wheel(build_wheel(tmp_path), tmp_path / "venv")


@pytest.fixture
def js(npm: Path, tmp_path: Path) -> Path:
    """A folder in which nothing but the client is installed, and the program."""
    folder = tmp_path / "js"
    folder.mkdir()
    install_js(npm, pack_js(npm, tmp_path), folder)
    (folder / "outlive.mjs").write_text((PROGRAMS / "outlive.mjs").read_text())
    return folder


@pytest.mark.timeout(180)  # the pauses between tries are long where the machine is slow
def test_both_outlive_two_kills_of_the_server_and_lose_nothing(
    python: Path, js: Path, node: Path
) -> None:
    with MatchpointServer() as server:
        for pool in ("python", "js"):
            add_pool(server.database_url, pool)
        by_node = ("--experimental-websocket", "--no-warnings", js / "outlive.mjs")
        with (
            Program(python, PROGRAMS / "outlive.py", server.url, "python", str(MATCHES)) as one,
            Program(node, *by_node, server.url, "js", str(MATCHES)) as other,
        ):
            for played in (2, 4):
                one.until(f"played {played}")
                other.until(f"played {played}")
                server.kill()
                server.start()
            found = [json.loads(program.ends()[-1]) for program in (one, other)]
        events = rows(server.database_url, "SELECT seq FROM lobby_event WHERE stream_id = 'lobby'")
        counted = "SELECT COUNT(*) FROM matchmaking_match WHERE outcome = 'played'"
        finished = rows(server.database_url, counted)
    assert finished == [(2 * MATCHES,)]
    numbers = sorted(seq for (seq,) in events)
    for one in found:
        assert len(one["played"]) == MATCHES
        assert one["seqs"] == numbers[: len(one["seqs"])]
    assert max(len(one["seqs"]) for one in found) == len(numbers)


def test_the_types_of_the_module_are_those_that_typescript_finds(
    npm: Path, node: Path, tmp_path: Path
) -> None:
    sources = ("matchpoint.js", "game-server.js", "types.d.ts", "tsconfig.json", "package.json")
    for name in sources:
        (tmp_path / name).write_text((JS / name).read_text())
    quiet = ["--silent", "--no-audit", "--no-fund"]
    subprocess.run([npm, "install", *quiet], cwd=tmp_path, check=True, timeout=100)
    compiler = tmp_path / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node, compiler, "--project", tmp_path, "--outDir", tmp_path / "out"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    for name in ("matchpoint.d.ts", "game-server.d.ts"):
        written = (tmp_path / "out" / name).read_text()
        assert (JS / name).read_text() == written, "run `tsc -p clients/js`"


def test_javascript_s_players_and_organisers_do_what_they_can(js: Path, node: Path) -> None:
    with MatchpointServer() as server:
        add_pool(server.database_url, "checked", ready_seconds="20")
        (js / "walk.mjs").write_text((PROGRAMS / "walk.mjs").read_text())
        flags = ("--experimental-websocket", "--no-warnings")
        with Program(node, *flags, js / "walk.mjs", server.url) as program:
            seen = json.loads(program.ends()[-1])
    assert seen == {
        "asked": "pending",
        "finished": "Finished",
        "events": ["result_reported", "match_finished"],
        "again": "match_closed",
        "table": ["Ann", "Bob"],
        "declined": "Declined",
        "cooldown": "cooldown",
        "left": "cancelled",
        "party": ["Ann", "Bob"],
        "you": "Ann",
        "chat": "chat",
        "stranger": "unidentified",
        "drawn": 2,
        "story": seen["story"],
        "places": 4,
        "forbidden": "forbidden",
        "listed": True,
        "record": seen["record"],
        "before": [True],
    }
    assert {"undo", "result"} <= {*seen["record"]}
    assert {"bracket", "match_finished", "score", "tournament"} <= {*seen["story"]}


async def test_javascript_s_game_servers_do_what_they_can_and_lost_answers_change_nothing(
    js: Path, node: Path
) -> None:
    (js / "server.mjs").write_text((PROGRAMS / "server.mjs").read_text())
    with MatchpointServer() as server:
        key = arena_key(server.database_url)
        async with lossy_way(server.url) as way:
            way.loses_every = 2
            command = (node, "--experimental-websocket", "--no-warnings", js / "server.mjs")
            with Program(*command, way.url, key, server.url) as program:
                seen = json.loads((await asyncio.to_thread(program.ends))[-1])
        tickets = rows(server.database_url, "SELECT COUNT(*) FROM matchmaking_ticket")
        ended = rows(server.database_url, "SELECT state, revision FROM matchmaking_match")
    assert seen == {
        "names": ["Ann", "Bob", "Cem"],
        "queued": ["Waiting", "Matched", "Error"],
        "made": True,
        "connection": {"address": "game:7", "join_code": "Q", "side": {"team": "red"}},
        "reported": "server_reports",
        "ended": "unidentified",
        "live": ["Stored", "Ignored"],
        "winner": 0,
        "rated": 2,
        "again": "result_changed",
        "finished": "match.finished",
        "listed": [True],
        "left": "open",
        "void": "cancelled",
        "state": "cancelled",
        "waits": "Waiting",
        "gone": "cancelled",
        "streamed": "match.finished",
        "next": True,
        "strange": "resync",
        "stopped": True,
        "stranger": "unknown_key",
    }
    assert (tickets, sorted(ended)) == ([(5,)], [("cancelled", 1), ("finished", 1)])
