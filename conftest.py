"""What the tests of every app share."""

import os
from collections.abc import Iterator

import pytest
from channels.layers import channel_layers
from django.core.management import call_command
from django.db import connection
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from tests.services import PostgresServer, RedisServer

# A busy machine is no failure; and the landing of a change must not hang on the examples drawn.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@pytest.fixture(scope="session", autouse=True)
def collected_static() -> None:
    """Pages name their style sheets by content, so these are collected, as `make run` does."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def fresh_channel_layer() -> Iterator[None]:
    """Each test has an event loop of its own, and a layer's queues belong to one loop."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Threads that outlive their test keep a connection: PostgreSQL drops no database in use."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this run's own; a test that kills it starts it again."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this run's own; a test that kills it starts it again."""
    with RedisServer() as server:
        yield server
