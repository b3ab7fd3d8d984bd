"""`manage.py reset_second_factor NAME`: the way back for somebody whose device is lost."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matchmaking.services.access.second_factor import turn_off
from matchmaking.services.accounts import account_called, end_sessions


class Command(BaseCommand):
    """Turns an account's second factor off, and signs it out everywhere."""

    help = (
        "Turn off the second factor of an account whose owner has lost the device and the "
        "recovery codes. Make sure first that it is they who ask."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's name."""
        parser.add_argument("name", help="The name by which the account signs in.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Turn it off, and end what may have been begun with a stolen device."""
        user = account_called(name)
        if user is None:
            raise CommandError(f"There is no account called {name!r}.")
        if not turn_off(user):
            raise CommandError(f"{user.get_username()} has no second factor.")
        end_sessions(user)
        self.stdout.write(
            f"{user.get_username()} signs in by the password alone from now on, and is signed out "
            "everywhere."
        )
