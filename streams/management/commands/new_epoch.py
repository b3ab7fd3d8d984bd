"""`manage.py new_epoch`: after a backup was restored, so that old numbers mean nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from streams.models import Stream, new_epoch


class Command(BaseCommand):
    """Starts a new epoch of every stream; clients with older events get a snapshot."""

    help = (
        "Start a new epoch of every event stream. Run it once after restoring a backup: events "
        "that were lost with it had numbers that will be given again."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Renew the epochs."""
        streams = list(Stream.objects.select_for_update())
        for stream in streams:
            stream.epoch = new_epoch()
        Stream.objects.bulk_update(streams, ["epoch"])
        self.stdout.write(f"{len(streams)} streams have a new epoch.")
