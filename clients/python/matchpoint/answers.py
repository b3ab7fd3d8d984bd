"""What goes over HTTP, both ways.

`python -m clients.generate` has written this: change the server instead.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

#: The state of a match; only `OPEN` holds its players.
MatchState = Literal["open", "finished", "cancelled", "lapsed"]


#: How a finished match ended.
Outcome = Literal["played", "drawn", "conceded", "forfeit", "double_forfeit"]


#: Whose word a match's result is.
DecidedBy = Literal["players", "organiser", "game_server"]


#: The state of a place in a running match.
PlaceState = Literal["open", "filled", "withdrawn"]


#: Why a game is over.
Reason = Literal["absent", "agreed", "played", "resigned", "time"]


#: The state of a wait; `WAITING` and `PROPOSED` are open.
TicketState = Literal["waiting", "proposed", "matched", "cancelled", "expired", "declined", "slept"]


#: Who loses when a player leaves an unfinished match of teams, or of more than two sides.
LeaveRule = Literal["alone", "side"]


#: A tournament's states, in order; `CANCELLED` may follow any but `FINISHED`.
TournamentState = Literal["draft", "registration", "check_in", "running", "finished", "cancelled"]


#: How entrants get their seeds when the tournament starts.
Seeding = Literal["given", "rating", "random", "listed"]


#: Entrants that the draw keeps apart in round one, where that is possible.
KeepApart = Literal["", "club", "region"]


#: How players come into the tournament.
Entry = Literal["organiser", "open", "code", "approval"]


#: Who else, besides organiser and judges, reports results.
Reporting = Literal["organiser", "players"]


#: How a stage pairs its contenders.
Format = Literal["single_elimination", "double_elimination", "round_robin", "swiss"]


#: The state of an entry; only the `ENTERED` are drawn and paired.
EntryStatus = Literal[
    "applied", "waiting", "entered", "declined", "absent", "withdrawn", "disqualified"
]


#: A stage waits for the one before it, runs, and is finished.
StageState = Literal["pending", "running", "finished"]


#: The part of a bracket that a round belongs to; a table has only one.
Part = Literal["winners", "losers", "final", "third_place", "table"]


#: How far a pairing is, as `engine.elimination.PairingStatus` has it.
PairingState = Literal["pending", "ready", "decided", "walkover", "empty", "not_needed"]


#: What is on one side of a pairing.
Slot = Literal["entrant", "bye", "vacant", "pending"]


#: Why a contender has no opponent; for its points see `engine.history.PointSystem`.
ByeKind = Literal["pairing_allocated", "full_point", "half_point", "zero_point"]


#: How a message is written.
WebhookFormat = Literal["standard", "discord"]


#: Whether an endpoint is sent anything.
EndpointState = Literal["active", "parked", "disabled"]


class MatchDetail(TypedDict):
    """A match with everything that is known about it."""

    id: str
    pool: str | None
    """The pool that made it; null for a match of a bracket."""
    region: NotRequired[str]
    """Where it is played, if the pool has regions."""
    attributes: NotRequired[dict[str, Any]]
    """What its players have in common, if the pool has attributes: one option, or a list."""
    plays: NotRequired[str]
    """The game that the pool's players play here, at the match's page; left out for none."""
    state: MatchState
    outcome: Outcome | None
    """How it was finished."""
    scores: list[int]
    """Games won by each side; empty unless played."""
    games: list[list[int]]
    """The points of each game, where they were given."""
    winner: int | None
    """The side that won; null in a draw and a double forfeit, and before the end."""
    players: list[PlayerName]
    """By side."""
    tournament: MatchPlace | None
    """What it is part of; null for a pool's match."""
    sides: list[list[SidePlayer]]
    """The players of each side."""
    best_of: int
    """How many games it has at most."""
    draws: bool
    """Whether it may end drawn."""
    live_scores: list[int]
    """How it stands while it is played, if anybody says so."""
    created_at: str
    closed_at: str | None
    report: Report | None
    """What its players say came out, while that is not yet the result."""
    ratings: list[RatingMove]
    decided_by: DecidedBy
    """Whose word its result is."""
    game_server: NotRequired[str]
    """The name of the game server that decides, if one does."""
    played: NotRequired[Played]
    """What the game server says of it, if one does."""
    connection: NotRequired[Connection]
    """Where it is played: for who sits in it, and for its game server."""


class PlayerName(TypedDict):
    """Somebody, by public id and name."""

    id: str | None
    """Null for a name without a player."""
    username: str


class MatchPlace(TypedDict):
    """What a match is part of: its id and name, the round, and the address of its place."""

    id: str
    name: str
    round: str
    url: str


class SidePlayer(TypedDict):
    """Somebody on a side of a match."""

    id: str | None
    """Null for a name without a player."""
    username: str
    role: NotRequired[str]
    """What they are in their team, if the pool has roles."""


class Report(TypedDict):
    """A result that waits for the other side, or for the organiser."""

    id: str
    state: Literal["disputed", "pending"]
    by: PlayerName
    side: int
    """For which side it was reported."""
    result: Result
    counter: Result | None
    """What the other side claims, if it said so."""
    confirm_by: str | None
    """When silence confirms it; null once somebody has answered."""


class Result(TypedDict):
    """A result as one side claims it."""

    outcome: Outcome
    winner: int | None
    """The side that won; null in a draw."""
    scores: list[int]
    games: list[list[int]]


class RatingMove(TypedDict):
    """Whose rating a match moved."""

    player: PlayerName
    before: float
    after: float


class Played(TypedDict):
    """What a game server says of a match that it runs."""

    allocated_at: str | None
    started_at: str | None
    statistics: list[Statistics]
    why: str
    """Why it was called off, if it was."""
    places: list[FreedPlace]


class Statistics(TypedDict):
    """What a game server counted of a player in a match."""

    player: PlayerName
    values: dict[str, bool | int | float | str]


class FreedPlace(TypedDict):
    """The place of a player who left a running match, offered to those who wait."""

    side: int
    left_by: PlayerName
    state: PlaceState
    taken_by: PlayerName | None


class Connection(TypedDict):
    """Where a match is played; only for those in it, and for its game server."""

    address: str
    join_code: str
    side: NotRequired[Any]
    """What the game server gave your side alone."""
    by_side: NotRequired[list[Any]]
    """For the game server: what each side is given."""


class Refused(TypedDict):
    """A request that was not done: nothing has changed."""

    status: Literal["Error"]
    code: str
    """One stable word for programs, such as `not_found`."""
    message: str
    """A sentence that says what to change."""
    request_id: NotRequired[str]
    """By which the log names the request; there when the fault is the server's."""


class GameList(TypedDict):
    """The games of a match."""

    games: list[GameSummary]


class GameSummary(TypedDict):
    """A game that was played, and how it ended."""

    number: int
    """Its place in the match, from 1."""
    revision: int
    """That of the match when it was played: a match that is opened again is played again."""
    game: str
    winner: int | None
    """The side that won; null in a draw."""
    scores: list[int]
    reason: Reason
    length: int
    """Steps of a real-time game, moves of a game of turns."""
    played_at: str
    is_current: bool
    """Whether it counts for the result that the match has now."""


