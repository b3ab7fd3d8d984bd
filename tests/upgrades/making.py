"""Make the backups of this version: a site on which the demo has played, once on each database."""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from lib.version import version
from tests.server import SECRET, MatchpointServer, new_database, run_manage
from tests.services import PostgresServer

from . import FOLDER, KINDS

DEMO = ("demo", "--seconds", "5", "--players", "6")


def make(kind: str) -> Path:
    """One database: filled by the demo, and backed up."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = ""
        if kind == "postgresql":
            url = new_database(stack.enter_context(PostgresServer()))
        site = stack.enter_context(MatchpointServer(database_url=url))
        played = run_manage(*DEMO, URL=site.url, **SECRET)
        assert played.returncode == 0, played.stdout + played.stderr
        done = run_manage("backup", folder, DATABASE_URL=site.database_url, **SECRET)
        assert done.returncode == 0, done.stderr
        made = next(Path(folder).glob("*.backup"))
        return Path(shutil.copyfile(made, FOLDER / f"{version()}-{kind}.backup"))


def main() -> None:
    """Make both."""
    for each in KINDS:
        sys.stdout.write(f"{make(each)}\n")
