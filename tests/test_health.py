"""A running site says what is wrong with its database: to monitors, on pages, over the API."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from .clients import Reply, open_socket, send
from .server import SQLITE, MatchpointServer, rows
from .services.processes import comes_true

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer() as server:
        yield server


def health(site: MatchpointServer, status: int) -> Reply:
    """The answer about the health once it has this status: the last one is kept for 5 s."""
    answers = []

    def has_come() -> bool:
        answers.append(send(site.url, "GET", "/health"))
        return answers[-1].status == status

    assert comes_true(has_come, 10), answers[-1]
    return answers[-1]


def test_a_site_that_works_says_so(site: MatchpointServer) -> None:
    answer = send(site.url, "GET", "/health/")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["cache-control"]


def test_asking_often_writes_seldom(site: MatchpointServer) -> None:
    for _ in range(50):
        assert send(site.url, "GET", "/health").status == 200
    first = "SELECT expires_at FROM matchmaking_lease WHERE duty = 'health'"
    before = rows(site.database_url, first)
    assert send(site.url, "GET", "/health").status == 200
    assert rows(site.database_url, first) == before


def test_a_locked_database_is_called_so(site: MatchpointServer) -> None:
    file = site.database_url.removeprefix(SQLITE)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = health(site, 503)
        other.execute("ROLLBACK")
    assert answer.json["code"] == "database_locked"
    assert answer.headers["retry-after"]
    health(site, 200)


async def test_a_database_that_lacks_tables_is_called_so(site: MatchpointServer) -> None:
    rows(site.database_url, "ALTER TABLE matchmaking_pool RENAME TO elsewhere")
    answer = send(site.url, "GET", "/api/pools")
    assert (answer.status, answer.json["code"]) == (503, "not_migrated")
    joined = send(site.url, "POST", "/matchmaking", {"username": "Ann"})
    assert (joined.status, joined.json["code"]) == (503, "not_migrated")
    page = send(site.url, "GET", "/", headers=BROWSER)
    assert page.status == 503
    assert b"The database is not migrated" in page.body
    async with open_socket(f"{site.socket_url}/matchmaking?username=Ann") as socket:
        assert await socket.close_code() == 1012
    assert [frame["code"] for frame in socket.frames] == ["not_migrated"]


def test_a_migration_that_is_missing_is_called_so(site: MatchpointServer) -> None:
    rows(site.database_url, "DELETE FROM django_migrations WHERE app = 'lobby'")
    answer = health(site, 503)
    assert answer.json["code"] == "half_migrated"
    assert "manage.py migrate" in answer.json["message"]