class RealTimeRecord(TypedDict):
    """A game that moved on by itself."""

    kind: Literal["real_time"]
    number: int
    """Its place in the match, from 1."""
    revision: int
    """That of the match when it was played: a match that is opened again is played again."""
    game: str
    winner: int | None
    """The side that won; null in a draw."""
    scores: list[int]
    reason: Reason
    length: int
    """Steps of a real-time game, moves of a game of turns."""
    played_at: str
    is_current: bool
    """Whether it counts for the result that the match has now."""
    version: int
    """The version of the game's rules."""
    settings: dict[str, Any]
    seed: int
    """Where its chance begins."""
    first: int
    """The side that began."""
    names: list[str]
    """The sides' names."""
    step_hz: int
    """Steps in a second."""
    moves: list[str]
    """What a side may hold; both hold the first at the start."""
    entries: list[Change]
    """From which step on a side held which of `moves`: `[step, side, index]`."""


class TurnRecord(TypedDict):
    """A game of moves in turn."""

    kind: Literal["turns"]
    number: int
    """Its place in the match, from 1."""
    revision: int
    """That of the match when it was played: a match that is opened again is played again."""
    game: str
    winner: int | None
    """The side that won; null in a draw."""
    scores: list[int]
    reason: Reason
    length: int
    """Steps of a real-time game, moves of a game of turns."""
    played_at: str
    is_current: bool
    """Whether it counts for the result that the match has now."""
    version: int
    """The version of the game's rules."""
    settings: dict[str, Any]
    seed: int
    """Where its chance begins."""
    first: int
    """The side that began."""
    names: list[str]
    """The sides' names."""
    moves: list[Turn]
    """Each move, and the milliseconds that it took."""
    views: list[dict[str, Any]]
    """What spectators saw at the start, and after each move."""


class QueueWaiting(TypedDict):
    """The player waits."""

    status: Literal["Waiting"]
    message: str
    player: PlayerName
    ticket: Ticket
    token: NotRequired[str]
    """For a guest that this request made, shown this once."""


class Ticket(TypedDict):
    """One player's wait in a pool."""

    id: str
    pool: str
    state: TicketState
    waiting_since: str
    party: NotRequired[str]
    """The code of the party that waits together, if any."""
    reason: NotRequired[Literal["party", "pool_closed"]]
    """Why others ended it, if they did."""
    attributes: NotRequired[dict[str, Any]]
    """What the player said of the pool's attributes, if it has any."""
    roles: NotRequired[list[str]]
    """What the player can be in a team, the best first, if that matters."""


class QueueProposed(TypedDict):
    """A match was found, and must be accepted."""

    status: Literal["Proposed"]
    message: str
    player: PlayerName
    check: ReadyCheck
    ticket: Ticket
    token: NotRequired[str]
    """For a guest that this request made, shown this once."""


class ReadyCheck(TypedDict):
    """A match that was found and waits for all to accept it."""

    id: str
    deadline: str
    accepted: int
    players: int
    answer: Literal["accepted", "declined"] | None
    """Yours, once there is one."""


class QueueMatched(TypedDict):
    """The player is matched, or has an unfinished match of this pool."""

    status: Literal["Matched"]
    player: PlayerName
    players: list[MatchPlayer]
    """In the order they queued."""
    match: MatchBrief
    ticket: NotRequired[Ticket]
    """Left out when the match goes on from before."""
    token: NotRequired[str]
    """For a guest that this request made, shown this once."""


class MatchPlayer(TypedDict):
    """Somebody who plays in a match."""

    id: str | None
    """Null for a name without a player."""
    username: str
    side: NotRequired[int]
    """Where teams play, or more than two sides."""
    role: NotRequired[str]
    """What they are in their team, if the pool has roles."""


class MatchBrief(TypedDict):
    """A match in one line."""

    id: str
    pool: str | None
    """The pool that made it; null for a match of a bracket."""
    region: NotRequired[str]
    """Where it is played, if the pool has regions."""
    attributes: NotRequired[dict[str, Any]]
    """What its players have in common, if the pool has attributes: one option, or a list."""
    plays: NotRequired[str]
    """The game that the pool's players play here, at the match's page; left out for none."""


class JoinBody(TypedDict):
    """What `POST /matchmaking` takes."""

    username: NotRequired[str | None]
    pool: NotRequired[str]
    party: NotRequired[str | None]
    regions: NotRequired[list[str]]
    attributes: NotRequired[dict[str, Any]]
    """Values for what the pool declares; also of those in the party who have said nothing."""
    roles: NotRequired[list[str]]
    """What the caller can be in a team, the best first; none for anything."""


class TicketWaiting(TypedDict):
    """A ticket that waits."""

    status: Literal["Waiting"]
    place: int
    """1 is the head of the queue; a party counts once."""
    window: int | None
    """How many rating points off the others may be now; null where every rating fits."""
    fitting: int
    """How many players who wait fit."""
    estimate_seconds: int | None
    """How much longer it takes, by recent waits; null where those do not say."""
    why: str
    """Why there is no match yet, in words."""
    ticket: Ticket
    message: str
    expires_at: str
    """When it ends unless its owner shows life again."""


class TicketProposed(TypedDict):
    """A ticket for which a match was found."""

    status: Literal["Proposed"]
    ticket: Ticket
    message: str
    check: ReadyCheck


class TicketMatched(TypedDict):
    """A ticket that led to a match."""

    status: Literal["Matched"]
    ticket: Ticket
    match: NotRequired[MatchSummary]
    """Left out when the match was deleted."""
    players: NotRequired[list[PlayerName]]


class MatchSummary(TypedDict):
    """A match with its sides."""

    id: str
    pool: str | None
    """The pool that made it; null for a match of a bracket."""
    region: NotRequired[str]
    """Where it is played, if the pool has regions."""
    attributes: NotRequired[dict[str, Any]]
    """What its players have in common, if the pool has attributes: one option, or a list."""
    plays: NotRequired[str]
    """The game that the pool's players play here, at the match's page; left out for none."""
    state: MatchState
    outcome: Outcome | None
    """How it was finished."""
    scores: list[int]
    """Games won by each side; empty unless played."""
    games: list[list[int]]
    """The points of each game, where they were given."""
    winner: int | None
    """The side that won; null in a draw and a double forfeit, and before the end."""
    players: list[PlayerName]
    """By side."""


class TicketEnded(TypedDict):
    """A ticket that ended without a match."""

    status: Literal["Cancelled", "Declined", "Expired", "Slept"]
    ticket: Ticket
    message: str


class QueueLeft(TypedDict):
    """The ticket with which its owner left the queue."""

    status: Literal["Left"]
    message: str
    ticket: Ticket


class ReadyAnswer(TypedDict):
    """What accepting and declining take."""

    check: NotRequired[str | None]
    """The ready check that is answered."""


class PartyEntered(TypedDict):
    """A party that the player has made or joined."""

    status: Literal["Joined", "Party Created"]
    message: str
    party: Party
    player: PlayerName
    token: NotRequired[str]
    """For a guest that this request made, shown this once."""


class Party(TypedDict):
    """A party as its members see it."""

    code: str
    pool: str | None
    """The one pool it is for; null for any."""
    leader: str
    members: list[PartyMember]


class PartyMember(TypedDict):
    """A member, and what they said of the match they want."""

    id: str | None
    """Null for a name without a player."""
    username: str
    attributes: NotRequired[dict[str, Any]]
    roles: NotRequired[list[str]]


class PartyBody(TypedDict):
    """What `POST /parties` takes."""

    pool: NotRequired[str | None]
    username: NotRequired[str | None]
    attributes: NotRequired[dict[str, Any] | None]
    """The player's own, for when the party queues; left out to keep what was said."""
    roles: NotRequired[list[str] | None]
    """What the player can be in a team, the best first; left out to keep what was said."""


