"""What monitors read of a running process: closed by default, bounded, and never waiting."""

import asyncio
import http.client
import time
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from .clients import Http, open_socket, send
from .server import MatchpointServer, new_database, run_manage
from .services import PostgresServer, RedisServer
from .services.processes import comes_true
from .services.service import free_port

TOKEN = "a-token-that-nobody-can-guess"


def scrape(port: int, *, seconds: float = 5.0) -> dict[str, float]:
    """Every series of a process, by its name with its labels."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/metrics")
        return parsed(connection.getresponse().read().decode())
    finally:
        connection.close()


def scrape_once_read(port: int) -> dict[str, float]:
    """The same, once all that is read every few seconds has been read twice."""

    def is_read() -> bool:
        found = scrape(port)
        counts = [f'matchpoint_duty_seconds_count{{duty="{d}"}}' for d in ("tick", "read_totals")]
        return all(found.get(count, 0) >= 2 for count in counts)

    assert comes_true(is_read, 30)
    return scrape(port)


def parsed(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_the_site_has_no_such_page() -> None:
    with MatchpointServer() as site:
        assert send(site.url, "GET", "/metrics").status == 404


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_whoever_shows_the_token_may_read(server: str) -> None:
    with MatchpointServer(server=server, METRICS_TOKEN=TOKEN) as site, Http(site.url) as http:
        for wrong in ("", "a-token-that-somebody-guessed", TOKEN[:-1], TOKEN + "x"):
            refused = http.send("GET", "/metrics", token=wrong)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        read = http.send("GET", "/metrics", token=TOKEN)
        assert read.status == 200
        assert read.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert parsed(read.body.decode())["matchpoint_frames_sent_total"] == 0


def test_a_short_token_is_refused_and_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    settings = {"SECRET_KEY": "only-for-tests-" + "0" * 40}
    settings["DATABASE_URL"] = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    short = run_manage("check", METRICS_TOKEN="short", **settings)
    assert "METRICS_TOKEN must have at least 24 characters" in short.stderr
    port = free_port()
    with MatchpointServer(METRICS_PORT=str(port)) as site:
        taken = run_manage(
            "serve",
            **settings | {"DATABASE_URL": site.database_url},
            PORT=str(free_port()),
            METRICS_PORT=str(port),
        )
    assert taken.returncode == 1
    assert f"Cannot listen on METRICS_PORT={port}" in taken.stderr


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
async def test_what_happens_is_counted(server: str) -> None:
    port = free_port()
    with MatchpointServer(server=server, METRICS_PORT=str(port)) as site, Http(site.url) as http:
        async with open_socket(f"{site.socket_url}/ws") as socket:
            await socket.next("welcome")
            for name in ("Ann", "Bob", "Cem"):
                assert http.join(name).status == 200
            await socket.next("matched")
            assert http.send("GET", "/nowhere").status == 404
            found = await asyncio.to_thread(scrape_once_read, port)
            assert found['matchpoint_queue_length{pool="default"}'] == 1
            assert found['matchpoint_sockets_open{kind="lobby"}'] == 1
            assert found["matchpoint_frames_sent_total"] >= 2
            assert found['matchpoint_relay_lag_seconds_count{way="announced"}'] >= 1
            assert found["matchpoint_matches_open"] == 1
            assert found['matchpoint_match_wait_seconds_count{pool="default"}'] == 2
            assert found['matchpoint_batch_items_sum{batch="join_pools"}'] == 3
            assert found['matchpoint_http_requests_total{status="2xx",view="matchmaking"}'] == 3
            assert found['matchpoint_http_requests_total{status="4xx",view="none"}'] == 1
            assert found['matchpoint_lease_held{duty="matchmaker"}'] == 1
            assert found["matchpoint_database_query_seconds_count"] > 0
            assert found["process_resident_memory_bytes"] > 0
            assert any("matchpoint_build_info{" in name for name in found)
        await asyncio.sleep(0.5)
        assert scrape(port)['matchpoint_sockets_open{kind="lobby"}'] == 0


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
async def test_what_is_refused_is_counted_by_what_it_was(server: str) -> None:
    port = free_port()
    with MatchpointServer(server=server, METRICS_PORT=str(port), RATE_LIMITS="on") as site:
        async with open_socket(f"{site.socket_url}/ws") as socket:
            await socket.next("welcome")
            with suppress(ConnectionClosed):
                for _ in range(300):
                    await socket.send({"type": "ping"})
            assert await socket.close_code() == 4429
        found = scrape(port)
        assert found['matchpoint_rate_limited_total{kind="messages"}'] > 50
        assert found['matchpoint_socket_closes_total{code="4429"}'] == 1
        assert found['matchpoint_sockets_open{kind="lobby"}'] == 0


@pytest.mark.timeout(300)
def test_ten_thousand_addresses_leave_the_number_of_series_as_it_was() -> None:
    port = free_port()
    trusted = {"TRUSTED_PROXIES": "127.0.0.1", "METRICS_PORT": str(port)}
    with MatchpointServer(server="uvicorn", **trusted) as site, Http(site.url) as http:

        def ask(number: int) -> None:
            client = {"X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
            path = f"/nothing/{number}" if number % 50 == 0 else f"/api/pools?since={number}"
            http.send("GET", path, headers=client)

        for number in range(100):
            ask(number)
        before = scrape_once_read(port)
        for number in range(100, 10_100):
            ask(number)
        assert scrape(port).keys() == before.keys()


@pytest.mark.services
def test_whoever_reads_waits_for_no_database(
    postgres: PostgresServer, redis_server: RedisServer
) -> None:
    port = free_port()
    database = new_database(postgres)
    metrics = {"METRICS_PORT": str(port), "METRICS_TOKEN": TOKEN}
    with (
        MatchpointServer(database_url=database, redis_url=redis_server.url, **metrics) as site,
        Http(site.url) as http,
    ):
        assert http.join("Ann").status == 200
        assert scrape(port)["matchpoint_database_pool_limit"] == 12
        postgres.freeze()
        redis_server.freeze()
        try:
            for _ in range(20):
                began = time.monotonic()
                assert "matchpoint_database_pool_waiting" in scrape(port)
                assert http.send("GET", "/metrics", token=TOKEN).status == 200
                assert time.monotonic() - began < 1
                time.sleep(0.2)
        finally:
            postgres.thaw()
            redis_server.thaw()
