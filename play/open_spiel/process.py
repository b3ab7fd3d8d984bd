"""The other process, as this one sees it: started when it is needed, and anew when it breaks."""

import atexit
import logging
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import msgspec

from .messages import Next, Search

log = logging.getLogger(__name__)

#: A move takes a tenth of a millisecond; whoever waits, the event loop waits too.
STEP_SECONDS = 2.0
SEARCH_SECONDS = 30.0
_START_SECONDS = 5.0
_TRIES = 2
PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "play.open_spiel.worker")


class WorkerFailed(Exception):
    """The process broke or fell silent, and so did the next one."""


class Worker:
    """Asks one process, one question after another."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    def start(self) -> None:
        """Have a process that is ready, so that the first question need not wait for it."""
        with self._lock:
            self._started()

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def ask(self, question: Next | Search, *, seconds: float | None = None) -> bytes:
        """The answer, a line; raises `WorkerFailed`."""
        line = msgspec.json.encode(question) + b"\n"
        with self._lock:
            for _ in range(_TRIES):
                try:
                    return self._exchange(line, seconds or STEP_SECONDS)
                except OSError as error:
                    log.warning("The process with OpenSpiel's rules is started anew: %s", error)
                    self.stop()
        raise WorkerFailed("The rules of this game cannot be asked.")

    def _exchange(self, line: bytes, seconds: float) -> bytes:
        process = self._started()
        assert process.stdin is not None
        process.stdin.write(line)
        process.stdin.flush()
        return self._line(process, seconds)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
            )
            try:
                self._line(self._process, _START_SECONDS)
            except OSError:
                self.stop()
                raise
        return self._process

    @staticmethod
    def _line(process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
        """The next line that it writes; raises `OSError` when none comes in time."""
        assert process.stdout is not None
        waiting, deadline = select.poll(), time.monotonic() + seconds
        waiting.register(process.stdout, select.POLLIN)
        parts: list[bytes] = []
        while not (parts and parts[-1].endswith(b"\n")):
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                raise TimeoutError(f"nothing came within {seconds:g} s")
            part = process.stdout.read1(65536)  # type: ignore[attr-defined]
            if not part:
                raise BrokenPipeError(f"it ended ({process.poll()})")
            parts.append(part)
        return b"".join(parts)
