"""A server process that is told to stop parts with its clients one after another."""

import asyncio
import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from .clients import Http
from .server import MatchpointServer, new_database, rows
from .services import PostgresServer

SECONDS = 4
SOCKETS = 120


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    with MatchpointServer(server=request.param, STOP_SECONDS=str(SECONDS)) as running:
        yield running


def tell_to_stop(server: MatchpointServer) -> float:
    """Send SIGTERM; returns when that was."""
    os.kill(server.pid, signal.SIGTERM)
    return time.monotonic()


async def test_sockets_are_closed_one_after_another(server: MatchpointServer) -> None:
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(f"{server.socket_url}/ws"))
            for _ in range(SOCKETS)
        ]
        began = tell_to_stop(server)

        async def closed(socket: object) -> tuple[float, int | None]:
            try:
                while True:
                    await socket.recv()  # type: ignore[attr-defined]
            except ConnectionClosed as error:
                return time.monotonic() - began, error.rcvd.code if error.rcvd else None

        ends = sorted(await asyncio.gather(*map(closed, sockets)))
    assert {code for _, code in ends} == {1012}
    times = [when for when, _ in ends]
    assert times[0] > 0.1 * SECONDS  # first it is seen to be unready
    assert times[-1] < SECONDS
    # They were meant to take 0.35 of the time; a machine that is busy begins late and catches up.
    assert times[-1] - times[0] > 0.1 * SECONDS
    halfway = times[SOCKETS // 2]
    assert 0.1 < (halfway - times[0]) / (times[-1] - times[0]) < 0.9


def test_a_connection_that_is_kept_is_answered_until_its_client_closes_it(
    server: MatchpointServer,
) -> None:
    host, port = "127.0.0.1", server.port
    kept = [http.client.HTTPConnection(host, port, timeout=10) for _ in range(3)]
    for each in kept:
        each.request("GET", "/api/pools")
        each.getresponse().read()
    began = tell_to_stop(server)
    time.sleep(0.1 * SECONDS)
    with Http(server.url) as monitor:
        unready = monitor.send("GET", "/readyz")
    assert (unready.status, unready.json["unready"][0]["code"]) == (503, "stopping")
    time.sleep(0.4 * SECONDS)
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(host, port, timeout=2).request("GET", "/api/pools")
    for each in kept:
        body = b'{"username": "Ann%d"}' % id(each)
        each.request("POST", "/matchmaking", body, {"Content-Type": "application/json"})
        answer = each.getresponse()
        assert answer.status in {200, 201, 202}, answer.read()
        assert answer.getheader("Connection") == "close"
        answer.read()
    server.wait()
    assert time.monotonic() - began < SECONDS + 2


def test_without_clients_it_ends_at_once(server: MatchpointServer) -> None:
    began = tell_to_stop(server)
    server.wait()
    assert time.monotonic() - began < 0.5 * SECONDS


async def test_a_request_that_waits_is_answered(server: MatchpointServer) -> None:
    with Http(server.url) as client:
        ticket = client.join("Ann").json
    path = f"/matchmaking/tickets/{ticket['ticket']['id']}?wait=25"

    def wait() -> int:
        with Http(server.url) as client:
            return client.send("GET", path, token=ticket["token"]).status

    waiting = asyncio.create_task(asyncio.to_thread(wait))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    began = tell_to_stop(server)
    assert await waiting == 200
    assert time.monotonic() - began < SECONDS


def test_another_process_takes_over_the_periodic_work_at_once(postgres: PostgresServer) -> None:
    database = new_database(postgres)
    ask = "SELECT duty, holder FROM matchmaking_lease WHERE duty IN ('upkeep', 'matchmaker')"
    with MatchpointServer(database_url=database, STOP_SECONDS="6") as first:
        deadline = time.monotonic() + 15
        while len(before := dict(rows(database, ask))) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        with MatchpointServer(database_url=database) as second:
            began = tell_to_stop(first)
            while dict(rows(database, ask)).get("matchmaker") in {None, before["matchmaker"]}:
                assert time.monotonic() - began < 3
                time.sleep(0.1)
            assert "Traceback" not in second.log
