"""Commits that do not wait for the disk."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from lib.database.durability import soon_replaced
from lib.models import Lease

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_in_production(transactional_db: None) -> Iterator[None]:
    """The tests' own PostgreSQL waits for no disk at all."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO ON")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def waits_for_the_disk() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return bool(cursor.fetchone()[0] == 2)
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] != "off")


def test_only_what_is_inside_does_not_wait() -> None:
    assert waits_for_the_disk()
    with soon_replaced():
        assert not waits_for_the_disk()
        Lease.objects.create(duty="a", holder="b", expires_at="2026-01-01T00:00:00Z")
    assert waits_for_the_disk() and Lease.objects.exists()


@soon_replaced()
def store_and_fail() -> None:
    Lease.objects.create(duty="a", holder="b", expires_at="2026-01-01T00:00:00Z")
    raise ZeroDivisionError


def test_a_failure_takes_it_back_and_the_next_commit_waits_again() -> None:
    with pytest.raises(ZeroDivisionError):
        store_and_fail()
    assert waits_for_the_disk() and not Lease.objects.exists()


def test_inside_another_transaction_it_is_as_durable_as_that() -> None:
    with transaction.atomic(), soon_replaced():
        assert waits_for_the_disk()
