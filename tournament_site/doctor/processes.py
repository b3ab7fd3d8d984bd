"""Which processes of the site live, and whether somebody does the periodic duties."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils import timezone

from lib.models import Lease, ServerProcess
from lib.version import version

from .findings import Finding, fault, ok, warning

_DUTIES = ("matchmaker", "upkeep")


def check_processes(living: list[ServerProcess]) -> Iterator[Finding]:
    """Whether the processes that live fit what they share."""
    count = len(living)
    if not count:
        yield ok("processes", "No process of the site runs just now.")
        return
    yield _fit(count)
    if strangers := sorted({process.version for process in living} - {version()}):
        yield warning(
            "version",
            f"A process of version {strangers[0]} runs, and this is {version()}.",
            "Restart it, if an upgrade is over.",
        )
    now = timezone.now()
    held = set(Lease.objects.filter(expires_at__gt=now).values_list("duty", flat=True))
    idle = [duty for duty in _DUTIES if duty not in held]
    if idle:
        yield warning(
            "duties",
            f"Nobody does the periodic duty {idle[0]}, though {_processes(count)}.",
            "Wait 20 s and look again; then look into the log, and at the machines' clocks.",
        )
    else:
        yield ok("duties", "The periodic duties are done.")


def _fit(count: int) -> Finding:
    said = _processes(count)
    if count > 1 and connection.vendor == "sqlite":
        return fault(
            "processes",
            f"{said} on one SQLite file.",
            "Move to PostgreSQL, or run one process.",
        )
    if count > 1 and not settings.REDIS_URL:
        return fault(
            "processes",
            f"{said} without Redis: events come late, and limits are counted by each.",
            "Set REDIS_URL, the same for every process.",
        )
    return ok("processes", f"{said}.")


def _processes(count: int) -> str:
    return "One process runs" if count == 1 else f"{count} processes run"
