"""The processes that run rooms: each shows that it lives, and watches whether the others do."""

import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from play.models import Host

BEAT_SECONDS = 1.0
#: A process that could not store a beat for so long runs no room until it can again.
UNSURE_SECONDS = 4.0
#: A process whose beats stand still for so long is gone. Longer than `UNSURE_SECONDS` by more than
#: a beat: when others take its rooms, it has stopped them.
GONE_SECONDS = 6.0
#: Who could not look for so long, since the database was away, begins anew: others could not beat.
_BLIND_SECONDS = 3.0


def beat(host_id: str, channel: str) -> bool:
    """Show that a process lives; false when others have given it up, and its rooms with it."""
    mine = Host.objects.filter(pk=host_id)
    return bool(mine.update(beats=F("beats") + 1, channel=channel))


def leave(host_id: str) -> None:
    """Let others have this process's rooms at once."""
    Host.objects.filter(pk=host_id).delete()


class HostWatch:
    """Finds processes that are gone: no clock but its own is trusted, as in `lib.database.leases`.

    Their rows are deleted, which frees their rooms; a process that beats meanwhile is left.
    """

    def __init__(self, own_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._own_id, self._clock = own_id, clock
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked_at = 0.0

    def look(self) -> set[str]:
        """Free the rooms of the processes that are gone; returns the others that are there."""
        hosts = dict(Host.objects.exclude(pk=self._own_id).values_list("pk", "beats"))
        now = self._clock()  # after the rows were read: they were written before
        seen = {pk: (beats, now) for pk, beats in hosts.items()}
        if now - self._looked_at <= _BLIND_SECONDS:
            for pk, before in self._seen.items():
                if hosts.get(pk) == before[0]:
                    seen[pk] = before
        self._seen, self._looked_at = seen, now
        still = [pk for pk, (_, since) in seen.items() if now - since > GONE_SECONDS]
        return set(hosts) - {pk for pk in still if _free(pk, beats=hosts[pk])}


@transaction.atomic
def _free(host_id: str, *, beats: int) -> bool:
    """Delete a process's row, unless it has beaten since; it cannot while the row is locked."""
    if not Host.objects.select_for_update().filter(pk=host_id, beats=beats).exists():
        return False
    Host.objects.filter(pk=host_id).delete()
    return True
