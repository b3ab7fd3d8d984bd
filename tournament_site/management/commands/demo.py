"""`manage.py demo`: fills a running lobby with players, and checks that every event arrives."""

import asyncio
import os
import time
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tournament_site.clients.site import NoServer, Site
from tournament_site.demo.report import Report
from tournament_site.demo.show import Print, perform

DEFAULT_URL = "http://127.0.0.1:8000"
LEAST_PLAYERS, MOST_PLAYERS = 4, 100
LEAST_SECONDS, MOST_SECONDS = 5.0, 3600.0


class Command(BaseCommand):
    """Players who queue, play and talk over the real routes and sockets, and a small tournament."""

    help = "Fill the lobby that runs at URL (from the environment) with a minute of life."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the address, the length and the crowd be chosen."""
        parser.add_argument(
            "--url",
            default=os.environ.get("URL") or DEFAULT_URL,
            help=f"Where the site runs (default: URL from the environment, or {DEFAULT_URL}).",
        )
        parser.add_argument(
            "--seconds",
            type=float,
            default=60.0,
            help=f"How long, at least {LEAST_SECONDS:.0f} (default: 60).",
        )
        parser.add_argument(
            "--players",
            type=int,
            default=24,
            help=f"How many, {LEAST_PLAYERS} to {MOST_PLAYERS} (default: 24).",
        )

    def handle(self, *args: Any, url: str, seconds: float, players: int, **options: Any) -> None:
        """Run the demo, then say what was seen; fails when something was missed."""
        _check("--seconds", seconds, LEAST_SECONDS, MOST_SECONDS)
        _check("--players", players, LEAST_PLAYERS, MOST_PLAYERS)
        started = time.monotonic()

        def show(line: str) -> None:
            self.stdout.write(f"{time.monotonic() - started:5.0f} s  {line}")
            self.stdout.flush()

        try:
            report = asyncio.run(_demo(url, players=players, seconds=seconds, show=show))
        except NoServer as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped before its end.") from None
        self.stdout.write(report.summary())
        if wrong := report.missed:
            raise CommandError("Not everything went as it must:\n  " + "\n  ".join(wrong))


async def _demo(url: str, *, players: int, seconds: float, show: Print) -> Report:
    site = Site.at(url)
    await site.check()
    show(f"{players} players come to {site.url} for {seconds:.0f} s; watch it in a browser.")
    return await perform(site, players=players, seconds=seconds, chance=Random(), show=show)


def _check(what: str, number: float, least: float, most: float) -> None:
    if not least <= number <= most:
        raise CommandError(f"{what} must be from {least:.0f} to {most:.0f}.")
