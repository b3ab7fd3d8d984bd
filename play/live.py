"""The matches that are being played here now, for the lobby and the wall."""

from datetime import datetime, timedelta

from django.utils import timezone

from .messages import Live, LiveMatch
from .models import RoomRow
from .registry import games

#: Rooms are stored every two seconds while somebody is there; one that is not has no process.
_FRESH = timedelta(seconds=10)
MOST_SHOWN = 24


def live_matches(*, now: datetime) -> Live:
    """The matches that are played now, the longest first."""
    rows = RoomRow.objects.filter(is_live=True, stored_at__gt=now - _FRESH)
    shown = (
        rows.select_related("match")
        .prefetch_related("match__seats")
        .order_by("match__created_at")[:MOST_SHOWN]
    )
    matches = [_live(row) for row in shown]
    return Live(len(matches) if len(matches) < MOST_SHOWN else rows.count(), matches)


def _live(row: RoomRow) -> LiveMatch:
    sides: dict[int, list[str]] = {}
    for seat in row.match.seats.all():
        sides.setdefault(seat.side, []).append(seat.name)
    game = games().get(row.game)
    return LiveMatch(
        id=str(row.match_id),
        game=row.game,
        game_name=game.name if game else row.game,
        sides=[" & ".join(names) for _, names in sorted(sides.items())],
        scores=row.scores,
        won=row.won,
        best_of=row.match.best_of,
        spectators=row.spectators,
    )


class LiveMatches:
    """What the lobby of one process was last sent of them."""

    def __init__(self) -> None:
        self.last_sent = ""

    def look(self) -> str | None:
        """The frame when it has changed."""
        frame = live_matches(now=timezone.now()).text_frame()
        if frame == self.last_sent or (not self.last_sent and '"count":0' in frame):
            return None
        self.last_sent = frame
        return frame

    def leave(self) -> None:
        """Nothing is left behind."""
