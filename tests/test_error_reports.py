"""Error reports, at a receiver of Sentry's protocol that the test runs."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .clients import Http, send
from .log_lines import until
from .server import SECRET, MatchpointServer, rows, run_manage

ADDRESS = "203.0.113.77"
Event = dict[str, Any]


class Receiver:
    """Takes envelopes: a line of headers, then a header and a body for each item."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.headers.append(dict(self.headers))
                receiver.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def dsn(self) -> str:
        return f"http://publickey@127.0.0.1:{self.server.server_address[1]}/7"

    @property
    def events(self) -> list[Event]:
        return [event for body in self.bodies for event in events_of(body)]


def events_of(envelope: bytes) -> Iterator[Event]:
    """The events in an envelope."""
    rest = envelope.partition(b"\n")[2]
    while rest:
        head, _, rest = rest.partition(b"\n")
        item = json.loads(head)
        size = item["length"]
        if item["type"] == "event":
            yield json.loads(rest[:size])
        rest = rest[size:].removeprefix(b"\n")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    thread = threading.Thread(target=running.server.serve_forever, daemon=True)
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()


def break_pools(site: MatchpointServer) -> None:
    """Make everything that reads a pool a fault."""
    site.expects_faults = True
    rows(site.database_url, "UPDATE matchmaking_pool SET created_at = '2026-13-45 25:00:00'")


def only_one(receiver: Receiver, before: int) -> Event:
    """The one event that came after so many others."""
    until(lambda: receiver.events[before:])
    time.sleep(0.3)
    [event] = receiver.events[before:]
    return event


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_fault_is_reported_once_and_without_what_is_private(
    server: str, receiver: Receiver
) -> None:
    trusted = {"TRUSTED_PROXIES": "127.0.0.1"}
    with MatchpointServer(server=server, SENTRY_DSN=receiver.dsn, **trusted) as site:
        joined = send(site.url, "POST", "/matchmaking", {"username": "Ann Other"})
        token = joined.json["token"]
        # Where somebody waits, the duty that pairs them would meet the fault as well.
        left = send(
            site.url, "DELETE", f"/matchmaking/tickets/{joined.json['ticket']['id']}", token=token
        )
        assert left.status == 200
        break_pools(site)
        for path, accept in (("/api/pools/default", "*/*"), ("/pools/default", "text/html")):
            before = len(receiver.events)
            headers = {
                "Accept": accept,
                "X-Forwarded-For": ADDRESS,
                "Cookie": "sessionid=a-known-session",
                "X-Known": "a-known-header",
            }
            address = f"{path}?asked=a-known-query"
            answer = send(site.url, "GET", address, token=token, headers=headers)
            assert answer.status == 500
            event = only_one(receiver, before)
            assert event["tags"]["request_id"] == answer.headers["x-request-id"]
            assert event["release"] == "matchpoint@0.1.0"
            assert event["exception"]["values"][-1]["type"] == "ValueError"
            assert event["level"] == "error"
            assert not {"request", "user", "breadcrumbs", "extra", "modules"} & event.keys()
    sent = b"".join(receiver.bodies).decode() + str(receiver.headers)
    for private in (token, ADDRESS, "a-known", "Ann Other", SECRET["SECRET_KEY"]):
        assert private not in sent


def test_refusals_are_not_reported(receiver: Receiver) -> None:
    with MatchpointServer(SENTRY_DSN=receiver.dsn) as site:
        for path in ("/nowhere", "/matchmaking", "/api/tournaments/1"):
            send(site.url, "GET", path)
        send(site.url, "POST", "/matchmaking", b"{")
        time.sleep(0.5)
    assert receiver.events == []


@contextmanager
def silent_receiver() -> Iterator[str]:
    """A receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://publickey@127.0.0.1:{listening.getsockname()[1]}/7"


@pytest.mark.parametrize("kind", ["silent", "closed"])
def test_a_dead_receiver_slows_nothing(kind: str) -> None:
    with silent_receiver() as silent:
        dsn = silent if kind == "silent" else "http://publickey@127.0.0.1:9/7"
        with MatchpointServer(server="uvicorn", SENTRY_DSN=dsn) as site:
            break_pools(site)
            began = time.monotonic()
            with Http(site.url) as client:
                for _ in range(150):
                    assert client.send("GET", "/api/pools").status == 500
            assert time.monotonic() - began < 15  # waiting for it would take seconds each time
            began = time.monotonic()
        assert time.monotonic() - began < 15  # and it stops


def test_it_is_not_even_imported_where_nobody_receives() -> None:
    code = "import sys; print([name for name in sys.modules if name.startswith('sentry_sdk')])"
    done = run_manage("shell", "--no-imports", "-c", code, **SECRET, DATABASE_URL="sqlite:///x")
    assert done.stdout.strip() == "[]", done.stderr


def test_an_address_that_is_none_is_named() -> None:
    done = run_manage("check", SENTRY_DSN="no address", **SECRET)
    assert done.returncode == 1
    assert "SENTRY_DSN" in done.stderr
    assert "Traceback" not in done.stderr
