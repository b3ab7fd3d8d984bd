"""What a database's record of migrations says, and a database brought to it."""

from collections.abc import Sequence

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from .manifest import BackupFault

Migration = tuple[str, str]
RECORD = "django_migrations"


def known_migrations() -> set[Migration]:
    """Those that this installation has."""
    return set(MigrationLoader(None).graph.nodes)


def applied_migrations() -> list[Migration]:
    """Those that the database has; raises `BackupFault` when this installation lacks one."""
    loader = MigrationLoader(connection)
    applied = [name for name in loader.applied_migrations if name in loader.graph.nodes]
    unknown = loader.applied_migrations.keys() - set(applied)
    # Of an app that is no longer installed, only the record is left.
    unknown = {name for name in unknown if name[0] in loader.migrated_apps}
    if unknown:
        raise BackupFault(
            f"The database has migrations of a newer version, such as {'.'.join(min(unknown))}."
            " Make the backup with that version."
        )
    return sorted(applied)


def tables_after(migrations: Sequence[Migration]) -> list[str]:
    """The tables that there are after these migrations, but for the record of migrations."""
    state = MigrationLoader(None).project_state(_last_of(migrations))
    models = state.apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed})


def migrate_to(migrations: Sequence[Migration]) -> None:
    """Bring an empty database to where these migrations lead."""
    MigrationExecutor(connection).migrate(_last_of(migrations))


def _last_of(migrations: Sequence[Migration]) -> list[Migration]:
    """Of each app those that no other of these follows."""
    nodes, given = MigrationLoader(None).graph.node_map, {(app, name) for app, name in migrations}
    return sorted(
        name
        for name in given
        if not any(child.key in given and child.key[0] == name[0] for child in nodes[name].children)
    )
