"""The database is emptied after each test that commits, in a tenth of the time of `flush`.

Django's flush empties every table, of which a test fills a few, and has all that `migrate` adds
(content types, permissions, groups, the default pool) made again, though hardly a test changes it.
"""

from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model

from matchmaking.models import Pool

#: What `migrate` adds rows to, and a new site therefore has; those that refer to others come last.
FILLED: tuple[type[Model], ...] = (
    ContentType,
    Permission,
    Group,
    Group.permissions.through,
    Pool,
)


def _rows(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())


@dataclass(frozen=True)
class NewDatabase:
    """How the database is before the first test."""

    tables: tuple[str, ...]
    rows: dict[type[Model], list[dict[str, Any]]]

    @classmethod
    def as_it_is(cls) -> Self:
        """Read it; tests find it like that from now on."""
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        filled = {model._meta.db_table for model in FILLED}
        new = cls(
            tables=tuple(sorted(set(tables) - filled)),
            rows={model: _rows(model) for model in FILLED},
        )
        assert not new._filled_tables(), "`migrate` adds rows to these too: name them in FILLED"
        return new

    def restore(self) -> None:
        """Take away what a test has committed, and bring back what it has changed."""
        changed = any(_rows(model) != rows for model, rows in self.rows.items())
        # Constraints are looked at when the transaction ends, so that the order does not matter.
        with transaction.atomic(), connection.cursor() as cursor:
            tables = self._filled_tables()
            if changed:
                tables += [model._meta.db_table for model in FILLED]
            for table in tables:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
            if changed:
                for model, rows in self.rows.items():
                    model._base_manager.bulk_create(model(**row) for row in rows)
                ContentType.objects.clear_cache()

    def _filled_tables(self) -> list[str]:
        names = {table: connection.ops.quote_name(table) for table in self.tables}
        # The names are of Django's models, and no value of anybody's.
        looks = (f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {name})" for t, name in names.items())
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(looks))
            return [table for (table,) in cursor.fetchall()]
