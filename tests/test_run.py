"""`manage.py serve` says why it will not start, and what it serves once it does."""

import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tournament_site.environment import Environment
from tournament_site.management.commands.serve import old_python

from .server import SECRET, MatchpointServer, new_sqlite, rows, run_manage
from .services import PostgresServer, free_port


def test_it_refuses_to_start_without_a_secret() -> None:
    done = run_manage("serve")
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "make run" in done.stderr


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    key, database = tmp_path / "key", tmp_path / "database"
    key.write_text("k" * 50 + "\n")
    database.write_text(f"sqlite:///{tmp_path}/of-the-file.sqlite3\n")
    files = {"SECRET_KEY_FILE": str(key), "DATABASE_URL_FILE": str(database)}
    assert run_manage("migrate", "--verbosity", "0", **files).returncode == 0
    assert (tmp_path / "of-the-file.sqlite3").exists()
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff")
    for name, why in {
        "nowhere": "No such file or directory",
        "empty": "is empty",
        "binary": "is not text",
        "": "Is a directory",
    }.items():
        done = run_manage("check", SECRET_KEY_FILE=str(tmp_path / name))
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "SECRET_KEY_FILE is" in done.stderr
        assert why in done.stderr
    done = run_manage("check", SECRET_KEY_FILE=str(key), **SECRET)
    assert "Both SECRET_KEY and SECRET_KEY_FILE are set" in done.stderr


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_manage("serve", PORT=port, DATABASE_URL="sqlite:////dev/null", **SECRET)
    assert done.returncode != 0
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_of_another_machine_is_no_taken_port() -> None:
    for host in ("192.0.2.7", "300.1.1.1"):
        done = run_manage("serve", HOST=host, PORT=str(free_port()), **SECRET)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "HOST is an address of this machine" in done.stderr


def test_a_disk_that_takes_no_static_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "admin").touch()  # so that there is no such folder; a full disk is alike
    done = run_manage("collectstatic", "--no-input", STATIC_ROOT=str(tmp_path), **SECRET)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert str(tmp_path) in done.stderr


def test_limits_cannot_be_lifted_on_a_public_site() -> None:
    for public in ({"HOST": "0.0.0.0"}, {"PUBLIC_URL": "https://play.example.org"}):
        done = run_manage("check", RATE_LIMITS="off", **public, **SECRET)
        assert done.returncode != 0
        assert "RATE_LIMITS=off is for load tests" in done.stderr
    assert run_manage("check", RATE_LIMITS="off", **SECRET).returncode == 0


def test_a_wrong_address_of_the_site_is_refused() -> None:
    done = run_manage("check", PUBLIC_URL="play.example.org", **SECRET)
    assert done.returncode != 0
    assert "PUBLIC_URL must look like" in done.stderr


UNFIT = {
    "PORT": ("abc", "99999"),
    "DATABASE_URL": ("nonsense", "sqlite:////dev/null/x/y.sqlite3"),
    "DEBUG": ("perhaps",),
    "GUEST_KEEP_DAYS": ("99999", "-1", "a year"),
    "LOG_LEVEL": ("loud",),
    "RATE_LIMITS": ("yse",),
    "REDIS_URL": ("localhost:6379",),
    "SERVER": ("apache",),
    "STATIC_ROOT": ("/dev/null/static",),
    "TICKET_LIFE_SECONDS": ("ten", "-1"),
    "TRUSTED_PROXIES": ("everybody",),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in UNFIT.items() for value in values]
)
def test_a_setting_that_does_not_fit_is_named(name: str, value: str) -> None:
    done = run_manage("serve", **SECRET | {name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["0", "", None])
def test_nothing_keeps_for_ever_as_zero_does(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("GUEST_KEEP_DAYS", raising=False)
    if value is not None:
        monkeypatch.setenv("GUEST_KEEP_DAYS", value)
    kept = Environment().days_kept("GUEST_KEEP_DAYS", default=365)
    assert kept == timedelta(days=365 if value is None else 0)


def served(file: Path) -> "subprocess.CompletedProcess[str]":
    """Try to serve a database that nobody should be served."""
    return run_manage("serve", PORT=str(free_port()), DATABASE_URL=f"sqlite:///{file}", **SECRET)


def test_a_database_is_served_only_when_it_can_be_used(tmp_path: Path) -> None:
    empty, half, rubbish = (tmp_path / name for name in ("empty", "half", "rubbish"))
    others = tmp_path / "others"
    rows(f"sqlite:///{others}", "CREATE TABLE lobby_stream (id)")
    new_sqlite(half)
    rows(f"sqlite:///{half}", "DELETE FROM django_migrations WHERE app = 'tournaments' AND id > 20")
    rubbish.write_bytes(b"This is no database at all. " * 100)
    for file, code, words in (
        (empty, "not_migrated", "manage.py migrate"),
        (half, "half_migrated", "such as tournaments.0"),
        (rubbish, "database_damaged", str(rubbish)),
        (tmp_path, "database_missing", str(tmp_path)),
    ):
        done = served(file)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert f"[{code}]" in done.stderr and words in done.stderr
    done = run_manage("migrate", DATABASE_URL=f"sqlite:///{rubbish}", **SECRET)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "The database is damaged" in done.stderr
    done = run_manage("migrate", DATABASE_URL=f"sqlite:///{others}", **SECRET)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "its record of migrations does not have" in done.stderr


def test_postgresql_says_itself_why_it_lets_nobody_in(postgres: PostgresServer) -> None:
    right = postgres.url_of("nowhere")
    wrong = right.replace(postgres.password, "wrong")
    for url, words in ((right, 'database "nowhere" does not exist'), (wrong, "password auth")):
        done = run_manage("migrate", DATABASE_URL=url, **SECRET)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert f"PostgreSQL says: {words}" in done.stderr


@pytest.mark.parametrize(
    ("version", "wanted"),
    [((3, 11, 9), "3.11.10"), ((3, 11, 10), ""), ((3, 12, 5), "3.12.6"), ((3, 13, 0), "")],
)
def test_an_old_python_is_warned_of(version: tuple[int, int, int], wanted: str) -> None:
    warning = old_python(version)
    assert wanted in warning and bool(warning) == bool(wanted)


def test_it_prints_what_to_try() -> None:
    with MatchpointServer() as site:
        for line in (f"{site.url}/", f"{site.url}/admin/", f"websocat {site.socket_url}/ws"):
            assert line in site.log
        assert f"curl {site.url}/matchmaking" in site.log
