"""What a stream's sockets are sent beside its log, such as who is there."""

from collections.abc import Callable
from typing import Protocol


class Lookout(Protocol):
    """Something beside the log that a stream's sockets are sent, looked up once a second.

    `last_sent` is its last frame, which a new socket is sent; empty before the first.
    """

    last_sent: str

    def look(self) -> str | None:
        """A frame when there is something new; on a thread of its own."""

    def leave(self) -> None:
        """The process stops."""


_lookouts: dict[str, list[Callable[[], Lookout]]] = {}


def register_lookout(stream: str, kind: Callable[[], Lookout]) -> None:
    """Have one of this kind in each process that has sockets on the stream."""
    _lookouts.setdefault(stream, []).append(kind)


def lookouts_of(stream: str) -> list[Lookout]:
    """New ones of every kind that is registered for the stream."""
    return [kind() for kind in _lookouts.get(stream, ())]
