"""`manage.py pair_swiss FILE.trf`: the next round by the Dutch system, for other programs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lib.errors import Refusal
from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import pairing_text, read_trf
from tournaments.engine.swiss.gacrux_engine import DutchEngine
from tournaments.files.text import decode


class Command(BaseCommand):
    """Prints a count, then a line `white black` for each board; 0 is the bye."""

    help = (
        "Pair the next round of a Swiss tournament by the FIDE Dutch system (C.04.3, 2026): a "
        "count, then `white black` lines with 0 for the bye. FILE is in TRF; - reads it from "
        "standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file's name."""
        parser.add_argument("file", metavar="FILE.trf")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        """Read, pair, print."""
        try:
            # Names do not matter here, and report files are often in an encoding of one byte.
            text = decode(_content(file), otherwise="latin-1")
            pairing = DutchEngine().pair(read_trf(text))
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except (EngineError, Refusal) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(pairing_text(pairing), ending="")


def _content(file: str) -> bytes:
    """The file's bytes, or so many of them that it is known to be too large."""
    most: int = settings.MATCHPOINT_FILE_MAX_BYTES + 1
    if file == "-":
        return sys.stdin.buffer.read(most)
    with Path(file).open("rb") as opened:
        return opened.read(most)
