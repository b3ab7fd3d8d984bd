"""The waiting players of a pool that has rules, as the pairing engine sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from matchmaking.engine import pairing
from matchmaking.engine.glicko2 import CENTRE
from matchmaking.models import Pool, Ticket

from .new_matches import MatchCandidate

Wait = tuple[Ticket, ...]
"""The tickets of one wait: a party's go together."""
Key = UUID | int
"""The identity of a wait."""


def waits_of(tickets: Iterable[Ticket]) -> dict[Key, Wait]:
    """Tickets by the wait that they are part of: a party's go together."""
    waits: dict[Key, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        waits[ticket.wait_key].append(ticket)
    return {key: tuple(wait) for key, wait in waits.items()}


def engine_ticket(wait: Wait) -> pairing.Ticket:
    """A wait as the engine takes it."""
    first = wait[0]
    return pairing.Ticket(
        id=first.wait_key,
        members=tuple(
            pairing.Member(
                player=str(ticket.player_id),
                rating=CENTRE if ticket.rating is None else ticket.rating,
                recent_opponents=tuple(ticket.avoids),
            )
            for ticket in wait
        ),
        waiting_since=first.waiting_since.timestamp(),
        regions=tuple(first.regions),
        at_head=first.at_head,
    )


class WaitingPool:
    """The waits of one pool at one moment; matched ones leave it."""

    def __init__(self, pool: Pool, tickets: Iterable[Ticket], now: datetime) -> None:
        self.rules, self.now = pool.rules, now.timestamp()
        self.waits = waits_of(tickets)
        self.seen = {key: engine_ticket(wait) for key, wait in self.waits.items()}

    def match_newcomer(self, wait: Wait) -> MatchCandidate | None:
        """The match that a newcomer makes possible, if any; otherwise the newcomer waits."""
        newcomer = engine_ticket(wait)
        match = pairing.match_at_once(newcomer, self.seen.values(), self.rules, self.now)
        # A newcomer matched at once is added too: `_take` removes all of a match.
        self.waits[wait[0].wait_key], self.seen[wait[0].wait_key] = wait, newcomer
        return None if match is None else self._take(match)

    def pair_all(self) -> list[MatchCandidate]:
        """The best matches of all waiting players, the longest wait first."""
        matches = pairing.pair_pool(list(self.seen.values()), self.rules, self.now)
        return [self._take(match) for match in matches]

    def _take(self, match: pairing.Match) -> MatchCandidate:
        for ticket in match.tickets:
            del self.seen[cast(Key, ticket.id)]
        sides = tuple(self._rows(side) for side in match.sides)
        return MatchCandidate(sides, match.region or "")

    def _rows(self, side: Sequence[pairing.Ticket]) -> Wait:
        return tuple(row for one in side for row in self.waits.pop(cast(Key, one.id)))
