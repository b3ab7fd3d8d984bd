"""`manage.py pair_swiss FILE.trf`: the next round by the Dutch system, for other programs."""

import sys
import time
from argparse import ArgumentParser
from math import inf
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lib.errors import Refusal
from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import (
    DutchEngine,
    PairingTask,
    PairingUnfinished,
    Progress,
    explained,
    pairing_text,
    read_trf,
)
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
        parser.add_argument(
            "--explain", action="store_true", help="say of each board on standard error why"
        )
        parser.add_argument(
            "--seconds",
            type=float,
            help="stop after so many, print no pairing and say how far it got; no limit otherwise",
        )

    def handle(
        self,
        *args: Any,
        file: str,
        explain: bool = False,
        seconds: float | None = None,
        **options: Any,
    ) -> None:
        """Read, pair, print."""
        end = inf if seconds is None else time.monotonic() + seconds
        try:
            # Names do not matter here, and report files are often in an encoding of one byte.
            text = decode(_content(file), otherwise="latin-1")
            task = read_trf(text)
            pairing = DutchEngine(lambda: time.monotonic() < end).pair(task)
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except PairingUnfinished as error:
            if explain:
                self.stderr.write("\n".join(_decided(task, error.progress)))
            raise CommandError(
                f"The round was not paired within {seconds:g} seconds. {error}"
            ) from error
        except (EngineError, Refusal) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(pairing_text(pairing), ending="")
        if explain:
            self.stderr.write("\n".join(explained(task, pairing)))


def _decided(task: PairingTask, progress: Progress) -> list[str]:
    """A line for each bracket that is decided: its pairs, the higher ranked first."""
    name = {player.id: player.label for player in task.history.players}
    lines = []
    for one in progress.decided:
        pairs = [f"{name[higher]} - {name[lower]}" for higher, lower in one.pairs]
        floating = [f"{name[player]} floats" for player in one.floating]
        lines.append(f"{float(one.score):g} points: {'; '.join(pairs + floating)}.")
    return lines


def _content(file: str) -> bytes:
    """The file's bytes, or so many of them that it is known to be too large."""
    most: int = settings.MATCHPOINT_FILE_MAX_BYTES + 1
    if file == "-":
        return sys.stdin.buffer.read(most)
    with Path(file).open("rb") as opened:
        return opened.read(most)
