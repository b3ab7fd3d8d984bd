"""How many of something each client has open at a time, in all processes."""

import time
from collections import Counter

#: A process that has been silent for so long has nothing open any more.
SILENT_SECONDS = 5.0


class OpenCounts:
    """Open things by client: those here, and those that other processes have published.

    A process publishes the clients that have many open, and not the crowd with a few each: so what
    is sent stays small, and a sum lacks at most `few` for each other process.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._here: Counter[str] = Counter()
        self._published: dict[str, tuple[float, dict[str, int]]] = {}
        self._elsewhere: Counter[str] = Counter()

    def __getitem__(self, client: str) -> int:
        return self._here[client] + self._elsewhere[client]

    def here(self) -> int:
        """How many are open in this process."""
        return self._here.total()

    def add(self, client: str) -> None:
        """Count one more here."""
        self._here[client] += 1

    def remove(self, client: str) -> None:
        """Count one less here."""
        self._here[client] -= 1
        if not self._here[client]:
            del self._here[client]

    def large(self, few: int) -> dict[str, int]:
        """The clients that have more than a few open here."""
        return {client: count for client, count in list(self._here.items()) if count > few}

    def hear(self, process: str, counts: dict[str, int]) -> None:
        """Replace what another process has published."""
        self._published[process] = (time.monotonic(), counts)
        self._add_up()

    def forget_silent(self) -> None:
        """Drop what processes have published that are not there any more."""
        since = time.monotonic() - SILENT_SECONDS
        fresh = {name: each for name, each in self._published.items() if each[0] >= since}
        if len(fresh) < len(self._published):
            self._published = fresh
            self._add_up()

    def forget_all(self) -> None:
        """Count those of this process only."""
        self._published, self._elsewhere = {}, Counter()

    def _add_up(self) -> None:
        self._elsewhere = Counter()
        for _, counts in self._published.values():
            self._elsewhere.update(counts)
