"""How long to wait before another try."""

import random
import time

FIRST_SECONDS = 0.25
#: For a request, on which somebody waits; and for a stream, which many may have lost at once.
LONGEST_SECONDS = 4.0
LONGEST_STREAM_SECONDS = 15.0


def pause(attempt: int, longest: float = LONGEST_SECONDS) -> float:
    """Full jitter under a bound that doubles, so that not everybody comes at once."""
    return random.random() * min(longest, FIRST_SECONDS * 2.0 ** min(attempt, 10))


class Patience:
    """For how long somebody goes on trying."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._attempt = 0

    def next_pause(self, at_least: float = 0.0) -> float | None:
        """How long to wait before the next try; None when there shall be none."""
        wait = at_least + pause(self._attempt)
        self._attempt += 1
        left = self._until - time.monotonic()
        if left <= 0 or at_least > left:
            return None
        return min(wait, left)
