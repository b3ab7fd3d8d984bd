"""Whether a process of the site runs: its rows of life change, whatever the clocks say."""

import time
from typing import Any

from lib.models import Lease, ServerProcess
from lobby.models import Presence
from play.models import Host

#: A living process renews its lease of 20 s when half of it is over.
WATCH_SECONDS = 12.0
_LOOK_SECONDS = 0.5


def signs_of_life() -> set[tuple[Any, ...]]:
    """The rows in which processes show that they live."""
    return {
        *Lease.objects.values_list("duty", "holder", "expires_at"),
        *ServerProcess.objects.values_list("pk", "seen_at"),
        *Host.objects.values_list("pk", "beats"),
        *Presence.objects.values_list("process", "expires_at"),
    }


def is_running(*, seconds: float = WATCH_SECONDS) -> bool:
    """Whether a process of the site uses the database; where rows are left, it watches them."""
    before, until = signs_of_life(), time.monotonic() + seconds
    while before and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        if signs_of_life() - before:
            return True
    return False


def forget_processes() -> None:
    """Delete the rows of processes that ran when a backup was made."""
    for rows in (Lease, ServerProcess, Host, Presence):
        rows.objects.all().delete()
