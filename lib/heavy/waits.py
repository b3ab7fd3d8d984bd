"""What a request does before it waits long."""

from django.db import connection


def release_connection() -> None:
    """Give this thread's connection back before a wait, unless a transaction needs it."""
    if not connection.in_atomic_block:
        connection.close()
