"""PostgreSQL: every table by COPY as of one moment, and back into tables that migrations made.

It needs no program beside the driver, and the server may be of another version when the backup is
restored. All of it runs on Django's own connection.
"""

from typing import Any

from django.db import connection
from psycopg import sql

from .archive import Archive, StoredArchive
from .manifest import RowDigest, TableFacts
from .migrations import migrate_to
from .progress import Progress

_FOLDER = "tables"
#: How values are written, whatever the server's or the role's settings are.
_PLAIN_VALUES = """
    SET LOCAL datestyle TO 'ISO, YMD'; SET LOCAL intervalstyle TO 'postgres';
    SET LOCAL timezone TO 'UTC'; SET LOCAL bytea_output TO 'hex';
    SET LOCAL extra_float_digits TO 1; SET LOCAL client_encoding TO 'UTF8';
"""


def one_moment() -> None:
    """Let this transaction, which has just begun, see one moment; it does not write."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(_PLAIN_VALUES)


def write(archive: Archive, tables: list[str], progress: Progress) -> dict[str, TableFacts]:
    """Copy the tables into the archive; says what they hold."""
    found = {}
    for number, table in enumerate(tables, start=1):
        with archive.file(f"{_FOLDER}/{table}") as file:
            found[table] = _read(table, file, f"{table}, {number} of {len(tables)}", progress)
    return found


def facts(tables: list[str], progress: Progress) -> dict[str, TableFacts]:
    """What the tables hold."""
    return {table: _read(table, None, table, progress) for table in tables}


def _read(table: str, file: Any, name: str, progress: Progress) -> TableFacts:
    columns, digest = _columns(table), RowDigest()
    command = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _listed(columns))
    with connection.cursor() as cursor:
        with cursor.copy(command) as rows:
            for row in rows:
                digest.add(bytes(row))
                if file is not None:
                    file.write(bytes(row))
                progress(f"Read {digest.rows} rows of {name}.")
        return TableFacts(digest.rows, digest.hexdigest(), columns, _sequences(cursor, table))


def _columns(table: str) -> list[str]:
    """A table's columns by name: their order depends on how old the database is."""
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return sorted(column.name for column in described)


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _sequences(cursor: Any, table: str) -> dict[str, int]:
    """The last number given out in each column that has numbers, where one was."""
    found = connection.introspection.get_sequences(cursor, table)
    last = {}
    for sequence in found:
        cursor.execute("SELECT pg_sequence_last_value(%s::regclass)", [f'"{sequence["name"]}"'])
        if (number := cursor.fetchone()[0]) is not None:
            last[sequence["column"]] = number
    return last


def load(archive: StoredArchive, progress: Progress) -> None:
    """Make the tables of a backup in the current schema, which has none, and fill them.

    Raises `BackupFault` when they do not hold then what the backup says. Nothing is committed here.
    """
    manifest = archive.manifest
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN_VALUES)
        # Else rows that a migration wrote keep the next one from changing their table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        progress("Making the tables.")
        migrate_to(manifest.migrations)
        tables = map(sql.Identifier, manifest.tables)
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for number, table in enumerate(manifest.tables, start=1):
            progress(f"Filling {table}, {number} of {len(manifest.tables)}.")
            _fill(cursor, archive, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    archive.compare(facts(list(manifest.tables), progress))


def _fill(cursor: Any, archive: StoredArchive, table: str) -> None:
    known = archive.manifest.tables[table]
    name = sql.Identifier(table)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(name, _listed(known.columns))
    with cursor.copy(command) as rows:
        for block in archive.blocks(f"{_FOLDER}/{table}"):
            rows.write(block)
    for column, last in known.sequences.items():
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', column, last]
        )


def use_new_schema(name: str) -> None:
    """Work in a new schema until the transaction ends; it sees nothing of the others."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(name)))


def move_aside(name: str) -> int:
    """Move the site's tables to a new schema; returns how many there were."""
    with connection.cursor() as cursor:
        # Better no restore than one that waits for ever for somebody who reads.
        cursor.execute("SET LOCAL lock_timeout TO '10s'")
        tables = [
            info.name
            for info in connection.introspection.get_table_list(cursor)
            if info.type == "t"
        ]
        if tables:
            schema = sql.Identifier(name)
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
            for table in tables:
                move = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
                cursor.execute(move.format(sql.Identifier(table), schema))
    return len(tables)
