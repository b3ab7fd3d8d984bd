"""`manage.py pair_swiss FILE.trf`: the next round by the Dutch system, for other programs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import pairing_text, read_trf
from tournaments.engine.swiss.gacrux_engine import DutchEngine


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
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            pairing = DutchEngine().pair(read_trf(text))
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not text in UTF-8.") from error
        except EngineError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(pairing_text(pairing), ending="")
