"""What nobody should send, sent to a real server with curl and websocat: refused, not stored."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .clients import Curl, Reply, Websocat, open_socket
from .server import MatchpointServer, rows, run_manage

pytestmark = pytest.mark.curl

STORED = (
    "SELECT (SELECT count(*) FROM matchmaking_player), (SELECT count(*) FROM matchmaking_ticket),"
    " (SELECT count(*) FROM tournaments_tournament), (SELECT count(*) FROM lobby_event)"
)
EVEN = "Number of players must be even."


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def site(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    with MatchpointServer(server=request.param) as server:
        yield server


@pytest.fixture(scope="module")
def post(curl: Path, site: MatchpointServer) -> Callable[..., Reply]:
    program = Curl(curl)
    return lambda path, body, *more: program.post(f"{site.url}{path}", body, *more)


def players(*names: object, **more: object) -> str:
    return json.dumps({"players": names} | more)


NAMES = [
    ('{"username": ""}', "empty"),
    ('{"username": "   "}', "empty"),
    (json.dumps({"username": "x" * 33}), "33 characters"),
    ('{"username": "a\\u0000b"}', "U+0000"),
    ('{"username": "a\\u202eb"}', "U+202E"),
    ('{"username": "a\\nb"}', "U+000A"),
    ('{"username": "\\ud800"}', "not JSON"),
    ('{"username": "Admin"}', "reserved"),
    ('{"username": "\\u0410dmin"}', "reserved"),
    ('{"username": "anon-1234"}', "reserved"),
]
SHAPES = [
    ("", "not JSON"),
    ("hello", "not JSON"),
    ('{"username": "A"', "not JSON"),
    ("[]", "object"),
    ("null", "object"),
    ('"A"', "object"),
    ("{}", "`username`"),
    ('{"username": null}', "`username`"),
    ('{"username": 7}', "$.username"),
    ('{"username": ["A"]}', "$.username"),
    ('{"username": "A", "pool": 1}', "$.pool"),
    ('{"username": NaN}', "not JSON"),
    ("[" * 20_000, "not"),
]


@pytest.mark.parametrize(("body", "said"), [*NAMES, *SHAPES])
def test_a_wrong_join_is_refused_with_what_to_correct(
    site: MatchpointServer, post: Callable[..., Reply], body: str, said: str
) -> None:
    before = rows(site.database_url, STORED)
    reply = post("/matchmaking", body)
    assert reply.status == 400
    assert reply.json["status"] == "Error"
    assert said.lower() in reply.json["message"].lower()
    assert rows(site.database_url, STORED) == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (players("A", "B", "C"), EVEN),
        (players("A"), "at least two"),
        (players(), "at least two"),
        (players("A", "a"), "2 times"),
        (players("A", "B", "", "D"), "Player 3"),
        (players("A", "B", "C", "D" * 33), "Player 4"),
        (players("A", 2), "$.players[1]"),
        (players(*(f"P{n}" for n in range(1026))), "1,024"),
        (players("A", "B", name=""), "name is empty"),
        (players("A", "B", name="x" * 81), "80"),
        (players("A", "B", seeding="strongest"), "$.seeding"),
        (players("A", "B", "C", byes="yes"), "$.byes"),
        ('{"players": "A, B"}', "$.players"),
        ("{}", "players"),
        ("A, B", "not JSON"),
    ],
)
def test_a_wrong_tournament_is_refused_with_what_to_correct(
    site: MatchpointServer, post: Callable[..., Reply], body: str, said: str
) -> None:
    before = rows(site.database_url, STORED)
    reply = post("/tournament", body)
    assert reply.status == 400
    assert reply.json["status"] == "Error"
    assert said in reply.json["message"]
    assert rows(site.database_url, STORED) == before


@pytest.mark.parametrize("path", ["/matchmaking", "/tournament", "/matchmaking/", "/tournament/"])
def test_what_is_no_json_request_is_refused(
    curl: Path, site: MatchpointServer, post: Callable[..., Reply], path: str
) -> None:
    program, url = Curl(curl), f"{site.url}{path}"
    before = rows(site.database_url, STORED)
    form = program(url, "-d", "username=A")
    assert (form.status, form.json["code"]) == (415, "wrong_type")
    put = program(url, "-X", "PUT", "-H", "Content-Type: application/json", "-d", "{}")
    assert (put.status, put.json["code"]) == (405, "wrong_method")
    assert "POST" in put.headers["allow"]
    big = json.dumps({"username": "A", "players": ["A", "B"], "more": "x" * 70_000})
    large = program(
        url, "-H", "Content-Type: application/json", "--data-binary", "@-", stdin=big.encode()
    )
    assert (large.status, large.json["code"]) == (413, "too_large")
    page = program(
        url, "-H", "Accept: text/html", "--data-binary", "@-", stdin=b"username=" + b"x" * 1_100_000
    )
    assert page.status == 413 and b"<h1>Too large</h1>" in page.body
    good = json.dumps({"username": "A"}) if "match" in path else players("A", "B")
    odd = post(path, good, "-H", "Authorization: Basic Zm9v")
    assert odd.status == 401
    assert rows(site.database_url, STORED) == before


def test_a_file_of_less_than_4_mib_reaches_its_reader(curl: Path, site: MatchpointServer) -> None:
    def sent(size: int) -> Reply:
        file = b'{"surprise": "' + b"x" * size + b'"}'
        address, kind = f"{site.url}/api/tournaments/import", "Content-Type: application/json"
        return Curl(curl)(address, "-H", kind, "--data-binary", "@-", stdin=file)

    read, large = sent(3_000_000), sent(4_300_000)
    assert (read.status, read.json["code"]) == (400, "unknown_source")
    assert (large.status, large.json["code"]) == (413, "too_large")


def test_names_and_pools_that_cannot_be(site: MatchpointServer, post: Callable[..., Reply]) -> None:
    done = run_manage("shell", "-v", "0", "-c", SIGN_UP, **site_settings(site))
    assert done.returncode == 0, done.stderr
    registered = post("/matchmaking", '{"username": "OLGA"}')
    assert (registered.status, registered.json["code"]) == (409, "name_registered")
    like = post("/matchmaking", json.dumps({"username": "0lga"}))
    assert (like.status, like.json["code"]) == (409, "name_registered")
    nowhere = post("/matchmaking", '{"username": "A", "pool": "nowhere"}')
    assert (nowhere.status, nowhere.json["code"]) == (404, "unknown_pool")
    first = post("/matchmaking", '{"username": "Waits"}')
    second = post("/matchmaking", '{"username": "wa\\u0456ts"}')
    assert (second.status, second.json["code"]) == (409, "name_waiting")
    own = post("/matchmaking", "{}", "-H", f"Authorization: Bearer {first.json['token']}")
    assert own.json["ticket"]["id"] == first.json["ticket"]["id"]
    stranger = post("/matchmaking", "{}", "-H", "Authorization: Bearer nobody")
    assert (stranger.status, stranger.json["code"]) == (401, "unidentified")


SIGN_UP = """
from matchmaking.services.players import sign_up
sign_up(username="Olga", password="a long enough one", guest=None)
"""


def site_settings(site: MatchpointServer) -> dict[str, str]:
    return {"DATABASE_URL": site.database_url, "SECRET_KEY": "only-for-tests-" + "0" * 40}


def test_a_socket_lives_through_what_it_cannot_read(site: MatchpointServer, websocat: Path) -> None:
    with Websocat(websocat, f"{site.socket_url}/ws") as socket:
        assert socket.next()["type"] == "welcome"
        for line, code in (
            ('{"type":"chat"}', "malformed"),
            ('{"type":"chat","text":7}', "malformed"),
            ('{"type":"dance"}', "malformed"),
            ('{"no":"type"}', "malformed"),
            ('{"type":"resume","epoch":"x","seq":"y"}', "malformed"),
            ('{"type":"chat","text":"   "}', "empty"),
            (json.dumps({"type": "chat", "text": "x" * 501}), "too_long"),
            ("x" * 501, "too_long"),
            ("y" * 17_000, "too_large"),
        ):
            socket.type(line)
            error = socket.next("error")
            assert (error["code"], bool(error["message"])) == (code, True), line[:60]
        for line in ("{shrug}", "[1, 2]", "just words"):
            socket.type(line)
            assert socket.next("chat")["data"]["text"] == line


@pytest.mark.parametrize("message", ["a line of chat", '{"type":"ping"}'])
async def test_a_flood_is_reported_and_then_ended(message: str) -> None:
    with MatchpointServer(RATE_LIMITS="on") as site:
        async with open_socket(f"{site.socket_url}/ws") as flood:
            for _ in range(400):
                await flood.send(message)
            assert await flood.close_code() == 4429
        codes = {frame.get("code") for frame in flood.frames if frame["type"] == "error"}
        assert codes == {"rate_limited"}
        async with open_socket(f"{site.socket_url}/ws") as calm:
            assert (await calm.next())["type"] == "welcome"


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "null", "https://127.0.0.1", "http://127.0.0.1:9"]
)
def test_another_sites_page_gets_no_socket(
    site: MatchpointServer, websocat: Path, origin: str
) -> None:
    with Websocat(websocat, f"{site.socket_url}/ws", f"-H=Origin: {origin}") as socket:
        assert socket.line() is None
        assert "403" in socket.errors()
    with Websocat(websocat, f"{site.socket_url}/ws", f"-H=Origin: {site.url}") as socket:
        assert socket.next()["type"] == "welcome"


def test_a_plain_request_to_a_socket_is_reported_so(curl: Path, site: MatchpointServer) -> None:
    for path in ("/ws", "/ws/", "/matchmaking", "/matchmaking/"):
        reply = Curl(curl)(f"{site.url}{path}")
        assert (reply.status, reply.body) == (400, b"WebSocket endpoint only")


@pytest.mark.parametrize(
    "query", ["", "?username=", f"?username={'x' * 33}", "?username=A&pool=no"]
)
async def test_a_queue_socket_that_cannot_join_says_why(site: MatchpointServer, query: str) -> None:
    async with open_socket(f"{site.socket_url}/matchmaking{query}") as socket:
        assert await socket.close_code() == 4400
    [error] = socket.frames
    assert error["type"] == "error"
    assert error["message"]