class PartyShown(TypedDict):
    """A party of the player's."""

    status: Literal["Party"]
    party: Party


class PartyJoinBody(TypedDict):
    """What `POST /parties/<code>/join` takes: a name, from who has no token yet. Members say
    by it too what they want of a match; joining again changes it.
    """

    username: NotRequired[str | None]
    attributes: NotRequired[dict[str, Any] | None]
    """The player's own, for when the party queues; left out to keep what was said."""
    roles: NotRequired[list[str] | None]
    """What the player can be in a team, the best first; left out to keep what was said."""


class PartyLeft(TypedDict):
    """The player is in no party any more."""

    status: Literal["Left"]
    message: str


class MatchLeft(TypedDict):
    """A match that was conceded by leaving it."""

    status: Literal["Left"]
    message: str
    match: MatchSummary


class ResultAnswer(TypedDict):
    """How a match stands after a player's report, confirmation or dispute."""

    status: Literal["Disputed", "Finished", "Reported"]
    message: str
    match: MatchDetail


class MatchResultBody(TypedDict):
    """What `POST /matches/<id>/result` takes: scores by side, or a forfeit."""

    scores: NotRequired[list[int] | None]
    drawn: NotRequired[int | None]
    games: NotRequired[list[list[int]]]
    outcome: NotRequired[Literal["forfeit", "played"]]
    winner: NotRequired[int | None]
    revision: NotRequired[int | None]


class ReportBody(TypedDict):
    """Which report is meant; may be left out."""

    report: NotRequired[str | None]


class Pools(TypedDict):
    """Pools, by name."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""
    pools: list[Pool]


class Pool(TypedDict):
    """A pool with its rules; times in seconds, windows in rating points."""

    slug: str
    name: str
    game: str
    plays: str
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: dict[str, Any]
    """What is set of that game."""
    is_open: bool
    rated: bool
    guests_count: bool
    """Whether guests have a rank, and results against them move registered players."""
    ranked_opponents: int
    rated_a_day: int
    """How many matches against the same opponent are rated on one day; 0 for all."""
    team_size: int
    teams: int
    party_limit: int
    window_start: float | None
    """How far apart in rating players may be at first; null for no rule."""
    window_growth: float
    longest_wait_seconds: int | None
    ready_seconds: int | None
    """How long players have to accept a match; null for no ready check."""
    rematch_memory: int
    rematch_pause_seconds: int
    """For how long recent opponents do not meet again; 0 for no pause."""
    gather_seconds: int
    """How long arrivals are gathered before they are paired; 0 for at once."""
    regions: list[str]
    attributes: list[dict[str, Any]]
    """What players say of the match they want, and how each is matched."""
    roles: dict[str, int]
    """How many of each role a team has; empty where there are no roles."""
    best_of: int
    draws: bool
    leaving: LeaveRule
    """Who loses when a player leaves a match of teams, or of more than two sides."""
    decided_by: DecidedBy
    """Whose word the result of a match is."""
    game_server: str | None
    """The name of the game server that decides, if one does."""
    rating_by_server: bool
    """Whether that game server may say by which rating a ticket is paired."""
    backfill: bool
    """Whether places of players who left running matches are offered to those who wait."""
    shared_names: bool
    """Whether guests of the same name may wait here."""
    statistics: PoolStatistics


class PoolStatistics(TypedDict):
    """How a pool does."""

    waiting: int
    """How many tickets wait."""
    median_wait_seconds: float | None
    """Of the last matches; null before the first."""
    matches_last_hour: int


class NewPool(TypedDict):
    """A pool to make."""

    name: str
    game: NotRequired[str]
    is_open: NotRequired[bool]
    """Whether players may queue; where it closes, who waits is notified."""
    plays: NotRequired[str]
    """The game that is played here; empty where results are reported."""
    play_settings: NotRequired[dict[str, Any]]
    rated: NotRequired[bool]
    deviation_floor: NotRequired[int]
    rate_unanswered: NotRequired[bool]
    guests_count: NotRequired[bool]
    ranked_opponents: NotRequired[int]
    rated_a_day: NotRequired[int]
    team_size: NotRequired[int]
    teams: NotRequired[int]
    party_limit: NotRequired[int]
    window_start: NotRequired[float | None]
    window_growth: NotRequired[float]
    longest_wait_seconds: NotRequired[int | None]
    ready_seconds: NotRequired[int | None]
    rematch_memory: NotRequired[int]
    rematch_pause_seconds: NotRequired[int]
    gather_seconds: NotRequired[int]
    regions: NotRequired[list[str]]
    region_seconds: NotRequired[int]
    attributes: NotRequired[list[dict[str, Any]]]
    roles: NotRequired[dict[str, int]]
    best_of: NotRequired[int]
    draws: NotRequired[bool]
    leaving: NotRequired[LeaveRule]
    shared_names: NotRequired[bool]
    decided_by: NotRequired[DecidedBy]
    game_server: NotRequired[str | None]
    """The name or the id of the key of the game server that decides; null for none."""
    rating_by_server: NotRequired[bool]
    backfill: NotRequired[bool]
    slug: str
    """By which programs know it; it stays as it is."""


class PoolSettings(TypedDict):
    """The rules of a pool, by the names that answers have."""

    name: NotRequired[str]
    game: NotRequired[str]
    is_open: NotRequired[bool]
    """Whether players may queue; where it closes, who waits is notified."""
    plays: NotRequired[str]
    """The game that is played here; empty where results are reported."""
    play_settings: NotRequired[dict[str, Any]]
    rated: NotRequired[bool]
    deviation_floor: NotRequired[int]
    rate_unanswered: NotRequired[bool]
    guests_count: NotRequired[bool]
    ranked_opponents: NotRequired[int]
    rated_a_day: NotRequired[int]
    team_size: NotRequired[int]
    teams: NotRequired[int]
    party_limit: NotRequired[int]
    window_start: NotRequired[float | None]
    window_growth: NotRequired[float]
    longest_wait_seconds: NotRequired[int | None]
    ready_seconds: NotRequired[int | None]
    rematch_memory: NotRequired[int]
    rematch_pause_seconds: NotRequired[int]
    gather_seconds: NotRequired[int]
    regions: NotRequired[list[str]]
    region_seconds: NotRequired[int]
    attributes: NotRequired[list[dict[str, Any]]]
    roles: NotRequired[dict[str, int]]
    best_of: NotRequired[int]
    draws: NotRequired[bool]
    leaving: NotRequired[LeaveRule]
    shared_names: NotRequired[bool]
    decided_by: NotRequired[DecidedBy]
    game_server: NotRequired[str | None]
    """The name or the id of the key of the game server that decides; null for none."""
    rating_by_server: NotRequired[bool]
    backfill: NotRequired[bool]


class PoolDeleted(TypedDict):
    """A pool that is there no more."""

    status: Literal["Deleted"]
    slug: str


class Seasons(TypedDict):
    """Seasons of a pool, the newest first."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""
    seasons: list[Season]


class Season(TypedDict):
    """A season of a pool; the present one has no end yet."""

    number: int
    name: str
    started_at: str
    ends_at: str | None
    """When it ends by itself; null until somebody ends it."""
    ended_at: str | None
    keep_percent: int
    """Per cent of the distance from 1500 that the next season begins with."""
    least_deviation: int
    """How unsure every rating is at least when the next season begins."""


