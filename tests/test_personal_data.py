"""A running site forgets a deleted player: open sockets, what resumes are sent, fresh pages."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from .browsing import Browser
from .clients import open_socket, send
from .server import MatchpointServer

NAME, PASSWORD = "Zebulon Quirk", "correct horse battery"
SIGNED_OUT = 4410


@pytest.fixture
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer() as server:
        yield server


async def test_open_sockets_close_and_nobody_is_sent_the_name_any_more(
    site: MatchpointServer,
) -> None:
    browser = Browser(site.url)
    fields = {"username": NAME, "password": PASSWORD, "password_again": PASSWORD}
    assert browser.submit("/sign-up", **fields).status == 302
    browser.submit("/queue/join", page="/", pool="default")
    other = send(site.url, "POST", "/matchmaking", {"username": "Ann"}).json
    mine = browser.headers | {"Origin": site.url}
    async with (
        open_socket(f"{site.socket_url}/ws", headers=mine) as theirs,
        open_socket(f"{site.socket_url}/ws", token=other["token"]) as witness,
    ):
        welcome = await witness.next("welcome")
        await theirs.send({"type": "chat", "text": "hello"})
        await witness.next("chat")
        match = other["match"]["id"]
        assert browser.submit(f"/matches/{match}/concede", page="/").status == 302
        await witness.next("match_finished")
        done = browser.submit("/account/data", current=PASSWORD)
        assert done.status == 302
        assert await theirs.close_code() == SIGNED_OUT
        deleted = await witness.next("chat_deleted")
        assert NAME not in json.dumps(deleted)
    await asyncio.sleep(1.0)
    async with open_socket(f"{site.socket_url}/ws") as fresh:
        shown = json.dumps(await fresh.next("welcome"))
        assert "Quirk" not in shown and "Former player" in shown
    since = f"epoch={welcome['epoch']}&since={welcome['seq']}"
    async with open_socket(f"{site.socket_url}/ws?{since}") as resumed:
        frames = await resumed.hush(1.0)
        assert [f["seq"] for f in frames if "seq" in f and f["type"] != "welcome"]
        # Who is here is known for another second.
        assert "Quirk" not in json.dumps([f for f in resumed.frames if f["type"] != "presence"])
    for path in ("/", f"/matches/{match}", "/api/events.json"):
        assert b"Quirk" not in send(site.url, "GET", path).body
