"""`manage.py restore FILE`: a backup takes the place of the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.utils import timezone

from tournament_site.backups.manifest import secret_key_mark
from tournament_site.backups.progress import Progress
from tournament_site.backups.restoring import restore
from tournament_site.backups.running import WATCH_SECONDS, is_running, signs_of_life

from .backup import FAULTS, in_words


class Command(BaseCommand):
    """Restores a backup, and keeps what was there."""

    help = (
        "Put a backup in the place of the database: checked, migrated to this version, every stream"
        " with a new epoch. What was there is kept aside. Stop every process first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path, help="What `manage.py backup` wrote.")
        parser.add_argument(
            "--force",
            action="store_true",
            help="Do not look whether a process of the site runs.",
        )

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        """Restore it, and say what became of the old database."""
        if not force:
            self._check_stopped()
        try:
            manifest, aside = restore(
                file, now=timezone.now(), progress=Progress(self.stderr.write)
            )
        except FAULTS as error:
            raise CommandError(
                f"Nothing was restored; the database is as it was. {in_words(error)}"
            ) from error
        kept = f" What was there is in the {aside}." if aside else ""
        self.stdout.write(
            f"Restored {manifest.rows} rows of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC,"
            f" made by version {manifest.version}.{kept}"
        )
        if manifest.secret_key != secret_key_mark():
            self.stderr.write(
                self.style.WARNING(
                    "The SECRET_KEY is not that of the backup: everybody has to sign in again,"
                    " unless you set the one of then."
                )
            )

    def _check_stopped(self) -> None:
        try:
            if signs_of_life():
                self.stderr.write(f"Looking for {WATCH_SECONDS:.0f} s whether the site runs…")
            if is_running():
                raise CommandError(
                    "Nothing was restored. A process of the site runs on this database: stop every"
                    " one, and try again (--force does not look)."
                )
        except DatabaseError:
            pass  # it is empty, damaged, or of another version: no process can serve it
