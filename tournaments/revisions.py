"""What many read of a tournament: made once for each revision, the large ones a few at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Generic, TypeVar

from django.conf import settings

from lib.heavy.kept import Kept
from lib.heavy.slots import Slots

from .models import Pairing, Tournament

Value = TypeVar("Value")

#: With so many pairings, or entrants, a tournament is large.
LARGE = 128

_writes = Slots(1, waiting=32, seconds=20)
_PAUSE_SECONDS = 0.15
_slots = Slots(settings.MATCHPOINT_LARGE_SLOTS, waiting=64, seconds=20)


def size_of(tournament: Tournament) -> int:
    """How many pairings a tournament has, or entrants before it has begun."""
    if tournament.started_at is None:
        return tournament.entrants.count()
    return Pairing.objects.filter(group__stage__tournament=tournament).count()


def slot_for(size: int, address: object) -> AbstractContextManager[None]:
    """A slot for the client at an address while it holds, if the work is large.

    Entering it raises `Overloaded`.
    """
    return _slots.one(address) if size >= LARGE else nullcontext()


@contextmanager
def large_write(size: int, address: object) -> Iterator[None]:
    """Take turns with the other large writes, and let the small ones in before the next.

    Whoever waits for SQLite's lock looks every tenth of a second, so a pause follows.
    """
    if size < LARGE:
        yield
        return
    with _writes.one(address):
        try:
            yield
        finally:
            time.sleep(_PAUSE_SECONDS)


def slot_if_large(tournament: Tournament, address: object) -> AbstractContextManager[None]:
    """A slot in which a tournament is read whole, if it is large."""
    return slot_for(size_of(tournament), address)


class KeptReads(Generic[Value]):
    """Answers about tournaments, kept for the revision that they were made of."""

    def __init__(self, *, size: Callable[[Value], int]) -> None:
        self._kept = Kept[Value](most_bytes=settings.MATCHPOINT_KEPT_BYTES, size=size)

    def get(
        self,
        tournament: Tournament,
        variant: tuple[object, ...],
        make: Callable[[], Value],
        address: object,
    ) -> Value:
        """The answer in a variant, which says all that it depends on besides the tournament.

        The tournament's row was read before; so what is read later is as new, or newer, and
        nobody who reads the next revision is given this one's answer.
        """

        def made() -> Value:
            with slot_if_large(tournament, address):
                return make()

        return self._kept.get((tournament.pk, tournament.revision, *variant), made)
