"""The version of the data is another once anybody has committed, and the same until then."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lib.database import changes
from lib.database.changes import PostgresVersion, SqliteVersion


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    with closing(sqlite3.connect(tmp_path / "data.sqlite3", isolation_level=None)) as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute("CREATE TABLE t (x)")
        yield tmp_path / "data.sqlite3"


async def test_sqlites_version_is_another_after_each_commit(file: Path) -> None:
    version = SqliteVersion(str(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        seen = [await version()]
        for number in range(3):
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("INSERT INTO t VALUES (?)", [number])
            await asyncio.sleep(0)  # as before each request that the loop hears
            assert await version() == seen[-1]
            writer.execute("COMMIT")
            await asyncio.sleep(0)
            seen.append(await version())
    assert None not in seen
    assert len(set(seen)) == len(seen)


async def test_sqlites_version_is_read_once_for_all_that_the_loop_has_ready(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = SqliteVersion(str(file))
    monkeypatch.setattr(version, "_read", count(1).__next__)
    assert await asyncio.gather(*(version() for _ in range(30))) == [1] * 30
    await asyncio.sleep(0)
    assert await version() == 2


async def test_a_version_that_sqlite_cannot_tell_is_none(tmp_path: Path) -> None:
    assert await SqliteVersion(str(tmp_path / "absent.sqlite3"))() is None


@asynccontextmanager
async def asked(conninfo: str) -> AsyncIterator[PostgresVersion]:
    version = PostgresVersion(conninfo=conninfo)
    try:
        yield version
    finally:
        await version._close()


async def test_postgresqls_version_is_another_after_each_commit(postgres: Any) -> None:
    async with asked(postgres.url) as version:
        with psycopg.connect(postgres.url, autocommit=True) as writer:
            writer.execute("CREATE TABLE IF NOT EXISTS changes (x int)")
            seen = [await version()]
            for number in range(3):
                with writer.transaction():
                    writer.execute("INSERT INTO changes VALUES (%s)", [number])
                    seen.append(await version())  # a transaction that runs may make another, too
                    assert await version() == seen[-1]
                seen.append(await version())
            writer.execute("DROP TABLE changes")
    assert None not in seen
    assert seen[0] != seen[2] != seen[4] != seen[6]
    assert all(before != after for before, after in zip(seen[1::2], seen[2::2], strict=True))


async def test_who_asks_postgresql_meanwhile_shares_the_next_version(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(postgres.url) as version:
        reads, may_end = count(1), asyncio.Event()

        async def read() -> tuple[int, str]:
            number = next(reads)
            await may_end.wait()
            return number, ""

        monkeypatch.setattr(version, "_read", read)
        first = asyncio.create_task(version())
        await asyncio.sleep(0.01)  # it is being read
        later = [asyncio.create_task(version()) for _ in range(30)]
        await asyncio.sleep(0.01)
        may_end.set()
        assert await first == (1, "")
        assert await asyncio.gather(*later) == [(2, "")] * 30


async def test_who_stops_waiting_for_a_version_keeps_nobody_from_it(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(postgres.url) as version:
        may_end = asyncio.Event()

        async def read() -> tuple[int, str]:
            await may_end.wait()
            return 1, ""

        monkeypatch.setattr(version, "_read", read)
        waits = [asyncio.create_task(version()) for _ in range(3)]
        await asyncio.sleep(0.01)
        waits[0].cancel()
        await asyncio.sleep(0.01)
        may_end.set()
        assert await asyncio.gather(*waits[1:]) == [(1, "")] * 2
        assert waits[0].cancelled()


async def test_a_fault_in_reading_a_version_is_logged_and_answered(
    postgres: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with asked(postgres.url) as version:

        async def read() -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(version, "_read", read)
        assert await asyncio.wait_for(version(), 5) is None
        assert "ZeroDivisionError" in caplog.text
        monkeypatch.undo()
        assert await version() is not None


async def test_a_version_that_postgresql_cannot_tell_is_none(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked("postgres://127.0.0.1:1") as version:
        assert await version() is None
        version._parameters = {"conninfo": postgres.url}
        assert await version() is None  # it is not asked again at once
        monkeypatch.setattr(changes, "_PAUSE_SECONDS", 0.0)
        version._not_before = 0.0
        first = await version()
        assert first is not None
        assert version._connection is not None
        await version._connection.close()
        assert await version() is None
        again = await version()
        assert again is not None
        assert again != first  # by another connection, which may lead to another server
