"""What long work says of itself while it lasts."""

import time
from collections.abc import Callable

_SECONDS = 2.0


class Progress:
    """Writes a line every two seconds; short work says nothing."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write, self._last = write, time.monotonic()

    def __call__(self, words: str) -> None:
        """Say how far the work is, unless that was said just now."""
        now = time.monotonic()
        if now - self._last >= _SECONDS:
            self._last = now
            self._write(words)