class SeasonSettings(TypedDict):
    """The rules of a season."""

    name: NotRequired[str]
    ends_at: NotRequired[str | None]
    """When it ends by itself; null until somebody ends it."""
    keep_percent: NotRequired[int]
    least_deviation: NotRequired[int]


class SeasonEndBody(TypedDict):
    """Which season ends, so that a repeated request ends no other."""

    number: int


class Leaderboard(TypedDict):
    """A part of a pool's table: ranked players first, then provisional ones."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""
    pool: str
    name: str
    season: str | None
    players: int
    """How many lines there are."""
    lines: list[LeaderboardLine]


class LeaderboardLine(TypedDict):
    """A line of a pool's table."""

    rank: int | None
    """Null while the rating is provisional."""
    rating: float
    deviation: float
    """The true strength lies within two of these in 19 of 20 cases."""
    provisional: bool
    matches: int
    player: PlayerName


class TokenReplaced(TypedDict):
    """A guest's new token; the old one is known no more."""

    status: Literal["Token Replaced"]
    token: str


class PlayerProfile(TypedDict):
    """A player with ratings and last matches."""

    id: str
    username: str
    guest: bool
    ratings: list[PoolRating]
    matches: list[MatchSummary]
    earlier_matches: str | None
    """The address of those before them, a list in pages; null where there are none."""


class PoolRating(TypedDict):
    """A player's rating in one pool."""

    rank: int | None
    """Null while the rating is provisional."""
    rating: float
    deviation: float
    """The true strength lies within two of these in 19 of 20 cases."""
    provisional: bool
    matches: int
    pool: str


class ExternalPlayer(TypedDict):
    """A player for whom a service vouches."""

    id: str | None
    """Null for a name without a player."""
    username: str
    external_id: str
    """The id that the service gave them."""


class ExternalPlayerBody(TypedDict):
    """What a player is called."""

    name: str
    """As the site's names are; several of your players may have the same."""


class ShortToken(TypedDict):
    """A token that speaks for a player until it expires; shown this once."""

    token: str
    expires_at: str
    player: PlayerName


class TokenBody(TypedDict):
    """How long a token is good."""

    seconds: NotRequired[int]


class TokensEnded(TypedDict):
    """All tokens of a player have ended."""

    status: Literal["Ended"]
    player: PlayerName


class TicketAnswers(TypedDict):
    """What became of each ticket of a request, in its order."""

    tickets: list[QueueWaiting | QueueProposed | QueueMatched | Refused]


class TicketsBody(TypedDict):
    """Tickets for one pool."""

    tickets: list[TicketBody]
    pool: NotRequired[str]


class TicketBody(TypedDict):
    """Players who wait as one, such as a party; and what they ask."""

    players: list[str]
    """Your own ids for them."""
    attributes: NotRequired[dict[str, Any]]
    """What the pool declares."""
    roles: NotRequired[dict[str, list[str]]]
    """What each of the players can be, the best first, where the pool has roles."""
    rating: NotRequired[float | None]
    """To go by in the pairing, where the pool lets you say it."""
    regions: NotRequired[list[str]]
    """Of the pool's, the best first; none for any."""


class Matches(TypedDict):
    """A page of matches."""

    matches: list[MatchDetail]
    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""


class Told(TypedDict):
    """What a game server said is stored, or was before."""

    status: Literal["Ignored", "Stored"]
    """Ignored is a live score that is older than the one that is stored."""
    message: str
    match: MatchDetail


class AllocationBody(TypedDict):
    """Where a match is played; shown only to those in it."""

    address: NotRequired[str]
    """Such as a host with a port, or a link."""
    join_code: NotRequired[str]
    by_side: NotRequired[list[dict[str, Any]]]
    """What only that side is given, in the order of the sides; none, or one for each."""


class ServerLiveBody(TypedDict):
    """How a match stands that is being played."""

    scores: list[int]
    sequence: NotRequired[int | None]
    """A number of yours that grows: a score with a lower one than before is ignored."""


class ServerResultBody(TypedDict):
    """How a match ended: scores by side, or a forfeit; and what each player did."""

    scores: NotRequired[list[int] | None]
    """Games won by each side; of a single game, and of more than two sides, the points."""
    drawn: NotRequired[int | None]
    games: NotRequired[list[list[int]]]
    """The points of each game, instead of the scores."""
    outcome: NotRequired[Literal["double_forfeit", "forfeit", "played"]]
    winner: NotRequired[int | None]
    """The index of the side that wins by forfeit."""
    revision: NotRequired[int | None]
    """The match's `revision` that you have seen."""
    statistics: NotRequired[dict[str, dict[str, bool | int | float | str]] | None]
    """Of each player, by your id or the site's: names with numbers or short texts."""


class VoidBody(TypedDict):
    """Why a match is called off."""

    why: NotRequired[str]


class LeftBody(TypedDict):
    """Who left a match that is being played."""

    player: str
    """By your id or the site's."""
    backfill: NotRequired[bool]
    """Whether the place is offered to those who wait in the pool."""


class Created(TypedDict):
    """A new tournament."""

    status: str
    brackets: list[list[str]]
    """The first round: pairs of names, a bye as one name alone. Empty for a draft."""
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""
    message: NotRequired[str]
    """What could not be done though the tournament stands, such as pairing a Swiss in time."""


class Brief(TypedDict):
    """A tournament in one line."""

    id: str
    name: str
    url: str
    state: TournamentState


class TournamentBody(TypedDict):
    """A new tournament: who plays, in what format. `stages` goes before the format's own
    fields.
    """

    about: NotRequired[str]
    """Plain text for the players."""
    seeding: NotRequired[Seeding]
    byes: NotRequired[bool]
    """Allow an odd number in an elimination: the first seeds sit out."""
    keep_apart: NotRequired[KeepApart]
    """Who do not meet in the first round, where that is possible."""
    entry: NotRequired[Entry]
    """Who may enter: only through the organiser, anybody, with the code, or after approval."""
    entry_code: NotRequired[str]
    capacity: NotRequired[int | None]
    """Further entrants wait for a place."""
    team_size: NotRequired[int]
    """Players in a team; 1 for single players."""
    check_in_minutes: NotRequired[int | None]
    """How long before `starts_at` check-in opens; null for none."""
    starts_at: NotRequired[str | None]
    match_minutes: NotRequired[int]
    reporting: NotRequired[Reporting]
    """Whether players may report results themselves."""
    plays: NotRequired[str]
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: NotRequired[dict[str, Any]]
    """What is set of this game."""
    name: NotRequired[str]
    slug: NotRequired[str]
    """The short address, under /t/; made of the name unless given."""
    rated_in: NotRequired[str | None]
    """The short name of the pool whose ratings the matches move; null for none. Staff choose
    it.
    """
    decided_by: NotRequired[DecidedBy]
    """Whose word a result is; of players, as far as `reporting` asks them."""
    game_server: NotRequired[str | None]
    """The name of the key of the game server that decides; null for none. Staff choose it."""
    players: NotRequired[list[str] | None]
    """Names, the strongest first."""
    entrants: NotRequired[list[EntrantBody] | None]
    """Instead of `players`, when more than names is known."""
    stages: NotRequired[list[StageBody] | None]
    """Several stages, such as groups and then playoffs."""
    start: NotRequired[bool | None]
    """False leaves a draft; left out, it starts unless players enter by themselves."""
    format: NotRequired[Format]
    best_of: NotRequired[int]
    """Games in a match; the winner needs more than half."""
    semi_best_of: NotRequired[int | None]
    """Semi-finals of another length, and the third-place match; elimination only."""
    final_best_of: NotRequired[int | None]
    """A final of another length; elimination only."""
    third_place: NotRequired[bool]
    """A match for the third place; single elimination only."""
    legs: NotRequired[int]
    """2 lets everybody meet everybody twice."""
    draws: NotRequired[bool]
    """Whether a match may be drawn; not in an elimination."""
    tie_breaks: NotRequired[list[str]]
    """After the points, in order, such as `["buchholz_cut_1", "wins"]`."""
    groups: NotRequired[int]
    """Groups of a round robin, seeded in a snake."""
    rounds: NotRequired[int | None]
    """Rounds of a Swiss; as many as are needed for one winner if left out."""
    points: NotRequired[PointsBody]


