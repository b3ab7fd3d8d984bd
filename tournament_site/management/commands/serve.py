"""`manage.py serve`: the whole site on HOST:PORT."""

import errno
import gc
import os
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import BaseCommand, CommandError

from lib.database.faults import (
    DISK_FULL,
    HALF_MIGRATED,
    LOCKED,
    NOT_MIGRATED,
    UNREACHABLE,
    database_name,
    database_says,
)
from tournament_site.health import database_outage, missing_migrations
from tournament_site.monitoring.exposition import open_metrics

BANNER = """
Matchpoint is running. Press Ctrl-C to stop it.

  Lobby    {url}/
  Admin    {url}/admin/     (`make admin` makes an account for it)

Try it from two more terminals:

  websocat ws://{host}/ws
  curl {url}/matchmaking -H 'Content-Type: application/json' -d '{{"username": "Player1"}}'
"""


SERVERS = ("daphne", "uvicorn")
#: What gets better by itself, or does not keep people from reading: it is served all the same.
_PASSING = {UNREACHABLE.code, LOCKED.code, DISK_FULL.code}
#: The first releases in which a cookie cannot keep the reader busy (CVE-2024-7592).
_SAFE_RELEASES = {(3, 11): 10, (3, 12): 6}
_LISTENING = {
    errno.EADDRINUSE: "Is it running already? Choose another with PORT=8001.",
    errno.EACCES: "Ports below 1024 are for the system. Choose another with PORT=8001.",
}
_OTHER_HOST = "HOST is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them."


class Command(BaseCommand):
    """Serves pages, the API and the sockets from one process."""

    help = "Serve Matchpoint on HOST:PORT (from the environment) until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the server be chosen."""
        parser.add_argument(
            "--server",
            choices=SERVERS,
            default=os.environ.get("SERVER", "daphne"),
            help="The ASGI server (default: daphne, or SERVER in the environment).",
        )

    def handle(self, *args: Any, server: str, **options: Any) -> None:
        """Serve; once it listens, print where to look."""
        if warning := old_python(sys.version_info[:3]):
            self.stderr.write(self.style.WARNING(warning))
        if server not in SERVERS:
            raise CommandError(f"SERVER must be one of {', '.join(SERVERS)}, not {server!r}.")
        host, port = settings.HOST, settings.PORT
        _check_port(host, port)
        self._check_database()
        self._check_static_files()
        _open_metrics()
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        url = settings.PUBLIC_URL or f"http://{shown}"

        def ready() -> None:
            _settle_memory()
            self.stdout.write(BANNER.format(url=url, host=shown))
            self.stdout.flush()

        if server == "daphne":
            from tournament_site.servers.daphne import serve
        else:
            from tournament_site.servers.uvicorn import serve
        with suppress(KeyboardInterrupt):
            serve(host, port, ready)

    def _check_database(self) -> None:
        """Refuse to serve a database that cannot be used until somebody does something."""
        outage = database_outage()
        if outage is None:
            return
        message = f"{outage.message} [{outage.code}] It is {database_name()}."
        if outage in {NOT_MIGRATED, HALF_MIGRATED}:
            missing, _ = missing_migrations()
            raise CommandError(
                f"{message} It lacks {len(missing)} migrations, such as {missing[0]}."
                " Run `manage.py migrate`, or start with `make run`, which does."
            )
        if outage.code not in _PASSING:
            raise CommandError(message)
        self.stderr.write(self.style.WARNING(message + database_says()))

    def _check_static_files(self) -> None:
        """Say why pages would fail where nobody has collected their files."""
        if not getattr(staticfiles_storage, "hashed_files", True):
            self.stderr.write(
                self.style.WARNING(
                    "The static files are not collected, so that pages fail."
                    " Run `manage.py collectstatic`, or start with `make run`, which does."
                )
            )


def _settle_memory() -> None:
    """Let the garbage collector pass over what is there for good, and look more rarely.

    With a thousand matches being played it stopped everything for 90 ms, several times a minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def old_python(version: tuple[int, int, int]) -> str:
    """The warning about a Python that lacks security fixes; empty for others."""
    *series, patch = version
    safe = _SAFE_RELEASES.get((series[0], series[1]), 0)
    if patch >= safe:
        return ""
    running, wanted = ".".join(map(str, version)), f"{series[0]}.{series[1]}.{safe}"
    return (
        f"This is Python {running}, which lacks security fixes such as the one of CVE-2024-7592."
        f" Install {wanted} or newer."
    )


def _open_metrics() -> None:
    """Let monitors read what this process counts, where METRICS_PORT says so."""
    try:
        open_metrics()
    except OSError as error:
        raise CommandError(
            f"Cannot listen on METRICS_PORT={settings.METRICS_PORT} of {settings.METRICS_HOST}:"
            f" {error.strerror}. Each process needs a port of its own for it."
        ) from error


def _check_port(host: str, port: int) -> None:
    """Say in words why nobody can listen there, before a server says it in a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            advice = _LISTENING.get(error.errno or 0, _OTHER_HOST)
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror}. {advice}"
            ) from error
