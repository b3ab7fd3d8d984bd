"""Migrations of one release run while processes of the one before still serve.

So a migration that is newer than the last release takes nothing away that those read or leave out
when they write. A migration that is the second step of two says so: `SECOND_STEP = "since 0.3.0
nothing reads it"` in its module.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

from tests.server import ROOT
from tournament_site.backups.archive import stored_archive

from . import backup_of

TAKES_AWAY = (ops.RemoveField, ops.RenameField, ops.DeleteModel, ops.RenameModel)
TAKES_AWAY += (ops.AlterModelTable,)  # type: ignore[assignment]


def released() -> set[tuple[str, str]]:
    """The migrations of the last release."""
    with stored_archive(backup_of("sqlite")) as archive:
        return {(app, name) for app, name in archive.manifest.migrations}


def faults(loader: MigrationLoader, known: set[tuple[str, str]]) -> Iterator[str]:
    """What processes of the release before would stumble over, in words."""
    old = loader.project_state([node for node in loader.graph.leaf_nodes() if node in known])
    old_models = {
        key for node in known if node in loader.graph.nodes for key in _models_of(loader, node)
    } | set(old.models)
    for key, migration in sorted(loader.graph.nodes.items()):
        is_own = Path(apps.get_app_config(key[0]).path).is_relative_to(ROOT)
        if key in known or not is_own or _is_second_step(migration):
            continue
        state = loader.graph.make_state(nodes=key, at_end=False)
        for operation in _flat(migration.operations):
            words = _fault(operation, key[0], state, old_models)
            if words:
                yield f"{'.'.join(key)}: {words}"
            operation.state_forwards(key[0], state)


def _models_of(loader: MigrationLoader, node: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for operation in _flat(loader.graph.nodes[node].operations):
        if isinstance(operation, ops.CreateModel):
            yield node[0], operation.name_lower


def _flat(operations: Any) -> Iterator[Any]:
    """The operations on the database; those on Django's own idea of it change nothing there."""
    for operation in operations:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _is_second_step(migration: Any) -> bool:
    return bool(getattr(sys.modules[type(migration).__module__], "SECOND_STEP", ""))


def _fault(operation: Any, app: str, state: Any, old_models: set[tuple[str, str]]) -> str:
    name = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
    if isinstance(operation, ops.RunSQL):
        return "runs SQL that nobody can judge here"
    if (app, name) not in old_models:
        return ""
    if isinstance(operation, TAKES_AWAY):
        return f"{operation.describe()}, which processes of the release before read"
    if isinstance(operation, ops.AddField):
        field = operation.field
        if not (field.null or field.many_to_many or field.db_default is not NOT_PROVIDED):
            return f"{operation.describe()}, which they leave out: give it a db_default, or null"
    if isinstance(operation, ops.AlterField):
        before = state.models[app, name].fields[operation.name]
        return _narrowed(before, operation.field)
    return ""


def _narrowed(before: Any, after: Any) -> str:
    if type(before) is not type(after):
        return f"{after.name or 'a field'} becomes another kind of field"
    if before.null and not after.null:
        return "a field may be empty no more, and they leave it so"
    if (after.max_length or 0) < (before.max_length or 0):
        return "a field becomes shorter, and they write what it was"
    if after.unique and not before.unique:
        return "a field becomes unique, and they do not know"
    return ""