class EntrantBody(TypedDict):
    """Somebody to be entered."""

    name: str
    rating: NotRequired[int | None]
    club: NotRequired[str]
    region: NotRequired[str]


class StageBody(TypedDict):
    """One of several stages, and how it is played."""

    format: NotRequired[Format]
    name: NotRequired[str]
    best_of: NotRequired[int]
    """Games in a match; the winner needs more than half."""
    semi_best_of: NotRequired[int | None]
    """Semi-finals of another length, and the third-place match; elimination only."""
    final_best_of: NotRequired[int | None]
    """A final of another length; elimination only."""
    third_place: NotRequired[bool]
    """A match for the third place; single elimination only."""
    legs: NotRequired[int]
    """2 lets everybody meet everybody twice."""
    draws: NotRequired[bool]
    """Whether a match may be drawn; not in an elimination."""
    tie_breaks: NotRequired[list[str]]
    """After the points, in order, such as `["buchholz_cut_1", "wins"]`."""
    advance: NotRequired[int | None]
    """How many of each group go on to the next stage; none from the last."""
    groups: NotRequired[int]
    """Groups of a round robin, seeded in a snake."""
    rounds: NotRequired[int | None]
    """Rounds of a Swiss; as many as are needed for one winner if left out."""
    points: NotRequired[PointsBody]


class PointsBody(TypedDict):
    """What a match of a table is worth, and a bye of the pairing."""

    win: NotRequired[float | str]
    draw: NotRequired[float | str]
    loss: NotRequired[float | str]
    bye: NotRequired[float | str]


class Listed(TypedDict):
    """A page of tournaments."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""
    tournaments: list[Line]
    page: int
    """Which page it is, by number; without a meaning where a cursor was sent."""
    pages: int
    total: int


class Line(TypedDict):
    """A tournament in a list."""

    id: str
    name: str
    url: str
    state: TournamentState
    created_at: str
    starts_at: str | None
    entrants: int
    champion: str | None


class Tournament(TypedDict):
    """A whole tournament."""

    id: str
    name: str
    url: str
    state: TournamentState
    created_at: str
    settings: Settings
    entrants: list[EntrantBrief]
    stages: list[Stage]


class Settings(TypedDict):
    """What a tournament is like, as `PATCH` takes it."""

    slug: str | None
    """The short address, under /t/."""
    starts_at: str | None
    rated_in: str | None
    """The short name of a pool."""
    decided_by: DecidedBy
    """Whose word a result is; of players, as far as `reporting` asks them."""
    game_server: str | None
    """The name of the key of the game server that decides, if one does."""
    about: str
    """Plain text for the players."""
    seeding: Seeding
    byes: bool
    """Allow an odd number in an elimination: the first seeds sit out."""
    keep_apart: KeepApart
    """Who do not meet in the first round, where that is possible."""
    entry: Entry
    """Who may enter: only through the organiser, anybody, with the code, or after approval."""
    capacity: int | None
    """Further entrants wait for a place."""
    team_size: int
    """Players in a team; 1 for single players."""
    check_in_minutes: int | None
    """How long before `starts_at` check-in opens; null for none."""
    match_minutes: int
    reporting: Reporting
    """Whether players may report results themselves."""
    plays: str
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: dict[str, Any]
    """What is set of this game."""


class EntrantBrief(TypedDict):
    """An entrant in one line."""

    id: int
    seed: int
    name: str
    status: EntryStatus


class Stage(TypedDict):
    """A part of a tournament played in one format."""

    number: int
    name: str
    format: Format
    state: StageState
    rounds: int | None
    """Of a Swiss."""
    points: Points
    tie_breaks: list[str]
    """As they were chosen; empty for the usual ones."""
    groups: list[Group]
    """Those that were made, once the stage has begun; `group_count` are planned."""
    best_of: int
    """Games in a match; the winner needs more than half."""
    semi_best_of: int | None
    """Semi-finals of another length, and the third-place match; elimination only."""
    final_best_of: int | None
    """A final of another length; elimination only."""
    third_place: bool
    """A match for the third place; single elimination only."""
    group_count: int
    """Groups of a round robin, seeded in a snake."""
    legs: int
    """2 lets everybody meet everybody twice."""
    draws: bool
    """Whether a match may be drawn; not in an elimination."""
    advance: int | None
    """How many of each group go on to the next stage; none from the last."""


class Points(TypedDict):
    """What a match of a table is worth, and a bye."""

    win: float
    draw: float
    loss: float
    bye: float


class Group(TypedDict):
    """A bracket or table of its own."""

    number: int
    name: str
    rounds: list[Round]


class Round(TypedDict):
    """Matches that are played side by side."""

    number: int
    name: str
    part: Part
    matches: list[Match]
    byes: NotRequired[list[Bye]]
    """In a table: who sits this round out, and why."""
    note: NotRequired[str]
    """In a Swiss: how else than by the Dutch system it was paired; empty otherwise."""


class Match(TypedDict):
    """A place in a bracket or a table where two sides meet, and what comes of it."""

    id: str
    """The same before its sides are known and after; for all routes of a match."""
    key: str
    """Its name in its group, such as `W1.2`, `GF` or `R3.1`."""
    round: int
    number: int
    state: PairingState
    best_of: int
    winner: int | None
    """The index of the side that won, or goes on."""
    winner_to: Place | None
    loser_to: Place | None
    scores: list[int]
    """Games won by each side."""
    games: list[list[int]]
    """The points of each game, where they were given."""
    live_scores: list[int]
    """How it stands while it is played; of a single game the points."""
    outcome: Outcome | None
    """How it ended."""
    revision: int
    """Counts its results; a correction says which it has seen."""
    station: str | None
    sides: list[Side]


class Place(TypedDict):
    """Where somebody goes: a side of a match."""

    match: str
    side: int


#: What stands on a side of a match.
Side = TypedDict(
    "Side",
    {
        "slot": "Slot",
        # The entrant's id, once known.
        "entrant": "int | None",
        "name": "str | None",
        "seed": "int | None",
        # Whose winner or loser comes here, while it is not yet known.
        "from": "NotRequired[Literal['loser', 'winner']]",
        # The id of that match.
        "of": "NotRequired[str]",
        # The key of that match.
        "key": "NotRequired[str]",
        # What is shown here: the name, whose winner or loser comes, or that nobody does.
        "text": "str",
        # What is shown beside it: games won, or a word.
        "score": "str",
    },
)


class Bye(TypedDict):
    """A round that somebody sits out."""

    entrant: int
    name: str
    round: int
    kind: ByeKind


class SettingsBody(TypedDict):
    """What a tournament is like; a field that is left out stays as it is."""

    about: NotRequired[str]
    """Plain text for the players."""
    seeding: NotRequired[Seeding]
    byes: NotRequired[bool]
    """Allow an odd number in an elimination: the first seeds sit out."""
    keep_apart: NotRequired[KeepApart]
    """Who do not meet in the first round, where that is possible."""
    entry: NotRequired[Entry]
    """Who may enter: only through the organiser, anybody, with the code, or after approval."""
    entry_code: NotRequired[str]
    capacity: NotRequired[int | None]
    """Further entrants wait for a place."""
    team_size: NotRequired[int]
    """Players in a team; 1 for single players."""
    check_in_minutes: NotRequired[int | None]
    """How long before `starts_at` check-in opens; null for none."""
    starts_at: NotRequired[str | None]
    match_minutes: NotRequired[int]
    reporting: NotRequired[Reporting]
    """Whether players may report results themselves."""
    plays: NotRequired[str]
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: NotRequired[dict[str, Any]]
    """What is set of this game."""
    name: NotRequired[str]
    slug: NotRequired[str]
    """The short address, under /t/; made of the name unless given."""
    rated_in: NotRequired[str | None]
    """The short name of the pool whose ratings the matches move; null for none. Staff choose
    it.
    """
    decided_by: NotRequired[DecidedBy]
    """Whose word a result is; of players, as far as `reporting` asks them."""
    game_server: NotRequired[str | None]
    """The name of the key of the game server that decides; null for none. Staff choose it."""


class StagesBody(TypedDict):
    """The stages of a draft."""

    stages: list[StageBody]


class Standings(TypedDict):
    """The standings of a tournament."""

    stages: list[StageStandings]
    places: list[FinalPlace]
    """Over all stages, once the tournament is over; empty before."""


class StageStandings(TypedDict):
    """The standings of a stage."""

    number: int
    name: str
    format: Format
    state: StageState
    tie_breaks: list[TieBreak]
    groups: list[GroupStandings]


class TieBreak(TypedDict):
    """What those are ordered by who have equal points."""

    name: str
    title: str
    definition: str


class GroupStandings(TypedDict):
    """The standings of a group."""

    number: int
    name: str
    standings: list[Standing]


class Standing(TypedDict):
    """A line of the standings."""

    entrant: int
    name: str
    seed: int
    """The number in the group."""
    rank: int
    shared_by: int
    """How many share this rank."""
    settled: NotRequired[bool]
    """In a bracket: whether the place is final."""
    played: NotRequired[int]
    """Matches that were played; `won`, `drawn` and `lost` are among them, forfeits and byes
    not.
    """
    won: NotRequired[int]
    drawn: NotRequired[int]
    lost: NotRequired[int]
    won_by_forfeit: NotRequired[int]
    lost_by_forfeit: NotRequired[int]
    values: list[Value]


class Value(TypedDict):
    """The value of one tie-break, or of the points."""

    name: str
    value: str
    words: str
    """How it comes about, so that it can be added up by hand."""


class FinalPlace(TypedDict):
    """Where an entrant ended in a whole tournament."""

    entrant: int
    name: str
    rank: int
    shared_by: int
    """How many share this place."""


class Entrants(TypedDict):
    """Entrants, by seed unless they are sorted otherwise."""

    entrants: list[Entrant]
    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""


class Entrant(TypedDict):
    """Somebody on the list."""

    id: int
    seed: int
    name: str
    status: EntryStatus
    rating: int | None
    club: str
    region: str
    checked_in_at: str | None
    player: str | None
    members: list[Member]


class Member(TypedDict):
    """A player on a team's roster."""

    id: int
    name: str
    captain: bool


