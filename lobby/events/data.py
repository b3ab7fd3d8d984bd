"""Every type of event in the log, and what its `data` is."""

from types import UnionType
from typing import Literal
from uuid import UUID

from lib.schemas import Schema
from matchmaking.schemas import MatchBrief, MatchPlayer, MatchSummary, PlayerName, Report
from tournaments.schemas import Brief, EntrantBrief, Match, StageBrief
from tournaments.services.capacity import EntryChange


class ChatData(Schema):
    """A line of chat."""

    player: PlayerName
    text: str


class ErasedData(Schema):
    """A line of chat that a moderator has deleted: its number is left."""

    deleted: Literal[True] = True


class ChatDeletedData(Schema):
    """The line of chat to take away."""

    seq: int


class Headline(Schema):
    """How the lobby shows an event in one line."""

    tag: str
    text: str


class NewsData(Schema):
    """The data of an event that the lobby shows as news."""

    news: Headline


class MatchedPlayer(MatchPlayer, kw_only=True):
    """A matched player and their ticket."""

    ticket: UUID

    def without_ticket(self) -> MatchPlayer:
        """The player as the others of the match see them."""
        return MatchPlayer(self.id, self.username, self.side, self.role)


class MatchedData(NewsData):
    """A match that a pool made."""

    match: MatchBrief
    players: list[MatchedPlayer]
    """In the order they queued."""


class EntryData(Schema):
    """An entry that changed."""

    tournament: Brief
    entrant: EntrantBrief
    change: EntryChange


class BracketData(NewsData):
    """A stage that began."""

    tournament: Brief
    stage: StageBrief
    brackets: list[list[str]]
    """The first pairs of the first round; a bye is a pair of one."""
    pairs: int
    """How many there are; none as long as a Swiss is not paired."""


class RoundData(NewsData):
    """A round that was paired, or withdrawn."""

    tournament: Brief
    round: int
    brackets: list[list[str]]
    """The first pairs."""
    pairs: int
    """How many there are; 0 when the round was withdrawn, and will be paired again."""


class PairingsData(NewsData):
    """Matches of a tournament that changed."""

    tournament: Brief
    matches: list[Match]
    """The one that it is about first, then those that changed with it."""


class ReopenedPairingsData(PairingsData):
    """A tournament's result that was reopened, and what changed with it."""

    rebuilt: bool
    """Whether later stages were taken down, so that the tournament should be read again."""


class ReportData(Schema):
    """A result that a player has reported."""

    match: MatchBrief
    report: Report


class MatchBriefData(Schema):
    """A match of which a game server has said something; ask for the match to see what."""

    match: MatchBrief


class LiveData(MatchBriefData):
    """The score of a pool's match that is being played."""

    live_scores: list[int]


class SeatData(MatchBriefData):
    """Somebody who left a match that goes on, or took a place in it."""

    player: PlayerName
    side: int


class MatchData(NewsData):
    """A pool's match."""

    match: MatchSummary


class TournamentData(NewsData):
    """A tournament that moved on; its state says how far."""

    tournament: Brief
    winner: str | None


#: What the data of an event may be, by the event's type.
EVENTS: dict[str, type[Schema] | UnionType] = {
    "chat": ChatData | ErasedData,
    "chat_deleted": ChatDeletedData,
    "matched": MatchedData,
    "entry": EntryData,
    "bracket": BracketData,
    "stage": BracketData,
    "round": RoundData,
    "station": PairingsData,
    "allocated": MatchBriefData,
    "started": MatchBriefData,
    "score": PairingsData | LiveData,
    "player_left": SeatData,
    "place_filled": SeatData,
    "result_reported": ReportData,
    "result_disputed": ReportData,
    "match_finished": MatchData | PairingsData,
    "match_reopened": MatchData | ReopenedPairingsData,
    "tournament": TournamentData,
}
