"""Which processes serve the site: each shows every few seconds that it lives.

For people and commands: nothing that has to be right rests on it, since it rests on clocks.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from lib.models import ServerProcess
from lib.version import version

from .durability import soon_replaced

SHOW_SECONDS = 4.0
#: A process that has not shown itself for so long is taken for gone.
LIFE = timedelta(seconds=12)
_KEPT = timedelta(hours=1)


def show_life(process: str) -> None:
    """Say that a process lives."""
    with soon_replaced():
        shown = {"version": version(), "seen_at": timezone.now()}
        ServerProcess.objects.update_or_create(id=process, defaults=shown)


def part(process: str) -> None:
    """Say that a process is gone."""
    ServerProcess.objects.filter(pk=process).delete()


def living_processes() -> list[ServerProcess]:
    """Those that have shown themselves lately."""
    return list(ServerProcess.objects.filter(seen_at__gt=timezone.now() - LIFE).order_by("pk"))


def delete_gone_processes(*, now: datetime) -> int:
    """Delete the rows of processes that were killed; returns how many."""
    return ServerProcess.objects.filter(seen_at__lt=now - _KEPT).delete()[0]