class ChangedEntrants(TypedDict):
    """Entrants after a change, by seed."""

    status: str
    entrants: list[Entrant]


class EntrantsBody(TypedDict):
    """Entrants that the organiser adds, or a player's own entry."""

    players: NotRequired[list[str] | None]
    """The organiser adds these names."""
    entrants: NotRequired[list[EntrantBody] | None]
    """The organiser adds these."""
    name: NotRequired[str]
    """The name of the team that you register; a player goes by the own name."""
    code: NotRequired[str]
    """The tournament's code, where one is needed."""
    members: NotRequired[list[str]]
    """The others of your team."""
    rating: NotRequired[int | None]
    club: NotRequired[str]
    region: NotRequired[str]


class OneEntrant(TypedDict):
    """An entrant after a change."""

    status: str
    entrant: Entrant


class EntrantChange(TypedDict):
    """What changes about an entrant; what is left out stays."""

    why: NotRequired[str]
    """The reason, for the record."""
    name: NotRequired[str | None]
    rating: NotRequired[int | None]
    club: NotRequired[str | None]
    region: NotRequired[str | None]
    status: NotRequired[Literal["declined", "entered"] | None]
    """Admit or decline somebody who asked."""


class Confirmation(TypedDict):
    """Something was done."""

    status: str
    message: str


class Why(TypedDict):
    """An action that is written into the record, with a reason."""

    why: NotRequired[str]
    """The reason, for the record."""


class NameBody(TypedDict):
    """A new name."""

    name: str


class ReplaceBody(TypedDict):
    """Who takes an entrant's place."""

    why: NotRequired[str]
    """The reason, for the record."""
    entrant: int | str
    """Its id, or its name."""
    name: str


class Day(TypedDict):
    """How far the day is."""

    status: str
    state: TournamentState


class PhaseBody(TypedDict):
    """Whether it is open."""

    open: NotRequired[bool]


class Arrived(TypedDict):
    """Who is there."""

    status: str
    entrant: NotRequired[Entrant]
    message: NotRequired[str]
    """How many, when all were checked in."""


class CheckInBody(TypedDict):
    """Who is there: an entrant, all of them, or oneself when left out."""

    entrant: NotRequired[int | str | None]
    all: NotRequired[bool]
    present: NotRequired[bool]
    """False takes a check-in back."""


class SeedsBody(TypedDict):
    """A new order of the draw: one of these."""

    order: NotRequired[list[int] | None]
    """The ids of all who take part, the strongest first."""
    by: NotRequired[Literal["lot", "rating"] | None]
    lot: NotRequired[int | None]
    """A number to shuffle by; the same number makes the same order again."""


class Draw(TypedDict):
    """The draw of the first stage as it would be made now."""

    refusal: str
    """Why the tournament could not start now; empty if it could."""
    warning: str
    """What is to be expected of so many rounds for so few, such as that no pairing will be
    left.
    """
    shuffled: bool
    """Whether the players are still to be shuffled, at the start."""
    byes: int
    """How many of the first seeds sit out the first round of an elimination."""
    entrants: list[EntrantBrief]
    """By the seeds that they would get; in the order of the list where they are shuffled."""
    rounds: list[DrawnRound]
    """Of a bracket of up to 256."""
    groups: list[DrawnGroup]
    """Of a round robin in several groups that is not shuffled."""


class DrawnRound(TypedDict):
    """A round of a bracket that is drawn."""

    number: int
    name: str
    part: Part
    matches: list[DrawnMatch]


class DrawnMatch(TypedDict):
    """A place in a bracket that is drawn; it has no id before the start."""

    key: str
    state: PairingState
    sides: list[DrawnSide]


