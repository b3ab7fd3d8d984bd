"""What monitors ask a process: does it live, and can it serve people now."""

import sqlite3
import time
from contextlib import closing

import pytest

from lib.database.faults import BUSY, DISK_FULL, HALF_MIGRATED, LOCKED, NOT_MIGRATED, UNREACHABLE
from lib.errors import Outage
from tournament_site.monitoring import readiness
from tournament_site.monitoring.readiness import LAYER_AWAY, State, begin_stopping, judged

from .clients import Reply, send
from .server import SQLITE, MatchpointServer, new_database, rows
from .services import PostgresServer, RedisServer

#: What is kept of the last check is over by then.
FRESH_SECONDS = 5.5


def probe(site: MatchpointServer, path: str = "/readyz") -> Reply:
    return send(site.url, "GET", path)


def codes(answer: Reply, kind: str) -> list[str]:
    return [trouble["code"] for trouble in answer.json[kind]]


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_process_that_lives_and_is_ready_says_so(server: str) -> None:
    # A monitor asks the process by its own address, past the proxy and its HTTPS.
    public = "https://play.example.org"
    with MatchpointServer(server=server, PUBLIC_URL=public, RATE_LIMITS="on") as site:
        for path in ("/healthz", "/healthz/", "/readyz", "/readyz/"):
            assert probe(site, path).status == 200
        assert probe(site, "/healthz").json == {"status": "ok"}
        answer = probe(site)
        assert answer.json == {"status": "ready", "unready": [], "degraded": []}
        assert answer.headers["cache-control"] == "no-store"
        assert send(site.url, "HEAD", "/readyz").status == 200
        assert send(site.url, "POST", "/readyz").status == 405


def test_a_locked_database_makes_a_process_degraded_and_not_unready() -> None:
    with MatchpointServer() as site:
        file = site.database_url.removeprefix(SQLITE)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = probe(site)
            assert (answer.status, answer.json["status"]) == (200, "degraded")
            assert codes(answer, "degraded") == ["database_locked"]
            other.execute("ROLLBACK")


def test_a_migration_that_is_missing_makes_a_process_unready() -> None:
    with MatchpointServer() as site:
        rows(site.database_url, "DELETE FROM django_migrations WHERE app = 'lobby'")
        answer = probe(site)
        assert (answer.status, codes(answer, "unready")) == (503, ["half_migrated"])
        assert probe(site, "/healthz").status == 200


@pytest.mark.services
def test_without_redis_a_process_is_degraded_and_without_postgresql_unready(
    postgres: PostgresServer, redis_server: RedisServer
) -> None:
    database = new_database(postgres)
    with MatchpointServer(database_url=database, redis_url=redis_server.url) as site:
        assert probe(site).json["status"] == "ready"
        redis_server.kill()
        postgres.kill()
        try:
            time.sleep(FRESH_SECONDS)
            began = time.monotonic()
            answer = probe(site)
            assert time.monotonic() - began < 4
            assert probe(site, "/healthz").status == 200
        finally:
            postgres.start()
        assert (answer.status, codes(answer, "degraded")) == (503, ["redis"])
        assert codes(answer, "unready") == ["outage"]
        try:
            time.sleep(FRESH_SECONDS)
            answer = probe(site)
        finally:
            redis_server.start()
        assert (answer.status, codes(answer, "degraded")) == (200, ["redis"])
        time.sleep(FRESH_SECONDS)
        assert probe(site).json["status"] == "ready"


@pytest.mark.parametrize("outage", [UNREACHABLE, BUSY, NOT_MIGRATED, HALF_MIGRATED])
def test_a_database_that_cannot_be_used_makes_a_process_unready(outage: Outage) -> None:
    assert judged(outage, None).status is State.UNREADY


@pytest.mark.parametrize("outage", [DISK_FULL, LOCKED])
def test_what_is_still_read_makes_a_process_degraded(outage: Outage) -> None:
    assert judged(outage, LAYER_AWAY).status is State.DEGRADED
    assert [trouble.code for trouble in judged(outage, LAYER_AWAY).degraded] == [
        outage.code,
        "redis",
    ]


def test_a_process_that_stops_is_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness._Stop, "begun", False)
    begin_stopping()
    found = judged(None, None)
    assert (found.status, found.unready[0].code) == (State.UNREADY, "stopping")
