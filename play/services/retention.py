"""What play leaves behind, deleted a slice at a time: see `lib.heavy.slices`."""

from datetime import datetime, timedelta

from django.conf import settings

from lib.heavy.slices import delete_slice
from matchmaking.models import MatchState
from play.models import PlayedGame, RoomRow

#: Nobody is in a room any more whose match has been over for so long.
_ROOM_KEEP = timedelta(days=1)


def delete_old_games(*, now: datetime) -> int:
    """Games that were played long ago; a life of nothing keeps them as long as their matches."""
    life: timedelta = settings.MATCHPOINT_REPLAY_KEEP
    return delete_slice(PlayedGame.objects.filter(played_at__lt=now - life)) if life else 0


def delete_old_rooms(*, now: datetime) -> int:
    """Rooms of matches that are over; one that is opened again gets another."""
    over = RoomRow.objects.exclude(match__state=MatchState.OPEN)
    return delete_slice(over.filter(match__closed_at__lt=now - _ROOM_KEEP))
