"""The log from outside: a line for each request and socket, and nothing private in any."""

import re
import secrets
import socket
import time
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect

from .browsing import Browser
from .clients import Http, Reply, open_socket, send
from .log_lines import entries, entry_of, served, until
from .server import MatchpointServer, host_and_port, rows

ADDRESS = "203.0.113.77"
GIVEN = "abcdef0123456789.trusted"


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def site(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    settings = {"LOG_FORMAT": "json", "TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMITS": "on"}
    with MatchpointServer(server=request.param, **settings) as server:
        yield server


def new_name() -> str:
    return f"P {secrets.token_hex(4)}"


def id_of(answer: Reply) -> str:
    return answer.headers["x-request-id"]


def test_a_request_has_one_line_with_what_it_took(site: MatchpointServer) -> None:
    answer = send(site.url, "GET", "/leaderboards?page=1", headers={"Accept": "text/html"})
    line = entry_of(site, id_of(answer))
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("duration_ms") >= line.pop("query_ms") > 0
    assert line.pop("queries") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "matchpoint.requests",
        "request_id": id_of(answer),
        "method": "GET",
        "route": "leaderboards",
        "status": 200,
        "bytes": len(answer.body),
    }


def test_the_short_path_has_the_same_line_and_says_who_asks(site: MatchpointServer) -> None:
    joined = send(site.url, "POST", "/matchmaking", {"username": new_name()})
    line = entry_of(site, id_of(joined))
    assert (line["route"], line["status"], line["batch"]) == ("matchmaking", 200, 1)
    assert line["player"] == joined.json["player"]["id"]
    assert line["queries"] > 2 and line["query_ms"] > 0
    token, ticket = joined.json["token"], joined.json["ticket"]["id"]
    read = send(site.url, "GET", f"/matchmaking/tickets/{ticket}", token=token)
    line = entry_of(site, id_of(read))
    assert (line["route"], line["queries"] > 0) == ("ticket", True)
    left = send(site.url, "DELETE", f"/matchmaking/tickets/{ticket}", token=token)
    line = entry_of(site, id_of(left))
    assert (line["method"], line["route"]) == ("DELETE", "ticket")
    assert line["player"] == joined.json["player"]["id"]


def test_a_browser_s_player_is_named_by_id(site: MatchpointServer) -> None:
    browser, password = Browser(site.url), "correct horse battery"
    made = browser.submit(
        "/sign-up", username=new_name(), password=password, password_again=password
    )
    assert made.status == 302
    assert entry_of(site, id_of(browser.get("/account")))["player"]


def test_an_id_is_taken_from_a_trusted_proxy(site: MatchpointServer) -> None:
    answer = send(site.url, "GET", "/api/pools", headers={"X-Request-ID": GIVEN})
    assert id_of(answer) == GIVEN
    assert entry_of(site, GIVEN)["route"] == "api-pools"


@pytest.mark.parametrize("given", ["short", "a b c d e f g h", "x" * 65, '"},{"level":"error'])
def test_what_does_not_look_like_an_id_is_not_taken(site: MatchpointServer, given: str) -> None:
    answer = send(site.url, "GET", "/api/pools", headers={"X-Request-ID": given})
    assert id_of(answer) != given
    assert len(id_of(answer)) == 32


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_nobody_else_gives_a_request_its_id(server: str) -> None:
    with MatchpointServer(server=server) as site:
        answer = send(site.url, "GET", "/api/pools", headers={"X-Request-ID": GIVEN})
        assert len(id_of(answer)) == 32


async def test_a_socket_has_one_line_when_it_closes(site: MatchpointServer) -> None:
    joined = send(site.url, "POST", "/matchmaking", {"username": new_name()})
    async with open_socket(f"{site.socket_url}/ws", token=joined.json["token"]) as lobby:
        response = lobby.connection.response
        assert response is not None
        request_id = response.headers["X-Request-ID"]
        welcome = await lobby.next("welcome")
        await lobby.send({"type": "ping"})
        await lobby.next("pong")
        await lobby.send({"type": "resume", "epoch": welcome["epoch"], "seq": welcome["seq"]})
        await lobby.send({"type": "ping"})
        await lobby.next("pong")
        await lobby.send("hello")
        await lobby.next("chat")
        assert not [one for one in served(site) if one["request_id"] == request_id]
    line = entry_of(site, request_id)
    assert (line["event"], line["kind"], line["code"]) == ("socket", "lobby", 1000)
    assert (line["frames_in"], line["resumes"]) == (4, 1)
    # The welcome, two pongs, a line of chat, and presence more or less often.
    assert len(lobby.frames) <= line["frames_out"] <= len(lobby.frames) + 3
    assert line["player"] == joined.json["player"]["id"]
    assert line["duration_ms"] > 0


