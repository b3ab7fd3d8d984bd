"""What a game server says of a match, as others see it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Schema, Timestamp, timestamp
from matchmaking import models
from matchmaking.models import Match, OpenPlace, PlaceState, ServedMatch

from .players import PlayerName


class Connection(Schema):
    """Where a match is played; only for those in it, and for its game server."""

    address: str
    join_code: str
    side: Any | UnsetType = UNSET
    """What the game server gave your side alone."""
    by_side: list[Any] | UnsetType = UNSET
    """For the game server: what each side is given."""

    @classmethod
    def of(cls, match: Match, *, side: int | None = None) -> Self | UnsetType:
        """The connection as one side sees it, or as the game server does; unset without one."""
        served = ServedMatch.objects.filter(match=match, allocated_at__isnull=False).first()
        if served is None:
            return UNSET
        if side is None:
            return cls(served.address, served.join_code, by_side=served.by_side)
        mine = served.by_side[side] if side < len(served.by_side) else UNSET
        return cls(served.address, served.join_code, side=mine)

    @classmethod
    def for_player(cls, match: Match, player: models.Player | None) -> Self | UnsetType:
        """The connection for who sits in a match, and has not left; unset for others."""
        if player is None:
            return UNSET
        seats = [seat for seat in match.seats.all() if seat.player_id == player.pk]
        there = [seat for seat in seats if seat.left_at is None]
        return cls.of(match, side=there[0].side) if there else UNSET


class Statistics(Schema):
    """What a game server counted of a player in a match."""

    player: PlayerName
    values: dict[str, bool | int | float | str]


class FreedPlace(Schema):
    """The place of a player who left a running match, offered to those who wait."""

    side: int
    left_by: PlayerName
    state: PlaceState
    taken_by: PlayerName | None


class Played(Schema):
    """What a game server says of a match that it runs."""

    allocated_at: Timestamp | None
    started_at: Timestamp | None
    statistics: list[Statistics]
    why: str
    """Why it was called off, if it was."""
    places: list[FreedPlace]

    @classmethod
    def of(cls, match: Match) -> Self | UnsetType:
        """What was said; unset where nothing was. Needs the seats prefetched."""
        return cls.by_match([match]).get(match.pk, UNSET)

    @classmethod
    def by_match(cls, matches: Collection[Match]) -> dict[UUID, Self]:
        """What was said of these matches, where anything was. Needs the seats prefetched."""
        said = {one.match_id: one for one in ServedMatch.objects.filter(match__in=matches)}
        # With seats of their own: somebody may have come since those of the match were read.
        offered = OpenPlace.objects.filter(match__in=said).select_related("seat", "filled_by")
        places: dict[UUID, list[OpenPlace]] = defaultdict(list)
        for place in offered:
            places[place.match_id].append(place)
        return {
            match.pk: cls._of(match, said[match.pk], places[match.pk])
            for match in matches
            if match.pk in said
        }

    @classmethod
    def _of(cls, match: Match, served: ServedMatch, places: Iterable[OpenPlace]) -> Self:
        return cls(
            allocated_at=timestamp(served.allocated_at) if served.allocated_at else None,
            started_at=timestamp(served.started_at) if served.started_at else None,
            statistics=[
                Statistics(_name(seat), served.statistics[str(seat.player_id)])
                for seat in match.seats.all()
                if str(seat.player_id) in served.statistics
            ],
            why=served.why,
            places=[
                FreedPlace(
                    place.seat.side,
                    _name(place.seat),
                    PlaceState(place.state),
                    _name(place.filled_by) if place.filled_by else None,
                )
                for place in places
            ],
        )


def _name(seat: models.Seat) -> PlayerName:
    return PlayerName(seat.player_id, seat.name)
