"""The description of sockets: true to AsyncAPI by its own parser, and to what a server sends."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from websockets.sync.client import connect

from lobby.sockets.routing import websocket_urlpatterns as lobby_sockets
from play.sockets import websocket_urlpatterns as play_sockets
from tournament_site.asyncapi import SOCKETS, asyncapi
from webhooks.facts import fact_types
from webhooks.sockets import websocket_urlpatterns as feed_sockets

from .server import SECRET, MatchpointServer, run_manage

CHECK = Path(__file__).parent / "asyncapi"
#: That there is a newer version of the specification is no fault.
NOT_A_FAULT = {"asyncapi-latest-version"}


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory, node: Path, npm: Path) -> Any:
    """AsyncAPI's parser from npm, in a folder of its own: what it says of a description."""
    folder = tmp_path_factory.mktemp("asyncapi")
    for name in ("package.json", "package-lock.json", "validate.mjs"):
        shutil.copy(CHECK / name, folder)
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    subprocess.run([npm, "ci", *quiet], cwd=folder, check=True, timeout=120)

    def parse(description: Any) -> Any:
        (folder / "description.json").write_text(json.dumps(description))
        command: list[str | Path] = [node, "validate.mjs", "description.json"]
        said = subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
        return json.loads(said.stdout)

    return parse


def faults(said: Any) -> list[Any]:
    return [one for one in said["diagnostics"] if one["code"] not in NOT_A_FAULT]


def test_asyncapis_own_parser_finds_no_fault(parser: Any) -> None:
    said = parser(asyncapi())
    assert faults(said) == []
    assert sorted(address or "" for address in said["channels"]) == sorted(
        [channel["address"] or "" for channel in asyncapi()["channels"].values()]
    )


def test_the_parser_finds_a_fault_that_is_put_there(parser: Any) -> None:
    broken = json.loads(json.dumps(asyncapi()))
    broken["operations"]["lobby.send"]["channel"]["$ref"] = "#/channels/none"
    assert faults(parser(broken))


def test_every_socket_is_described() -> None:
    patterns = [*lobby_sockets, *play_sockets, *feed_sockets]
    for socket in SOCKETS:
        path = socket.address.replace("{id}", "0" * 8 + "-0000-0000-0000-" + "0" * 12)[1:]
        [found] = [pattern for pattern in patterns if pattern.pattern.match(path)]
        patterns.remove(found)
    assert patterns == []


def validator(channel: str) -> Draft202012Validator:
    """What says whether a frame is one of those that a channel sends."""
    description = asyncapi()
    sent = description["operations"][f"{channel}.send"]["messages"]
    names = [one["$ref"].rpartition("/")[2] for one in sent]
    messages = description["components"]["messages"]
    schema = {"oneOf": [messages[name]["payload"] for name in names]}
    return Draft202012Validator(schema | {"components": description["components"]})


def test_what_a_server_sends_is_what_is_described() -> None:
    with MatchpointServer() as site:
        made = ("service_key", "make", "Reader", "--scope", "read")
        key = run_manage(*made, DATABASE_URL=site.database_url, **SECRET).stdout.strip()
        bearer = {"Authorization": f"Bearer {key}"}
        with (
            connect(f"{site.socket_url}/ws") as lobby,
            connect(f"{site.socket_url}/feed/ws", additional_headers=bearer) as feed,
        ):
            with (
                connect(f"{site.socket_url}/matchmaking?username=Ann") as ann,
                connect(f"{site.socket_url}/matchmaking?username=Bob") as bob,
            ):
                of_queue = [json.loads(socket.recv()) for socket in (ann, bob)]
            lobby.send("Hello")
            lobby.send('{"type": "ping"}')
            lobby.send('{"type": "nonsense"}')
            frames: list[Any] = []
            while not {"matched", "chat", "pong", "error"} <= {one["type"] for one in frames}:
                frames.append(json.loads(lobby.recv(timeout=10)))
            of_feed = [json.loads(feed.recv(timeout=10)) for _ in range(2)]
        match = next(one for one in frames if one["type"] == "matched")["data"]["match"]["id"]
        with connect(f"{site.socket_url}/matches/{match}/ws") as socket:
            of_match = [json.loads(socket.recv())]
    for channel, received in (
        ("lobby", frames),
        ("queue", of_queue),
        ("match", of_match),
        ("feed", of_feed),
    ):
        judge = validator(channel)
        for frame in received:
            assert [error.message for error in judge.iter_errors(frame)] == [], frame
    assert list(validator("queue").iter_errors(frames[0]))
    assert [one["type"] for one in of_feed] == ["welcome", "match.made"]


def test_every_webhook_is_described() -> None:
    sent = asyncapi()["channels"]["webhooks"]["messages"].values()
    messages = asyncapi()["components"]["messages"]
    names = {messages[one["$ref"].rpartition("/")[2]]["name"] for one in sent}
    assert names == set(fact_types())
