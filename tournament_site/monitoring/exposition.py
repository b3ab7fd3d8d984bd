"""Where monitors read what this process counts: on a port of its own, or at `/metrics` by token.

Whoever reads waits for nothing but this process: what needs the database has been read before.
"""

import asyncio
import platform
from concurrent.futures import ThreadPoolExecutor
from hmac import compare_digest

from django.conf import settings
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    GCCollector,
    Info,
    ProcessCollector,
    generate_latest,
    start_http_server,
)

from lib.metrics.database import watch_database
from lib.metrics.registry import registry

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4.encode()
#: Not the loop's own threads: all of those may be waiting for the database.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="metrics")

ProcessCollector(registry=registry)
GCCollector(registry=registry)
Info("matchpoint_build", "What runs here.", registry=registry).info(
    {"version": settings.VERSION, "python": platform.python_version()}
)


def is_open() -> bool:
    """Whether anybody may read what this process counts."""
    return bool(settings.METRICS_PORT or settings.METRICS_TOKEN)


def open_metrics() -> None:
    """Measure what is measured only for monitors, and listen on the port of its own, if any.

    Raises `OSError` when nobody can listen there.
    """
    if is_open():
        watch_database()
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, settings.METRICS_HOST, registry)


def may_read(headers: dict[bytes, bytes]) -> bool:
    """Whether a request shows the token; compared in constant time."""
    shown = headers.get(b"authorization", b"")
    return compare_digest(shown, b"Bearer " + settings.METRICS_TOKEN.encode())


async def exposed() -> bytes:
    """Everything, as text."""
    return await asyncio.get_running_loop().run_in_executor(_thread, generate_latest, registry)
