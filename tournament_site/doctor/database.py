"""The database: whether it is there, of this version, and keeps what it has confirmed."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from lib.database.faults import HALF_MIGRATED, NOT_MIGRATED, database_name, database_says
from tournament_site.health import database_outage, missing_migrations

from .findings import Finding, fault, ok, warning

#: The oldest that Django 5.2 speaks to.
_OLDEST_POSTGRES = 14
#: For whoever looks after the server, and for commands beside the processes.
_SPARE_CONNECTIONS = 5
#: What asks whether anything has changed (`lib/database/changes.py`).
_CONNECTIONS_BESIDE_POOL = 1
_CLOCK_SECONDS, _CLOCK_FAULT_SECONDS = 1.0, 5.0


def check_database() -> Finding:
    """Whether it can be used at all; nothing else can be asked where it cannot."""
    outage = database_outage()
    if outage is None:
        return ok("database", f"It answers, is migrated and takes writes: {database_name()}.")
    fix = "Look at DATABASE_URL, and whether the server runs."
    if outage in {NOT_MIGRATED, HALF_MIGRATED}:
        missing, _ = missing_migrations()
        fix = f"Run `manage.py migrate`: it lacks {len(missing)}, such as {missing[0]}."
    message = f"{outage.message.partition('. ')[0]}: {database_name()}.{database_says()}"
    return fault("database", message, fix)


def check_storage(processes: int) -> Iterator[Finding]:
    """How the database keeps what it has confirmed, and for how many."""
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgres(processes)


def _ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _sqlite() -> Iterator[Finding]:
    mode, synchronous = _ask("PRAGMA journal_mode"), _ask("PRAGMA synchronous")
    if mode != "wal" or synchronous < 2:
        yield fault(
            "durability",
            f"SQLite runs with journal_mode={mode} and synchronous={synchronous}.",
            "Put the file on a local disk, not on a network's: WAL needs shared memory.",
        )
    else:
        yield ok("durability", "SQLite has WAL, and waits for the disk with each commit.")
    said = _ask("PRAGMA quick_check(1)")
    if said != "ok":
        yield fault("damage", f"SQLite finds damage: {said}.", "Restore a backup.")


def _postgres(processes: int) -> Iterator[Finding]:
    version = int(_ask("SHOW server_version_num")) // 10_000
    if version < _OLDEST_POSTGRES:
        fix = f"Upgrade PostgreSQL to {_OLDEST_POSTGRES} or newer."
        yield fault("postgresql", f"PostgreSQL is of version {version}.", fix)
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if _ask(f"SHOW {name}") == "off"
    ]
    if off:
        yield fault(
            "durability",
            f"PostgreSQL has {off[0]} off: a power cut loses results, or damages everything.",
            f"ALTER SYSTEM SET {off[0]} TO on; SELECT pg_reload_conf();",
        )
    else:
        yield ok("durability", f"PostgreSQL {version} waits for the disk with each commit.")
    yield _connections(max(1, processes))
    yield _clock()


def _connections(processes: int) -> Finding:
    most = int(_ask("SHOW max_connections")) - int(_ask("SHOW superuser_reserved_connections"))
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    each = pool + _CONNECTIONS_BESIDE_POOL
    wanted = each * processes + _SPARE_CONNECTIONS
    said = (
        f"{processes} times {each} connections (DATABASE_POOL={pool}, and "
        f"{_CONNECTIONS_BESIDE_POOL}) may be open, and PostgreSQL has {most}"
    )
    if wanted > most:
        return fault(
            "connections",
            f"{said}.",
            f"Set max_connections to {wanted + 10} or more and restart PostgreSQL, or lower"
            " DATABASE_POOL.",
        )
    return ok("connections", f"{said}: room for {(most - _SPARE_CONNECTIONS) // each} processes.")


def _clock() -> Finding:
    before = timezone.now()
    theirs = _ask("SELECT clock_timestamp()")
    after = timezone.now()
    apart = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if apart <= _CLOCK_SECONDS:
        return ok("clock", "This machine's clock and the database's agree.")
    found = fault if apart > _CLOCK_FAULT_SECONDS else warning
    fix = "Let both machines follow NTP (systemd-timesyncd or chrony)."
    return found("clock", f"This machine's clock and the database's differ by {apart:.0f} s.", fix)
