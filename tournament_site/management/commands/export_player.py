"""`manage.py export_player`: what the site knows of a player."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.errors import NotFound
from tournament_site.personal_data.export import export_as_json
from tournament_site.personal_data.finding import player_called


class Command(BaseCommand):
    """Prints it as JSON, or writes it to a file."""

    help = "Everything that the site keeps of a player, as JSON; without passwords and tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and where to."""
        parser.add_argument("player", help="The name of a registered player, or an id.")
        parser.add_argument("--output", type=Path, help="A new file, which only you can read.")

    def handle(self, *args: Any, player: str, output: Path | None, **options: Any) -> None:
        """Write it."""
        try:
            text = export_as_json(player_called(player))
            if output is None:
                self.stdout.write(text)
                return
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(output, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
        except NotFound as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
