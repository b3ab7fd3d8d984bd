"""A server process that a test owns: its folder, its port, its life and its death."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from .processes import children, comes_true, family, is_alive, send

START_SECONDS = 30.0
STOP_SECONDS = 10.0

# Outlives a killed test run, then ends its server and removes its folder. Waits for the end of its
# standard input, whose other end only the test run holds.
GUARD = """
read -r _
if pid=$(cat "$1/pid" 2>/dev/null); then
    family="$pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null)"
    kill -QUIT $family; kill -CONT $family; sleep 1; kill -KILL $family
fi 2>/dev/null
rm -rf "$1"
"""


class ServiceFailed(Exception):
    """A server did not start; the message carries the end of its log."""


class Service(ABC):
    """A server with a temporary folder and a loopback port of its own.

    The port and the folder stay the same from one start to the next.
    """

    name: ClassVar[str]
    # What asks the server to end in an orderly way, without waiting for its clients.
    stop_signal: ClassVar[signal.Signals]
    # What ends it at once, leaving nothing behind in the machine.
    quit_signal: ClassVar[signal.Signals]

    program: Path
    folder: Path

    def __init__(self) -> None:
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address as DATABASE_URL or REDIS_URL has it, password included."""

    @abstractmethod
    def _prepare(self) -> None:
        """Find the program and fill the new folder."""

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool: ...

    def _account(self) -> dict[str, Any]:
        return {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=f"matchpoint-{self.name}-", dir=base_folder()))
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self.folder)],
            stdin=subprocess.PIPE,
            env={"PATH": os.defpath},
            start_new_session=True,
        )
        try:
            self._prepare()
            self.start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def start(self) -> None:
        """Start the server on what its folder holds, and wait until it answers."""
        if self._process is not None:
            raise RuntimeError(f"{self.name} is running already")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=lean_environment(),
                start_new_session=True,
                **self._account(),
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        running = self._process
        if not comes_true(lambda: running.poll() is not None or self._answers(), START_SECONDS):
            self.kill()
            raise ServiceFailed(f"{self.name} did not answer in time:\n{self._log_end()}")
        if running.poll() is not None:
            self._forget()
            raise ServiceFailed(f"{self.name} ended at its start:\n{self._log_end()}")

    def stop(self) -> None:
        """End the server in an orderly way."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End the server as a power cut would: no clean-up, no word to its clients."""
        self._end(signal.SIGKILL)

    def wait(self, within: float = STOP_SECONDS) -> None:
        """Wait for a server that ends by itself."""
        assert self._process is not None
        self._process.wait(within)
        self._forget()

    def freeze(self) -> None:
        """Stop the server's processes where they are; connections stay open and silent."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)  # First the parent, so that no child is born meanwhile.
        send(signal.SIGSTOP, children(pid))

    def thaw(self) -> None:
        """Let a frozen server go on."""
        send(signal.SIGCONT, family(self._pid()))

    def _pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process.pid

    def _end(self, ending: signal.Signals) -> None:
        processes = family(self._pid())
        # An orderly end is the parent's business; it tells its children.
        send(ending, processes if ending == signal.SIGKILL else processes[:1])
        send(signal.SIGCONT, processes)
        self._forget()
        if not comes_true(lambda: not any(map(is_alive, processes)), STOP_SECONDS):
            send(signal.SIGKILL, processes)

    def _forget(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        (self.folder / "pid").unlink()
        self._process = None

    def _close(self) -> None:
        if self._process is not None:
            self._end(self.quit_signal)
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()

    def _log_end(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def free_port() -> int:
    """A loopback port on which nobody listens.

    It lies below those that the kernel gives to outgoing connections: a client that retries while
    the server is down might get the server's own port for its end, and keep it.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_open(path: Path) -> bool:
    """Whether every account may enter the folder."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def base_folder() -> Path:
    """Where temporary folders go: each account must be able to reach its own."""
    usual = Path(tempfile.gettempdir()).resolve()
    return usual if is_open(usual) else Path("/tmp")


def lean_environment() -> dict[str, str]:
    """As little as a server needs: the caller's PGDATA, PGPORT or LANG must not change it."""
    wanted = ("PATH", "LD_LIBRARY_PATH", "STATIC_ROOT")  # the last is this run's own, see conftest
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
