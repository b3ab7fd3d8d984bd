"""A request to queue and its result: the values that joining takes and returns."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET

from lib.errors import Refusal
from lib.idempotency import IdempotencyKey, Replay
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Match, Player, Pool, Ticket


@dataclass(frozen=True, slots=True)
class Join:
    """A request to queue; `username` may be left out by a caller who has one.

    `party` is the code of a party that the caller leads; `regions` are those of the pool in which
    to play, the best first, none for any.
    """

    username: str | None
    pool: str = Pool.DEFAULT
    caller: Caller = Caller()
    idempotency_key: IdempotencyKey | None = None
    party: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A match that a pool made: the tickets of each side, in the order they queued."""

    match: Match
    sides: tuple[tuple[Ticket, ...], ...]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """All of them, the first side first."""
        return tuple(ticket for side in self.sides for ticket in side)

    @property
    def players(self) -> list[schemas.MatchPlayer]:
        """Who plays in it, in the same order."""
        return schemas.MatchPlayer.listed(
            [
                (one.player_id, one.name, side)
                for side, wait in enumerate(self.sides)
                for one in wait
            ]
        )


@dataclass(frozen=True, slots=True)
class Playing:
    """An unfinished match, and its players in the order they queued."""

    match: Match
    players: Sequence[schemas.MatchPlayer]


@dataclass(frozen=True, slots=True)
class Joined:
    """How a join went: the ticket waits, or `match` says with whom it is matched.

    `ticket` shows the state right after this join: a later join of the same batch may match it.
    `check` is the ready check, where the pool has one and found a match. `token` is set once, for
    a guest that this join created.
    """

    player: Player
    ticket: schemas.Ticket | None
    playing: Playing | None = None
    check: schemas.ReadyCheck | None = None
    token: str | None = None

    @property
    def match(self) -> Match | None:
        """The match, when there is one."""
        return self.playing.match if self.playing else None

    @property
    def players(self) -> Sequence[schemas.MatchPlayer]:
        """Who plays in it."""
        return self.playing.players if self.playing else ()

    def answer(self) -> schemas.Queued:
        """The answer to the player."""
        player = schemas.PlayerName.of(self.player)
        token = self.token or UNSET
        if self.playing is not None:
            return schemas.QueueMatched(
                player=player,
                players=self.players,
                match=schemas.MatchBrief.of(self.playing.match),
                ticket=self.ticket or UNSET,
                token=token,
            )
        assert self.ticket is not None
        if self.check is None:
            return schemas.QueueWaiting(schemas.WAITING, player, self.ticket, token)
        return schemas.QueueProposed(schemas.ACCEPT_IT, player, self.check, self.ticket, token)


JoinResult = Joined | Replay | Refusal