class DrawnSide(TypedDict):
    """What stands on a side of a match that is drawn."""

    slot: Slot
    seed: int | None
    text: str
    """The name, whose winner or loser comes, or that nobody does."""


class DrawnGroup(TypedDict):
    """A group of a round robin that is drawn."""

    name: str
    entrants: list[EntrantBrief]


class Started(TypedDict):
    """A tournament that has begun."""

    status: str
    brackets: list[list[str]]
    tournament: Brief


class Ended(TypedDict):
    """A tournament that was called off."""

    status: str
    tournament: Brief


class EntrantRef(TypedDict):
    """An action on an entrant."""

    why: NotRequired[str]
    """The reason, for the record."""
    entrant: int | str
    """Its id, or its name."""


class Reinstated(TypedDict):
    """Somebody is in again."""

    status: str
    matches: list[Match]
    """Forfeited matches that are open again."""


class Undone(TypedDict):
    """An action that took another back."""

    status: str
    action: Action


class Action(TypedDict):
    """What somebody did."""

    number: int
    at: str
    by: str
    verb: str
    text: str
    why: str
    undone: bool


class UndoBody(TypedDict):
    """What to undo: the last action, unless it is left as it is."""

    why: NotRequired[str]
    """The reason, for the record."""
    skip: NotRequired[bool]
    """Leave the last action as it is, so that the one before it comes next."""
    number: NotRequired[int | None]
    """Of the action that you mean; refused when it is not the last one any more."""


class Actions(TypedDict):
    """The record, the newest first."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""
    actions: list[Action]
    undoable: int | None
    """The number of the action that an undo would take back; null for none."""


class Entered(TypedDict):
    """A match after a change."""

    status: str
    match: Match


class ResultBody(TypedDict):
    """A result: games won by each side, or how it ended without them."""

    why: NotRequired[str]
    """The reason, for the record."""
    scores: NotRequired[list[int] | None]
    """Games won by each side, such as `[2, 1]`; of a single game its points, such as `[16,
    9]`.
    """
    drawn: NotRequired[int | None]
    """Games that neither side won, where a match may be drawn."""
    games: NotRequired[list[list[int]]]
    """The points of each game, such as `[[11, 5], [7, 11], [11, 9]]`: `scores` follow from
    them.
    """
    outcome: NotRequired[Literal["double_forfeit", "draw", "forfeit", "played"]]
    winner: NotRequired[int | str | None]
    """Who wins by forfeit: the index of a side, or the name of its entrant."""
    revision: NotRequired[int | None]
    """The match's `revision` that you have seen; a 409 says that somebody else was quicker."""


class LiveBody(TypedDict):
    """How a match stands that is still played."""

    scores: list[int]
    """Games won so far by each side, of a single game its points; `[]` for none yet."""


class Reopened(TypedDict):
    """A result reopened, or what that would do."""

    status: str
    dry_run: bool
    emptied: list[EmptiedMatch]
    """Later matches, already played, that are emptied."""


class EmptiedMatch(TypedDict):
    """A match that loses its result."""

    id: str
    """The same before its sides are known and after; for all routes of a match."""
    key: str
    """Its name in its group, such as `W1.2`, `GF` or `R3.1`."""
    round: int
    number: int
    state: PairingState
    best_of: int
    winner: int | None
    """The index of the side that won, or goes on."""
    winner_to: Place | None
    loser_to: Place | None
    scores: list[int]
    """Games won by each side."""
    games: list[list[int]]
    """The points of each game, where they were given."""
    live_scores: list[int]
    """How it stands while it is played; of a single game the points."""
    outcome: Outcome | None
    """How it ended."""
    revision: int
    """Counts its results; a correction says which it has seen."""
    station: str | None
    sides: list[Side]
    stage: int


class ReopenBody(TypedDict):
    """Which result to reopen, and whether only to say what would follow."""

    why: NotRequired[str]
    """The reason, for the record."""
    dry_run: NotRequired[bool]
    """Only list what would be emptied."""


class Paired(TypedDict):
    """A round that was paired."""

    status: str
    round: PairedRound


class PairedRound(TypedDict):
    """A round of a Swiss as it is paired."""

    number: int
    name: str
    part: Part
    matches: list[Match]
    byes: list[Bye]
    """In a table: who sits this round out, and why."""
    note: str
    """How else than by the Dutch system it was paired, and what that gave up; empty otherwise."""


class RoundBody(TypedDict):
    """How the next round of a Swiss is paired."""

    why: NotRequired[str]
    """The reason, for the record."""
    engine: NotRequired[Literal["dutch", "quick"]]
    """`quick` keeps only the absolute rules, and always takes little time."""
    pairs: NotRequired[list[list[int | str]] | None]
    """Instead of an engine: who meets, by id or name, White first, in the order of the boards."""
    repeats: NotRequired[bool]
    """Whether two who have met may meet again in `pairs`; the record says so."""
    stage: NotRequired[int | None]
    """The number of the stage; the one that runs if left out."""


class NextRound(TypedDict):
    """The next round of a Swiss, to be paired by hand."""

    number: int
    players: list[Present]
    """Who plays, the leaders first."""
    byes: list[Bye]
    """Who asked to sit it out."""
    pairs: list[list[int]]
    """As a beginning, White first: legal where that is possible, else by the standings."""


class Present(TypedDict):
    """Somebody who plays a round that is not yet paired."""

    entrant: int
    name: str
    met: list[int]
    """The ids of those who play it too and were met before."""


class RoundReasons(TypedDict):
    """Why a round of a Swiss was paired as it was, by the results as they are now."""

    stage: int
    number: int
    name: str
    broken: list[str]
    """Absolute rules that the round does not keep; empty for the Dutch system."""
    boards: list[BoardReasons]
    bye: list[PairingReason]
    """Why it is this player who rests; empty when nobody does."""
    whole: list[PairingReason]
    """The topscorers, and how often each criterion could not be met."""


class BoardReasons(TypedDict):
    """Why two were paired, and with these colours."""

    board: int
    white: int
    black: int
    """The entrants' ids."""
    reasons: list[PairingReason]


class PairingReason(TypedDict):
    """A sentence about a round, with what it goes by."""

    words: str
    article: str
    """The article or criterion of FIDE C.04.3, such as `1.4`, `5.2.1` or `C12`."""


class EndedStage(TypedDict):
    """A stage that was ended."""

    status: str
    stage: StageBrief


class StageBrief(TypedDict):
    """A stage in one line."""

    number: int
    name: str
    format: Format
    state: StageState


class ChangedRound(TypedDict):
    """A round after a change."""

    status: str
    round: RoundLength


class RoundLength(TypedDict):
    """How long a round's matches are."""

    number: int
    name: str
    best_of: int


class BestOfBody(TypedDict):
    """The length of a round's matches."""

    best_of: int
    """Games in a match."""


class Late(TypedDict):
    """Somebody who came late."""

    status: str
    entrant: Entrant
    from_round: int


class LateBody(TypedDict):
    """Somebody who comes late to a Swiss."""

    name: str
    rating: NotRequired[int | None]
    club: NotRequired[str]
    region: NotRequired[str]
    from_round: NotRequired[int | None]
    """The first round to play in; the next one if left out."""
    why: NotRequired[str]
    """The reason, for the record."""


class GivenBye(TypedDict):
    """A bye that was given."""

    status: str
    bye: Bye


