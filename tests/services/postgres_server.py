"""A throwaway PostgreSQL."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from .programs import find_postgres
from .service import Service, ServiceFailed, is_open, lean_environment


class PostgresServer(Service):
    """A PostgreSQL with one database, `matchpoint`, and what `create_database` adds.

    Without `durable` it does not wait for the disk: a killed server keeps what it has committed
    all the same, a machine that loses power would not.
    """

    name = "postgresql"
    stop_signal = signal.SIGINT
    quit_signal = signal.SIGQUIT

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
        self._durable = durable

    @property
    def url(self) -> str:
        return self.url_of("matchpoint")

    def url_of(self, database: str) -> str:
        """The address of one database of this server."""
        path = quote(database, safe="")
        return f"postgres://matchpoint:{self.password}@127.0.0.1:{self.port}/{path}"

    def create_database(self, name: str) -> str:
        """Create an empty database and give its address."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's other programs, such as `pg_dump`."""
        subprocess.run(
            [self.program.parent / program, *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=lean_environment(),
        )

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self.create_database("matchpoint")
        except BaseException:
            self._close()
            raise
        return self

    def _account(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        # PostgreSQL refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _prepare(self) -> None:
        programs = find_postgres()
        if self._account() and not is_open(programs):
            # An environment under a closed home folder: only a copy can be run by another account.
            copy = self.folder / "programs"
            shutil.copytree(programs.parent, copy)
            programs = copy / programs.name
        self.program = programs / "postgres"
        password = self.folder / "password"
        password.write_text(self.password)
        if account := self._account():
            for path in (self.folder, password):
                os.chown(path, account["user"], account["group"])
        self._initdb(programs / "initdb", password)

    def _initdb(self, initdb: Path, password: Path) -> None:
        done = subprocess.run(
            [
                *(initdb, "--pgdata=data", "--username=matchpoint", f"--pwfile={password}"),
                *("--auth=password", "--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=lean_environment(),
            **self._account(),
        )
        if done.returncode != 0:
            raise ServiceFailed(f"initdb failed:\n{done.stdout[-2000:]}")

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            # Files of the folder, not shared memory that a killed server would leave behind.
            "dynamic_shared_memory_type": "mmap",
        }
        if not self._durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options = (f"--{name}={value}" for name, value in settings.items())
        return [str(self.program), "-D", "data", *options]

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
            return True
        return False

    def _close(self) -> None:
        lock = self.folder / "data" / "postmaster.pid"
        if self._process is None and lock.exists():
            _remove_shared_memory(lock)
        super()._close()


def _remove_shared_memory(lock: Path) -> None:
    """Free the System V segment of a killed PostgreSQL; its lock file's seventh line names it."""
    remove = 0  # IPC_RMID
    for line in lock.read_text().splitlines()[6:7]:
        ctypes.CDLL(None).shmctl(int(line.split()[1]), remove, None)
