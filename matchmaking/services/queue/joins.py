"""A request to queue and its result: the values that joining takes and returns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from msgspec import UNSET

from lib.errors import Refusal
from lib.idempotency import IdempotencyKey, Replay
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Match, OpenPlace, Player, Pool, Ticket


@dataclass(frozen=True, slots=True)
class Join:
    """A request to queue; `username` may be left out by a caller who has one.

    `party` is the code of a party that the caller leads; `regions` are those of the pool in which
    to play, the best first, none for any.

    `attributes` are the caller's values for what the pool declares, and those of each member of
    the party who has set none. `roles` are what each player can be, best first, by the player's
    id; under "" they are the caller's. `rating` is the rating to go by instead of the pool's.

    A service queues `players` of its own as one wait, by the ids that they have there, and so are
    their `roles` given; `key_sha256` is the digest of its key.
    """

    username: str | None
    pool: str = Pool.DEFAULT
    caller: Caller = Caller()
    idempotency_key: IdempotencyKey | None = None
    party: str | None = None
    regions: tuple[str, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rating: float | None = None
    key_sha256: str = ""
    players: tuple[str, ...] = ()


def seated(
    sides: Sequence[Sequence[Ticket]], roles: Sequence[Sequence[str]]
) -> Iterator[tuple[Ticket, int, str]]:
    """Each ticket with its side and its role; empty where there are no roles."""
    for side, tickets in enumerate(sides):
        theirs = roles[side] if roles else ("",) * len(tickets)
        for ticket, role in zip(tickets, theirs, strict=True):
            yield ticket, side, role


@dataclass(frozen=True)
class NewMatch:
    """A match that a pool made: the tickets of each side, in the order they queued; their roles."""

    match: Match
    sides: tuple[tuple[Ticket, ...], ...]
    roles: tuple[tuple[str, ...], ...] = ()

    @property
    def seats(self) -> Iterator[tuple[Ticket, int, str]]:
        """Each ticket with its side and its role, empty for none; the first side first."""
        return seated(self.sides, self.roles)

    @cached_property
    def tickets(self) -> tuple[Ticket, ...]:
        """All of them, the first side first."""
        return tuple(chain.from_iterable(self.sides))

    @cached_property
    def players(self) -> list[schemas.MatchPlayer]:
        """Who plays in it, in the same order."""
        return schemas.MatchPlayer.listed(
            [(one.player_id, one.name, side, role) for one, side, role in self.seats]
        )


@dataclass(frozen=True, slots=True)
class Playing:
    """An unfinished match, and its players in the order they queued."""

    match: Match
    players: Sequence[schemas.MatchPlayer]


@dataclass(frozen=True, slots=True)
class Filling:
    """A place in a running match, and the ticket that takes it."""

    place: OpenPlace
    ticket: Ticket

    def playing(self) -> Playing:
        """The match with the newcomer in it, who is not stored yet."""
        seats = self.place.match.seats.all()
        left = self.place.seat
        there = [(seat.player_id, seat.name, seat.side, seat.role) for seat in seats]
        there.append((self.ticket.player_id, self.ticket.name, left.side, left.role))
        return Playing(self.place.match, schemas.MatchPlayer.listed(there))


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
