"""A few at a time, the client with the fewest first; the others wait, or are refused."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from lib.addresses import client_network
from lib.errors import Overloaded

from .waits import release_connection


class Slots:
    """So many run at once, `waiting` more wait for at most `seconds`, the others are refused.

    One client cannot keep the others out: of those who wait, whoever has the fewest slots goes
    first, and a quarter of the queue is for one client at most.
    """

    def __init__(self, most: int, *, waiting: int, seconds: float) -> None:
        self._free, self._most_waiting, self._seconds = most, waiting, seconds
        self._most_each = waiting // 4
        self._lock = threading.Lock()
        self._order = count()
        self._running: Counter[str] = Counter()
        self._waiting: dict[int, tuple[str, threading.Event]] = {}

    @contextmanager
    def one(self, address: object = "") -> Iterator[None]:
        """Hold a slot for a client's address; raises `Overloaded`."""
        client = client_network(str(address))
        self._take(client)
        try:
            yield
        finally:
            with self._lock:
                self._running[client] -= 1
                self._running += Counter()  # drops the clients that have none
                self._free += 1
                self._serve()

    def _take(self, client: str) -> None:
        with self._lock:
            if self._free and not self._waiting:
                self._begin(client)
                return
            ahead = sum(each == client for each, _ in self._waiting.values())
            if len(self._waiting) >= self._most_waiting or ahead >= self._most_each:
                raise self._refusal()
            number, called = next(self._order), threading.Event()
            self._waiting[number] = client, called
        release_connection()
        if not called.wait(self._seconds):
            with self._lock:
                if self._waiting.pop(number, None) is not None:
                    raise self._refusal()  # else it was called in the last moment

    def _begin(self, client: str) -> None:
        self._free -= 1
        self._running[client] += 1

    def _serve(self) -> None:
        """Call the next of those who wait."""
        while self._free and self._waiting:
            number = min(self._waiting, key=lambda each: (self._running_of(each), each))
            client, called = self._waiting.pop(number)
            self._begin(client)
            called.set()

    def _running_of(self, number: int) -> int:
        return self._running[self._waiting[number][0]]

    @staticmethod
    def _refusal() -> Overloaded:
        return Overloaded("Too many large requests are being answered. Try again in a moment.")