async def test_a_socket_that_is_refused_has_a_line_too(site: MatchpointServer) -> None:
    headers = {"X-Request-ID": new_id()}
    with pytest.raises(Exception, match="403"):
        async with connect(f"{site.socket_url}/nothing", additional_headers=headers, proxy=None):
            pass
    line = entry_of(site, headers["X-Request-ID"])
    assert (line["kind"], line["code"]) == ("none", 4404)


def test_a_refused_connection_has_an_id_too(site: MatchpointServer) -> None:
    with socket.create_connection(host_and_port(site.url), timeout=10) as plain:
        plain.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        answer = plain.makefile("rb").read().decode()
    [request_id] = re.findall(r"(?mi)^X-Request-ID: (\w+)", answer)
    assert until(lambda: [one for one in entries(site) if one.get("request_id") == request_id])


def new_id() -> str:
    return secrets.token_hex(8)


def test_what_monitors_and_browsers_ask_all_the_time_has_no_line(site: MatchpointServer) -> None:
    before = new_id()
    for path in ("/healthz", "/readyz", "/health", "/static/css/base.css"):
        send(site.url, "GET", path, headers={"X-Request-ID": before})
    last = send(site.url, "GET", "/api/pools")
    entry_of(site, id_of(last))
    assert [one for one in served(site) if one["request_id"] == before] == []


def test_a_flood_of_refusals_takes_few_lines_and_is_counted() -> None:
    settings = {"LOG_FORMAT": "json", "RATE_LIMITS": "off", "LOG_REQUESTS_PER_SECOND": "100"}
    with MatchpointServer(server="uvicorn", **settings) as site, Http(site.url) as client:
        for _ in range(400):
            assert client.send("GET", f"/{secrets.token_hex(4)}").status == 404
        # What is served is not left out for that.
        entry_of(site, id_of(client.send("GET", "/api/pools")))
        time.sleep(1.2)
        entry_of(site, id_of(client.send("GET", "/nowhere")))
        refused = [one for one in served(site) if one["status"] == 404]
        assert 20 <= len(refused) <= 40
        assert len(refused) + sum(one.get("left_out", 0) for one in refused) == 401


def test_no_lines_where_they_are_turned_off() -> None:
    settings = {"LOG_FORMAT": "json", "LOG_REQUESTS_PER_SECOND": "0"}
    with MatchpointServer(**settings) as site:
        assert len(id_of(send(site.url, "GET", "/api/pools"))) == 32
        assert served(site) == []


def lines_with(site: MatchpointServer, text: str) -> list[str]:
    """The lines with this text, once there are two, and some time after."""

    def look() -> list[str]:
        return [line for line in site.log.splitlines() if text in line]

    until(lambda: look()[1:])
    return look()


def broken(site: MatchpointServer) -> None:
    """Put into a row what no version of the site writes, which is a fault wherever it is read."""
    rows(site.database_url, "UPDATE matchmaking_pool SET created_at = '2026-13-45 25:00:00'")


@pytest.mark.parametrize("form", ["json", "auto", "text"])
@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_fault_is_found_by_the_id_that_its_page_shows(server: str, form: str) -> None:
    with MatchpointServer(server=server, LOG_FORMAT=form) as site:
        site.expects_faults = True
        broken(site)
        page = send(site.url, "GET", "/pools/default?secret=word", headers={"Accept": "text/html"})
        assert page.status == 500
        assert f"<code>{id_of(page)}</code>" in page.body.decode()
        answer = send(site.url, "GET", "/api/pools/default?secret=word")
        assert (answer.status, answer.json["code"]) == (500, "fault")
        assert answer.json["request_id"] == id_of(answer)
        joined = send(site.url, "POST", "/matchmaking", {"username": new_name()})
        assert joined.json["request_id"] == id_of(joined)
        for one in (page, answer, joined):
            # The fault with its traceback, and the request's own line.
            assert len(lines_with(site, id_of(one))) == 2
        assert "ValueError" in site.log
        assert "secret" not in site.log
