"""The servers of rooms that are measured, on a core of their own."""

import json
import shutil
import subprocess
import sys
from urllib.request import urlopen

from ..servers import ROOT, Kind, Running

COLYSEUS = ROOT / "benchmarks/peers/colyseus"
_SERVER_CORE, LOAD_CORE = 0, 1
Seat = tuple[str, str | None]


def _pinned(*command: str) -> tuple[str, ...]:
    return ("taskset", "-c", str(_SERVER_CORE), *command)


def matchpoint(server: str, **env: str) -> Kind:
    """Matchpoint on one of its servers."""
    return Kind(
        f"matchpoint {server}",
        _pinned(sys.executable, "-m", "benchmarks.apps.rooms", server),
        env={"RATE_LIMITS": "off", **env},
        is_matchpoint=True,
    )


def colyseus(**env: str) -> Kind | None:
    """The peer, which is installed when it is asked for; None where there is no npm."""
    if shutil.which("npm") is None:
        print("Colyseus is skipped: it needs npm.", file=sys.stderr)
        return None
    if not (COLYSEUS / "node_modules").exists():
        subprocess.run(("npm", "ci"), cwd=COLYSEUS, check=True, stdout=sys.stderr)
    node = str(COLYSEUS / "node_modules/.bin/node")
    env = {"NODE_ENV": "production", **env}
    return Kind("colyseus", _pinned(node, "rooms.mjs"), env=env, folder=COLYSEUS)


def make_rooms(server: Running, count: int) -> list[list[Seat]]:
    """The two seats of each of so many rooms, made without a join over HTTP for each."""
    if not server.kind.is_matchpoint:
        made = json.loads(_get(server, f"rooms?count={count}"))
        return [[(path, None) for path in pair] for pair in made]
    command = (sys.executable, "-m", "benchmarks.apps.rooms", "matches", str(count))
    done = subprocess.run(
        command, cwd=ROOT, env=server.environ(), check=True, stdout=subprocess.PIPE
    )
    return [
        [(path, token) for path, token in json.loads(line)] for line in done.stdout.splitlines()
    ]


def lateness(server: Running) -> dict[str, float]:
    """How late steps were since this was asked last, in milliseconds."""
    late: dict[str, float] = json.loads(_get(server, "lateness"))
    return late


def _get(server: Running, what: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{server.port}/bench/{what}", timeout=60) as answer:
        body: bytes = answer.read()
        return body
