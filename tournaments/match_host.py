"""Tournaments as the host of their matches."""

from collections.abc import Sequence
from uuid import UUID

from matchmaking.match_host import MatchPlace
from matchmaking.models import Match, Player
from tournaments.services.locking import lock_tournament_of
from tournaments.services.progress.results import continue_from

from .match_places import place_in_tournament
from .selectors import players_report


class TournamentHost:
    """The tournament of a match, as matchmaking sees it; see `MatchHost`."""

    def lock(self, match_id: UUID) -> None:
        """Lock the match's tournament."""
        lock_tournament_of(match_id)

    def players_may_report(self, match: Match) -> bool:
        """Whether the tournament asks its players."""
        return players_report(match.pk)

    def place_of(self, match: Match) -> MatchPlace | None:
        """The tournament, the round and the page."""
        return place_in_tournament(match.pk)

    def match_finished(self, match: Match, by: Sequence[Player]) -> None:
        """Advance the sides."""
        continue_from(match, by)
