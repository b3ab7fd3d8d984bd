"""How long the database takes, and how many wait for a connection to it."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .registry import Numbers, counts, gauges, histogram

query_seconds = histogram(
    "database_query_seconds",
    "How long the database took for a statement; a commit is none.",
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
)


def watch_database() -> None:
    """Measure every statement of this process from now on."""
    connection_created.connect(_watch_connection, dispatch_uid="metrics")
    for one in connections.all(initialized_only=True):
        _watch_connection(one)


def _watch_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    # A pool's connection is one of many that one wrapper has in turn.
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        query_seconds.observe(time.perf_counter() - began)


def _pool_stats() -> dict[str, int]:
    """What psycopg's pool says of itself; nothing where there is none."""
    pool = getattr(connections["default"], "pool", None)
    return {} if pool is None else pool.get_stats()


def _reader(key: str, *, per: float = 1.0) -> Callable[[], Numbers]:
    def read() -> Numbers:
        stats = _pool_stats()
        return {(): stats.get(key, 0) / per} if stats else {}

    return read


for name, text, key in (
    ("size", "Connections to the database.", "pool_size"),
    ("available", "Connections that nobody uses.", "pool_available"),
    ("limit", "Connections that there may be (DATABASE_POOL).", "pool_max"),
    ("waiting", "Threads that wait for a connection.", "requests_waiting"),
):
    gauges(f"database_pool_{name}", text, (), _reader(key))
counts("database_pool_waits", "How often a thread waited.", (), _reader("requests_queued"))
counts(
    "database_pool_wait_seconds",
    "How long threads waited for a connection, all in all.",
    (),
    _reader("requests_wait_ms", per=1000.0),
)
counts(
    "database_pool_errors",
    "How often a thread got no connection.",
    (),
    _reader("requests_errors"),
)
