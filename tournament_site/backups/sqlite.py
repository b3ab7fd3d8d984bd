"""SQLite: a copy of the file as of one moment, compared with what was read at that moment."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .archive import Archive, StoredArchive
from .manifest import BackupFault, RowDigest, TableFacts
from .progress import Progress

MEMBER = "database.sqlite3"
_PAGES, _BLOCK = 2000, 1 << 20


def write(archive: Archive, file: Path, scratch: Path, progress: Progress) -> dict[str, TableFacts]:
    """Copy the database into the archive, by way of a file `scratch`; says what the source had.

    Its own connection holds one reading transaction for all of it, so others go on writing.
    """
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as source:
        source.isolation_level = None
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment
        with _private(scratch), closing(sqlite3.connect(scratch)) as copy:

            def copied(status: int, remaining: int, total: int) -> None:
                progress(f"Copied {total - remaining} of {total} pages.")

            source.backup(copy, pages=_PAGES, progress=copied)
            copy.execute("PRAGMA journal_mode=DELETE")
        with archive.file(MEMBER) as packed, scratch.open("rb") as raw:
            while block := raw.read(_BLOCK):
                packed.write(block)
        return facts(source, progress)


@contextmanager
def _private(path: Path) -> Iterator[None]:
    """A new file that only its owner can read, before anything is in it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    yield


def unpack(archive: StoredArchive, path: Path, progress: Progress) -> None:
    """Write the database of a backup to a new file, and check that it is what was copied."""
    with _private(path), path.open("wb") as file:
        for block in archive.blocks(MEMBER):
            file.write(block)
            progress(f"Unpacked {file.tell() >> 20} MiB.")
        file.flush()
        os.fsync(file.fileno())
    with closing(sqlite3.connect(path)) as connection:
        found = facts(connection, progress)
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
    if said != ["ok"] or orphans:
        raise BackupFault(f"The database in the backup is damaged: {orphans or said[0]}.")
    archive.compare(found)


def facts(connection: sqlite3.Connection, progress: Progress) -> dict[str, TableFacts]:
    """What each table holds."""
    listed = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    return {name: _facts_of(connection, name, progress) for (name,) in listed}


def _facts_of(connection: sqlite3.Connection, table: str, progress: Progress) -> TableFacts:
    digest = RowDigest()
    for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - of sqlite_master
        digest.add(repr(row).encode())
        progress(f"Read {digest.rows} rows of {table}.")
    return TableFacts(digest.rows, digest.hexdigest())
