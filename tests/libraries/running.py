"""Programs that a test starts, and what they print."""

import subprocess
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

import pytest

from tests.services.service import lean_environment

WITHIN_SECONDS = 90.0


class Program:
    """A program at work; it is killed when the test is over, or when it takes too long."""

    def __init__(
        self, *command: str | Path, cwd: Path | None = None, settings: dict[str, str] | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=lean_environment() | (settings or {}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self._limit = Timer(WITHIN_SECONDS, self._process.kill)
        self._limit.start()

    def until(self, beginning: str) -> str:
        """The next line that begins so."""
        for line in self._output:
            if line.startswith(beginning):
                return line.strip()
        pytest.fail(f"the program ended before a line that begins with {beginning!r}")

    def ends(self) -> list[str]:
        """Whatever else it prints, once it has ended well."""
        lines = self._output.read().splitlines()
        assert self._process.wait() == 0
        return lines

    def kill(self) -> None:
        """End it at once."""
        self._limit.cancel()
        self._process.kill()
        self._process.wait()
        self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
