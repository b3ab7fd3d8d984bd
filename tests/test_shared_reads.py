"""Reads that are shared and kept are never older than a change, whoever has made it."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from lib.heavy.shared import KEPT_SECONDS

from .server import MatchpointServer, host_and_port, new_database, rows
from .services import PostgresServer

CHANGES = 30


@pytest.fixture(scope="module", params=["uvicorn", "daphne", "uvicorn postgresql"])
def site(request: pytest.FixtureRequest, postgres: PostgresServer) -> Iterator[MatchpointServer]:
    kind, _, database = request.param.partition(" ")
    with MatchpointServer(
        server=kind, database_url=new_database(postgres) if database else ""
    ) as server:
        yield server


def read(connection: http.client.HTTPConnection, path: str) -> dict[str, object]:
    connection.request("GET", path, headers={"Accept": "application/json"})
    answer = connection.getresponse()
    body: dict[str, object] = json.loads(answer.read())
    assert answer.status == 200, body
    return body


def test_a_change_by_another_program_is_read_at_once(site: MatchpointServer) -> None:
    """While others read the same all the time, so that there is always an answer to share."""
    host, port = host_and_port(site.url)
    is_over = threading.Event()

    def keep_reading() -> None:
        with closing(http.client.HTTPConnection(host, port, timeout=20)) as mine:
            while not is_over.is_set():
                read(mine, "/api/pools/default")

    readers = [threading.Thread(target=keep_reading) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=20)) as connection:
            for number in range(CHANGES):
                change = f"UPDATE matchmaking_pool SET name = 'Name {number}'"
                rows(site.database_url, f"{change} WHERE slug = 'default'")
                assert read(connection, "/api/pools/default")["name"] == f"Name {number}"
    finally:
        is_over.set()
        for reader in readers:
            reader.join()


def test_the_head_of_a_read_is_that_of_its_answer(site: MatchpointServer) -> None:
    """Of one that is shared, one that is not, and one that Django's handler serves."""
    host, port = host_and_port(site.url)
    with closing(http.client.HTTPConnection(host, port, timeout=20)) as connection:

        def ask(method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            body, own = answer.read(), {"date", "x-request-id"}
            pairs = ((name.lower(), value) for name, value in answer.getheaders())
            return answer.status, {name: value for name, value in pairs if name not in own}, body

        for path, headers in (
            ("/api/pools/default", {}),
            ("/api/pools/default?wait=0", {}),
            ("/api/pools/default", {"Cookie": "theme=dark"}),
            ("/api/pools/none", {}),
            ("/api/openapi.json", {}),
        ):
            status, shown, body = ask("GET", path, **headers)
            assert body
            assert ask("HEAD", path, **headers) == (status, shown, b"")
            assert ask("GET", path, **headers) == (status, shown, body)  # on the same connection


def test_a_header_sent_twice_leaves_nothing_behind_for_others(site: MatchpointServer) -> None:
    host, port = host_and_port(site.url)
    with closing(http.client.HTTPConnection(host, port, timeout=20)) as connection:

        def ask(*tags: str) -> tuple[int, str]:
            connection.putrequest("GET", "/api/pools/default")
            for tag in tags:
                connection.putheader("If-None-Match", tag)
            connection.endheaders()
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("ETag") or ""

        old = '"an-old-one"'
        status, tag = ask(old)
        time.sleep(KEPT_SECONDS * 1.1)  # nothing is kept any more
        assert (status, ask(tag, old)[0], ask(old)[0]) == (200, 304, 200)
