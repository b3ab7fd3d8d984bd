"""`manage.py backup`: the whole database in one checked file, while the site runs."""

import errno
import sqlite3
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.utils import timezone

from tournament_site.backups.making import Made, make_backup
from tournament_site.backups.manifest import BackupFault
from tournament_site.backups.progress import Progress

FAULTS = (BackupFault, DatabaseError, psycopg.Error, sqlite3.Error, OSError)
#: Also a limit on the size of files.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR")


class Command(BaseCommand):
    """Writes a backup, restores it on trial, and deletes old ones."""

    help = (
        "Write the whole database to one file, while the site runs; restore it on trial, compare,"
        " and delete backups that are superseded (BACKUP_KEEP, BACKUP_KEEP_WEEKS). It has no"
        " SECRET_KEY: keep that somewhere else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to."""
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.MATCHPOINT_BACKUP_FOLDER,
            help="Where backups are kept (default: BACKUP_FOLDER, now %(default)s).",
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Make one, and say so in one line."""
        began = time.monotonic()
        try:
            made = make_backup(folder, now=timezone.now(), progress=Progress(self.stderr.write))
        except FAULTS as error:
            raise CommandError(f"No backup was made. {in_words(error)}") from error
        self.stdout.write(_line(made, time.monotonic() - began))


def _line(made: Made, seconds: float) -> str:
    size = made.path.stat().st_size / (1 << 20)
    deleted = f" Deleted {len(made.deleted)} that it supersedes." if made.deleted else ""
    return (
        f"{made.path}: {made.manifest.rows} rows of {len(made.manifest.tables)} tables,"
        f" {size:.1f} MiB, restored on trial and found equal, in {seconds:.1f} s.{deleted}"
        " It has no SECRET_KEY: keep that elsewhere."
    )


def in_words(error: BaseException) -> str:
    """A fault as one line that says what to do, where that is known."""
    if isinstance(error, BackupFault):
        return str(error)
    cause = error.__cause__ or error
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return (
            f"PostgreSQL says: {said}. The role needs the right to make a schema:"
            " GRANT CREATE ON DATABASE, as the owner of the database."
        )
    is_full = getattr(error, "errno", None) in _NO_ROOM
    if is_full or getattr(cause, "sqlite_errorname", "").startswith(_SQLITE_NO_ROOM):
        return f"The disk is full, or fails ({said}). Nothing was left there; make room."
    return f"{said}."
