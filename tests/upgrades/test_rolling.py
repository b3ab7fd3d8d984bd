"""The rule for migrations that run beside processes of the release before, and its own tests."""

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from .rolling import faults, released


def with_operations(*operations: Any, second_step: str = "") -> list[str]:
    """The faults of a migration of the lobby that does this after all others."""
    loader = MigrationLoader(None)
    leaf = next(node for node in loader.graph.leaf_nodes() if node[0] == "lobby")
    kind = type(
        "Migration", (migrations.Migration,), {"dependencies": [leaf], "operations": operations}
    )
    kind.__module__ = __name__
    globals()["SECOND_STEP"] = second_step
    loader.graph.add_node(("lobby", "9999_next"), kind("9999_next", "lobby"))
    loader.graph.add_dependency(None, ("lobby", "9999_next"), leaf)
    try:
        known = set(loader.disk_migrations)
        return list(faults(loader, known))
    finally:
        globals().pop("SECOND_STEP")


BREAK = {
    "which processes of the release before read": migrations.RemoveField("mute", "reason"),
    "Rename field": migrations.RenameField("mute", "reason", "why"),
    "Delete model": migrations.DeleteModel("Mute"),
    "give it a db_default": migrations.AddField("mute", "by", models.CharField(max_length=9)),
    "becomes shorter": migrations.AlterField("mute", "reason", models.CharField(max_length=9)),
    "another kind": migrations.AlterField("mute", "reason", models.TextField()),
    "runs SQL": migrations.RunSQL("SELECT 1"),
}
KEEP = (
    migrations.AddField("mute", "by", models.CharField(max_length=9, db_default="")),
    migrations.AddField("mute", "at", models.DateTimeField(null=True)),
    migrations.AlterField("mute", "reason", models.CharField(max_length=400)),
    migrations.CreateModel("Hush", [("id", models.BigAutoField(primary_key=True))]),
    migrations.RemoveField("hush", "id"),
)


def test_no_migration_since_the_release_breaks_its_processes() -> None:
    assert list(faults(MigrationLoader(None), released())) == []


@pytest.mark.parametrize("words", BREAK)
def test_what_breaks_them_is_found(words: str) -> None:
    found = with_operations(BREAK[words])
    assert len(found) == 1 and words in found[0]


def test_what_they_do_not_notice_is_let_through() -> None:
    assert with_operations(*KEEP) == []


def test_a_second_step_may_take_away_what_nobody_reads_any_more() -> None:
    removal = migrations.RemoveField("mute", "reason")
    assert with_operations(removal, second_step="since 0.2.0 nothing reads it") == []
