"""What goes over sockets, both ways.

`python -m clients.generate` has written this: change the server instead.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from .answers import (
    Brief,
    EntrantBrief,
    Match,
    MatchBrief,
    MatchPlayer,
    MatchSummary,
    PlayerName,
    ReadyCheck,
    Report,
    StageBrief,
    Ticket,
    TicketState,
)

#: The change of an entry that `entry_changed` announces.
EntryChange = Literal[
    "absent",
    "applied",
    "checked_in",
    "declined",
    "entered",
    "left",
    "moved_up",
    "renamed",
    "unchecked",
    "waiting",
]


#: What a room does now.
Phase = Literal["countdown", "over", "paused", "playing", "waiting"]


class ChatData(TypedDict):
    """A line of chat."""

    player: PlayerName
    text: str


class ErasedData(TypedDict):
    """A line of chat that a moderator has deleted: its number is left."""

    deleted: Literal[True]


class ChatEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["chat"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: ChatData | ErasedData


class ChatDeletedData(TypedDict):
    """The line of chat to take away."""

    seq: int


class ChatDeletedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["chat_deleted"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: ChatDeletedData


class MatchedData(TypedDict):
    """A match that a pool made."""

    news: Headline
    match: MatchBrief
    players: list[MatchedPlayer]
    """In the order they queued."""


class Headline(TypedDict):
    """How the lobby shows an event in one line."""

    tag: str
    text: str


class MatchedPlayer(TypedDict):
    """A matched player and their ticket."""

    id: str | None
    """Null for a name without a player."""
    username: str
    side: NotRequired[int]
    """Where teams play, or more than two sides."""
    role: NotRequired[str]
    """What they are in their team, if the pool has roles."""
    ticket: str


class MatchedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["matched"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: MatchedData


class EntryData(TypedDict):
    """An entry that changed."""

    tournament: Brief
    entrant: EntrantBrief
    change: EntryChange


class EntryEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["entry"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: EntryData


class BracketData(TypedDict):
    """A stage that began."""

    news: Headline
    tournament: Brief
    stage: StageBrief
    brackets: list[list[str]]
    """The first pairs of the first round; a bye is a pair of one."""
    pairs: int
    """How many there are; none as long as a Swiss is not paired."""


class BracketEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["bracket"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: BracketData


class StageEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["stage"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: BracketData


class RoundData(TypedDict):
    """A round that was paired, or withdrawn."""

    news: Headline
    tournament: Brief
    round: int
    brackets: list[list[str]]
    """The first pairs."""
    pairs: int
    """How many there are; 0 when the round was withdrawn, and will be paired again."""


class RoundEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["round"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: RoundData


class PairingsData(TypedDict):
    """Matches of a tournament that changed."""

    news: Headline
    tournament: Brief
    matches: list[Match]
    """The one that it is about first, then those that changed with it."""


class StationEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["station"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: PairingsData


class MatchBriefData(TypedDict):
    """A match of which a game server has said something; ask for the match to see what."""

    match: MatchBrief


class AllocatedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["allocated"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: MatchBriefData


class StartedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["started"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: MatchBriefData


class LiveData(TypedDict):
    """The score of a pool's match that is being played."""

    match: MatchBrief
    live_scores: list[int]


class ScoreEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["score"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: PairingsData | LiveData


class SeatData(TypedDict):
    """Somebody who left a match that goes on, or took a place in it."""

    match: MatchBrief
    player: PlayerName
    side: int


class PlayerLeftEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["player_left"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: SeatData


class PlaceFilledEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["place_filled"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: SeatData


class ReportData(TypedDict):
    """A result that a player has reported."""

    match: MatchBrief
    report: Report


class ResultReportedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["result_reported"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: ReportData


class ResultDisputedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["result_disputed"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: ReportData


class MatchData(TypedDict):
    """A pool's match."""

    news: Headline
    match: MatchSummary


class MatchFinishedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["match_finished"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: MatchData | PairingsData


class ReopenedPairingsData(TypedDict):
    """A tournament's result that was reopened, and what changed with it."""

    news: Headline
    tournament: Brief
    matches: list[Match]
    """The one that it is about first, then those that changed with it."""
    rebuilt: bool
    """Whether later stages were taken down, so that the tournament should be read again."""


class MatchReopenedEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["match_reopened"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: MatchData | ReopenedPairingsData


class TournamentData(TypedDict):
    """A tournament that moved on; its state says how far."""

    news: Headline
    tournament: Brief
    winner: str | None


class TournamentEvent(TypedDict):
    """A committed fact of a stream's log."""

    type: Literal["tournament"]
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: TournamentData


class Welcome(TypedDict):
    """First on every stream's socket: where the stream stands, who you are, what was said
    last.
    """

    type: Literal["welcome"]
    stream: str
    epoch: str
    seq: int
    you: PlayerName | None
    recent: list[Event]


class Resync(TypedDict):
    """What you have cannot be continued: forget it and start from the last `welcome`."""

    type: Literal["resync"]
    stream: str
    epoch: str
    seq: int
    text: str


class Presence(TypedDict):
    """The people in the lobby and those who wait, as of now; not logged, the last one counts."""

    type: Literal["presence"]
    online: Online
    waiting: WaitingNames


class Online(TypedDict):
    """The people in the lobby."""

    count: int
    people: list[PlayerName]
    """The first of those who have a name."""


class WaitingNames(TypedDict):
    """The waiting players of all pools."""

    count: int
    names: list[str]
    """The first of them."""


class Waiting(TypedDict):
    """On the queue socket: you are in the queue."""

    type: Literal["waiting"]
    text: str
    you: PlayerName
    ticket: Ticket
    token: str | None


class Matched(TypedDict):
    """On the queue socket: you were matched, or `match` is still open from before."""

    type: Literal["matched"]
    text: str
    you: PlayerName
    match: MatchBrief
    players: list[MatchPlayer]
    token: str | None


class Explained(TypedDict):
    """On the queue socket, while you wait and when it has changed: why there is no match yet."""

    type: Literal["explained"]
    text: str
    ticket: str
    place: int
    window: int | None
    fitting: int
    estimate_seconds: int | None


class ReadyCheckOpen(TypedDict):
    """On the queue socket: a match was found; accept it before `deadline`."""

    type: Literal["ready_check"]
    text: str
    ticket: str
    check: ReadyCheck


class ReadyCheckOver(TypedDict):
    """On the queue socket: the match was not accepted by all."""

    type: Literal["ready_check_over"]
    text: str
    ticket: Ticket


class Left(TypedDict):
    """On the queue socket: the ticket is closed without a match."""

    type: Literal["left"]
    text: str
    ticket: TicketEnd


class TicketEnd(TypedDict):
    """A ticket that is closed, in one line."""

    id: str
    state: TicketState
    reason: NotRequired[Literal["party", "pool_closed"]]


class Pong(TypedDict):
    """The answer to `ping`."""

    type: Literal["pong"]


class Error(TypedDict):
    """What was wrong with the last message, and how to correct it; the socket stays open."""

    type: Literal["error"]
    code: str
    message: str


class Room(TypedDict):
    """How the match stands, sent first and whenever it changes."""

    type: Literal["room"]
    text: str
    game: str
    settings: dict[str, Any]
    phase: Phase
    you: int | None
    """Your side; null for a spectator."""
    sides: list[SideNow]
    number: int
    """The number of the game in the match, from 1."""
    best_of: int
    scores: list[int]
    """The points of each side in this game."""
    countdown_ms: int | None
    """How long until play begins, in a countdown."""
    absent: int | None
    """The side whose absence time runs now."""
    spectators: int
    delay_ms: int
    """How far behind the play a spectator is."""
    next_match: NotRequired[str | None]
    """The id of the rematch, once both sides want it."""


class SideNow(TypedDict):
    """One side of a match that is played here."""

    name: str
    here: bool
    """Whether a player of this side is connected."""
    absence_ms: int
    """How much longer this side may be away, in the whole match, before it loses."""
    won: int
    """Games won."""
    rematch: NotRequired[bool]
    """Whether it wants to play again."""


class State(TypedDict):
    """A real-time game at one step. `applied` are the numbers of the last inputs used."""

    type: Literal["state"]
    number: int
    step: int
    applied: list[int]
    view: dict[str, Any]


class Position(TypedDict):
    """A game of turns after one move: what you see, whose turn it is, and your legal moves."""

    type: Literal["position"]
    number: int
    ply: int
    """How many moves have been made."""
    view: dict[str, Any]
    to_move: int | None
    legal: list[str]
    """Your moves; empty when it is not your turn."""
    last: str | None
    """The last move; null before the first, or if you may not see it yet."""
    moves: list[str]
    """All moves so far, as they are written; `?` for one that you may not see yet."""
    clocks_ms: list[int]
    """What is left on each side's clock, when this was sent."""
    running: int | None
    """The side whose clock runs."""
    offer: Offer | None
    offers: list[str]
    """What you may offer: `draw`, `takeback`."""


class Offer(TypedDict):
    """What a side offers, until the other answers or moves."""

    side: int
    what: str
    """`draw` or `takeback`."""


class GameOver(TypedDict):
    """A game ended; the match goes on unless the next `room` says that it is over."""

    type: Literal["game_over"]
    text: str
    number: int
    winner: int | None
    scores: list[int]
    reason: str


class Said(TypedDict):
    """Somebody said something in this room. It is not stored."""

    type: Literal["said"]
    name: str
    side: int | None
    """The side of a player; null for a spectator."""
    text: str


class Live(TypedDict):
    """On the lobby's socket: the matches that are played here now. Not logged; the last
    counts.
    """

    type: Literal["live"]
    count: int
    matches: list[LiveMatch]
    """The first of them."""


class LiveMatch(TypedDict):
    """A match that is being played here."""

    id: str
    game: str
    game_name: str
    """What the game is called."""
    sides: list[str]
    scores: list[int]
    """The points of the game that is played."""
    won: list[int]
    """Games won."""
    best_of: int
    spectators: int


class Chat(TypedDict):
    """Say something in the lobby."""

    type: Literal["chat"]
    text: str


class Resume(TypedDict):
    """Send what came after `seq` of that epoch."""

    type: Literal["resume"]
    epoch: str
    seq: int


class Ping(TypedDict):
    """Ask for a `pong`."""

    type: Literal["ping"]


class Accept(TypedDict):
    """On the queue socket: accept the match that was found."""

    type: Literal["accept"]
    check: NotRequired[str | None]


class Decline(TypedDict):
    """On the queue socket: decline it, which ends the ticket."""

    type: Literal["decline"]
    check: NotRequired[str | None]


class Leave(TypedDict):
    """On the queue socket: leave the queue; the socket closes."""

    type: Literal["leave"]


class Input(TypedDict):
    """Hold a move from a step on, in a real-time game. `n` is the step at which it shall
    count, by the client's clock; it rises from input to input. Without it the input counts
    at the next step. One that comes too late counts at the next step.
    """

    type: Literal["input"]
    move: str
    n: NotRequired[int | None]


class Move(TypedDict):
    """Make a move in a game of turns. With `ply`, only if so many moves have been made."""

    type: Literal["move"]
    move: str
    ply: NotRequired[int | None]


class Resign(TypedDict):
    """Give up the game that is being played."""

    type: Literal["resign"]


class MakeOffer(TypedDict):
    """Offer a `draw`, or ask to take back your last move (`takeback`)."""

    type: Literal["offer"]
    what: str


class AcceptOffer(TypedDict):
    """Agree to the other side's offer."""

    type: Literal["accept"]


class DeclineOffer(TypedDict):
    """Do not agree to it, or take your own offer back."""

    type: Literal["decline"]


class Rematch(TypedDict):
    """After a match of a pool: play the same opponent again, once both want to."""

    type: Literal["rematch"]


class Say(TypedDict):
    """Say something in this room."""

    type: Literal["chat"]
    text: str


Event = (
    ChatEvent
    | ChatDeletedEvent
    | MatchedEvent
    | EntryEvent
    | BracketEvent
    | StageEvent
    | RoundEvent
    | StationEvent
    | AllocatedEvent
    | StartedEvent
    | ScoreEvent
    | PlayerLeftEvent
    | PlaceFilledEvent
    | ResultReportedEvent
    | ResultDisputedEvent
    | MatchFinishedEvent
    | MatchReopenedEvent
    | TournamentEvent
)


ServerMessage = (
    Welcome
    | Resync
    | Presence
    | Waiting
    | Matched
    | Explained
    | ReadyCheckOpen
    | ReadyCheckOver
    | Left
    | Pong
    | Error
    | Room
    | State
    | Position
    | GameOver
    | Said
    | Live
)


ClientMessage = (
    Chat
    | Resume
    | Ping
    | Accept
    | Decline
    | Leave
    | Input
    | Move
    | Resign
    | MakeOffer
    | AcceptOffer
    | DeclineOffer
    | Rematch
    | Say
)
