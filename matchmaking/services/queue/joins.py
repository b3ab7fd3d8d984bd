"""A wish to queue, and what came of it: the values that joining takes and gives."""

from dataclasses import dataclass
from uuid import UUID

from lib.errors import Refusal
from lib.idempotency import IdempotencyKey, Replay
from matchmaking import serializers
from matchmaking.callers import Caller
from matchmaking.models import Match, Player, Pool, Ticket

#: Public id and name of each side's player, in the order they queued.
Players = tuple[tuple[UUID | None, str], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A wish to queue: `username` may be left out by a caller who has one.

    `party` is the code of a party that the caller leads; `regions` are those of the pool in which
    to play, the best first, none for any.
    """

    username: str | None
    pool: str = Pool.DEFAULT
    caller: Caller = Caller()
    once: IdempotencyKey | None = None
    party: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A match that a pool made: the tickets of each side, in the order they queued."""

    match: Match
    sides: tuple[tuple[Ticket, ...], ...]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """All of them, the first side first."""
        return tuple(ticket for side in self.sides for ticket in side)


@dataclass(frozen=True, slots=True)
class Playing:
    """An unfinished match: its players, and the side of each."""

    match: Match
    players: Players
    sides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """How a join went: the ticket waits, or `match` says with whom it is matched.

    `ticket` is as it was when this join was served: one that waits may be matched by a later join
    of the same batch. `check` is the ready check, where the pool has one and found a match.
    `token` is set once, for a guest that this join made.
    """

    player: Player
    ticket: serializers.Json | None
    playing: Playing | None = None
    check: serializers.Json | None = None
    token: str | None = None

    @property
    def match(self) -> Match | None:
        """The match, when there is one."""
        return self.playing.match if self.playing else None

    @property
    def players(self) -> Players:
        """Who plays in it."""
        return self.playing.players if self.playing else ()

    def players_answer(self) -> list[serializers.Json]:
        """Who plays in it, as the wire writes it."""
        return (
            serializers.players_answer(self.playing.players, self.playing.sides)
            if (self.playing)
            else []
        )

    def answer(self) -> serializers.Json:
        """The JSON body of the answer."""
        answer: serializers.Json = {"player": serializers.player_answer(self.player)}
        if self.playing is not None:
            answer |= {
                "status": "Matched",
                "players": self.players_answer(),
                "match": serializers.match_brief(self.playing.match),
            }
        elif self.check is not None:
            answer |= {"status": "Proposed", "message": serializers.ACCEPT_IT, "check": self.check}
        else:
            answer |= {"status": "Waiting", "message": serializers.WAITING}
        if self.ticket is not None:
            answer["ticket"] = self.ticket
        if self.token:
            answer["token"] = self.token
        return answer


Result = Joined | Replay | Refusal
