"""A backup comes back: checked, migrated, with new epochs, and what was there is kept aside."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from . import postgres, sqlite
from .archive import StoredArchive, stored_archive, sync_folder
from .folder import TIME
from .manifest import Manifest, check_readable
from .migrations import known_migrations
from .progress import Progress
from .running import forget_processes


def restore(path: Path, *, now: datetime, progress: Progress) -> tuple[Manifest, str]:
    """Put a backup in the place of the database; returns what it says, and where the old one is.

    Raises `BackupFault`; then the database is as it was.
    """
    with stored_archive(path) as archive:
        check_readable(archive.manifest, vendor=connection.vendor, known=known_migrations())
        archive.check()
        put = _put_file if connection.vendor == "sqlite" else _put_tables
        return archive.manifest, put(archive, f"{now:{TIME}}", progress)


def _begin_anew() -> None:
    """Bring what was restored up to this version, and let clients start from a snapshot."""
    call_command("migrate", interactive=False, verbosity=0)
    forget_processes()
    call_command("new_epoch", stdout=StringIO())


def _put_tables(archive: StoredArchive, time: str, progress: Progress) -> str:
    aside = f"before_restore_{time.lower()}"
    with transaction.atomic():
        had_any = postgres.move_aside(aside)
        postgres.load(archive, progress)
        _begin_anew()
    return f"schema {aside}" if had_any else ""


def _put_file(archive: StoredArchive, time: str, progress: Progress) -> str:
    connection.close()
    place = Path(connection.settings_dict["NAME"])
    new = place.with_name(f".{place.name}.restore")
    try:
        _delete(new)
        sqlite.unpack(archive, new, progress)
        connection.settings_dict["NAME"] = str(new)
        try:
            _begin_anew()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = str(place)
        _settle(new)
        _belong_as(new, place)
        aside = place.with_name(f"{place.name}.before-restore-{time}")
        had_any = _move(place, aside)
        _move(new, place)
        sync_folder(place.parent)
    finally:
        _delete(new)
    return f"file {aside}" if had_any else ""


def _settle(file: Path) -> None:
    """Put all that was written into the file itself, and let it reach the disk."""
    with closing(sqlite3.connect(file)) as settled:
        settled.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _belong_as(new: Path, old: Path) -> None:
    """Let the same account use it as before, whoever restores."""
    was = (old if old.exists() else old.parent).stat()
    if os.geteuid() == 0:
        os.chown(new, was.st_uid, was.st_gid)
    if old.exists():
        new.chmod(was.st_mode & 0o777)


def _parts(file: Path) -> list[tuple[Path, str]]:
    """A database's file, and what SQLite keeps beside it."""
    return [(file.with_name(file.name + suffix), suffix) for suffix in ("", "-wal", "-shm")]


def _move(file: Path, to: Path) -> bool:
    there = [(part, suffix) for part, suffix in _parts(file) if part.exists()]
    # What belongs to it first: a new file must not find the old one's log.
    for part, suffix in reversed(there):
        part.replace(to.with_name(to.name + suffix))
    return bool(there)


def _delete(file: Path) -> None:
    for part, _ in _parts(file):
        part.unlink(missing_ok=True)
