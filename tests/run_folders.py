"""Folders of one run of tests, and what one of its processes makes there for all of them."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

TABLES = "TABLES_OF_TESTS"


def own_folder(variable: str) -> Path:
    """A folder of this run, which its workers share: two runs would take each other's files away.

    Its path is in the environment, for those that this process starts.
    """
    if variable not in os.environ:
        os.environ[variable] = tempfile.mkdtemp(prefix=f"matchpoint-{variable.lower()}-")
        atexit.register(shutil.rmtree, os.environ[variable], ignore_errors=True)
    return Path(os.environ[variable])


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A file of this run: who needs it first makes it, and who needs it meanwhile waits."""
    folder = own_folder(TABLES)
    file = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            new = file.with_name(f"new-{name}")
            make(new)
            new.rename(file)
    return file
