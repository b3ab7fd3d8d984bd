"""The servers that are measured: started as processes of their own, watched through /proc."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOTYPE = Path(os.environ.get("PROTOTYPE", ROOT.parent / "shared/peers/seed/app.rb"))
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30.0


@dataclass(frozen=True)
class Kind:
    """A server to measure: how it is started, and where its lobby is."""

    name: str
    command: tuple[str, ...]
    path: str = "/ws"
    env: dict[str, str] = field(default_factory=dict)
    is_matchpoint: bool = False
    folder: Path = ROOT


class Running:
    """A server that runs, with a folder for its database and its log."""

    def __init__(self, kind: Kind, folder: str) -> None:
        self.kind, self.port = kind, free_port()
        self._log = f"{folder}/log"
        self._env = os.environ | {
            "PORT": str(self.port),
            "SECRET_KEY": "only-for-the-benchmark",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "PYTHONWARNINGS": "ignore",
            **kind.env,
        }
        if kind.is_matchpoint:
            migrate = (sys.executable, "manage.py", "migrate", "--verbosity", "0")
            subprocess.run(migrate, cwd=ROOT, env=self._env, check=True)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [part.format(port=self.port) for part in self.kind.command]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.kind.folder, env=self._env, stdout=log, stderr=log
            )
        try:
            _wait(self._process, self.port, self._log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu_seconds(self) -> float:
        """CPU time that the process has used, user and system."""
        return process_cpu_seconds(self.pid)

    def environ(self) -> dict[str, str]:
        """What its environment says."""
        entries = Path(f"/proc/{self.pid}/environ").read_text().split("\0")
        return dict(entry.split("=", 1) for entry in entries if "=" in entry)

    def memory_bytes(self) -> int:
        """Memory that is resident."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def process_cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def _matchpoint(server: str) -> Kind:
    return Kind(
        f"matchpoint {server}",
        (sys.executable, "manage.py", "serve", "--server", server),
        env={"RATE_LIMITS": "off"},
        is_matchpoint=True,
    )


def on_both_servers(name: str, app: str) -> tuple[Kind, Kind]:
    """An ASGI application by its import name, on uvicorn and on Daphne."""
    uvicorn = ("uvicorn", app, "--log-level", "warning", "--ws-per-message-deflate", "false")
    return (
        Kind(
            f"{name} uvicorn",
            (sys.executable, "-m", *uvicorn, "--ws", "websockets-sansio", "--port", "{port}"),
        ),
        Kind(
            f"{name} daphne",
            (sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", "{port}", app),
        ),
    )


MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE = _matchpoint("uvicorn"), _matchpoint("daphne")
BARE_UVICORN, BARE_DAPHNE = on_both_servers("bare", "benchmarks.apps.bare:application")
STOCK_UVICORN, STOCK_DAPHNE = on_both_servers("stock channels", "benchmarks.apps.stock:application")
THE_PROTOTYPE = Kind(
    "prototype",
    ("ruby", str(PROTOTYPE), "-p", "{port}", "-o", "127.0.0.1", "-e", "production"),
)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(kind: Kind) -> Iterator[Running]:
    """Start a server with a fresh database, wait until it listens, and stop it in the end."""
    with tempfile.TemporaryDirectory() as folder:
        server = Running(kind, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"It did not start: {Path(log).read_text()[-2000:]}")
