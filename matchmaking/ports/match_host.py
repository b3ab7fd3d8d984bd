"""The port to what a match belongs to when no pool has made it, such as a tournament.

An app above implements `MatchHost` and registers it once, in its `ready`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from lib.errors import Forbidden
from lib.schemas import Schema
from matchmaking.models import DecidedBy, Match, Player, Pool
from service_keys.models import ServiceKey


class MatchPlace(Schema):
    """What a match is part of: its id and name, the round, and the address of its place."""

    id: str
    name: str
    round: str
    url: str

    def __str__(self) -> str:
        return f"{self.name}, {self.round}"


@dataclass(frozen=True, slots=True)
class Decider:
    """Whose word the result of a match is; `key` is the game server's, if one decides."""

    by: DecidedBy = DecidedBy.PLAYERS
    key: ServiceKey | None = None

    def is_key(self, key: ServiceKey) -> bool:
        """Whether this key's game server decides."""
        return self.by == DecidedBy.GAME_SERVER and self.key is not None and self.key.pk == key.pk

    def refusal(self) -> Forbidden:
        """What a player is answered who reports a result that is not theirs to report."""
        if self.by == DecidedBy.GAME_SERVER and self.key is not None:
            return Forbidden(
                f"In this match the game server {self.key.name} decides, and reports the result. "
                "There is nothing for you to report.",
                code="server_reports",
            )
        return Forbidden(
            "In this match only the organiser enters the result.", code="organiser_reports"
        )


class MatchHost(Protocol):
    """What matchmaking asks of the owner of a match."""

    def lock(self, match_id: UUID) -> None:
        """Lock what the match belongs to, always before the match, so that all lock in one order.

        Does nothing for a match that the host does not own.
        """

    def players_may_report(self, match: Match) -> bool:
        """Whether the players of this match are asked for its result."""

    def deciders_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, Decider]:
        """Whose word the results of these matches are; those it does not own are left out."""

    def matches_of(self, owner_id: UUID) -> "QuerySet[Any, Any]":
        """The ids of the matches of one tournament, say; none for an unknown one."""

    def matches_of_key(self, key: ServiceKey) -> "QuerySet[Any, Any]":
        """The ids of the matches that this key's game server decides."""

    def scored(self, match: Match) -> None:
        """Tell others of a live score, in the transaction that stored it."""

    def places_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, MatchPlace]:
        """Where these matches belong; those that the host does not own are left out."""

    def games_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, tuple[str, dict[str, Any]]]:
        """The games that these matches are played in here, and their settings.

        Matches that the host does not own are left out; an empty name stands for no game.
        """

    def match_finished(
        self, match: Match, by: Sequence[Player], key: ServiceKey | None = None
    ) -> None:
        """Continue from a match that ended with a result, in the transaction that ended it.

        `by` are the players whose word it is: who conceded, who agreed, or whom nobody answered;
        or it is that of a game server, by its `key`.
        """


class NoHost:
    """The host where no app has registered one: it owns no match."""

    def lock(self, match_id: UUID) -> None:
        """Nothing is locked."""

    def players_may_report(self, match: Match) -> bool:
        """Nobody is asked."""
        return False

    def deciders_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, Decider]:
        """None."""
        return {}

    def matches_of(self, owner_id: UUID) -> "QuerySet[Any, Any]":
        """None."""
        return Match.objects.none().values("pk")

    def matches_of_key(self, key: ServiceKey) -> "QuerySet[Any, Any]":
        """None."""
        return Match.objects.none().values("pk")

    def scored(self, match: Match) -> None:
        """Nobody is told."""

    def places_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, MatchPlace]:
        """None."""
        return {}

    def games_of(self, match_ids: Collection[UUID]) -> Mapping[UUID, tuple[str, dict[str, Any]]]:
        """None."""
        return {}

    def match_finished(
        self, match: Match, by: Sequence[Player], key: ServiceKey | None = None
    ) -> None:
        """Nothing follows."""


#: Of a match that no pool has made and no host owns.
_NOBODY = Decider(DecidedBy.ORGANISER)
_host: MatchHost = NoHost()


def register_host(host: MatchHost) -> None:
    """Make this the host of all matches that no pool has made."""
    global _host  # noqa: PLW0603 - registered once, at start
    _host = host


def match_host() -> MatchHost:
    """The registered host."""
    return _host


def places_of_matches(matches: Collection[Match]) -> Mapping[UUID, MatchPlace]:
    """What matches are part of; those of pools are left out."""
    owned = _owned(matches)
    return _host.places_of(owned) if owned else {}


def place_of_match(match: Match) -> MatchPlace | None:
    """What a match is part of; None for a pool's."""
    return places_of_matches([match]).get(match.pk)


def players_may_report(match: Match) -> bool:
    """Whether the players of a match are asked for its result."""
    if match.pool is not None:
        return match.pool.decided_by == DecidedBy.PLAYERS
    return _host.players_may_report(match)


def deciders_of_matches(matches: Collection[Match]) -> Mapping[UUID, Decider]:
    """Whose word the results of matches are; needs their pools."""
    pools = [match.pool for match in matches if match.pool is not None]
    served = [pool for pool in pools if pool.decided_by == DecidedBy.GAME_SERVER]
    prefetch_related_objects(served, "game_server")
    owned = _owned(matches)
    of_host = _host.deciders_of(owned) if owned else {}
    return {
        match.pk: of_host.get(match.pk, _NOBODY) if match.pool is None else _of_pool(match.pool)
        for match in matches
    }


def decider_of(match: Match) -> Decider:
    """Whose word the result of a match is; needs its pool."""
    return deciders_of_matches([match])[match.pk]


def _of_pool(pool: Pool) -> Decider:
    is_server = pool.decided_by == DecidedBy.GAME_SERVER
    return Decider(DecidedBy(pool.decided_by), pool.game_server if is_server else None)


def _owned(matches: Collection[Match]) -> list[UUID]:
    """The ids of those that no pool has made."""
    return [match.pk for match in matches if match.pool_id is None]
