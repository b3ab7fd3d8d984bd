"""A Matchpoint that a test owns: a real server process on a port and a database of its own."""

import http.client
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from matchmaking.models import Pool
from tests.services.service import Service, lean_environment

from .run_folders import made_once
from .services import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))
SECRET = {"SECRET_KEY": "only-for-tests-" + "0" * 40}
SQLITE = "sqlite:///"


class MatchpointServer(Service):
    """One server process; several share a database when they are given its address.

    Capitals are settings: `MatchpointServer(RATE_LIMITS="on")`. What the server prints is in
    `log`; a traceback there fails whoever used the server, but for `expects_faults`.
    """

    expects_faults = False

    name = "matchpoint"
    stop_signal = signal.SIGTERM
    quit_signal = signal.SIGKILL

    def __init__(
        self,
        *,
        server: str = "daphne",
        database_url: str = "",
        redis_url: str = "",
        **settings: str,
    ) -> None:
        super().__init__()
        self.server, self.database_url = server, database_url
        self._settings = (
            SECRET | {"PORT": str(self.port), "RATE_LIMITS": "off", "STOP_SECONDS": "0"} | settings
        )
        if redis_url:
            self._settings["REDIS_URL"] = redis_url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """The same for web sockets."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server has printed."""
        return (self.folder / "log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The process while it runs, such as for what /proc says of it."""
        return self._pid()

    def _prepare(self) -> None:
        if not self.database_url:
            file = self.folder / "matchpoint.sqlite3"
            self.database_url = new_sqlite(file)

    def _command(self) -> list[str]:
        settings = self._settings | {"DATABASE_URL": self.database_url}
        pairs = (f"{name}={value}" for name, value in settings.items())
        # Django's checks of the code, which `make check` runs, would be a sixth of each start.
        serve = ("serve", "--skip-checks", "--server", self.server)
        return ["/usr/bin/env", *pairs, *MANAGE, *serve]

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        log = self.log
        super().__exit__(kind, error, trace)
        if kind is not None:
            print(f"The end of the server's log:\n{log[-4000:]}", file=sys.stderr)
        elif "Traceback" in log and not self.expects_faults:
            at = max(0, log.index("Traceback") - 500)
            raise AssertionError(f"The server's log has a traceback:\n{log[at : at + 8000]}")


def run_manage(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` with these settings and no others."""
    return subprocess.run(
        [*MANAGE, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        env=lean_environment() | settings,
    )


def migrate(database_url: str) -> None:
    """Make the tables of an empty database."""
    done = run_manage("migrate", "--verbosity", "0", DATABASE_URL=database_url, **SECRET)
    if done.returncode != 0:
        raise RuntimeError(f"migrate failed:\n{done.stderr[-2000:]}")


@cache
def migrated_sqlite() -> Path:
    """A file with empty tables, to copy: migrating takes longer than many a test."""

    def make(file: Path) -> None:
        migrate(f"{SQLITE}{file}")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    return made_once("empty.sqlite3", make)


def new_sqlite(file: Path) -> str:
    """The address of a new SQLite file with empty tables."""
    shutil.copyfile(migrated_sqlite(), file)
    return f"{SQLITE}{file}"


@cache
def _migrated_database(server: PostgresServer) -> str:
    name = "empty_tables"
    url = server.create_database(name)

    def make(file: Path) -> None:
        migrate(url)
        server.run("pg_dump", "--no-owner", f"--file={file}", url)

    file = made_once("empty.sql", make)
    if not rows(url, "SELECT 1 FROM pg_tables WHERE tablename = 'django_migrations'"):
        server.run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={file}", url)
    return name


def new_database(server: PostgresServer) -> str:
    """The address of a new PostgreSQL database with empty tables."""
    name, template = f"test_{secrets.token_hex(4)}", _migrated_database(server)
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
        connection.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
    return server.url_of(name)


def rows(database_url: str, statement: str) -> list[tuple[Any, ...]]:
    """What a statement gives, read past the server, from the database itself."""
    if database_url.startswith(SQLITE):
        file = sqlite3.connect(database_url.removeprefix(SQLITE), timeout=20)
        try:
            with file:
                return file.execute(statement).fetchall()
        finally:
            file.close()
    with psycopg.connect(database_url) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def add_pool(database_url: str, slug: str, **rules: str) -> None:
    """Open a pool of a test's own: the default pool's rules, but for those given, as SQL."""
    assert slug.isidentifier()
    names = [str(field.column) for field in Pool._meta.concrete_fields if not field.primary_key]
    columns = {name: name for name in names}
    columns |= {"slug": f"'{slug}'", "name": f"'{slug}'"} | rules
    rows(
        database_url,
        f"INSERT INTO matchmaking_pool ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM matchmaking_pool WHERE slug = 'default'",
    )


def host_and_port(url: str) -> tuple[str, int]:
    """Where a server's address leads."""
    parts = urlsplit(url)
    assert parts.hostname is not None and parts.port is not None
    return parts.hostname, parts.port
