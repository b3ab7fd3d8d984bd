"""Web games at other origins: those that are listed come as programs do, and no others at all."""

import functools
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from lib.errors import Overloaded
from tournament_site.environment import checked_origins
from tournament_site.servers.connections import raw_answer

from .browser import Person, launch
from .server import MatchpointServer, add_pool, host_and_port

GAME = "https://game.example.org"
OTHER = "https://other.example.org"


@pytest.fixture(scope="module", params=["uvicorn", "daphne"])
def site(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    with MatchpointServer(server=request.param, WEB_ORIGINS=GAME) as server:
        yield server


def ask(
    site: MatchpointServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """The status, the JSON and the headers of an answer, all of them."""
    connection = http.client.HTTPConnection(*host_and_port(site.url), timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Content-Type": "application/json", "Accept": "application/json"} | sent
    connection.request(method, path, body and json.dumps(body), sent)
    answer = connection.getresponse()
    content = answer.read()
    got = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    is_json = got.get("content-type") == "application/json"
    return answer.status, json.loads(content) if is_json else content, got


def open_socket(
    site: MatchpointServer, path: str, *, origin: str, token: str = "", **headers: str
) -> ClientConnection:
    offered = ["matchpoint", f"bearer.{token}"] if token else []
    return connect(
        f"{site.socket_url}{path}",
        origin=Origin(origin),
        subprotocols=[Subprotocol(one) for one in offered] or None,
        additional_headers=headers,
    )


def guest(site: MatchpointServer, name: str, **headers: str) -> Any:
    status, queued, got = ask(site, "POST", "/matchmaking", {"username": name}, **headers)
    assert status == 200, queued
    return queued | {"headers": got}


def test_a_preflight_allows_what_a_game_needs(site: MatchpointServer) -> None:
    asked = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "authorization, content-type, idempotency-key",
    }
    status, _, got = ask(site, "OPTIONS", "/matchmaking", Origin=GAME, **asked)
    assert status == 200
    assert got["access-control-allow-origin"] == GAME
    assert "access-control-allow-credentials" not in got
    status, _, got = ask(site, "OPTIONS", "/matchmaking", Origin=OTHER, **asked)
    assert status == 400
    assert "access-control-allow-origin" not in got


def test_a_game_queues_and_reads_and_gets_no_cookie(site: MatchpointServer) -> None:
    ann = guest(site, "Ann", Origin=GAME)
    assert ann["headers"]["access-control-allow-origin"] == GAME
    assert "set-cookie" not in ann["headers"]
    path = f"/matchmaking/tickets/{ann['ticket']['id']}"
    bearer = {"Authorization": f"Bearer {ann['token']}", "Origin": GAME}
    status, shown, got = ask(site, "GET", path, **bearer)
    assert (status, shown["ticket"]["state"]) == (200, "waiting")
    assert got["access-control-allow-origin"] == GAME
    assert "X-Request-ID" in got["access-control-expose-headers"]
    status, _, got = ask(site, "DELETE", path, **bearer)
    assert (status, got["access-control-allow-origin"]) == (200, GAME)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("POST", "/matchmaking", {}, 413, "too_large"),
        ("GET", "/api/pools", {"Host": "elsewhere.example.org"}, 400, "malformed"),
        ("GET", "/api/pools", {"X_Large": "x" * 9000}, 431, "headers_too_large"),
        ("GET", "/api/nothing", {}, 404, "not_found"),
    ],
)
def test_a_game_reads_why_it_is_refused(
    site: MatchpointServer, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    body = {"username": "x" * 70_000} if method == "POST" else None
    answer = ask(site, method, path, body, Origin=GAME, **headers)
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert answer[2]["access-control-allow-origin"] in {GAME, "*"}
    assert "X-Request-ID" in answer[2]["access-control-expose-headers"]


def test_a_game_reads_whether_the_site_serves(site: MatchpointServer) -> None:
    for path in ("/healthz", "/readyz"):
        status, _, got = ask(site, "GET", path, Origin=GAME)
        assert (status, got["access-control-allow-origin"]) == (200, GAME)
        other = ask(site, "GET", path, Origin=OTHER)[2]
        assert (other.get("access-control-allow-origin"), other["vary"]) == (None, "Origin")


def test_without_listed_origins_nothing_is_said_of_them(settings: Settings) -> None:
    settings.WEB_ORIGINS = []
    assert b"access-control" not in raw_answer(Overloaded("Full.")).lower()
    settings.WEB_ORIGINS = [GAME]
    answer = raw_answer(Overloaded("Full."))
    assert b"\r\naccess-control-allow-origin: *\r\n" in answer
    assert b"Retry-After" in answer.partition(b"access-control-expose-headers")[2]


def test_a_cookie_speaks_for_nobody_there(site: MatchpointServer) -> None:
    bob = guest(site, "Bobby")
    cookie = f"matchpoint_guest={bob['token']}"
    path = f"/matchmaking/tickets/{bob['ticket']['id']}"
    assert ask(site, "GET", path, Cookie=cookie)[0] == 200
    assert ask(site, "GET", path, Cookie=cookie, Origin=GAME)[0] == 401
    with open_socket(site, "/ws", origin=GAME, Cookie=cookie) as socket:
        assert json.loads(socket.recv())["you"] is None


def test_an_origin_that_is_not_listed_reads_nothing(site: MatchpointServer) -> None:
    status, _, got = ask(site, "GET", "/api/pools", Origin=OTHER)
    assert status == 200  # as for everybody; the browser shows it to no script
    assert "access-control-allow-origin" not in got
    assert ask(site, "POST", "/matchmaking", {"username": "Cem"}, Origin=OTHER)[0] == 403
    with pytest.raises(InvalidStatus):
        open_socket(site, "/ws", origin=OTHER, token="x" * 43)


def test_a_sockets_token_stands_in_the_subprotocols(site: MatchpointServer) -> None:
    dan = guest(site, "Dan", Origin=GAME)
    for origin in (GAME, site.url):
        with open_socket(site, "/ws", origin=origin, token=dan["token"]) as socket:
            assert socket.subprotocol == "matchpoint"
            assert json.loads(socket.recv())["you"]["username"] == "Dan"
    with open_socket(site, "/ws", origin=GAME) as socket:
        assert json.loads(socket.recv())["you"] is None
    with open_socket(site, "/ws", origin=GAME, token="unknown") as socket:
        assert json.loads(socket.recv())["code"] == "unidentified"


@pytest.mark.parametrize("name", ["token", "access_token"])
def test_a_token_in_an_address_is_refused(site: MatchpointServer, name: str) -> None:
    with connect(f"{site.socket_url}/ws?{name}=secret") as socket:
        error = json.loads(socket.recv())
        assert error["code"] == "malformed"
        assert "never stands in an address" in error["message"]
        with pytest.raises(ConnectionClosed):
            socket.recv()
    assert socket.close_code == 4400


def test_a_service_key_is_refused_in_a_page(site: MatchpointServer) -> None:
    key = "mp_" + "x" * 43
    bearer = {"Authorization": f"Bearer {key}", "Origin": GAME}
    status, refused, got = ask(site, "GET", "/api/pools", **bearer)
    assert (status, refused["code"]) == (403, "key_in_page")
    assert got["access-control-allow-origin"] == GAME
    with open_socket(site, "/ws", origin=GAME, token=key) as socket:
        assert json.loads(socket.recv())["code"] == "key_in_page"


@pytest.mark.parametrize(
    "wrong",
    ["*", "https://*.example.org", "game.example.org", f"{GAME}/", "ftp://a", "null"],
)
def test_an_origin_is_listed_exactly(wrong: str) -> None:
    assert checked_origins([GAME, "http://localhost:5173"], "WEB_ORIGINS")
    with pytest.raises(ImproperlyConfigured, match="WEB_ORIGINS"):
        checked_origins([wrong], "WEB_ORIGINS")


PAGE = """<!doctype html><title>A game elsewhere</title>
<output id="told"></output>
<script type="module">
const site = new URL(location).searchParams.get("site");
const tell = (what) => { document.querySelector("#told").textContent = JSON.stringify(what); };
const socketOf = (path, token) =>
  new WebSocket(site.replace("http", "ws") + path, ["matchpoint", `bearer.${token}`]);
const join = async (username) => {
  const body = JSON.stringify({ username, pool: "four" });
  const headers = { "Content-Type": "application/json" };
  return (await fetch(`${site}/matchmaking`, { method: "POST", headers, body })).json();
};
const play = (match, token) => {
  const socket = socketOf(`/matches/${match}/ws`, token);
  let you = null;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "room") you = message.you;
    if (message.type === "position" && message.legal.length)
      socket.send(JSON.stringify({ type: "move", move: message.legal[you], ply: message.ply }));
  };
};
try {
  const ann = await join("Ann");
  const seen = [];
  let greeted;
  const welcome = new Promise((done) => { greeted = done; });
  const lobby = socketOf("/ws", ann.token);
  lobby.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    seen.push(message.type);
    if (message.type === "welcome") greeted();
    if (message.type === "match_finished")
      tell({ text: message.text, seen, you: ann.player.username, protocol: lobby.protocol });
  };
  await welcome;
  const bob = await join("Bob");
  play(bob.match.id, ann.token);
  play(bob.match.id, bob.token);
} catch (error) { tell({ error: String(error) }); }
</script>"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a web game that another server serves."""
    folder = tmp_path_factory.mktemp("game")
    (folder / "index.html").write_text(PAGE)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_a_page_of_another_origin_queues_plays_and_reads_the_stream(
    chromium: Path, elsewhere: str
) -> None:
    with MatchpointServer(WEB_ORIGINS=elsewhere) as site, launch(chromium) as browser:
        add_pool(site.database_url, "four", plays="'connect-four'")
        person = Person(browser, elsewhere)
        person.page.goto(f"/?site={site.url}")
        told = person.page.locator("#told")
        told.filter(has_text="seen").wait_for(timeout=20_000)
        said = json.loads(told.inner_text())
        person.close()
    assert said["you"] == "Ann"
    assert said["protocol"] == "matchpoint"
    assert said["seen"][0] == "welcome"
    assert "matched" in said["seen"]


@pytest.mark.browser
def test_a_page_of_an_origin_that_is_not_listed_gets_nothing(
    chromium: Path, elsewhere: str
) -> None:
    with MatchpointServer(WEB_ORIGINS=GAME) as site, launch(chromium) as browser:
        page = browser.new_page()
        page.goto(f"{elsewhere}/?site={site.url}")
        told = page.locator("#told")
        told.filter(has_text="error").wait_for(timeout=20_000)
        assert "Failed to fetch" in told.inner_text()
