"""`manage.py import_tournament FILE…`: a tournament out of files of this or another program."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lib.errors import Refusal
from tournaments.files.sources.found import Source
from tournaments.services.actors import ORGANISER
from tournaments.services.transfer.imports import import_file
from tournaments.services.transfer.preview import Preview, preview_file


class Command(BaseCommand):
    """Imports a tournament, or says what would be made."""

    help = (
        "Make a tournament out of a file: saved here, a report file (TRF), the answers of the APIs "
        "of Challonge, start.gg or Lichess, or a list of Swiss-Manager or Chess-Results. Several "
        "files of one tournament are read together; - is standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and what is said of them."""
        parser.add_argument("files", metavar="FILE", nargs="+")
        parser.add_argument("--preview", action="store_true", help="say what would be made")
        parser.add_argument(
            "--from",
            dest="source",
            choices=[source.value for source in Source],
            help="where it is from; found by what it looks like otherwise",
        )
        parser.add_argument("--encoding", default="", help="of a file that is not in UTF-8")

    def handle(
        self, *args: Any, files: Sequence[str], source: str | None, preview: bool, **options: Any
    ) -> None:
        """Read, and make or show."""
        content = {
            "data": _contents(files),
            "source": Source(source) if source else None,
            "encoding": options["encoding"],
        }
        try:
            if preview:
                self._show(preview_file(**content))
                return
            made = import_file(**content, actor=ORGANISER)
        except Refusal as error:
            raise CommandError(error.message) from error
        for warning in made.warnings:
            self.stderr.write(warning)
        self.stdout.write(f"{made.tournament.name}: /tournaments/{made.tournament.pk}")
        self.stdout.write(f"The organiser's token, shown this once: {made.token}")

    def _show(self, preview: Preview) -> None:
        self.stdout.write(f"{preview.name}: {preview.state}, from {preview.source.title}")
        self.stdout.write(
            f"{len(preview.entrants)} entrants, {preview.played} results, {preview.open} to play"
        )
        for stage in preview.stages:
            self.stdout.write(
                f"- {stage.title}: {stage.format}, {stage.groups} groups, {stage.played} results, "
                f"{stage.open} to play ({stage.state})"
            )
        for name, place in preview.places:
            self.stdout.write(f"  {place}. {name}")
        for warning in preview.warnings:
            self.stdout.write(f"! {warning}")


def _contents(files: Sequence[str]) -> bytes:
    """The files one after the other, or so much that it is known to be too large."""
    most: int = settings.MATCHPOINT_FILE_MAX_BYTES + 1
    read = []
    for file in files:
        if file == "-":
            read.append(sys.stdin.buffer.read(most))
            continue
        try:
            with Path(file).open("rb") as opened:
                read.append(opened.read(most))
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
    return b"\n".join(read)
