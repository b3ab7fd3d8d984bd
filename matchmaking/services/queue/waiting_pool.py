"""The waiting players of a pool that has rules, as they are paired."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import cast

from matchmaking.engine import pairing
from matchmaking.models import Pool

from .new_matches import MatchCandidate
from .waiting_tickets import Key, PoolWaits, Wait, waiting_of


class WaitingPool:
    """The waits of one pool at one moment; matched ones leave it."""

    def __init__(self, pool: Pool, waiting: PoolWaits, now: datetime) -> None:
        self.rules, self.now = pool.rules, now.timestamp()
        self.stored = waiting.waits
        self.newcomers: dict[Key, Wait] = {}
        self.seen = {key: one.value for key, one in waiting.waits.items()}

    def match_newcomer(self, wait: Wait) -> MatchCandidate | None:
        """The match that a newcomer makes possible, if any; otherwise the newcomer waits."""
        newcomer = waiting_of(wait).value
        match = pairing.match_at_once(newcomer, self.seen.values(), self.rules, self.now)
        # A newcomer matched at once is added too: `_take` removes all of a match.
        self.newcomers[wait[0].wait_key] = wait
        self.seen[wait[0].wait_key] = newcomer
        return None if match is None else self._take(match)

    def pair_all(self) -> list[MatchCandidate]:
        """The best matches of all waiting players, the longest wait first."""
        matches = pairing.pair_pool(list(self.seen.values()), self.rules, self.now)
        return [self._take(match) for match in matches]

    def _take(self, match: pairing.Match) -> MatchCandidate:
        for ticket in match.tickets:
            del self.seen[cast(Key, ticket.id)]
        sides = tuple(self._rows(side) for side in match.sides)
        return MatchCandidate(sides, match.region or "", match.attributes, match.roles)

    def _rows(self, side: Sequence[pairing.Ticket]) -> Wait:
        return tuple(row for one in side for row in self._wait(cast(Key, one.id)))

    def _wait(self, key: Key) -> Wait:
        """The rows of a wait, which may be changed."""
        return self.newcomers.get(key) or tuple(copy(row) for row in self.stored[key].rows)
