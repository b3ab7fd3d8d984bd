"""Players, pools, tickets and matches; what must never be twice is a constraint here."""

from .game_servers import OpenPlace, PlaceState, ServedMatch
from .invitations import Invitation
from .matches import WITHOUT_WINNER, Match, MatchState, Outcome, Seat
from .parties import Party, PartyMember
from .players import ExternalAccount, ExternalPlayer, Player, PlayerToken, SignInName
from .pools import DecidedBy, LeaveRule, Pool
from .ratings import RatedMatch, Rating, RatingChange
from .ready_checks import Answer, CheckState, Cooldown, ReadyAnswer, ReadyCheck
from .reports import OPEN_REPORT, Report, ReportState, Vote
from .seasons import Season, SeasonPlace
from .tickets import OPEN_STATES, EndReason, Ticket, TicketQuerySet, TicketState
