"""The folder of backups: their names, the one run at a time, and which are kept."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .manifest import BackupFault

_NAME = re.compile(r"matchpoint-(\d{8}T\d{6}Z)\.backup")
#: How a time stands in a name.
TIME = "%Y%m%dT%H%M%SZ"
_PART = ".matchpoint-*.part*"


def backup_name(now: datetime) -> str:
    """What a backup of this moment is called."""
    return f"matchpoint-{now.astimezone(UTC):{TIME}}.backup"


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """The finished backups in a folder with their times, the newest first."""
    if not folder.is_dir():
        return []
    named = [(_NAME.fullmatch(path.name), path) for path in folder.iterdir()]
    return sorted(((_time_in(name[1]), path) for name, path in named if name), reverse=True)


def _time_in(text: str) -> datetime:
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Have the folder to oneself, without what a killed run has left in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupFault(f"Another backup is being written to {folder}.") from error
        for left in folder.glob(_PART):
            left.unlink()
        yield
    finally:
        os.close(descriptor)


def part_of(path: Path) -> Path:
    """Where a backup is written until it has been checked."""
    return path.with_name(f".{path.name.removesuffix('.backup')}.part")


def superseded(backups: list[tuple[datetime, Path]], *, keep: int, weeks: int) -> list[Path]:
    """Those that go: not the newest `keep`, nor the newest of each of the last `weeks` weeks.

    Weeks without a backup do not count. With a `keep` of 0 none goes.
    """
    if not keep:
        return []
    newest_of_week: dict[tuple[int, int], Path] = {}
    for at, path in backups:
        year, week, _ = at.isocalendar()
        newest_of_week.setdefault((year, week), path)
    kept = {path for _, path in backups[:keep]} | set(list(newest_of_week.values())[:weeks])
    return [path for _, path in backups if path not in kept]
