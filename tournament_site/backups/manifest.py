"""What a backup says of itself, and why one cannot be made or used."""

import hashlib
from datetime import datetime

import msgspec
from django.utils.crypto import salted_hmac

from lib.version import version, version_key

FORMAT = 1
_WHOLE = 1 << 256


class BackupFault(Exception):
    """A backup cannot be made or restored; the message says why, and what to do."""


class TableFacts(msgspec.Struct):
    """What a table holds: how many rows, and a digest of them in whatever order they come."""

    rows: int = 0
    digest: str = ""
    columns: list[str] = []
    sequences: dict[str, int] = {}
    """The last number that was given out in each column with numbers."""


class Manifest(msgspec.Struct):
    """The first thing that is read of a backup."""

    version: str
    made_at: datetime
    database: str
    """`sqlite` or `postgresql`."""
    migrations: list[tuple[str, str]]
    tables: dict[str, TableFacts]
    secret_key: str
    """By which the SECRET_KEY of then is recognised; the key itself is not in a backup."""
    files: dict[str, str] = {}
    """The SHA-256 of each other file in the backup."""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many there are, in all tables."""
        return sum(facts.rows for facts in self.tables.values())


class RowDigest:
    """Counts rows and digests them, so that their order does not matter."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    def add(self, row: bytes) -> None:
        """Take a row in."""
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(row).digest(), "big")

    def hexdigest(self) -> str:
        """The digest of all rows so far."""
        return f"{self._sum % _WHOLE:064x}"


def secret_key_mark() -> str:
    """By which this site's SECRET_KEY is recognised, without saying anything of it."""
    return salted_hmac("matchpoint.backup", "which key").hexdigest()[:16]


def check_readable(manifest: Manifest, *, vendor: str, known: set[tuple[str, str]]) -> None:
    """Raise `BackupFault` when this version, or this kind of database, cannot take the backup."""
    if manifest.format > FORMAT or version_key(manifest.version) > version_key(version()):
        raise BackupFault(
            f"The backup is of version {manifest.version}, and this is {version()}."
            " Install that version or a newer one, and restore it there."
        )
    if manifest.database != vendor:
        raise BackupFault(
            f"The backup is of a {manifest.database} database, and DATABASE_URL names one of"
            f" {vendor}. A backup can only be restored into the kind of database it comes from."
        )
    missing = [".".join(name) for name in manifest.migrations if tuple(name) not in known]
    if missing:
        raise BackupFault(
            f"The backup has migrations that this installation does not know, such as {missing[0]}."
            " Install the version, and the games, that made it."
        )


def differences(wanted: dict[str, TableFacts], found: dict[str, TableFacts]) -> list[str]:
    """Where the contents of two databases differ, in words."""
    return [
        f"{name} has {_said(found.get(name))} instead of {_said(wanted.get(name))}"
        for name in sorted(wanted.keys() | found.keys())
        if _said(wanted.get(name)) != _said(found.get(name))
    ]


def _said(facts: TableFacts | None) -> str:
    return "nothing" if facts is None else f"{facts.rows} rows ({facts.digest[:12]})"
