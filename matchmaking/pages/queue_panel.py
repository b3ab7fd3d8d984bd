"""The queue panel of the browser's player: matched, in a ready check, waiting, or free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matchmaking.models import LeaveRule, Match, Party, Player, Pool, Seat, Ticket, TicketState
from matchmaking.schemas import Outlook, PoolStatistics, ReadyCheck
from matchmaking.selectors import open_matches, open_pools, open_ticket, party_of
from matchmaking.services.queue.outlook import outlook, pool_statistics

from .wants_form import PoolWants, wants_fields

_REFRESH_ASKED_SECONDS = 1
_REFRESH_SECONDS = 3


@dataclass(frozen=True, slots=True)
class ActiveMatch:
    """An unfinished match from the view of one of its players."""

    match: Match
    mine: Seat
    teammates: Sequence[Seat]
    opponents: Sequence[Seat]

    @property
    def leaves_alone(self) -> bool:
        """Whether team mates stay when this player leaves."""
        return self.match.pool is not None and self.match.pool.leaving == LeaveRule.ALONE

    @property
    def goes_on(self) -> bool:
        """Whether others play on when this player leaves."""
        others = [*self.opponents, *(self.teammates if self.leaves_alone else ())]
        return len({seat.side for seat in others if seat.left_at is None}) > 1

    @property
    def is_played_here(self) -> bool:
        """Whether it is played at its page, in the browser."""
        return self.match.pool is not None and bool(self.match.pool.plays)

    @property
    def decided_by(self) -> str:
        """Who decides it: its players, the organiser, or a game server."""
        return self.match.pool.decided_by if self.match.pool is not None else ""


@dataclass(frozen=True, slots=True)
class JoinablePool:
    """A pool that may be joined now, its statistics, and what it asks of players."""

    pool: Pool
    statistics: PoolStatistics
    wants: PoolWants | None


@dataclass(frozen=True, slots=True)
class QueuePanel:
    """What one player sees of the queues; `joinable_pools` may be joined now.

    `outlook` is that of a ticket which waits, `pending_check` of one for which a match was found.
    `refresh_seconds` says how often to reload, 0 for only on an event.
    """

    player: Player | None
    active_matches: Sequence[ActiveMatch]
    ticket: Ticket | None
    outlook: Outlook | None
    pending_check: ReadyCheck | None
    party: Party | None
    joinable_pools: Sequence[JoinablePool]
    has_parties: bool

    @property
    def state(self) -> str:
        """The panel in one word, for its script."""
        if self.active_matches:
            return "matched"
        return "waiting" if self.ticket else "idle"

    @property
    def match_to_open(self) -> Match | None:
        """The match whose page opens by itself, since it is played there."""
        return next((one.match for one in self.active_matches if one.is_played_here), None)

    @property
    def accept_before(self) -> datetime | None:
        """When the pending check is over."""
        return datetime.fromisoformat(self.pending_check.deadline) if self.pending_check else None

    @property
    def waiting_count(self) -> int:
        """How many wait where the player could join."""
        return sum(joinable.statistics.waiting for joinable in self.joinable_pools)

    @property
    def leads(self) -> bool:
        """Whether the player leads a party."""
        return bool(self.party and self.player and self.party.leader_id == self.player.pk)

    @property
    def refresh_seconds(self) -> int:
        """How often the panel may change without an event."""
        if self.pending_check:
            return _REFRESH_ASKED_SECONDS
        waits_by_rules = self.ticket is not None and not self.ticket.pool.is_plain
        return _REFRESH_SECONDS if waits_by_rules or self.party else 0


def queue_panel(player: Player | None, *, now: datetime) -> QueuePanel:
    """The panel of a player, or of a visitor who has no name yet."""
    matches = open_matches(player) if player else []
    ticket = open_ticket(player) if player else None
    party = party_of(player) if player else None
    pools = list(open_pools())
    return QueuePanel(
        player=player,
        active_matches=[_active_match(match, player.pk) for match in matches if player],
        ticket=ticket,
        outlook=outlook(ticket, now=now)
        if ticket and ticket.state == TicketState.WAITING
        else None,
        pending_check=ReadyCheck.of_ticket(ticket) if ticket else None,
        party=party,
        joinable_pools=[] if ticket else _joinable_pools(pools, matches, party, now),
        has_parties=any(pool.party_limit > 1 for pool in pools),
    )


def _joinable_pools(
    pools: Sequence[Pool], matches: Sequence[Match], party: Party | None, now: datetime
) -> list[JoinablePool]:
    busy = {match.pool_id for match in matches}
    free = [pool for pool in pools if pool.pk not in busy]
    if party is not None:
        size = len(party.members.all())
        free = [pool for pool in free if pool.party_limit >= size]
        free = [pool for pool in free if party.pool_id in {None, pool.pk}]
    statistics = pool_statistics(free, now=now)
    return [JoinablePool(pool, statistics[pool.pk], wants_fields(pool)) for pool in free]


def _active_match(match: Match, player_id: UUID) -> ActiveMatch:
    seats = list(match.seats.all())
    mine = next(seat for seat in seats if seat.player_id == player_id)
    teammates = [seat for seat in seats if seat.side == mine.side and seat != mine]
    opponents = [seat for seat in seats if seat.side != mine.side]
    return ActiveMatch(match, mine, teammates, opponents)
