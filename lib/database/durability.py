"""Commits that may be lost by a power cut, for what is stored again in a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def soon_replaced() -> Iterator[None]:
    """A transaction that does not wait for the disk: others who write wait less for it.

    A killed process loses nothing of it; a power cut may lose the last of them, and leaves the
    database whole. Inside another transaction it is a part of that one, and as durable.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _synchronous("NORMAL"), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
            yield


@contextmanager
def _synchronous(mode: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={mode}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
