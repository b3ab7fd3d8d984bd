"""Places in a tournament: how many are left, and the waiting list."""

from collections.abc import Sequence
from enum import StrEnum

from django.conf import settings
from django.db.models import Max

from lib.errors import Conflict
from tournaments.models import UNLISTED, Entrant, EntryStatus, Tournament
from tournaments.signals import entry_changed, list_changed

from . import audit_log
from .actors import MATCHPOINT

#: Up to so many entries are announced one by one.
FEW = 10


class EntryChange(StrEnum):
    """The change of an entry that `entry_changed` announces."""

    APPLIED = "applied"
    WAITING = "waiting"
    ENTERED = "entered"
    MOVED_UP = "moved_up"
    DECLINED = "declined"
    LEFT = "left"
    CHECKED_IN = "checked_in"
    UNCHECKED = "unchecked"
    ABSENT = "absent"
    RENAMED = "renamed"


#: The change that leads to each status.
CHANGE_OF = {
    EntryStatus.APPLIED: EntryChange.APPLIED,
    EntryStatus.WAITING: EntryChange.WAITING,
    EntryStatus.ENTERED: EntryChange.ENTERED,
    EntryStatus.DECLINED: EntryChange.DECLINED,
}


def announce(tournament: Tournament, entrant: Entrant, change: EntryChange | None = None) -> None:
    """Send `entry_changed`, by default with the change that led to the entrant's status.

    Whom the organiser has not admitted is not named: then only `list_changed` is sent.
    """
    if entrant.status in UNLISTED:
        list_changed.send(sender=Tournament, tournament=tournament)
        return
    change = change or CHANGE_OF[EntryStatus(entrant.status)]
    entry_changed.send(sender=Entrant, tournament=tournament, entrant=entrant, change=change)


def announce_all(tournament: Tournament, entrants: Sequence[Entrant], change: EntryChange) -> None:
    """Send `entry_changed` for each; for many at once only `list_changed`."""
    if len(entrants) > FEW:
        list_changed.send(sender=Tournament, tournament=tournament)
        return
    for entrant in entrants:
        announce(tournament, entrant, change)


def places_left(tournament: Tournament) -> int:
    """How many more can take part; the tournament must be locked."""
    most: int = settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    capacity = most if tournament.capacity is None else min(tournament.capacity, most)
    return capacity - tournament.entrants.taking_part().count()


def next_seed(tournament: Tournament) -> int:
    """The seed after the last."""
    last: int | None = tournament.entrants.aggregate(last=Max("seed"))["last"]
    return (last or 0) + 1


def check_list_length(tournament: Tournament, more: int) -> None:
    """Raise `Conflict` when the list would be longer than a tournament's list may be."""
    most = 2 * settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    if tournament.entrants.count() + more > most:
        raise Conflict(f"The list of entrants is full: it holds {most:,} names.", code="list_full")


def fill_places(tournament: Tournament, *, checked_in_only: bool = False) -> list[Entrant]:
    """Move entrants up from the waiting list into free places, in the order they entered."""
    left = places_left(tournament)
    if left <= 0:
        return []
    waiting = tournament.entrants.filter(status=EntryStatus.WAITING)
    if checked_in_only:
        waiting = waiting.filter(checked_in_at__isnull=False)
    moved = list(waiting.order_by("entered_at", "pk")[:left])
    for entrant in moved:
        entrant.change(status=EntryStatus.ENTERED)
        announce(tournament, entrant, EntryChange.MOVED_UP)
        audit_log.record(
            tournament, MATCHPOINT, "move_up", f"{entrant} moves up from the waiting list"
        )
    return moved
