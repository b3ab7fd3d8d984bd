"""Whether anything in the database has changed: asked of it in microseconds, by whoever reads."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from lib.tracing.trace import of_nobody

log = logging.getLogger(__name__)

#: A value that differs once any transaction has been committed; None when it cannot be known.
Version = int | tuple[int, str] | None

#: Longer than that no read waits to learn whether its answer may be kept.
_PATIENCE_SECONDS = 0.25
_PAUSE_SECONDS = 1.0
#: Parameters of a connection that are not the database's.
_OF_DJANGO = {"cursor_factory", "context"}


class SqliteVersion:
    """SQLite's `PRAGMA data_version`, through a connection of its own. On one event loop.

    A connection does not count what it changes itself; this one changes nothing. In WAL mode the
    read waits for nobody.

    It is read once for all that the loop has ready to run: those who ask then have been heard by
    the loop before, so that what was committed when they asked is in it.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._is_read = False
        self._version: int | None = None

    async def __call__(self) -> int | None:
        """The version; None where it cannot be read."""
        if not self._is_read:
            self._version, self._is_read = self._read(), True
            asyncio.get_running_loop().call_soon(self._forget)
        return self._version

    def _forget(self) -> None:
        self._is_read = False

    def _read(self) -> int | None:
        try:
            if self._connection is None:
                address = f"file:{self._file}?mode=ro"
                self._connection = sqlite3.connect(address, uri=True, timeout=0)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self._connection = None
            return None
        return int(version)


class PostgresVersion:
    """PostgreSQL's current snapshot, through a connection of its own. On one event loop.

    A snapshot names the transactions whose changes it shows. While it is the same, they are, for
    whichever process. One query answers all who ask while the one before it runs.
    """

    def __init__(self, **parameters: Any) -> None:
        self._parameters = parameters
        self._waiting: list[asyncio.Future[Version]] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        #: Tells snapshots of one connection from another's, which may be to another server.
        self._connections = 0
        self._not_before = 0.0

    async def __call__(self) -> Version:
        """The version; None while the database does not answer."""
        loop = asyncio.get_running_loop()
        # A future for each: one who stops waiting cancels what they await.
        future: asyncio.Future[Version] = loop.create_future()
        self._waiting.append(future)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._answer_all(), context=of_nobody())
        return await future

    async def _answer_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                version = await self._read()
            except Exception:
                log.exception("Reads are not kept.")
                version = None
            for future in waiting:
                if not future.done():
                    future.set_result(version)

    async def _read(self) -> Version:
        now = asyncio.get_running_loop().time()
        if now < self._not_before:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                if self._connection is None:
                    self._connection = await self._connect()
                cursor = await self._connection.execute("SELECT pg_current_snapshot()::text")
                [(snapshot,)] = await cursor.fetchall()
        except (psycopg.Error, OSError) as error:
            log.info("Reads are not kept: %s", type(error).__name__)
            await self._close()
            self._not_before = now + _PAUSE_SECONDS
            return None
        return self._connections, snapshot

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        self._connections += 1
        return await psycopg.AsyncConnection.connect(**self._parameters, autocommit=True)

    async def _close(self) -> None:
        old, self._connection = self._connection, None
        if old is not None:
            await old.close()


async def _unknown() -> Version:
    return None


def database_version() -> Callable[[], Awaitable[Version]]:
    """What says whether the site's database has changed; it cannot of one in memory."""
    if connection.vendor == "postgresql":
        given = connection.get_connection_params()
        return PostgresVersion(**{k: v for k, v in given.items() if k not in _OF_DJANGO})
    name = str(settings.DATABASES["default"]["NAME"])
    return _unknown if "memory" in name else SqliteVersion(name)
