"""Whether the site works: asked by monitors over HTTP, and by `serve` before it begins."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lib.database.faults import BUSY, HALF_MIGRATED, NOT_MIGRATED, UNREACHABLE, outage_of
from lib.errors import Outage
from lib.http import json_response, refusal_response
from lib.models import Lease

#: A check writes, so a monitor that asks more often gets the last answer again.
_FRESH_SECONDS = 5.0
#: How long the check waits for another writer, and whoever asks for the check.
_LOCK_SECONDS, WAIT_SECONDS = 2.0, 3.0


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Whether the site works; else 503 with a code and a sentence that say what does not."""
    outage = checks.ask()
    return json_response({"status": "ok"}) if outage is None else refusal_response(outage)


def missing_migrations() -> tuple[list[str], bool]:
    """The migrations that the database lacks, and whether it has any."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    return names, bool(executor.loader.applied_migrations)


def database_outage() -> Outage | None:
    """What keeps the database from being used, found by using it; None when all is well."""
    try:
        if connection.vendor == "sqlite":
            connection.cursor().execute(f"PRAGMA busy_timeout = {_LOCK_SECONDS * 1000:.0f}")
        missing, is_begun = missing_migrations()
        if missing:
            return HALF_MIGRATED if is_begun else NOT_MIGRATED
        # Nothing but a write finds a full disk.
        expires_at = timezone.now() + timedelta(seconds=_FRESH_SECONDS)
        row = {"holder": "the health check", "expires_at": expires_at}
        Lease.objects.update_or_create(duty="health", defaults=row)
    except DatabaseError as error:
        return outage_of(error) or UNREACHABLE
    return None


def _check_and_close() -> Outage | None:
    try:
        return database_outage()
    finally:
        connection.close()


class Checks:
    """Checks by one thread, one at a time, however many ask.

    A check that takes too long is answered with `late`.
    """

    def __init__(self, check: Callable[[], Outage | None], *, late: Outage = BUSY) -> None:
        self._check, self._late, self._lock = check, late, Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self._running: Future[Outage | None] | None = None
        self._began = 0.0

    def ask(self) -> Outage | None:
        """The state now or a few seconds ago; what does not answer is away."""
        try:
            return self._run().result(timeout=WAIT_SECONDS)
        except TimeoutError:
            return self._late

    async def answer(self, seconds: float) -> Outage | None:
        """The same, without a thread that waits for it."""
        running = asyncio.wrap_future(self._run())
        done, _ = await asyncio.wait({running}, timeout=seconds)
        return running.result() if done else self._late

    def _run(self) -> "Future[Outage | None]":
        """The check that is under way, or was a moment ago; else a new one."""
        with self._lock:
            running = self._running
            is_old = time.monotonic() - self._began > _FRESH_SECONDS
            if running is None or (running.done() and is_old):
                self._began = time.monotonic()
                running = self._running = self._thread.submit(self._check)
        return running


checks = Checks(_check_and_close)
