"""The waiting players of a pool that has rules, as the pairing engine sees them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from matchmaking.engine import pairing
from matchmaking.models import Pool, Ticket
from matchmaking.selectors import Key, Wait, engine_ticket, waits_of

from .new_matches import MatchCandidate


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
        found = pairing.pair_pool(list(self.seen.values()), self.rules, self.now)
        return [self._take(match) for match in found.matches]

    def _take(self, match: pairing.Match) -> MatchCandidate:
        for ticket in match.tickets:
            del self.seen[cast(Key, ticket.id)]
        sides = tuple(self._rows(side) for side in match.sides)
        return MatchCandidate(sides, match.region or "")

    def _rows(self, side: Sequence[pairing.Ticket]) -> Wait:
        return tuple(row for one in side for row in self.waits.pop(cast(Key, one.id)))
