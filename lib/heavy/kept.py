"""Answers that are made once for many readers, and kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .waits import release_connection

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Answers by key, the latest used ones up to `most_bytes`; while one is made, others wait."""

    def __init__(self, *, most_bytes: int, size: Callable[[Value], int]) -> None:
        self._most_bytes, self._size = most_bytes, size
        self._bytes = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._making: dict[Hashable, threading.Event] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The answer of a key; made here, unless it is kept or another thread makes it."""
        while True:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
                made = self._making.get(key)
                if made is None:
                    made = self._making[key] = threading.Event()
                    break
            release_connection()
            made.wait()  # and look again: it may have failed
        try:
            value = make()
            self._keep(key, value)
        finally:
            with self._lock:
                del self._making[key]
            made.set()
        return value

    def _keep(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._bytes += self._size(value)
            while self._bytes > self._most_bytes:
                _, dropped = self._values.popitem(last=False)
                self._bytes -= self._size(dropped)
