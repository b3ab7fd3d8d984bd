"""`manage.py delete_player`: a player goes for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.errors import Refusal
from tournament_site.personal_data.finding import player_called
from tournament_site.personal_data.removal import delete_player


class Command(BaseCommand):
    """Deletes what is personal of a player, after a question."""

    help = (
        "Delete a player's name, account, sign-ins and lines of chat for good. Results stay, and"
        " name a former player. There is no way back; backups hold the player until they are"
        " replaced."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("player", help="The name of a registered player, or an id.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, player: str, yes: bool, **options: Any) -> None:
        """Ask, and delete."""
        try:
            found = player_called(player)
            question = f"Delete {found.name} ({found.pk}) for good? There is no way back. [yes/no] "
            if not yes and input(question).strip() != "yes":
                raise CommandError("Nothing was deleted.")
            alias = delete_player(found)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Deleted. Results name {alias} now.")
