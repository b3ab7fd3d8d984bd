"""Queries, counted for the request or socket that they are made for."""

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .trace import current


def count_queries(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Count the queries of a connection from now on: for the signal `connection_created`.

    `execute_wrapper` would count within a block; this is for as long as the connection is there.
    """
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counted)


def _counted(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    trace = current.get()
    if trace is None:
        return execute(sql, params, many, context)
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        trace.queries += 1
        trace.query_seconds += time.perf_counter() - began
