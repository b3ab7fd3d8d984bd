"""The port to what a match belongs to when no pool has made it, such as a tournament.

An app above implements `MatchHost` and registers it once, in its `ready`.
"""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.schemas import Schema
from matchmaking.models import Match, Player


class MatchPlace(Schema):
    """What a match is part of: its id and name, the round, and the address of its place."""

    id: str
    name: str
    round: str
    url: str

    def __str__(self) -> str:
        return f"{self.name}, {self.round}"


class MatchHost(Protocol):
    """What matchmaking asks of the owner of a match."""

    def lock(self, match_id: UUID) -> None:
        """Lock what the match belongs to, always before the match, so that all lock in one order.

        Does nothing for a match that the host does not own.
        """

    def players_may_report(self, match: Match) -> bool:
        """Whether the players of this match are asked for its result."""

    def place_of(self, match: Match) -> MatchPlace | None:
        """Where the match belongs; None when the host does not own it."""

    def game_of(self, match: Match) -> tuple[str, dict[str, Any]]:
        """The game that it is played in here and its settings; an empty name for none."""

    def match_finished(self, match: Match, by: Sequence[Player]) -> None:
        """Continue from a match that ended with a result, in the transaction that ended it.

        `by` are the players whose word it is: who conceded, who agreed, or whom nobody answered.
        """


class NoHost:
    """The host where no app has registered one: it owns no match."""

    def lock(self, match_id: UUID) -> None:
        """Nothing is locked."""

    def players_may_report(self, match: Match) -> bool:
        """Nobody is asked."""
        return False

    def place_of(self, match: Match) -> MatchPlace | None:
        """There is none."""
        return None

    def game_of(self, match: Match) -> tuple[str, dict[str, Any]]:
        """None."""
        return "", {}

    def match_finished(self, match: Match, by: Sequence[Player]) -> None:
        """Nothing follows."""


_host: MatchHost = NoHost()


def register_host(host: MatchHost) -> None:
    """Make this the host of all matches that no pool has made."""
    global _host  # noqa: PLW0603 - registered once, at start
    _host = host


def match_host() -> MatchHost:
    """The registered host."""
    return _host


def place_of_match(match: Match) -> MatchPlace | None:
    """What a match is part of; None for a pool's."""
    return None if match.pool_id is not None else _host.place_of(match)


def players_may_report(match: Match) -> bool:
    """Whether the players of a match are asked for its result; a pool's always are."""
    return match.pool_id is not None or _host.players_may_report(match)
