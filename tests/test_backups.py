"""Backups of a running site: made while people write, restored elsewhere, equal to the last row."""

import json
import resource
import secrets
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from .clients import Http, send
from .server import SECRET, SQLITE, MatchpointServer, new_database, new_sqlite, rows, run_manage
from .services import PostgresServer

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.services))


class Place:
    """Where databases of one kind are made."""

    def __init__(self, kind: str, folder: Path, postgres: PostgresServer | None) -> None:
        self.kind, self.folder, self._postgres = kind, folder, postgres
        self.backups = folder / "backups"

    def new(self, *, migrated: bool = True) -> str:
        """The address of another database."""
        name = f"db_{secrets.token_hex(4)}"
        if self._postgres is None:
            file = self.folder / f"{name}.sqlite3"
            return new_sqlite(file) if migrated else f"{SQLITE}{file}"
        return new_database(self._postgres) if migrated else self._postgres.create_database(name)

    def manage(self, url: str, *arguments: str, **settings: str) -> "CompletedProcess[str]":
        """Run a command on one of them."""
        own = SECRET | {"BACKUP_FOLDER": str(self.backups), "DATABASE_URL": url} | settings
        return run_manage(*arguments, **own)

    def backup(self, url: str) -> Path:
        """Make one, which must succeed."""
        done = self.manage(url, "backup")
        assert done.returncode == 0, done.stderr
        assert "found equal" in done.stdout
        return Path(done.stdout.split(": ")[0])

    def restore(self, url: str, file: Path) -> str:
        """Restore one, which must succeed."""
        done = self.manage(url, "restore", str(file), "--force")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def left(self) -> list[str]:
        """What is in the folder, but for finished backups."""
        return sorted(p.name for p in self.backups.iterdir() if not p.name.endswith(".backup"))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    is_postgres = request.param == "postgresql"
    server = request.getfixturevalue("postgres") if is_postgres else None
    return Place(request.param, tmp_path, server)


@pytest.fixture
def file_place(tmp_path: Path) -> Place:
    return Place("sqlite", tmp_path, None)


def content(url: str) -> dict[str, list[str]]:
    """Every row of every table, but for what a restore is to change: epochs and signs of life."""
    if url.startswith(SQLITE):
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    else:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    but = {
        "django_migrations",
        "matchmaking_lease",
        "lobby_presence",
        "lib_serverprocess",
        "play_host",
        "lobby_stream",
    }
    names = {str(name) for (name,) in rows(url, named)} - but
    return {name: sorted(map(repr, rows(url, f'SELECT * FROM "{name}"'))) for name in names} | {
        "streams": sorted(map(repr, rows(url, "SELECT name, seq FROM lobby_stream")))
    }


