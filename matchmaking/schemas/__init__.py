"""What this app's rows look like on the wire: a module of structs for each noun."""

from .game_servers import (
    ExternalPlayer,
    Matches,
    ShortToken,
    TicketAnswer,
    TicketAnswers,
    TokensEnded,
    Told,
)
from .matches import MatchBrief, MatchDetail, MatchLeft, MatchPlayer, MatchSummary, ResultAnswer
from .parties import Party, PartyEntered, PartyLeft, PartyShown
from .players import PlayerName
from .pools import Pool, PoolDeleted, Pools, PoolStatistics, Season, Seasons
from .queue import Queued, QueueMatched, QueueProposed, QueueWaiting
from .ratings import Leaderboard, LeaderboardLine, PlayerProfile
from .reports import Report
from .served import Connection, Played
from .tickets import (
    ACCEPT_IT,
    WAITING,
    Outlook,
    QueueLeft,
    ReadyCheck,
    Ticket,
    TicketEnd,
    TicketEnded,
    TicketMatched,
    TicketProposed,
    TicketShown,
    TicketWaiting,
    end_text,
)
