"""What is wrong when the database fails: each kind with its own code and sentence.

Drivers say it in their own words; Django wraps them, and keeps the original as the cause.
"""

import logging
import re
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from lib.errors import Outage
from lib.limits import Buckets
from lib.metrics.work import outages

log = logging.getLogger(__name__)
_logged = Buckets(burst=3, per_second=0.1)

UNREACHABLE = Outage("The database cannot be reached. Nothing was done. Try again in a moment.")
BUSY = Outage(
    "The database cannot be reached, or has too much to do. Nothing was done. Try again in a"
    " moment."
)
LOCKED = Outage(
    "The database is locked by another program. Nothing was done. Try again in a moment.",
    code="database_locked",
)
DISK_FULL = Outage(
    "The disk is full. Nothing was done. Whoever runs this site has to make room.",
    code="disk_full",
)
DISK_FAILS = Outage(
    "The disk of the database fails. Nothing was done. Whoever runs this site has to look at it.",
    code="disk_fails",
)
READ_ONLY = Outage(
    "The database is read-only. Nothing was done. Whoever runs this site has to make it writable.",
    code="database_read_only",
)
DAMAGED = Outage(
    "The database is damaged, or its file is none. Nothing was done. Whoever runs this site has to"
    " restore a backup.",
    code="database_damaged",
)
NO_FILE = Outage(
    "The file of the database cannot be opened, or its folder takes no other. Nothing was done."
    " Whoever runs this site has to look at it.",
    code="database_missing",
)
NOT_MIGRATED = Outage(
    "The database is not migrated. Nothing was done. Whoever runs this site has to run"
    " `manage.py migrate`.",
    code="not_migrated",
)
HALF_MIGRATED = Outage(
    "The database is only partly migrated. Nothing was done. Whoever runs this site has to run"
    " `manage.py migrate`.",
    code="half_migrated",
)

NOT_RECORDED = Outage(
    "The database has tables that its record of migrations does not have. Nothing was done. Whoever"
    " runs this site has to restore a backup, or to name another database in DATABASE_URL.",
    code="migrations_not_recorded",
)

#: By SQLite's result code, else without what it adds to it (`SQLITE_IOERR_WRITE`).
_SQLITE = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_IOERR_SHMSIZE": DISK_FULL,  # there is no room to open it, with its index of the log
    "SQLITE_IOERR": DISK_FAILS,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_CANTOPEN": NO_FILE,
}
#: By PostgreSQL's SQLSTATE.
_POSTGRES = {
    "55P03": LOCKED,
    "40P01": LOCKED,
    "53100": DISK_FULL,
    "58030": DISK_FAILS,
    "25006": READ_ONLY,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
for _outage in (*_SQLITE.values(), *_POSTGRES.values(), UNREACHABLE, NOT_MIGRATED, HALF_MIGRATED):
    outages.labels(_outage.code)  # monitors see a 0 before the first

#: SQLite has no code for these, and PostgreSQL's words are alike.
_NO_TABLE = re.compile(r"no such table: (?:main\.)?(\w+)|relation \"(\w+)\" does not exist")
_NO_COLUMN = re.compile(
    r"no such column: (?:\w+\.)?(\w+)|has no column named (\w+)|column \"?(?:\w+\.)?(\w+)\"?"
)
#: What a migration finds that is to make it.
_THERE_ALREADY = re.compile(
    r"(?:table|index|relation) \S+ already exists|duplicate column name"
    r"|column \S+ of relation \S+ already exists"
)


def log_outage(outage: Outage, error: BaseException) -> None:
    """Count it, and write it to the log: a few lines, not one for everybody who meets it."""
    outages.labels(outage.code).inc()
    if _logged.take(outage.code):
        log.error("%s (%s)", outage.message, error)


def database_name() -> str:
    """Which database it is, for those who run the site: a file, or a name on a host."""
    database = settings.DATABASES["default"]
    host = database.get("HOST")
    return f"{database['NAME']} on {host}" if host else str(database["NAME"])


def database_says() -> str:
    """Why PostgreSQL lets nobody in, in its own words; empty when it does, or does not answer.

    The pool of connections tries again for a while, and then says only that it got none.
    """
    database = settings.DATABASES["default"]
    if connection.vendor != "postgresql":
        return ""
    driver = cast(Any, connection).Database  # the module
    names = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    options = {name: database[key] for name, key in names.items() if database.get(key)}
    try:
        driver.connect(**options, connect_timeout=3).close()
    except driver.OperationalError as error:
        said = re.search(r"FATAL: +(.+)", str(error))
        return f" PostgreSQL says: {said[1]}." if said else ""
    return ""


def outage_of(error: BaseException | None) -> Outage | None:
    """What of the database's state an error comes from; None for a fault of the program."""
    cause = error.__cause__ if error is not None else None
    name = getattr(cause, "sqlite_errorname", None) or ""
    known = (
        _SQLITE.get(name)
        or _SQLITE.get("_".join(name.split("_")[:2]))
        or _POSTGRES.get(getattr(cause, "sqlstate", None) or "")
    )
    if known is not None:
        return known
    if (unmigrated := _unmigrated(str(cause))) is not None:
        return unmigrated
    if type(cause).__name__ == "PoolTimeout":
        return BUSY
    return UNREACHABLE if isinstance(error, OperationalError | InterfaceError) else None


def _unmigrated(words: str) -> Outage | None:
    """Whether a table or column is missing that this version has, or there before its migration."""
    tables, columns = _schema()
    if _THERE_ALREADY.search(words):
        return NOT_RECORDED
    if (found := _NO_COLUMN.search(words)) and columns & set(found.groups()):
        return HALF_MIGRATED
    if (found := _NO_TABLE.search(words)) and tables & set(found.groups()):
        return NOT_MIGRATED
    return None


@cache
def _schema() -> tuple[frozenset[str | None], frozenset[str | None]]:
    """The names of this version's tables and columns."""
    models = apps.get_models(include_auto_created=True)
    columns = {field.column for model in models for field in model._meta.concrete_fields}
    return frozenset(model._meta.db_table for model in models), frozenset(columns)
