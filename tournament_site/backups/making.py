"""A backup is made: read as of one moment, written, restored on trial and compared, then named."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from lib.version import version

from . import postgres, sqlite
from .archive import Archive, move_into_place, new_archive, stored_archive
from .folder import backup_name, backups_in, locked_folder, part_of, superseded
from .manifest import BackupFault, Manifest, TableFacts, secret_key_mark
from .migrations import Migration, applied_migrations, tables_after
from .progress import Progress


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    path: Path
    manifest: Manifest
    deleted: list[Path]


def make_backup(folder: Path, *, now: datetime, progress: Progress) -> Made:
    """Write a checked backup of the database to the folder, and delete those that are superseded.

    The site may run meanwhile. Raises `BackupFault`, and leaves nothing behind.
    """
    with locked_folder(folder):
        path = folder / backup_name(now)
        if path.exists():
            raise BackupFault(f"{path} is there already: wait a second.")
        part = part_of(path)
        scratch = part.with_name(f"{part.name}.sqlite3")
        try:
            with new_archive(part) as archive:
                manifest = _written(archive, now, scratch, progress)
                scratch.unlink(missing_ok=True)
            try_out(part, scratch, progress)
            move_into_place(part, path)
        finally:
            for left in (part, *scratch.parent.glob(f"{scratch.name}*")):
                left.unlink(missing_ok=True)
        return Made(path, manifest, _delete_superseded(folder))


def _written(archive: Archive, now: datetime, scratch: Path, progress: Progress) -> Manifest:
    if connection.vendor == "sqlite":
        migrations = _migrations()
        tables = sqlite.write(archive, Path(connection.settings_dict["NAME"]), scratch, progress)
    else:
        with transaction.atomic():
            postgres.one_moment()
            migrations = _migrations()
            tables = postgres.write(archive, tables_after(migrations), progress)
    manifest = _manifest(now, migrations, tables)
    archive.close(manifest)
    return manifest


def _migrations() -> list[Migration]:
    migrations = applied_migrations()
    if not migrations:
        raise BackupFault("The database is not migrated: there is nothing to keep.")
    return migrations


def _manifest(
    now: datetime, migrations: list[Migration], tables: dict[str, TableFacts]
) -> Manifest:
    return Manifest(
        version=version(),
        made_at=now,
        database=connection.vendor,
        migrations=migrations,
        tables=tables,
        secret_key=secret_key_mark(),
    )


def try_out(path: Path, scratch: Path, progress: Progress) -> None:
    """Restore a backup beside the database, compare it with what was read, and drop it again."""
    with stored_archive(path) as archive:
        archive.check()
        if connection.vendor == "sqlite":
            sqlite.unpack(archive, scratch, progress)
            return
        with transaction.atomic():
            postgres.use_new_schema(f"matchpoint_trial_{secrets.token_hex(4)}")
            postgres.load(archive, progress)
            transaction.set_rollback(True)


def _delete_superseded(folder: Path) -> list[Path]:
    keep, weeks = settings.MATCHPOINT_BACKUP_KEEP, settings.MATCHPOINT_BACKUP_KEEP_WEEKS
    gone = superseded(backups_in(folder), keep=keep, weeks=weeks)
    for path in gone:
        path.unlink()
    return gone
