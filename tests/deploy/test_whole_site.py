"""The whole of `deploy/`, played on while each part is restarted in turn: nothing is lost."""

import asyncio
import json
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import Person, launch
from tests.clients import Json, Websocat
from tests.server import rows
from tests.services.service import Service

from .load import Load, load
from .prometheus import Prometheus
from .stack import WholeSite, site

pytestmark = [pytest.mark.deploy, pytest.mark.services, pytest.mark.timeout(400)]

LISTENERS = 30
#: Of the processes here, so that a restart takes no ten seconds, and of nginx, which must let go of
#: an idle connection earlier.
STOP_SECONDS, KEPT_SECONDS = 4, 3
LOBBY_HEAD = "SELECT seq FROM lobby_stream WHERE name = 'lobby'"


@pytest.fixture(scope="module")
def whole(nginx: Path) -> Iterator[WholeSite]:
    edits = {"keepalive_timeout 8s;": f"keepalive_timeout {KEPT_SECONDS}s;"}
    with site(nginx, shaken=True, edits=edits, STOP_SECONDS=str(STOP_SECONDS)) as running:
        yield running


class Cup:
    """A knockout of sixteen, whose organiser enters the results over the API."""

    def __init__(self, whole: WholeSite) -> None:
        self._url = whole.nginx.url
        self._trust = ssl.create_default_context(cafile=str(whole.nginx.certificate))
        players = [f"Player {letter}" for letter in "ABCDEFGHIJKLMNOP"]
        made = self.ask("POST", "/tournament", {"name": "Whole cup", "players": players})
        self.id, self._token = made["tournament"]["id"], made["token"]

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Send a request, with the organiser's token once there is one."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if hasattr(self, "_token"):
            headers["Authorization"] = f"Bearer {self._token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20, context=self._trust) as answer:
            found: Json = json.load(answer)
        return found

    def play_one(self) -> bool:
        """Enter the result of the next match; false when none is left."""
        cup = self.ask("GET", f"/api/tournaments/{self.id}")
        ready = [
            match
            for stage in cup["stages"]
            for group in stage["groups"]
            for bracket_round in group["rounds"]
            for match in bracket_round["matches"]
            if match["state"] == "ready"
        ]
        if ready:
            path = f"/api/tournaments/{self.id}/matches/{ready[0]['id']}/result"
            self.ask("POST", path, {"scores": [1, 0]})
        return bool(ready)


def restart(whole: WholeSite, number: int) -> None:
    """Let a process end as systemd does, and start it again."""
    whole.servers[number].stop()
    whole.servers[number].start()


def kill(service: Service) -> None:
    """Kill a part of the site, and start it again."""
    service.kill()
    service.start()


def restart_service(service: Service) -> None:
    """End a service and start it again a moment later."""
    service.stop()
    time.sleep(1)
    service.start()


#: What is done to the parts in turn, and whether a request may fail meanwhile: one that a killed
#: process was serving, or for which there is no database or no nginx, has no answer.
STEPS: list[tuple[str, bool, Callable[[WholeSite], None]]] = [
    ("restart the first process", False, lambda whole: restart(whole, 0)),
    ("restart the second process", False, lambda whole: restart(whole, 1)),
    ("restart the third process", False, lambda whole: restart(whole, 2)),
    ("reload nginx", False, lambda whole: whole.nginx.reload()),
    ("restart Redis", False, lambda whole: restart_service(whole.redis)),
    ("kill a process", True, lambda whole: kill(whole.servers[1])),
    ("restart PostgreSQL", True, lambda whole: restart_service(whole.postgres)),
    ("kill nginx", True, lambda whole: kill(whole.nginx)),
]


async def test_each_part_is_restarted_in_turn_and_nothing_is_lost(
    whole: WholeSite, prometheus: Path, chromium: Path, websocat: Path
) -> None:
    certificate = str(whole.nginx.certificate)
    cup = await asyncio.to_thread(Cup, whole)
    seen: list[str] = []
    over = threading.Event()
    watching = asyncio.create_task(asyncio.to_thread(_watch, chromium, whole, cup, over, seen))
    with Prometheus(prometheus, whole.metrics_ports) as monitor:
        async with load(whole.nginx.url, certificate, listeners=LISTENERS) as people:
            for name, may_fail, step in STEPS:
                await _take(step, whole, cup, people, name, may_fail=may_fail)
            while await asyncio.to_thread(cup.play_one):
                pass
            people.joins.over.set()
            await asyncio.sleep(1)
            [(last,)] = rows(whole.database_url, LOBBY_HEAD)
            await people.caught_up(last)
        _check(whole, people, last)
        assert all(each["value"][1] == "1" for each in monitor.query('up{job="matchpoint"}'))
    over.set()
    await watching
    assert seen == ["Player A"]
    with Websocat(websocat, f"{whole.nginx.socket_url}/ws", "--insecure") as socket:
        assert socket.next("welcome")["seq"] == last


async def _take(
    step: Callable[[WholeSite], None],
    whole: WholeSite,
    cup: Cup,
    people: Load,
    name: str,
    *,
    may_fail: bool,
) -> None:
    """One step, under load before, meanwhile and afterwards; and a match of the cup is played."""
    answered, failed = len(people.joins.answered), len(people.joins.failed)
    began = time.monotonic()
    await asyncio.to_thread(step, whole)
    seconds = time.monotonic() - began
    await people.goes_on()
    assert await asyncio.to_thread(cup.play_one)
    failures = people.joins.failed[failed:]
    answers = len(people.joins.answered) - answered
    print(f"{name}: {seconds:.1f} s, {answers} joins answered, {len(failures)} not")
    assert may_fail or not failures, failures


def _check(whole: WholeSite, people: Load, last: int) -> None:
    """Everybody has everything, once; and all that was answered is stored."""
    for number, listener in enumerate(people.listeners):
        assert listener.faults() == [], f"listener {number}"
        assert listener.seqs[-1] == last
    stored = {name for (name,) in rows(whole.database_url, "SELECT name FROM matchmaking_player")}
    missing = [name for name, _ in people.joins.answered if name not in stored]
    assert missing == []
    codes = {code for listener in people.listeners for code in listener.closes}
    print(f"{last} events to {LISTENERS} listeners; closed with {sorted(codes)}")


def _watch(
    chromium: Path, whole: WholeSite, cup: Cup, over: threading.Event, seen: list[str]
) -> None:
    """Somebody who has the cup's page open all the time."""
    with launch(chromium) as browser:
        person = Person(browser, whole.nginx.url, ignore_https_errors=True)
        person.page.goto(f"/tournaments/{cup.id}")
        while not over.wait(0.2):
            person.page.wait_for_timeout(50)
        seen.append(person.page.locator("#champion .champion-name").inner_text())
        person.context.close()
