"""Tournaments as the host of their matches."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from matchmaking.models import DecidedBy, Match, Player
from matchmaking.ports.match_host import Decider, MatchPlace
from service_keys.models import ServiceKey
from tournaments.models import Pairing
from tournaments.services.actors import Actor, players_together
from tournaments.services.locking import lock_tournament_of
from tournaments.services.progress.results import continue_from

from .match_places import places_in_tournaments
from .selectors import deciders_of, games_of, players_report
from .signals import pairing_scored


class TournamentHost:
    """The tournament of a match, as matchmaking sees it; see `MatchHost`."""

    def lock(self, match_id: UUID) -> None:
        """Lock the match's tournament."""
        lock_tournament_of(match_id)

    def players_may_report(self, match: Match) -> bool:
        """Whether the tournament asks its players."""
        return players_report(match.pk)

    def deciders_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, Decider]:
        """Whom the tournaments let decide."""
        return deciders_of(match_ids)

    def matches_of(self, owner_id: UUID) -> "QuerySet[Any, Any]":
        """The matches of a tournament."""
        pairings = Pairing.objects.filter(group__stage__tournament=owner_id, match__isnull=False)
        return pairings.values("match")

    def matches_of_key(self, key: ServiceKey) -> "QuerySet[Any, Any]":
        """The matches of the tournaments that a key decides."""
        pairings = Pairing.objects.filter(
            group__stage__tournament__decided_by=DecidedBy.GAME_SERVER,
            group__stage__tournament__game_server=key,
            match__isnull=False,
        )
        return pairings.values("match")

    def scored(self, match: Match) -> None:
        """Send the tournament's own signal."""
        pairing = Pairing.objects.in_full().filter(match=match).first()
        if pairing is not None:
            tournament = pairing.group.stage.tournament
            pairing_scored.send(sender=Pairing, tournament=tournament, pairing=pairing)

    def places_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, MatchPlace]:
        """The tournaments, the rounds and the pages."""
        return places_in_tournaments(match_ids)

    def games_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, tuple[str, dict[str, Any]]]:
        """The games that the whole tournaments are played in."""
        return games_of(match_ids)

    def match_finished(
        self, match: Match, by: Sequence[Player], key: ServiceKey | None = None
    ) -> None:
        """Advance the sides."""
        continue_from(match, Actor(key.name) if key is not None else players_together(by))
