"""Tournaments as the host of their matches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from matchmaking.models import Match, Player
from matchmaking.ports.match_host import MatchPlace
from tournaments.services.locking import lock_tournament_of
from tournaments.services.progress.results import continue_from

from .match_places import place_in_tournament
from .selectors import game_of_tournament, players_report


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

    def game_of(self, match: Match) -> tuple[str, dict[str, Any]]:
        """The game that the whole tournament is played in."""
        return game_of_tournament(match.pk)

    def match_finished(self, match: Match, by: Sequence[Player]) -> None:
        """Advance the sides."""
        continue_from(match, by)
