"""Where lines go: those of requests together, several times a second.

A write for each line would cost more than the line: it lets another thread have the interpreter.
"""

import asyncio
import logging

from .lines import Line

GATHER_SECONDS = 0.05
MOST_GATHERED = 64


class GatheringHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to standard error, in order: what was gathered comes before any other line."""

    def __init__(self) -> None:
        super().__init__()
        self._gathered: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or keep the line of a request for a moment."""
        if not isinstance(record.msg, Line) or not self._is_kept(record):
            self.flush()
            super().emit(record)

    def _is_kept(self, record: logging.LogRecord) -> bool:
        """Keep a line until the loop writes it; false where no loop runs."""
        if not self._gathered:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return False
            loop.call_later(GATHER_SECONDS, self.flush)
        try:
            self._gathered.append(self.format(record))
        except Exception:
            self.handleError(record)
        if len(self._gathered) >= MOST_GATHERED:
            self.flush()
        return True

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            gathered, self._gathered = self._gathered, []
            if gathered:
                self.stream.write(self.terminator.join([*gathered, ""]))
            super().flush()
        finally:
            self.release()
