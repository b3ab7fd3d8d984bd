"""Who is here: one leased row for each process, summed up once a second and sent when it changed.

Coming and going marks a process's row as changed, and costs nothing else until the next look; so
a crowd that arrives at once costs one message a second, not one each.
"""

import secrets
import time
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matchmaking.schemas import PlayerName
from matchmaking.selectors import waiting_names
from matchmaking.services.queue.tickets import mark_players_seen
from streams.relay import Relay

from .messages import Online, WaitingNames
from .messages import Presence as PresenceMessage
from .models import Presence
from .stream_names import LOBBY

LEASE = timedelta(seconds=10)
_RENEW, _TOUCH = 4.0, 60.0
PEOPLE_SHOWN = 100
WAITING_SHOWN = 50

Person = tuple[UUID, str]


class PresenceTracker:
    """This process's people, and what the lobby was last sent of everybody's."""

    def __init__(self) -> None:
        self.process = secrets.token_hex(16)
        self.last_sent = ""
        self._here: Counter[Person | None] = Counter()
        self._changed = True
        self._renewed = self._touched = -2 * _TOUCH

    def arrive(self, person: Person | None) -> None:
        """Somebody opened a socket; a second tab counts once, a nameless socket each time."""
        self._changed = True
        self._here[person] += 1

    def depart(self, person: Person | None) -> None:
        """Somebody's socket closed."""
        self._changed = True
        self._here[person] -= 1
        if not self._here[person]:
            del self._here[person]

    def look(self) -> str | None:
        """Renew the lease and sum up; returns the frame when it has changed."""
        now, clock = timezone.now(), time.monotonic()
        if self._changed or clock - self._renewed > _RENEW:
            self._changed = False
            self._write(now)
            self._renewed = clock
        if clock - self._touched > _TOUCH:
            self._touched = clock
            mark_players_seen([player_id for player_id, _ in self._people()], now=now)
        frame = everybody().text_frame()
        if frame == self.last_sent:
            return None
        self.last_sent = frame
        return frame

    def _people(self) -> list[Person]:
        return [person for person in tuple(self._here) if person is not None]

    def _write(self, now: datetime) -> None:
        people = self._people()
        Presence.objects.update_or_create(
            process=self.process,
            defaults={
                "expires_at": now + LEASE,
                "count": len(people) + self._here[None],
                "people": [[str(player_id), name] for player_id, name in people[:PEOPLE_SHOWN]],
            },
        )

    def leave(self) -> None:
        """Give up the lease."""
        Presence.objects.filter(process=self.process).delete()


def everybody() -> PresenceMessage:
    """The people in the lobby and the waiting players, over all processes, as of now."""
    now = timezone.now()
    # No living process leases further ahead: a row that does is from before the clock was set back.
    rows = Presence.objects.filter(expires_at__gt=now, expires_at__lt=now + 2 * LEASE)
    count, people = 0, {}
    for row in rows.order_by("process"):
        count += row.count
        people.update(row.people)
    waiting, names = waiting_names(now=now, limit=WAITING_SHOWN)
    shown = sorted(people.items(), key=lambda person: person[1].casefold())[:PEOPLE_SHOWN]
    return PresenceMessage(
        online=Online(count, [PlayerName(UUID(player_id), name) for player_id, name in shown]),
        waiting=WaitingNames(waiting, [name for _, name in names]),
    )


def presence_of(relay: Relay) -> PresenceTracker:
    """The tracker of a process, which its relay looks at while the lobby is open there."""
    return next(one for one in relay.lookouts[LOBBY] if isinstance(one, PresenceTracker))


def delete_stale_presence(*, now: datetime) -> int:
    """Delete the rows of processes that are gone; returns how many."""
    of_today = Q(expires_at__gte=now - LEASE, expires_at__lt=now + 2 * LEASE)
    return Presence.objects.exclude(of_today).delete()[0]
