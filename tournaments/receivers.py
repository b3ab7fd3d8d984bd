"""What tournaments hear of matches."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from matchmaking.match_place import MatchPlace
from matchmaking.models import Match
from matchmaking.signals import (
    match_closed,
    match_place_asked,
    match_scored,
    match_touched,
    report_asked,
)
from tournaments.services.locking import lock_tournament_of
from tournaments.services.progress.advance import follow_result, tell_score

from .match_places import place_in_tournament
from .selectors import players_report


@receiver(match_touched)
def lock_first(match_id: UUID, **kwargs: Any) -> None:
    """A match is about to change: its tournament is locked before it, always."""
    lock_tournament_of(match_id)


@receiver(match_closed)
def carry_on(match: Match, **kwargs: Any) -> None:
    """A match ended."""
    if match.pool_id is None:
        follow_result(match=match)


@receiver(match_scored)
def tell_live_score(match: Match, **kwargs: Any) -> None:
    """Somebody said how a match stands."""
    if match.pool_id is None:
        tell_score(match=match)


@receiver(report_asked)
def answer_for_players(match: Match, **kwargs: Any) -> bool:
    """Players want to say how their match ended."""
    return players_report(match.pk)


@receiver(match_place_asked)
def tell_place(match: Match, **kwargs: Any) -> MatchPlace | None:
    """Somebody looks at a match."""
    return place_in_tournament(match.pk)