class ByeBody(TypedDict):
    """A round that somebody sits out in a Swiss."""

    why: NotRequired[str]
    """The reason, for the record."""
    entrant: int | str
    """Its id, or its name."""
    round: NotRequired[int | None]
    """The number of a round that is not yet paired; the next one if left out."""
    kind: NotRequired[Literal["full_point", "half_point", "zero_point"]]


class NoByeBody(TypedDict):
    """A bye that is cancelled."""

    why: NotRequired[str]
    """The reason, for the record."""
    entrant: int | str
    """Its id, or its name."""
    round: NotRequired[int | None]
    """The number of a round that is not yet paired; the next one if left out."""


class Stations(TypedDict):
    """The stations, in order."""

    stations: list[Station]


class Station(TypedDict):
    """A table, court or console."""

    id: int
    number: int
    name: str
    match: str | None


class ChangedStations(TypedDict):
    """Stations after a change, in order."""

    status: str
    stations: list[Station]


class StationsBody(TypedDict):
    """Tables, courts or consoles."""

    names: list[str]


class Called(TypedDict):
    """Matches that were given a station."""

    status: str
    matches: list[Match]


class OneStation(TypedDict):
    """A station after a change."""

    status: str
    station: Station


class StationBody(TypedDict):
    """Where a match is played or a judge judges; null for no station."""

    station: int | None
    """The station's id."""


class Schedule(TypedDict):
    """Estimated starts, by the ids of matches."""

    starts: dict[str, str]


class Judges(TypedDict):
    """The judges."""

    judges: list[Judge]


class Judge(TypedDict):
    """Somebody who may enter results."""

    id: int
    name: str
    player: str | None
    station: int | None


class NewJudge(TypedDict):
    """A new judge."""

    status: str
    judge: Judge
    token: NotRequired[str]
    """Shown this once; none for a registered player."""


class JudgeBody(TypedDict):
    """A judge: anybody by a token, or a registered player."""

    name: str
    is_player: NotRequired[bool]
    """Whether it is the registered player of that name, who then needs no token."""
    station: NotRequired[int | None]
    """The id of the only station to judge at."""


class OneJudge(TypedDict):
    """A judge after a change."""

    status: str
    judge: Judge


class Imported(TypedDict):
    """A tournament out of a file."""

    status: str
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""
    warnings: NotRequired[list[str]]
    """What is not carried over, what contradicts itself, and a guessed encoding."""


class ImportPreview(TypedDict):
    """What an import would make; nothing is stored."""

    source: str
    name: str
    state: str
    entrants: list[str]
    """Their names, by the seeds."""
    places: list[list[str]]
    """Names with final places, where the source says some and it is over."""
    stages: list[StagePreview]
    played: int
    open: int
    warnings: list[str]
    """What is not carried over, and whose final place is another one in the file."""


class StagePreview(TypedDict):
    """A stage as an import would make it."""

    title: str
    format: str
    state: str
    groups: int
    entrants: int
    played: int
    open: int
    """Matches to be played, as far as they are drawn; with a bracket reset that may not be."""


class AddedList(TypedDict):
    """Entrants out of a file."""

    status: str
    entrants: list[Entrant]
    warnings: NotRequired[list[str]]
    """A guessed encoding, and columns that are not used."""


class ReadList(TypedDict):
    """A file of entrants as it was understood; nobody is added."""

    status: str
    encoding: str
    guessed: bool
    """Whether the encoding is a guess, which `charset` in the `Content-Type` replaces."""
    columns: list[ReadColumn]
    """None without a header line."""
    entrants: list[ReadEntrant]
    """In the order of their seeds in the file."""
    warnings: list[str]


class ReadColumn(TypedDict):
    """A column of a file."""

    title: str
    meaning: str
    """What its cells are read as: name, surname, first name, rating, club, region, seed,
    member.
    """


class ReadEntrant(TypedDict):
    """An entrant as a file has it."""

    line: int
    name: str
    rating: int | None
    club: str
    region: str
    members: list[str]


class LineDeleted(TypedDict):
    """A line of chat that was taken away."""

    status: Literal["Deleted"]
    seq: int


class PlayerMuted(TypedDict):
    """A muted player, or a muted address."""

    status: Literal["Muted"]
    until: str


class MuteBody(TypedDict):
    """Whom to silence, a player or the author of a line, and for how long; 0 minutes ends it."""

    player: NotRequired[str | None]
    line: NotRequired[int | None]
    minutes: NotRequired[int]
    reason: NotRequired[str]


class FeedFacts(TypedDict):
    """What has come, and from where to go on."""

    status: Literal["Facts"]
    facts: list[FeedFact]
    cursor: str
    """The `after` of the next request."""


class FeedFact(TypedDict):
    """A fact, as webhooks have it."""

    id: str
    """The same as the header `webhook-id`; also a cursor."""
    type: str
    at: str
    text: str
    """The fact in words."""
    data: Any
    """By its type."""


class FeedResync(TypedDict):
    """The cursor is too old, or of a log that was replaced: read anew how things stand."""

    status: Literal["Resync"]
    message: str
    cursor: str
    """Where the feed stands now."""


class Webhooks(TypedDict):
    """Endpoints, the oldest first unless they are sorted otherwise."""

    webhooks: list[Webhook]
    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""


class Webhook(TypedDict):
    """An address that is sent facts."""

    id: str
    name: str
    url: str
    format: WebhookFormat
    types: list[str]
    """Empty for all."""
    pool: str | None
    tournament: str | None
    state: EndpointState
    why: str
    """Why it is not sent anything, or what failed last; empty when all is well."""
    backlog: int
    """Facts that it has not got yet, of any type."""
    failures: int
    """Attempts that failed since the last that did not."""
    next_attempt_at: str | None
    succeeded_at: str | None
    created_at: str
    secret: NotRequired[str]
    """Only in the answer that made it."""


class EndpointBody(TypedDict):
    """A new webhook: for the whole site, for a pool, or for a tournament."""

    name: str
    url: str
    format: NotRequired[WebhookFormat]
    types: NotRequired[list[str]]
    """The types of facts to send; empty for all."""
    pool: NotRequired[str | None]
    """A pool's short name."""
    tournament: NotRequired[str | None]


class EndpointChanges(TypedDict):
    """What to change of a webhook."""

    name: NotRequired[str]
    url: NotRequired[str]
    format: NotRequired[WebhookFormat]
    types: NotRequired[list[str]]
    state: NotRequired[Literal["active", "disabled"]]
    """`active` lets one that was parked or disabled go on, at once."""


class Delivery(TypedDict):
    """A message, and the attempts to deliver it."""

    message: str
    """Its id: the header `webhook-id`."""
    type: str
    delivered: bool
    attempts: list[DeliveryAttempt]


class DeliveryAttempt(TypedDict):
    """One request, and what came of it."""

    at: str
    status: int | None
    """Null when there was no answer."""
    milliseconds: int
    error: str
    answer: str
    """The first 1,024 letters of the answer."""


class ReplayBody(TypedDict):
    """What to send again: one message, or all from one on, in order."""

    message: NotRequired[str | None]
    """The id of one message."""
    since: NotRequired[str | None]
    """The id of the first of many."""


class Deliveries(TypedDict):
    """Deliveries of an endpoint, the last first."""

    deliveries: list[Delivery]
    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""


#: In a real-time game: from this step on, a side holds a move, an index of `moves`.
Change = list[int]


#: In a game of turns: a move, and the milliseconds that it took.
Turn = list[str | int]
