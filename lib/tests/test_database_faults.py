"""Each thing that may be wrong with a database has its own words."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError
from django.db.utils import Error

from lib.database.faults import outage_of


def wrapped(kind: type[Error], cause: BaseException) -> Error:
    """As Django raises what a driver raised."""
    try:
        raise kind(*cause.args) from cause
    except kind as error:
        return error


def locked(file: Path) -> None:
    first, second = sqlite3.connect(file), sqlite3.connect(file, timeout=0)
    try:
        first.execute("BEGIN IMMEDIATE")
        second.execute("BEGIN IMMEDIATE")
    finally:
        first.close()
        second.close()


def run(*statements: str, uri: str = "file:{file}") -> Callable[[Path], None]:
    def happen(file: Path) -> None:
        connection = sqlite3.connect(uri.format(file=file), uri=True)
        try:
            for statement in statements:
                connection.execute(statement)
        finally:
            connection.close()

    return happen


def damaged(file: Path) -> None:
    file.write_bytes(b"This is no database at all. " * 100)
    run("SELECT * FROM sqlite_schema")(file)


SQLITE: dict[str, Callable[[Path], None]] = {
    "database_locked": locked,
    "disk_full": run(
        "PRAGMA max_page_count = 2", "CREATE TABLE a (b)", "INSERT INTO a VALUES (zeroblob(99999))"
    ),
    "database_read_only": run("INSERT INTO t VALUES (1)", uri="file:{file}?mode=ro"),
    "database_damaged": damaged,
    "database_missing": run("SELECT 1", uri="file:{file}/nowhere?mode=ro"),
    "not_migrated": run("SELECT * FROM matchmaking_lease"),
    "half_migrated": run(
        "CREATE TABLE matchmaking_lease (duty)",
        "INSERT INTO matchmaking_lease (expires_at) VALUES (1)",
    ),
    "migrations_not_recorded": run("CREATE TABLE t (b)"),
}


@pytest.mark.parametrize("code", SQLITE)
def test_what_sqlite_raises_is_known(code: str, tmp_path: Path) -> None:
    file = tmp_path / "test.sqlite3"
    run("CREATE TABLE t (a)")(file)
    with pytest.raises(sqlite3.Error) as raised:
        SQLITE[code](file)
    kind = OperationalError if isinstance(raised.value, sqlite3.OperationalError) else DatabaseError
    outage = outage_of(wrapped(kind, raised.value))
    assert outage is not None
    assert outage.code == code
    assert "Nothing was done." in outage.message


def test_a_disk_without_room_to_open_the_database_is_full() -> None:
    cause = sqlite3.OperationalError("disk I/O error")
    cause.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    outage = outage_of(wrapped(OperationalError, cause))
    assert outage is not None
    assert outage.code == "disk_full"


class PostgresError(Exception):
    """As psycopg raises it."""

    def __init__(self, sqlstate: str | None, message: str = "") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class PoolTimeout(PostgresError):
    """As psycopg's pool raises it."""


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (PostgresError("53100", "could not extend file"), "disk_full"),
        (PostgresError("25006", "cannot execute INSERT in a read-only"), "database_read_only"),
        (PostgresError("55P03"), "database_locked"),
        (PostgresError("42P01", 'relation "matchmaking_pool" does not exist'), "not_migrated"),
        (PostgresError("42703", "column matchmaking_pool.slug does not exist"), "half_migrated"),
        (PostgresError("42P07", 'relation "t" already exists'), "migrations_not_recorded"),
        (
            PostgresError("42701", 'column "a" of relation "t" already exists'),
            "migrations_not_recorded",
        ),
        (
            PostgresError("42703", 'column "slug" of relation "matchmaking_pool" does not exist'),
            "half_migrated",
        ),
    ],
)
def test_what_postgresql_raises_is_known(cause: PostgresError, code: str) -> None:
    outage = outage_of(wrapped(ProgrammingError, cause))
    assert outage is not None
    assert outage.code == code


def test_a_pool_without_a_free_connection_may_be_busy() -> None:
    outage = outage_of(wrapped(OperationalError, PoolTimeout(None, "couldn't get a connection")))
    assert outage is not None
    assert (outage.code, "too much to do" in outage.message) == ("outage", True)


def test_what_cannot_be_reached_is_an_outage() -> None:
    outage = outage_of(OperationalError("connection refused"))
    assert outage is not None
    assert outage.code == "outage"


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("UNIQUE constraint failed"),
        wrapped(ProgrammingError, PostgresError("42P01", 'relation "typo" does not exist')),
        wrapped(ProgrammingError, PostgresError("42601", "syntax error")),
        ValueError(),
    ],
)
def test_a_fault_of_the_program_is_none_of_the_database(error: Exception) -> None:
    assert outage_of(error) is None
