"""What this app's rows look like on the wire: a module of structs for each noun."""

from .matches import (
    MatchBrief,
    MatchDetail,
    MatchLeft,
    MatchPlayer,
    MatchSummary,
    ResultStands,
    result_stands,
)
from .parties import Party, PartyCreated, PartyJoined, PartyLeft, PartyShown
from .players import PlayerName
from .pools import Pool, Pools, PoolStatistics
from .queue import Queued, QueueMatched, QueueProposed, QueueWaiting
from .ratings import Leaderboard, LeaderboardLine, PlayerProfile
from .reports import Report
from .tickets import (
    ACCEPT_IT,
    WAITING,
    Outlook,
    QueueLeft,
    ReadyCheck,
    Ticket,
    TicketEnd,
    TicketProposed,
    TicketShown,
    TicketWaiting,
    closed_ticket,
    end_text,
)