@contextmanager
def writers(site: MatchpointServer) -> Iterator[list[int]]:
    """Two clients that queue one player after the other; says how many were let in.

    With a pause between, so that there is not the more to back up the longer a backup takes.
    """
    done, joined = threading.Event(), [0, 0]

    def write(number: int) -> None:
        with Http(site.url) as client:
            while not done.wait(0.02):
                name = f"W{secrets.token_hex(5)}"
                joined[number] += client.join(name).status in (200, 201)

    threads = [threading.Thread(target=write, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        yield joined
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_a_backup_made_while_people_write_is_one_moment_and_comes_back_elsewhere(
    place: Place,
) -> None:
    url = place.new()
    with MatchpointServer(database_url=url) as site:
        for name in ("Ann", "Bob", "Zoë \\ 'x'\t"):
            send(site.url, "POST", "/matchmaking", {"username": name})
        with writers(site) as joined:
            running = place.backup(url)
            refused = place.manage(url, "restore", str(running))
        assert min(joined) > 3
        assert refused.returncode == 1
        assert "stop every one" in refused.stderr
    last = place.backup(url)
    assert last.stat().st_mode & 0o777 == 0o600
    assert place.left() == []

    other = place.new(migrated=False)
    assert "What was there" not in place.restore(other, running)
    # Numbers without holes, and a player for each ticket: no half of a transaction.
    stored = "SELECT count(*), max(seq) FROM lobby_event WHERE stream_id = 'lobby'"
    head = rows(other, "SELECT seq FROM lobby_stream WHERE name = 'lobby'")
    assert rows(other, stored) == [(head[0][0], head[0][0])]
    lost = "SELECT count(*) FROM matchmaking_seat WHERE player_id NOT IN "
    assert rows(other, lost + "(SELECT id FROM matchmaking_player)") == [(0,)]

    elsewhere = place.new(migrated=False)
    place.restore(elsewhere, last)
    assert content(elsewhere) == content(url)
    epochs = "SELECT name, epoch FROM lobby_stream"
    assert not set(rows(url, epochs)) & set(rows(elsewhere, epochs))
    with MatchpointServer(database_url=elsewhere) as site:
        before = len(rows(elsewhere, "SELECT 1 FROM matchmaking_player"))
        assert send(site.url, "POST", "/matchmaking", {"username": "New"}).status in (200, 201)
        assert send(site.url, "GET", "/").status == 200
        assert len(rows(elsewhere, "SELECT 1 FROM matchmaking_player")) == before + 1


def test_what_was_there_is_kept_aside(place: Place) -> None:
    url = place.new()
    file = place.backup(url)
    rows(url, "UPDATE matchmaking_pool SET name = 'Changed later'")
    later = content(url)
    said = place.restore(url, file)
    assert "What was there is in the" in said
    assert "Changed later" not in str(content(url))
    aside = said.split("What was there is in the ")[1].strip().rstrip(".")
    if place.kind == "sqlite":
        assert content(f"{SQLITE}{aside.removeprefix('file ')}") == later
    else:
        schema = aside.removeprefix("schema ")
        rows(url, f"ALTER SCHEMA public RENAME TO failed; ALTER SCHEMA {schema} RENAME TO public")
        assert content(url) == later
        assert place.manage(url, "backup").returncode == 0


def test_a_backup_of_an_older_version_is_migrated(place: Place) -> None:
    old = place.new()
    back = place.manage(old, "migrate", "lobby", "0002", "-v", "0")
    assert back.returncode == 0, back.stderr
    file = place.backup(old)
    url = place.new()
    place.restore(url, file)
    assert rows(url, "SELECT count(*) FROM lobby_chatsettings") == [(0,)]
    assert place.manage(url, "migrate", "--check").returncode == 0


def rewritten(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a backup with another manifest."""
    copy = file.with_name("changed.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(text)
                change(manifest)
                text = json.dumps(manifest).encode()
            new.writestr(name, text)
    return copy


WRONG = {
    "newer": (lambda m: m.update(version="99.0.0"), "is of version 99.0.0"),
    "unknown migration": (lambda m: m["migrations"].append(["lobby", "0999_x"]), "lobby.0999_x"),
    "other kind": (lambda m: m.update(database="oracle"), "is of a oracle database"),
    "lost rows": (
        lambda m: m["tables"]["matchmaking_pool"].update(rows=7),
        "matchmaking_pool has",
    ),
    "another content": (lambda m: m["files"].update({next(iter(m["files"])): "0"}), "is damaged"),
    "a file missing": (lambda m: m["files"].update(more="0"), "more is missing"),
}


def test_a_backup_that_does_not_fit_is_refused(place: Place) -> None:
    url = place.new()
    file = place.backup(url)
    before = content(url)
    for change, words in WRONG.values():
        done = place.manage(url, "restore", str(rewritten(file, change)), "--force")
        assert done.returncode == 1
        assert words in done.stderr and "Traceback" not in done.stderr
    assert content(url) == before
    if place.kind == "postgresql":
        schemas = rows(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'")
        assert schemas == []
    else:
        assert [p.name for p in place.folder.iterdir() if "restore" in p.name] == []


def test_a_damaged_file_is_refused(file_place: Place) -> None:
    url = file_place.new()
    rows(url, "UPDATE matchmaking_pool SET name = 'Mine'")
    file = file_place.backup(url)
    whole = file.read_bytes()
    middle = len(whole) // 2
    for damaged in (
        whole[:-100],
        whole[:middle],
        whole[:middle] + b"damage" + whole[middle + 6 :],
        b"",
        b"no backup at all",
    ):
        file.write_bytes(damaged)
        done = file_place.manage(url, "restore", str(file), "--force")
        assert done.returncode == 1
        assert "damaged, or no backup" in done.stderr and "Traceback" not in done.stderr
    done = file_place.manage(url, "restore", str(file_place.folder / "none.backup"), "--force")
    assert "There is no file" in done.stderr
    assert "Mine" in str(content(url))


@pytest.mark.parametrize("room", [10_000, 600_000])
def test_a_disk_without_room_leaves_nothing(place: Place, room: int) -> None:
    url = place.new()
    rows(
        url,
        "INSERT INTO matchmaking_answered"
        " (digest, body_sha256, status, answer, sealed_token, created_at) VALUES"
        f" ('d', 'b', 200, '\"{secrets.token_hex(700_000)}\"', '', '2026-01-01')",
    )
    place.backups.mkdir()
    with limited_file_size(room):
        done = place.manage(url, "backup")
    assert done.returncode == 1
    assert "No backup was made. The disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(place.backups.iterdir()) == []


@contextmanager
def limited_file_size(size: int) -> Iterator[None]:
    """Programs that are started meanwhile can write no larger file: as good as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_database_without_tables_or_access_has_a_sentence(file_place: Place) -> None:
    url = file_place.new(migrated=False)
    done = file_place.manage(url, "backup")
    assert done.returncode == 1
    assert "No backup was made." in done.stderr and "Traceback" not in done.stderr


def test_a_killed_run_leaves_what_the_next_one_takes_away(file_place: Place) -> None:
    url = file_place.new()
    file_place.backups.mkdir()
    for name in (".matchpoint-20260101T000000Z.part", ".matchpoint-20260101T000000Z.part.sqlite3"):
        (file_place.backups / name).write_text("half")
    file_place.backup(url)
    assert file_place.left() == []


def test_old_backups_go_by_number_and_by_week(file_place: Place) -> None:
    url = file_place.new()
    file_place.backups.mkdir()
    days = [f"2026{month:02}{day:02}" for month in (1, 2) for day in range(1, 29)]
    for day in days:
        (file_place.backups / f"matchpoint-{day}T030000Z.backup").touch()
    (file_place.backups / "mine.backup").touch()
    done = file_place.manage(url, "backup", BACKUP_KEEP="3", BACKUP_KEEP_WEEKS="5")
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name[11:19] for path in file_place.backups.glob("matchpoint-*"))
    # The new one, the two before it, and the last of each of the weeks before.
    assert kept[:-1] == ["20260208", "20260215", "20260222", "20260227", "20260228"]
    assert (file_place.backups / "mine.backup").exists()


def test_another_secret_is_said(file_place: Place) -> None:
    url = file_place.new()
    file = file_place.backup(url)
    other = file_place.new(migrated=False)
    done = file_place.manage(other, "restore", str(file), SECRET_KEY="x" * 60)
    assert done.returncode == 0
    assert "SECRET_KEY is not that of the backup" in done.stderr
    with zipfile.ZipFile(file) as archive:
        assert SECRET["SECRET_KEY"].encode() not in b"".join(map(archive.read, archive.namelist()))


def test_a_restored_file_belongs_to_whom_it_belonged(file_place: Place) -> None:
    url = file_place.new()
    database = Path(url.removeprefix(SQLITE))
    database.chmod(0o640)
    file_place.restore(url, file_place.backup(url))
    assert database.stat().st_mode & 0o777 == 0o640
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
