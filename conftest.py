"""What the tests of every app share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as properties
from pytest_django import DjangoDbBlocker

from lib import limits
from matchmaking.models import Pool
from tests.emptying import NewDatabase
from tests.server import migrated_sqlite
from tests.services import PostgresServer, RedisServer
from tests.sharing import LongestFirst
from tests.static_files import look_once

#: The name of this process among the workers of a run in parallel; None where there is but one.
WORKER = os.environ.get("PYTEST_XDIST_WORKER")

# A busy machine is no failure; and the landing of a change must not hang on the examples drawn.
properties.register_profile("local", deadline=None)
properties.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
properties.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Pages name their style sheets by content, so these are collected, as `make run` does.

    Once, before the workers of a run in parallel begin; they do not hear each other in Redis, nor
    count each other's wrong passwords there.
    """
    settings.REDIS_URL = ""
    # The site's own hash is slow by intent, and tests make accounts by the hundred.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if WORKER is None:
        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        settings.CHANNEL_LAYERS["default"].get("CONFIG", {})["prefix"] = WORKER


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    return LongestFirst(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def static_files_looked_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        look_once(patch)
        yield


@pytest.fixture(autouse=True)
def fresh_channel_layer() -> Iterator[None]:
    """Each test has an event loop of its own, and a layer's queues belong to one loop."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> Iterator[bool]:
    """Workers copy the tables that one of them has migrated."""
    if WORKER is None or connection.vendor != "sqlite":
        yield False
        return
    file = Path(str(connection.settings_dict["TEST"]["NAME"]))
    shutil.copyfile(migrated_sqlite(), file)
    yield True
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests begin without the pool of a new site, and each leaves the database as it was.

    Threads that outlive their test keep a connection: PostgreSQL drops no database in use.
    """
    with django_db_blocker.unblock():
        Pool.objects.filter(slug="pong").delete()
        new = NewDatabase.as_it_is()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: new.restore())
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


@pytest.fixture(autouse=True)
def fresh_counts_of_makers() -> None:
    """Tests in one process share an address; what they make counts for none of the others."""
    for buckets in (limits.making_by_address, limits.making_by_player):
        buckets._buckets.clear()
