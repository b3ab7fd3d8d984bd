"""Where a match belongs that no pool has made: a tournament, which is not known here."""

from typing import Any

from lib.schemas import Schema

from .models import Match
from .signals import match_place_asked


class MatchPlace(Schema):
    """What a match is part of: its id and name, the round there, and the address of its place."""

    id: str
    name: str
    round: str
    url: str

    def __str__(self) -> str:
        return f"{self.name}, {self.round}"


def place_of_match(match: Match) -> MatchPlace | None:
    """What a match is part of; None for a pool's."""
    if match.pool_id is not None:
        return None
    answers: list[tuple[Any, Any]] = match_place_asked.send(sender=Match, match=match)
    return next((place for _, place in answers if isinstance(place, MatchPlace)), None)
