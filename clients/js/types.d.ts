/* What goes over HTTP and over sockets, both ways.

   `python -m clients.generate` has written this: change the server instead. */

/** The state of a match; only `OPEN` holds its players. */
export type MatchState = "open" | "finished" | "cancelled" | "lapsed";

/** How a finished match ended. */
export type Outcome = "played" | "drawn" | "conceded" | "forfeit" | "double_forfeit";

/** Whose word a match's result is. */
export type DecidedBy = "players" | "organiser" | "game_server";

/** The state of a place in a running match. */
export type PlaceState = "open" | "filled" | "withdrawn";

/** A match with everything that is known about it. */
export interface MatchDetail {
  id: string;
  /** The pool that made it; null for a match of a bracket. */
  pool: string | null;
  /** Where it is played, if the pool has regions. */
  region?: string;
  /** What its players have in common, if the pool has attributes: one option, or a list. */
  attributes?: Record<string, unknown>;
  /** The game that the pool's players play here, at the match's page; left out for none. */
  plays?: string;
  state: MatchState;
  /** How it was finished. */
  outcome: Outcome | null;
  /** Games won by each side; empty unless played. */
  scores: number[];
  /** The points of each game, where they were given. */
  games: [number, number][];
  /** The side that won; null in a draw and a double forfeit, and before the end. */
  winner: number | null;
  /** By side. */
  players: PlayerName[];
  /** What it is part of; null for a pool's match. */
  tournament: MatchPlace | null;
  /** The players of each side. */
  sides: SidePlayer[][];
  /** How many games it has at most. */
  best_of: number;
  /** Whether it may end drawn. */
  draws: boolean;
  /** How it stands while it is played, if anybody says so. */
  live_scores: number[];
  created_at: string;
  closed_at: string | null;
  /** What its players say came out, while that is not yet the result. */
  report: Report | null;
  ratings: RatingMove[];
  /** Whose word its result is. */
  decided_by: DecidedBy;
  /** The name of the game server that decides, if one does. */
  game_server?: string;
  /** What the game server says of it, if one does. */
  played?: Played;
  /** Where it is played: for who sits in it, and for its game server. */
  connection?: Connection;
}

/** Somebody, by public id and name. */
export interface PlayerName {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
}

/** What a match is part of: its id and name, the round, and the address of its place. */
export interface MatchPlace {
  id: string;
  name: string;
  round: string;
  url: string;
}

/** Somebody on a side of a match. */
export interface SidePlayer {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
  /** What they are in their team, if the pool has roles. */
  role?: string;
}

/** A result that waits for the other side, or for the organiser. */
export interface Report {
  id: string;
  state: "disputed" | "pending";
  by: PlayerName;
  /** For which side it was reported. */
  side: number;
  result: Result;
  /** What the other side claims, if it said so. */
  counter: Result | null;
  /** When silence confirms it; null once somebody has answered. */
  confirm_by: string | null;
}

/** A result as one side claims it. */
export interface Result {
  outcome: Outcome;
  /** The side that won; null in a draw. */
  winner: number | null;
  scores: number[];
  games: [number, number][];
}

/** Whose rating a match moved. */
export interface RatingMove {
  player: PlayerName;
  before: number;
  after: number;
}

/** What a game server says of a match that it runs. */
export interface Played {
  allocated_at: string | null;
  started_at: string | null;
  statistics: Statistics[];
  /** Why it was called off, if it was. */
  why: string;
  places: FreedPlace[];
}

/** What a game server counted of a player in a match. */
export interface Statistics {
  player: PlayerName;
  values: Record<string, boolean | number | string>;
}

/** The place of a player who left a running match, offered to those who wait. */
export interface FreedPlace {
  side: number;
  left_by: PlayerName;
  state: PlaceState;
  taken_by: PlayerName | null;
}

/** Where a match is played; only for those in it, and for its game server. */
export interface Connection {
  address: string;
  join_code: string;
  /** What the game server gave your side alone. */
  side?: unknown;
  /** For the game server: what each side is given. */
  by_side?: unknown[];
}

/** A request that was not done: nothing has changed. */
export interface Refused {
  status: "Error";
  /** One stable word for programs, such as `not_found`. */
  code: string;
  /** A sentence that says what to change. */
  message: string;
  /** By which the log names the request; there when the fault is the server's. */
  request_id?: string;
}

/** The games of a match. */
export interface GameList {
  games: GameSummary[];
}

/** A game that was played, and how it ended. */
export interface GameSummary {
  /** Its place in the match, from 1. */
  number: number;
  /** That of the match when it was played: a match that is opened again is played again. */
  revision: number;
  game: string;
  /** The side that won; null in a draw. */
  winner: number | null;
  scores: number[];
  reason: Reason;
  /** Steps of a real-time game, moves of a game of turns. */
  length: number;
  played_at: string;
  /** Whether it counts for the result that the match has now. */
  is_current: boolean;
}

/** Why a game is over. */
export type Reason = "absent" | "agreed" | "played" | "resigned" | "time";

/** A game that moved on by itself. */
export interface RealTimeRecord {
  kind: "real_time";
  /** Its place in the match, from 1. */
  number: number;
  /** That of the match when it was played: a match that is opened again is played again. */
  revision: number;
  game: string;
  /** The side that won; null in a draw. */
  winner: number | null;
  scores: number[];
  reason: Reason;
  /** Steps of a real-time game, moves of a game of turns. */
  length: number;
  played_at: string;
  /** Whether it counts for the result that the match has now. */
  is_current: boolean;
  /** The version of the game's rules. */
  version: number;
  settings: Record<string, unknown>;
  /** Where its chance begins. */
  seed: number;
  /** The side that began. */
  first: number;
  /** The sides' names. */
  names: string[];
  /** Steps in a second. */
  step_hz: number;
  /** What a side may hold; both hold the first at the start. */
  moves: string[];
  /** From which step on a side held which of `moves`: `[step, side, index]`. */
  entries: Change[];
}

/** In a real-time game: from this step on, a side holds a move, an index of `moves`. */
export type Change = [number, number, number];

/** A game of moves in turn. */
export interface TurnRecord {
  kind: "turns";
  /** Its place in the match, from 1. */
  number: number;
  /** That of the match when it was played: a match that is opened again is played again. */
  revision: number;
  game: string;
  /** The side that won; null in a draw. */
  winner: number | null;
  scores: number[];
  reason: Reason;
  /** Steps of a real-time game, moves of a game of turns. */
  length: number;
  played_at: string;
  /** Whether it counts for the result that the match has now. */
  is_current: boolean;
  /** The version of the game's rules. */
  version: number;
  settings: Record<string, unknown>;
  /** Where its chance begins. */
  seed: number;
  /** The side that began. */
  first: number;
  /** The sides' names. */
  names: string[];
  /** Each move, and the milliseconds that it took. */
  moves: Turn[];
  /** What spectators saw at the start, and after each move. */
  views: Record<string, unknown>[];
}

/** In a game of turns: a move, and the milliseconds that it took. */
export type Turn = [string, number];

/** The state of a wait; `WAITING` and `PROPOSED` are open. */
export type TicketState = "waiting" | "proposed" | "matched" | "cancelled" | "expired" | "declined" | "slept";

/** The player waits. */
export interface QueueWaiting {
  status: "Waiting";
  message: string;
  player: PlayerName;
  ticket: Ticket;
  /** For a guest that this request made, shown this once. */
  token?: string;
}

/** One player's wait in a pool. */
export interface Ticket {
  id: string;
  pool: string;
  state: TicketState;
  waiting_since: string;
  /** The code of the party that waits together, if any. */
  party?: string;
  /** Why others ended it, if they did. */
  reason?: "party" | "pool_closed";
  /** What the player said of the pool's attributes, if it has any. */
  attributes?: Record<string, unknown>;
  /** What the player can be in a team, the best first, if that matters. */
  roles?: string[];
}

/** A match was found, and must be accepted. */
export interface QueueProposed {
  status: "Proposed";
  message: string;
  player: PlayerName;
  check: ReadyCheck;
  ticket: Ticket;
  /** For a guest that this request made, shown this once. */
  token?: string;
}

/** A match that was found and waits for all to accept it. */
export interface ReadyCheck {
  id: string;
  deadline: string;
  accepted: number;
  players: number;
  /** Yours, once there is one. */
  answer: "accepted" | "declined" | null;
}

/** The player is matched, or has an unfinished match of this pool. */
export interface QueueMatched {
  status: "Matched";
  player: PlayerName;
  /** In the order they queued. */
  players: MatchPlayer[];
  match: MatchBrief;
  /** Left out when the match goes on from before. */
  ticket?: Ticket;
  /** For a guest that this request made, shown this once. */
  token?: string;
}

/** Somebody who plays in a match. */
export interface MatchPlayer {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
  /** Where teams play, or more than two sides. */
  side?: number;
  /** What they are in their team, if the pool has roles. */
  role?: string;
}

/** A match in one line. */
export interface MatchBrief {
  id: string;
  /** The pool that made it; null for a match of a bracket. */
  pool: string | null;
  /** Where it is played, if the pool has regions. */
  region?: string;
  /** What its players have in common, if the pool has attributes: one option, or a list. */
  attributes?: Record<string, unknown>;
  /** The game that the pool's players play here, at the match's page; left out for none. */
  plays?: string;
}

/** What `POST /matchmaking` takes. */
export interface JoinBody {
  username?: string | null;
  pool?: string;
  party?: string | null;
  regions?: string[];
  /** Values for what the pool declares; also of those in the party who have said nothing. */
  attributes?: Record<string, unknown>;
  /** What the caller can be in a team, the best first; none for anything. */
  roles?: string[];
}

/** A ticket that waits. */
export interface TicketWaiting {
  status: "Waiting";
  /** 1 is the head of the queue; a party counts once. */
  place: number;
  /** How many rating points off the others may be now; null where every rating fits. */
  window: number | null;
  /** How many players who wait fit. */
  fitting: number;
  /** How much longer it takes, by recent waits; null where those do not say. */
  estimate_seconds: number | null;
  /** Why there is no match yet, in words. */
  why: string;
  ticket: Ticket;
  message: string;
  /** When it ends unless its owner shows life again. */
  expires_at: string;
}

/** A ticket for which a match was found. */
export interface TicketProposed {
  status: "Proposed";
  ticket: Ticket;
  message: string;
  check: ReadyCheck;
}

/** A ticket that led to a match. */
export interface TicketMatched {
  status: "Matched";
  ticket: Ticket;
  /** Left out when the match was deleted. */
  match?: MatchSummary;
  players?: PlayerName[];
}

/** A match with its sides. */
export interface MatchSummary {
  id: string;
  /** The pool that made it; null for a match of a bracket. */
  pool: string | null;
  /** Where it is played, if the pool has regions. */
  region?: string;
  /** What its players have in common, if the pool has attributes: one option, or a list. */
  attributes?: Record<string, unknown>;
  /** The game that the pool's players play here, at the match's page; left out for none. */
  plays?: string;
  state: MatchState;
  /** How it was finished. */
  outcome: Outcome | null;
  /** Games won by each side; empty unless played. */
  scores: number[];
  /** The points of each game, where they were given. */
  games: [number, number][];
  /** The side that won; null in a draw and a double forfeit, and before the end. */
  winner: number | null;
  /** By side. */
  players: PlayerName[];
}

/** A ticket that ended without a match. */
export interface TicketEnded {
  status: "Cancelled" | "Declined" | "Expired" | "Slept";
  ticket: Ticket;
  message: string;
}

/** The ticket with which its owner left the queue. */
export interface QueueLeft {
  status: "Left";
  message: string;
  ticket: Ticket;
}

/** What accepting and declining take. */
export interface ReadyAnswer {
  /** The ready check that is answered. */
  check?: string | null;
}

/** A party that the player has made or joined. */
export interface PartyEntered {
  status: "Joined" | "Party Created";
  message: string;
  party: Party;
  player: PlayerName;
  /** For a guest that this request made, shown this once. */
  token?: string;
}

/** A party as its members see it. */
export interface Party {
  code: string;
  /** The one pool it is for; null for any. */
  pool: string | null;
  leader: string;
  members: PartyMember[];
}

/** A member, and what they said of the match they want. */
export interface PartyMember {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
  attributes?: Record<string, unknown>;
  roles?: string[];
}

/** What `POST /parties` takes. */
export interface PartyBody {
  pool?: string | null;
  username?: string | null;
  /** The player's own, for when the party queues; left out to keep what was said. */
  attributes?: Record<string, unknown> | null;
  /** What the player can be in a team, the best first; left out to keep what was said. */
  roles?: string[] | null;
}

/** A party of the player's. */
export interface PartyShown {
  status: "Party";
  party: Party;
}

/**
 * What `POST /parties/<code>/join` takes: a name, from who has no token yet. Members say by it
 * too what they want of a match; joining again changes it.
 */
export interface PartyJoinBody {
  username?: string | null;
  /** The player's own, for when the party queues; left out to keep what was said. */
  attributes?: Record<string, unknown> | null;
  /** What the player can be in a team, the best first; left out to keep what was said. */
  roles?: string[] | null;
}

/** The player is in no party any more. */
export interface PartyLeft {
  status: "Left";
  message: string;
}

/** A match that was conceded by leaving it. */
export interface MatchLeft {
  status: "Left";
  message: string;
  match: MatchSummary;
}

/** How a match stands after a player's report, confirmation or dispute. */
export interface ResultAnswer {
  status: "Disputed" | "Finished" | "Reported";
  message: string;
  match: MatchDetail;
}

/** What `POST /matches/<id>/result` takes: scores by side, or a forfeit. */
export interface MatchResultBody {
  scores?: number[] | null;
  drawn?: number | null;
  games?: [number, number][];
  outcome?: "forfeit" | "played";
  winner?: number | null;
  revision?: number | null;
}

/** Which report is meant; may be left out. */
export interface ReportBody {
  report?: string | null;
}

/** Who loses when a player leaves an unfinished match of teams, or of more than two sides. */
export type LeaveRule = "alone" | "side";

/** Pools, by name. */
export interface Pools {
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
  pools: Pool[];
}

/** A pool with its rules; times in seconds, windows in rating points. */
export interface Pool {
  slug: string;
  name: string;
  game: string;
  /** The game that is played here, in the browser; empty where results are reported. */
  plays: string;
  /** What is set of that game. */
  play_settings: Record<string, unknown>;
  is_open: boolean;
  rated: boolean;
  /** Whether guests have a rank, and results against them move registered players. */
  guests_count: boolean;
  ranked_opponents: number;
  /** How many matches against the same opponent are rated on one day; 0 for all. */
  rated_a_day: number;
  team_size: number;
  teams: number;
  party_limit: number;
  /** How far apart in rating players may be at first; null for no rule. */
  window_start: number | null;
  window_growth: number;
  longest_wait_seconds: number | null;
  /** How long players have to accept a match; null for no ready check. */
  ready_seconds: number | null;
  rematch_memory: number;
  /** For how long recent opponents do not meet again; 0 for no pause. */
  rematch_pause_seconds: number;
  /** How long arrivals are gathered before they are paired; 0 for at once. */
  gather_seconds: number;
  regions: string[];
  /** What players say of the match they want, and how each is matched. */
  attributes: Record<string, unknown>[];
  /** How many of each role a team has; empty where there are no roles. */
  roles: Record<string, number>;
  best_of: number;
  draws: boolean;
  /** Who loses when a player leaves a match of teams, or of more than two sides. */
  leaving: LeaveRule;
  /** Whose word the result of a match is. */
  decided_by: DecidedBy;
  /** The name of the game server that decides, if one does. */
  game_server: string | null;
  /** Whether that game server may say by which rating a ticket is paired. */
  rating_by_server: boolean;
  /** Whether places of players who left running matches are offered to those who wait. */
  backfill: boolean;
  /** Whether guests of the same name may wait here. */
  shared_names: boolean;
  statistics: PoolStatistics;
}

/** How a pool does. */
export interface PoolStatistics {
  /** How many tickets wait. */
  waiting: number;
  /** Of the last matches; null before the first. */
  median_wait_seconds: number | null;
  matches_last_hour: number;
}

/** A pool to make. */
export interface NewPool {
  name: string;
  game?: string;
  /** Whether players may queue; where it closes, who waits is notified. */
  is_open?: boolean;
  /** The game that is played here; empty where results are reported. */
  plays?: string;
  play_settings?: Record<string, unknown>;
  rated?: boolean;
  deviation_floor?: number;
  rate_unanswered?: boolean;
  guests_count?: boolean;
  ranked_opponents?: number;
  rated_a_day?: number;
  team_size?: number;
  teams?: number;
  party_limit?: number;
  window_start?: number | null;
  window_growth?: number;
  longest_wait_seconds?: number | null;
  ready_seconds?: number | null;
  rematch_memory?: number;
  rematch_pause_seconds?: number;
  gather_seconds?: number;
  regions?: string[];
  region_seconds?: number;
  attributes?: Record<string, unknown>[];
  roles?: Record<string, number>;
  best_of?: number;
  draws?: boolean;
  leaving?: LeaveRule;
  shared_names?: boolean;
  decided_by?: DecidedBy;
  /** The name or the id of the key of the game server that decides; null for none. */
  game_server?: string | null;
  rating_by_server?: boolean;
  backfill?: boolean;
  /** By which programs know it; it stays as it is. */
  slug: string;
}

/** The rules of a pool, by the names that answers have. */
export interface PoolSettings {
  name?: string;
  game?: string;
  /** Whether players may queue; where it closes, who waits is notified. */
  is_open?: boolean;
  /** The game that is played here; empty where results are reported. */
  plays?: string;
  play_settings?: Record<string, unknown>;
  rated?: boolean;
  deviation_floor?: number;
  rate_unanswered?: boolean;
  guests_count?: boolean;
  ranked_opponents?: number;
  rated_a_day?: number;
  team_size?: number;
  teams?: number;
  party_limit?: number;
  window_start?: number | null;
  window_growth?: number;
  longest_wait_seconds?: number | null;
  ready_seconds?: number | null;
  rematch_memory?: number;
  rematch_pause_seconds?: number;
  gather_seconds?: number;
  regions?: string[];
  region_seconds?: number;
  attributes?: Record<string, unknown>[];
  roles?: Record<string, number>;
  best_of?: number;
  draws?: boolean;
  leaving?: LeaveRule;
  shared_names?: boolean;
  decided_by?: DecidedBy;
  /** The name or the id of the key of the game server that decides; null for none. */
  game_server?: string | null;
  rating_by_server?: boolean;
  backfill?: boolean;
}

/** A pool that is there no more. */
export interface PoolDeleted {
  status: "Deleted";
  slug: string;
}

/** Seasons of a pool, the newest first. */
export interface Seasons {
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
  seasons: Season[];
}

/** A season of a pool; the present one has no end yet. */
export interface Season {
  number: number;
  name: string;
  started_at: string;
  /** When it ends by itself; null until somebody ends it. */
  ends_at: string | null;
  ended_at: string | null;
  /** Per cent of the distance from 1500 that the next season begins with. */
  keep_percent: number;
  /** How unsure every rating is at least when the next season begins. */
  least_deviation: number;
}

/** The rules of a season. */
export interface SeasonSettings {
  name?: string;
  /** When it ends by itself; null until somebody ends it. */
  ends_at?: string | null;
  keep_percent?: number;
  least_deviation?: number;
}

/** Which season ends, so that a repeated request ends no other. */
export interface SeasonEndBody {
  number: number;
}

/** A part of a pool's table: ranked players first, then provisional ones. */
export interface Leaderboard {
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
  pool: string;
  name: string;
  season: string | null;
  /** How many lines there are. */
  players: number;
  lines: LeaderboardLine[];
}

/** A line of a pool's table. */
export interface LeaderboardLine {
  /** Null while the rating is provisional. */
  rank: number | null;
  rating: number;
  /** The true strength lies within two of these in 19 of 20 cases. */
  deviation: number;
  provisional: boolean;
  matches: number;
  player: PlayerName;
}

/** A guest's new token; the old one is known no more. */
export interface TokenReplaced {
  status: "Token Replaced";
  token: string;
}

/** A player with ratings and last matches. */
export interface PlayerProfile {
  id: string;
  username: string;
  guest: boolean;
  ratings: PoolRating[];
  matches: MatchSummary[];
  /** The address of those before them, a list in pages; null where there are none. */
  earlier_matches: string | null;
}

/** A player's rating in one pool. */
export interface PoolRating {
  /** Null while the rating is provisional. */
  rank: number | null;
  rating: number;
  /** The true strength lies within two of these in 19 of 20 cases. */
  deviation: number;
  provisional: boolean;
  matches: number;
  pool: string;
}

/** A player for whom a service vouches. */
export interface ExternalPlayer {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
  /** The id that the service gave them. */
  external_id: string;
}

/** What a player is called. */
export interface ExternalPlayerBody {
  /** As the site's names are; several of your players may have the same. */
  name: string;
}

/** A token that speaks for a player until it expires; shown this once. */
export interface ShortToken {
  token: string;
  expires_at: string;
  player: PlayerName;
}

/** How long a token is good. */
export interface TokenBody {
  seconds?: number;
}

/** All tokens of a player have ended. */
export interface TokensEnded {
  status: "Ended";
  player: PlayerName;
}

/** What became of each ticket of a request, in its order. */
export interface TicketAnswers {
  tickets: (QueueWaiting | QueueProposed | QueueMatched | Refused)[];
}

/** Tickets for one pool. */
export interface TicketsBody {
  tickets: TicketBody[];
  pool?: string;
}

/** Players who wait as one, such as a party; and what they ask. */
export interface TicketBody {
  /** Your own ids for them. */
  players: string[];
  /** What the pool declares. */
  attributes?: Record<string, unknown>;
  /** What each of the players can be, the best first, where the pool has roles. */
  roles?: Record<string, string[]>;
  /** To go by in the pairing, where the pool lets you say it. */
  rating?: number | null;
  /** Of the pool's, the best first; none for any. */
  regions?: string[];
}

/** A page of matches. */
export interface Matches {
  matches: MatchDetail[];
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
}

/** What a game server said is stored, or was before. */
export interface Told {
  /** Ignored is a live score that is older than the one that is stored. */
  status: "Ignored" | "Stored";
  message: string;
  match: MatchDetail;
}

/** Where a match is played; shown only to those in it. */
export interface AllocationBody {
  /** Such as a host with a port, or a link. */
  address?: string;
  join_code?: string;
  /** What only that side is given, in the order of the sides; none, or one for each. */
  by_side?: Record<string, unknown>[];
}

/** How a match stands that is being played. */
export interface ServerLiveBody {
  scores: number[];
  /** A number of yours that grows: a score with a lower one than before is ignored. */
  sequence?: number | null;
}

/** How a match ended: scores by side, or a forfeit; and what each player did. */
export interface ServerResultBody {
  /** Games won by each side; of a single game, and of more than two sides, the points. */
  scores?: number[] | null;
  drawn?: number | null;
  /** The points of each game, instead of the scores. */
  games?: [number, number][];
  outcome?: "double_forfeit" | "forfeit" | "played";
  /** The index of the side that wins by forfeit. */
  winner?: number | null;
  /** The match's `revision` that you have seen. */
  revision?: number | null;
  /** Of each player, by your id or the site's: names with numbers or short texts. */
  statistics?: Record<string, Record<string, boolean | number | string>> | null;
}

/** Why a match is called off. */
export interface VoidBody {
  why?: string;
}

/** Who left a match that is being played. */
export interface LeftBody {
  /** By your id or the site's. */
  player: string;
  /** Whether the place is offered to those who wait in the pool. */
  backfill?: boolean;
}

/** A tournament's states, in order; `CANCELLED` may follow any but `FINISHED`. */
export type TournamentState = "draft" | "registration" | "check_in" | "running" | "finished" | "cancelled";

/** A new tournament. */
export interface Created {
  status: string;
  /** The first round: pairs of names, a bye as one name alone. Empty for a draft. */
  brackets: string[][];
  tournament: Brief;
  /** The organiser's token, shown this once. */
  token: string;
  /** What could not be done though the tournament stands, such as pairing a Swiss in time. */
  message?: string;
}

/** A tournament in one line. */
export interface Brief {
  id: string;
  name: string;
  url: string;
  state: TournamentState;
}

/** How entrants get their seeds when the tournament starts. */
export type Seeding = "given" | "rating" | "random" | "listed";

/** Entrants that the draw keeps apart in round one, where that is possible. */
export type KeepApart = "" | "club" | "region";

/** How players come into the tournament. */
export type Entry = "organiser" | "open" | "code" | "approval";

/** Who else, besides organiser and judges, reports results. */
export type Reporting = "organiser" | "players";

/** How a stage pairs its contenders. */
export type Format = "single_elimination" | "double_elimination" | "round_robin" | "swiss";

/** A new tournament: who plays, in what format. `stages` goes before the format's own fields. */
export interface TournamentBody {
  /** Plain text for the players. */
  about?: string;
  seeding?: Seeding;
  /** Allow an odd number in an elimination: the first seeds sit out. */
  byes?: boolean;
  /** Who do not meet in the first round, where that is possible. */
  keep_apart?: KeepApart;
  /** Who may enter: only through the organiser, anybody, with the code, or after approval. */
  entry?: Entry;
  entry_code?: string;
  /** Further entrants wait for a place. */
  capacity?: number | null;
  /** Players in a team; 1 for single players. */
  team_size?: number;
  /** How long before `starts_at` check-in opens; null for none. */
  check_in_minutes?: number | null;
  starts_at?: string | null;
  match_minutes?: number;
  /** Whether players may report results themselves. */
  reporting?: Reporting;
  /** The game that is played here, in the browser; empty where results are reported. */
  plays?: string;
  /** What is set of this game. */
  play_settings?: Record<string, unknown>;
  name?: string;
  /** The short address, under /t/; made of the name unless given. */
  slug?: string;
  /** The short name of the pool whose ratings the matches move; null for none. Staff choose it. */
  rated_in?: string | null;
  /** Whose word a result is; of players, as far as `reporting` asks them. */
  decided_by?: DecidedBy;
  /** The name of the key of the game server that decides; null for none. Staff choose it. */
  game_server?: string | null;
  /** Names, the strongest first. */
  players?: string[] | null;
  /** Instead of `players`, when more than names is known. */
  entrants?: EntrantBody[] | null;
  /** Several stages, such as groups and then playoffs. */
  stages?: StageBody[] | null;
  /** False leaves a draft; left out, it starts unless players enter by themselves. */
  start?: boolean | null;
  format?: Format;
  /** Games in a match; the winner needs more than half. */
  best_of?: number;
  /** Semi-finals of another length, and the third-place match; elimination only. */
  semi_best_of?: number | null;
  /** A final of another length; elimination only. */
  final_best_of?: number | null;
  /** A match for the third place; single elimination only. */
  third_place?: boolean;
  /** 2 lets everybody meet everybody twice. */
  legs?: number;
  /** Whether a match may be drawn; not in an elimination. */
  draws?: boolean;
  /** After the points, in order, such as `["buchholz_cut_1", "wins"]`. */
  tie_breaks?: string[];
  /** Groups of a round robin, seeded in a snake. */
  groups?: number;
  /** Rounds of a Swiss; as many as are needed for one winner if left out. */
  rounds?: number | null;
  points?: PointsBody;
}

/** Somebody to be entered. */
export interface EntrantBody {
  name: string;
  rating?: number | null;
  club?: string;
  region?: string;
}

/** One of several stages, and how it is played. */
export interface StageBody {
  format?: Format;
  name?: string;
  /** Games in a match; the winner needs more than half. */
  best_of?: number;
  /** Semi-finals of another length, and the third-place match; elimination only. */
  semi_best_of?: number | null;
  /** A final of another length; elimination only. */
  final_best_of?: number | null;
  /** A match for the third place; single elimination only. */
  third_place?: boolean;
  /** 2 lets everybody meet everybody twice. */
  legs?: number;
  /** Whether a match may be drawn; not in an elimination. */
  draws?: boolean;
  /** After the points, in order, such as `["buchholz_cut_1", "wins"]`. */
  tie_breaks?: string[];
  /** How many of each group go on to the next stage; none from the last. */
  advance?: number | null;
  /** Groups of a round robin, seeded in a snake. */
  groups?: number;
  /** Rounds of a Swiss; as many as are needed for one winner if left out. */
  rounds?: number | null;
  points?: PointsBody;
}

/** What a match of a table is worth, and a bye of the pairing. */
export interface PointsBody {
  win?: number | string;
  draw?: number | string;
  loss?: number | string;
  bye?: number | string;
}

/** A page of tournaments. */
export interface Listed {
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
  tournaments: Line[];
  /** Which page it is, by number; without a meaning where a cursor was sent. */
  page: number;
  pages: number;
  total: number;
}

/** A tournament in a list. */
export interface Line {
  id: string;
  name: string;
  url: string;
  state: TournamentState;
  created_at: string;
  starts_at: string | null;
  entrants: number;
  champion: string | null;
}

/** The state of an entry; only the `ENTERED` are drawn and paired. */
export type EntryStatus = "applied" | "waiting" | "entered" | "declined" | "absent" | "withdrawn" | "disqualified";

/** A stage waits for the one before it, runs, and is finished. */
export type StageState = "pending" | "running" | "finished";

/** The part of a bracket that a round belongs to; a table has only one. */
export type Part = "winners" | "losers" | "final" | "third_place" | "table";

/** How far a pairing is, as `engine.elimination.PairingStatus` has it. */
export type PairingState = "pending" | "ready" | "decided" | "walkover" | "empty" | "not_needed";

/** What is on one side of a pairing. */
export type Slot = "entrant" | "bye" | "vacant" | "pending";

/** Why a contender has no opponent; for its points see `engine.history.PointSystem`. */
export type ByeKind = "pairing_allocated" | "full_point" | "half_point" | "zero_point";

/** A whole tournament. */
export interface Tournament {
  id: string;
  name: string;
  url: string;
  state: TournamentState;
  created_at: string;
  settings: Settings;
  entrants: EntrantBrief[];
  stages: Stage[];
}

/** What a tournament is like, as `PATCH` takes it. */
export interface Settings {
  /** The short address, under /t/. */
  slug: string | null;
  starts_at: string | null;
  /** The short name of a pool. */
  rated_in: string | null;
  /** Whose word a result is; of players, as far as `reporting` asks them. */
  decided_by: DecidedBy;
  /** The name of the key of the game server that decides, if one does. */
  game_server: string | null;
  /** Plain text for the players. */
  about: string;
  seeding: Seeding;
  /** Allow an odd number in an elimination: the first seeds sit out. */
  byes: boolean;
  /** Who do not meet in the first round, where that is possible. */
  keep_apart: KeepApart;
  /** Who may enter: only through the organiser, anybody, with the code, or after approval. */
  entry: Entry;
  /** Further entrants wait for a place. */
  capacity: number | null;
  /** Players in a team; 1 for single players. */
  team_size: number;
  /** How long before `starts_at` check-in opens; null for none. */
  check_in_minutes: number | null;
  match_minutes: number;
  /** Whether players may report results themselves. */
  reporting: Reporting;
  /** The game that is played here, in the browser; empty where results are reported. */
  plays: string;
  /** What is set of this game. */
  play_settings: Record<string, unknown>;
}

/** An entrant in one line. */
export interface EntrantBrief {
  id: number;
  seed: number;
  name: string;
  status: EntryStatus;
}

/** A part of a tournament played in one format. */
export interface Stage {
  number: number;
  name: string;
  format: Format;
  state: StageState;
  /** Of a Swiss. */
  rounds: number | null;
  points: Points;
  /** As they were chosen; empty for the usual ones. */
  tie_breaks: string[];
  /** Those that were made, once the stage has begun; `group_count` are planned. */
  groups: Group[];
  /** Games in a match; the winner needs more than half. */
  best_of: number;
  /** Semi-finals of another length, and the third-place match; elimination only. */
  semi_best_of: number | null;
  /** A final of another length; elimination only. */
  final_best_of: number | null;
  /** A match for the third place; single elimination only. */
  third_place: boolean;
  /** Groups of a round robin, seeded in a snake. */
  group_count: number;
  /** 2 lets everybody meet everybody twice. */
  legs: number;
  /** Whether a match may be drawn; not in an elimination. */
  draws: boolean;
  /** How many of each group go on to the next stage; none from the last. */
  advance: number | null;
}

/** What a match of a table is worth, and a bye. */
export interface Points {
  win: number;
  draw: number;
  loss: number;
  bye: number;
}

/** A bracket or table of its own. */
export interface Group {
  number: number;
  name: string;
  rounds: Round[];
}

/** Matches that are played side by side. */
export interface Round {
  number: number;
  name: string;
  part: Part;
  matches: Match[];
  /** In a table: who sits this round out, and why. */
  byes?: Bye[];
  /** In a Swiss: how else than by the Dutch system it was paired; empty otherwise. */
  note?: string;
}

/** A place in a bracket or a table where two sides meet, and what comes of it. */
export interface Match {
  /** The same before its sides are known and after; for all routes of a match. */
  id: string;
  /** Its name in its group, such as `W1.2`, `GF` or `R3.1`. */
  key: string;
  round: number;
  number: number;
  state: PairingState;
  best_of: number;
  /** The index of the side that won, or goes on. */
  winner: number | null;
  winner_to: Place | null;
  loser_to: Place | null;
  /** Games won by each side. */
  scores: number[];
  /** The points of each game, where they were given. */
  games: [number, number][];
  /** How it stands while it is played; of a single game the points. */
  live_scores: number[];
  /** How it ended. */
  outcome: Outcome | null;
  /** Counts its results; a correction says which it has seen. */
  revision: number;
  station: string | null;
  sides: Side[];
}

/** Where somebody goes: a side of a match. */
export interface Place {
  match: string;
  side: number;
}

/** What stands on a side of a match. */
export interface Side {
  slot: Slot;
  /** The entrant's id, once known. */
  entrant: number | null;
  name: string | null;
  seed: number | null;
  /** Whose winner or loser comes here, while it is not yet known. */
  from?: "loser" | "winner";
  /** The id of that match. */
  of?: string;
  /** The key of that match. */
  key?: string;
  /** What is shown here: the name, whose winner or loser comes, or that nobody does. */
  text: string;
  /** What is shown beside it: games won, or a word. */
  score: string;
}

/** A round that somebody sits out. */
export interface Bye {
  entrant: number;
  name: string;
  round: number;
  kind: ByeKind;
}

/** What a tournament is like; a field that is left out stays as it is. */
export interface SettingsBody {
  /** Plain text for the players. */
  about?: string;
  seeding?: Seeding;
  /** Allow an odd number in an elimination: the first seeds sit out. */
  byes?: boolean;
  /** Who do not meet in the first round, where that is possible. */
  keep_apart?: KeepApart;
  /** Who may enter: only through the organiser, anybody, with the code, or after approval. */
  entry?: Entry;
  entry_code?: string;
  /** Further entrants wait for a place. */
  capacity?: number | null;
  /** Players in a team; 1 for single players. */
  team_size?: number;
  /** How long before `starts_at` check-in opens; null for none. */
  check_in_minutes?: number | null;
  starts_at?: string | null;
  match_minutes?: number;
  /** Whether players may report results themselves. */
  reporting?: Reporting;
  /** The game that is played here, in the browser; empty where results are reported. */
  plays?: string;
  /** What is set of this game. */
  play_settings?: Record<string, unknown>;
  name?: string;
  /** The short address, under /t/; made of the name unless given. */
  slug?: string;
  /** The short name of the pool whose ratings the matches move; null for none. Staff choose it. */
  rated_in?: string | null;
  /** Whose word a result is; of players, as far as `reporting` asks them. */
  decided_by?: DecidedBy;
  /** The name of the key of the game server that decides; null for none. Staff choose it. */
  game_server?: string | null;
}

/** The stages of a draft. */
export interface StagesBody {
  stages: StageBody[];
}

/** The standings of a tournament. */
export interface Standings {
  stages: StageStandings[];
  /** Over all stages, once the tournament is over; empty before. */
  places: FinalPlace[];
}

/** The standings of a stage. */
export interface StageStandings {
  number: number;
  name: string;
  format: Format;
  state: StageState;
  tie_breaks: TieBreak[];
  groups: GroupStandings[];
}

/** What those are ordered by who have equal points. */
export interface TieBreak {
  name: string;
  title: string;
  definition: string;
}

/** The standings of a group. */
export interface GroupStandings {
  number: number;
  name: string;
  standings: Standing[];
}

/** A line of the standings. */
export interface Standing {
  entrant: number;
  name: string;
  /** The number in the group. */
  seed: number;
  rank: number;
  /** How many share this rank. */
  shared_by: number;
  /** In a bracket: whether the place is final. */
  settled?: boolean;
  /** Matches that were played; `won`, `drawn` and `lost` are among them, forfeits and byes not. */
  played?: number;
  won?: number;
  drawn?: number;
  lost?: number;
  won_by_forfeit?: number;
  lost_by_forfeit?: number;
  values: Value[];
}

/** The value of one tie-break, or of the points. */
export interface Value {
  name: string;
  value: string;
  /** How it comes about, so that it can be added up by hand. */
  words: string;
}

/** Where an entrant ended in a whole tournament. */
export interface FinalPlace {
  entrant: number;
  name: string;
  rank: number;
  /** How many share this place. */
  shared_by: number;
}

/** Entrants, by seed unless they are sorted otherwise. */
export interface Entrants {
  entrants: Entrant[];
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
}

/** Somebody on the list. */
export interface Entrant {
  id: number;
  seed: number;
  name: string;
  status: EntryStatus;
  rating: number | null;
  club: string;
  region: string;
  checked_in_at: string | null;
  player: string | null;
  members: Member[];
}

/** A player on a team's roster. */
export interface Member {
  id: number;
  name: string;
  captain: boolean;
}

/** Entrants after a change, by seed. */
export interface ChangedEntrants {
  status: string;
  entrants: Entrant[];
}

/** Entrants that the organiser adds, or a player's own entry. */
export interface EntrantsBody {
  /** The organiser adds these names. */
  players?: string[] | null;
  /** The organiser adds these. */
  entrants?: EntrantBody[] | null;
  /** The name of the team that you register; a player goes by the own name. */
  name?: string;
  /** The tournament's code, where one is needed. */
  code?: string;
  /** The others of your team. */
  members?: string[];
  rating?: number | null;
  club?: string;
  region?: string;
}

/** An entrant after a change. */
export interface OneEntrant {
  status: string;
  entrant: Entrant;
}

/** What changes about an entrant; what is left out stays. */
export interface EntrantChange {
  /** The reason, for the record. */
  why?: string;
  name?: string | null;
  rating?: number | null;
  club?: string | null;
  region?: string | null;
  /** Admit or decline somebody who asked. */
  status?: "declined" | "entered" | null;
}

/** Something was done. */
export interface Confirmation {
  status: string;
  message: string;
}

/** An action that is written into the record, with a reason. */
export interface Why {
  /** The reason, for the record. */
  why?: string;
}

/** A new name. */
export interface NameBody {
  name: string;
}

/** Who takes an entrant's place. */
export interface ReplaceBody {
  /** The reason, for the record. */
  why?: string;
  /** Its id, or its name. */
  entrant: number | string;
  name: string;
}

/** How far the day is. */
export interface Day {
  status: string;
  state: TournamentState;
}

/** Whether it is open. */
export interface PhaseBody {
  open?: boolean;
}

/** Who is there. */
export interface Arrived {
  status: string;
  entrant?: Entrant;
  /** How many, when all were checked in. */
  message?: string;
}

/** Who is there: an entrant, all of them, or oneself when left out. */
export interface CheckInBody {
  entrant?: number | string | null;
  all?: boolean;
  /** False takes a check-in back. */
  present?: boolean;
}

/** A new order of the draw: one of these. */
export interface SeedsBody {
  /** The ids of all who take part, the strongest first. */
  order?: number[] | null;
  by?: "lot" | "rating" | null;
  /** A number to shuffle by; the same number makes the same order again. */
  lot?: number | null;
}

/** The draw of the first stage as it would be made now. */
export interface Draw {
  /** Why the tournament could not start now; empty if it could. */
  refusal: string;
  /** What is to be expected of so many rounds for so few, such as that no pairing will be left. */
  warning: string;
  /** Whether the players are still to be shuffled, at the start. */
  shuffled: boolean;
  /** How many of the first seeds sit out the first round of an elimination. */
  byes: number;
  /** By the seeds that they would get; in the order of the list where they are shuffled. */
  entrants: EntrantBrief[];
  /** Of a bracket of up to 256. */
  rounds: DrawnRound[];
  /** Of a round robin in several groups that is not shuffled. */
  groups: DrawnGroup[];
}

/** A round of a bracket that is drawn. */
export interface DrawnRound {
  number: number;
  name: string;
  part: Part;
  matches: DrawnMatch[];
}

/** A place in a bracket that is drawn; it has no id before the start. */
export interface DrawnMatch {
  key: string;
  state: PairingState;
  sides: DrawnSide[];
}

/** What stands on a side of a match that is drawn. */
export interface DrawnSide {
  slot: Slot;
  seed: number | null;
  /** The name, whose winner or loser comes, or that nobody does. */
  text: string;
}

/** A group of a round robin that is drawn. */
export interface DrawnGroup {
  name: string;
  entrants: EntrantBrief[];
}

/** A tournament that has begun. */
export interface Started {
  status: string;
  brackets: string[][];
  tournament: Brief;
}

/** A tournament that was called off. */
export interface Ended {
  status: string;
  tournament: Brief;
}

/** An action on an entrant. */
export interface EntrantRef {
  /** The reason, for the record. */
  why?: string;
  /** Its id, or its name. */
  entrant: number | string;
}

/** Somebody is in again. */
export interface Reinstated {
  status: string;
  /** Forfeited matches that are open again. */
  matches: Match[];
}

/** An action that took another back. */
export interface Undone {
  status: string;
  action: Action;
}

/** What somebody did. */
export interface Action {
  number: number;
  at: string;
  by: string;
  verb: string;
  text: string;
  why: string;
  undone: boolean;
}

/** What to undo: the last action, unless it is left as it is. */
export interface UndoBody {
  /** The reason, for the record. */
  why?: string;
  /** Leave the last action as it is, so that the one before it comes next. */
  skip?: boolean;
  /** Of the action that you mean; refused when it is not the last one any more. */
  number?: number | null;
}

/** The record, the newest first. */
export interface Actions {
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
  actions: Action[];
  /** The number of the action that an undo would take back; null for none. */
  undoable: number | null;
}

/** A match after a change. */
export interface Entered {
  status: string;
  match: Match;
}

/** A result: games won by each side, or how it ended without them. */
export interface ResultBody {
  /** The reason, for the record. */
  why?: string;
  /** Games won by each side, such as `[2, 1]`; of a single game its points, such as `[16, 9]`. */
  scores?: number[] | null;
  /** Games that neither side won, where a match may be drawn. */
  drawn?: number | null;
  /** The points of each game, such as `[[11, 5], [7, 11], [11, 9]]`: `scores` follow from them. */
  games?: [number, number][];
  outcome?: "double_forfeit" | "draw" | "forfeit" | "played";
  /** Who wins by forfeit: the index of a side, or the name of its entrant. */
  winner?: number | string | null;
  /** The match's `revision` that you have seen; a 409 says that somebody else was quicker. */
  revision?: number | null;
}

/** How a match stands that is still played. */
export interface LiveBody {
  /** Games won so far by each side, of a single game its points; `[]` for none yet. */
  scores: number[];
}

/** A result reopened, or what that would do. */
export interface Reopened {
  status: string;
  dry_run: boolean;
  /** Later matches, already played, that are emptied. */
  emptied: EmptiedMatch[];
}

/** A match that loses its result. */
export interface EmptiedMatch {
  /** The same before its sides are known and after; for all routes of a match. */
  id: string;
  /** Its name in its group, such as `W1.2`, `GF` or `R3.1`. */
  key: string;
  round: number;
  number: number;
  state: PairingState;
  best_of: number;
  /** The index of the side that won, or goes on. */
  winner: number | null;
  winner_to: Place | null;
  loser_to: Place | null;
  /** Games won by each side. */
  scores: number[];
  /** The points of each game, where they were given. */
  games: [number, number][];
  /** How it stands while it is played; of a single game the points. */
  live_scores: number[];
  /** How it ended. */
  outcome: Outcome | null;
  /** Counts its results; a correction says which it has seen. */
  revision: number;
  station: string | null;
  sides: Side[];
  stage: number;
}

/** Which result to reopen, and whether only to say what would follow. */
export interface ReopenBody {
  /** The reason, for the record. */
  why?: string;
  /** Only list what would be emptied. */
  dry_run?: boolean;
}

/** A round that was paired. */
export interface Paired {
  status: string;
  round: PairedRound;
}

/** A round of a Swiss as it is paired. */
export interface PairedRound {
  number: number;
  name: string;
  part: Part;
  matches: Match[];
  /** In a table: who sits this round out, and why. */
  byes: Bye[];
  /** How else than by the Dutch system it was paired, and what that gave up; empty otherwise. */
  note: string;
}

/** How the next round of a Swiss is paired. */
export interface RoundBody {
  /** The reason, for the record. */
  why?: string;
  /** `quick` keeps only the absolute rules, and always takes little time. */
  engine?: "dutch" | "quick";
  /** Instead of an engine: who meets, by id or name, White first, in the order of the boards. */
  pairs?: ([number | string, number | string])[] | null;
  /** Whether two who have met may meet again in `pairs`; the record says so. */
  repeats?: boolean;
  /** The number of the stage; the one that runs if left out. */
  stage?: number | null;
}

/** The next round of a Swiss, to be paired by hand. */
export interface NextRound {
  number: number;
  /** Who plays, the leaders first. */
  players: Present[];
  /** Who asked to sit it out. */
  byes: Bye[];
  /** As a beginning, White first: legal where that is possible, else by the standings. */
  pairs: [number, number][];
}

/** Somebody who plays a round that is not yet paired. */
export interface Present {
  entrant: number;
  name: string;
  /** The ids of those who play it too and were met before. */
  met: number[];
}

/** Why a round of a Swiss was paired as it was, by the results as they are now. */
export interface RoundReasons {
  stage: number;
  number: number;
  name: string;
  /** Absolute rules that the round does not keep; empty for the Dutch system. */
  broken: string[];
  boards: BoardReasons[];
  /** Why it is this player who rests; empty when nobody does. */
  bye: PairingReason[];
  /** The topscorers, and how often each criterion could not be met. */
  whole: PairingReason[];
}

/** Why two were paired, and with these colours. */
export interface BoardReasons {
  board: number;
  white: number;
  /** The entrants' ids. */
  black: number;
  reasons: PairingReason[];
}

/** A sentence about a round, with what it goes by. */
export interface PairingReason {
  words: string;
  /** The article or criterion of FIDE C.04.3, such as `1.4`, `5.2.1` or `C12`. */
  article: string;
}

/** A stage that was ended. */
export interface EndedStage {
  status: string;
  stage: StageBrief;
}

/** A stage in one line. */
export interface StageBrief {
  number: number;
  name: string;
  format: Format;
  state: StageState;
}

/** A round after a change. */
export interface ChangedRound {
  status: string;
  round: RoundLength;
}

/** How long a round's matches are. */
export interface RoundLength {
  number: number;
  name: string;
  best_of: number;
}

/** The length of a round's matches. */
export interface BestOfBody {
  /** Games in a match. */
  best_of: number;
}

/** Somebody who came late. */
export interface Late {
  status: string;
  entrant: Entrant;
  from_round: number;
}

/** Somebody who comes late to a Swiss. */
export interface LateBody {
  name: string;
  rating?: number | null;
  club?: string;
  region?: string;
  /** The first round to play in; the next one if left out. */
  from_round?: number | null;
  /** The reason, for the record. */
  why?: string;
}

/** A bye that was given. */
export interface GivenBye {
  status: string;
  bye: Bye;
}

/** A round that somebody sits out in a Swiss. */
export interface ByeBody {
  /** The reason, for the record. */
  why?: string;
  /** Its id, or its name. */
  entrant: number | string;
  /** The number of a round that is not yet paired; the next one if left out. */
  round?: number | null;
  kind?: "full_point" | "half_point" | "zero_point";
}

/** A bye that is cancelled. */
export interface NoByeBody {
  /** The reason, for the record. */
  why?: string;
  /** Its id, or its name. */
  entrant: number | string;
  /** The number of a round that is not yet paired; the next one if left out. */
  round?: number | null;
}

/** The stations, in order. */
export interface Stations {
  stations: Station[];
}

/** A table, court or console. */
export interface Station {
  id: number;
  number: number;
  name: string;
  match: string | null;
}

/** Stations after a change, in order. */
export interface ChangedStations {
  status: string;
  stations: Station[];
}

/** Tables, courts or consoles. */
export interface StationsBody {
  names: string[];
}

/** Matches that were given a station. */
export interface Called {
  status: string;
  matches: Match[];
}

/** A station after a change. */
export interface OneStation {
  status: string;
  station: Station;
}

/** Where a match is played or a judge judges; null for no station. */
export interface StationBody {
  /** The station's id. */
  station: number | null;
}

/** Estimated starts, by the ids of matches. */
export interface Schedule {
  starts: Record<string, string>;
}

/** The judges. */
export interface Judges {
  judges: Judge[];
}

/** Somebody who may enter results. */
export interface Judge {
  id: number;
  name: string;
  player: string | null;
  station: number | null;
}

/** A new judge. */
export interface NewJudge {
  status: string;
  judge: Judge;
  /** Shown this once; none for a registered player. */
  token?: string;
}

/** A judge: anybody by a token, or a registered player. */
export interface JudgeBody {
  name: string;
  /** Whether it is the registered player of that name, who then needs no token. */
  is_player?: boolean;
  /** The id of the only station to judge at. */
  station?: number | null;
}

/** A judge after a change. */
export interface OneJudge {
  status: string;
  judge: Judge;
}

/** A tournament out of a file. */
export interface Imported {
  status: string;
  tournament: Brief;
  /** The organiser's token, shown this once. */
  token: string;
  /** What is not carried over, what contradicts itself, and a guessed encoding. */
  warnings?: string[];
}

/** What an import would make; nothing is stored. */
export interface ImportPreview {
  source: string;
  name: string;
  state: string;
  /** Their names, by the seeds. */
  entrants: string[];
  /** Names with final places, where the source says some and it is over. */
  places: [string, string][];
  stages: StagePreview[];
  played: number;
  open: number;
  /** What is not carried over, and whose final place is another one in the file. */
  warnings: string[];
}

/** A stage as an import would make it. */
export interface StagePreview {
  title: string;
  format: string;
  state: string;
  groups: number;
  entrants: number;
  played: number;
  /** Matches to be played, as far as they are drawn; with a bracket reset that may not be. */
  open: number;
}

/** Entrants out of a file. */
export interface AddedList {
  status: string;
  entrants: Entrant[];
  /** A guessed encoding, and columns that are not used. */
  warnings?: string[];
}

/** A file of entrants as it was understood; nobody is added. */
export interface ReadList {
  status: string;
  encoding: string;
  /** Whether the encoding is a guess, which `charset` in the `Content-Type` replaces. */
  guessed: boolean;
  /** None without a header line. */
  columns: ReadColumn[];
  /** In the order of their seeds in the file. */
  entrants: ReadEntrant[];
  warnings: string[];
}

/** A column of a file. */
export interface ReadColumn {
  title: string;
  /** What its cells are read as: name, surname, first name, rating, club, region, seed, member. */
  meaning: string;
}

/** An entrant as a file has it. */
export interface ReadEntrant {
  line: number;
  name: string;
  rating: number | null;
  club: string;
  region: string;
  members: string[];
}

/** A line of chat that was taken away. */
export interface LineDeleted {
  status: "Deleted";
  seq: number;
}

/** A muted player, or a muted address. */
export interface PlayerMuted {
  status: "Muted";
  until: string;
}

/** Whom to silence, a player or the author of a line, and for how long; 0 minutes ends it. */
export interface MuteBody {
  player?: string | null;
  line?: number | null;
  minutes?: number;
  reason?: string;
}

/** What has come, and from where to go on. */
export interface FeedFacts {
  status: "Facts";
  facts: FeedFact[];
  /** The `after` of the next request. */
  cursor: string;
}

/** A fact, as webhooks have it. */
export interface FeedFact {
  /** The same as the header `webhook-id`; also a cursor. */
  id: string;
  type: string;
  at: string;
  /** The fact in words. */
  text: string;
  /** By its type. */
  data: unknown;
}

/** The cursor is too old, or of a log that was replaced: read anew how things stand. */
export interface FeedResync {
  status: "Resync";
  message: string;
  /** Where the feed stands now. */
  cursor: string;
}

/** How a message is written. */
export type WebhookFormat = "standard" | "discord";

/** Whether an endpoint is sent anything. */
export type EndpointState = "active" | "parked" | "disabled";

/** Endpoints, the oldest first unless they are sorted otherwise. */
export interface Webhooks {
  webhooks: Webhook[];
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
}

/** An address that is sent facts. */
export interface Webhook {
  id: string;
  name: string;
  url: string;
  format: WebhookFormat;
  /** Empty for all. */
  types: string[];
  pool: string | null;
  tournament: string | null;
  state: EndpointState;
  /** Why it is not sent anything, or what failed last; empty when all is well. */
  why: string;
  /** Facts that it has not got yet, of any type. */
  backlog: number;
  /** Attempts that failed since the last that did not. */
  failures: number;
  next_attempt_at: string | null;
  succeeded_at: string | null;
  created_at: string;
  /** Only in the answer that made it. */
  secret?: string;
}

/** A new webhook: for the whole site, for a pool, or for a tournament. */
export interface EndpointBody {
  name: string;
  url: string;
  format?: WebhookFormat;
  /** The types of facts to send; empty for all. */
  types?: string[];
  /** A pool's short name. */
  pool?: string | null;
  tournament?: string | null;
}

/** What to change of a webhook. */
export interface EndpointChanges {
  name?: string;
  url?: string;
  format?: WebhookFormat;
  types?: string[];
  /** `active` lets one that was parked or disabled go on, at once. */
  state?: "active" | "disabled";
}

/** A message, and the attempts to deliver it. */
export interface Delivery {
  /** Its id: the header `webhook-id`. */
  message: string;
  type: string;
  delivered: boolean;
  attempts: DeliveryAttempt[];
}

/** One request, and what came of it. */
export interface DeliveryAttempt {
  at: string;
  /** Null when there was no answer. */
  status: number | null;
  milliseconds: number;
  error: string;
  /** The first 1,024 letters of the answer. */
  answer: string;
}

/** What to send again: one message, or all from one on, in order. */
export interface ReplayBody {
  /** The id of one message. */
  message?: string | null;
  /** The id of the first of many. */
  since?: string | null;
}

/** Deliveries of an endpoint, the last first. */
export interface Deliveries {
  deliveries: Delivery[];
  /** The `cursor` of the part after it; null at the end. The header `Link` has its address. */
  next: string | null;
}

export type Event = ChatEvent | ChatDeletedEvent | MatchedEvent | EntryEvent | BracketEvent | StageEvent | RoundEvent | StationEvent | AllocatedEvent | StartedEvent | ScoreEvent | PlayerLeftEvent | PlaceFilledEvent | ResultReportedEvent | ResultDisputedEvent | MatchFinishedEvent | MatchReopenedEvent | TournamentEvent;

export type ServerMessage = Welcome | Resync | Presence | Waiting | Matched | Explained | ReadyCheckOpen | ReadyCheckOver | Left | Pong | Error | Room | State | Position | GameOver | Said | Live;

export type ClientMessage = Chat | Resume | Ping | Accept | Decline | Leave | Input | Move | Resign | MakeOffer | AcceptOffer | DeclineOffer | Rematch | Say;

/** A line of chat. */
export interface ChatData {
  player: PlayerName;
  text: string;
}

/** A line of chat that a moderator has deleted: its number is left. */
export interface ErasedData {
  deleted: true;
}

/** A committed fact of a stream's log. */
export interface ChatEvent {
  type: "chat";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: ChatData | ErasedData;
}

/** The line of chat to take away. */
export interface ChatDeletedData {
  seq: number;
}

/** A committed fact of a stream's log. */
export interface ChatDeletedEvent {
  type: "chat_deleted";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: ChatDeletedData;
}

/** A match that a pool made. */
export interface MatchedData {
  news: Headline;
  match: MatchBrief;
  /** In the order they queued. */
  players: MatchedPlayer[];
}

/** How the lobby shows an event in one line. */
export interface Headline {
  tag: string;
  text: string;
}

/** A matched player and their ticket. */
export interface MatchedPlayer {
  /** Null for a name without a player. */
  id: string | null;
  username: string;
  /** Where teams play, or more than two sides. */
  side?: number;
  /** What they are in their team, if the pool has roles. */
  role?: string;
  ticket: string;
}

/** A committed fact of a stream's log. */
export interface MatchedEvent {
  type: "matched";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: MatchedData;
}

/** An entry that changed. */
export interface EntryData {
  tournament: Brief;
  entrant: EntrantBrief;
  change: EntryChange;
}

/** The change of an entry that `entry_changed` announces. */
export type EntryChange = "absent" | "applied" | "checked_in" | "declined" | "entered" | "left" | "moved_up" | "renamed" | "unchecked" | "waiting";

/** A committed fact of a stream's log. */
export interface EntryEvent {
  type: "entry";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: EntryData;
}

/** A stage that began. */
export interface BracketData {
  news: Headline;
  tournament: Brief;
  stage: StageBrief;
  /** The first pairs of the first round; a bye is a pair of one. */
  brackets: string[][];
  /** How many there are; none as long as a Swiss is not paired. */
  pairs: number;
}

/** A committed fact of a stream's log. */
export interface BracketEvent {
  type: "bracket";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: BracketData;
}

/** A committed fact of a stream's log. */
export interface StageEvent {
  type: "stage";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: BracketData;
}

/** A round that was paired, or withdrawn. */
export interface RoundData {
  news: Headline;
  tournament: Brief;
  round: number;
  /** The first pairs. */
  brackets: string[][];
  /** How many there are; 0 when the round was withdrawn, and will be paired again. */
  pairs: number;
}

/** A committed fact of a stream's log. */
export interface RoundEvent {
  type: "round";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: RoundData;
}

/** Matches of a tournament that changed. */
export interface PairingsData {
  news: Headline;
  tournament: Brief;
  /** The one that it is about first, then those that changed with it. */
  matches: Match[];
}

/** A committed fact of a stream's log. */
export interface StationEvent {
  type: "station";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: PairingsData;
}

/** A match of which a game server has said something; ask for the match to see what. */
export interface MatchBriefData {
  match: MatchBrief;
}

/** A committed fact of a stream's log. */
export interface AllocatedEvent {
  type: "allocated";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: MatchBriefData;
}

/** A committed fact of a stream's log. */
export interface StartedEvent {
  type: "started";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: MatchBriefData;
}

/** The score of a pool's match that is being played. */
export interface LiveData {
  match: MatchBrief;
  live_scores: number[];
}

/** A committed fact of a stream's log. */
export interface ScoreEvent {
  type: "score";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: PairingsData | LiveData;
}

/** Somebody who left a match that goes on, or took a place in it. */
export interface SeatData {
  match: MatchBrief;
  player: PlayerName;
  side: number;
}

/** A committed fact of a stream's log. */
export interface PlayerLeftEvent {
  type: "player_left";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: SeatData;
}

/** A committed fact of a stream's log. */
export interface PlaceFilledEvent {
  type: "place_filled";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: SeatData;
}

/** A result that a player has reported. */
export interface ReportData {
  match: MatchBrief;
  report: Report;
}

/** A committed fact of a stream's log. */
export interface ResultReportedEvent {
  type: "result_reported";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: ReportData;
}

/** A committed fact of a stream's log. */
export interface ResultDisputedEvent {
  type: "result_disputed";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: ReportData;
}

/** A pool's match. */
export interface MatchData {
  news: Headline;
  match: MatchSummary;
}

/** A committed fact of a stream's log. */
export interface MatchFinishedEvent {
  type: "match_finished";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: MatchData | PairingsData;
}

/** A tournament's result that was reopened, and what changed with it. */
export interface ReopenedPairingsData {
  news: Headline;
  tournament: Brief;
  /** The one that it is about first, then those that changed with it. */
  matches: Match[];
  /** Whether later stages were taken down, so that the tournament should be read again. */
  rebuilt: boolean;
}

/** A committed fact of a stream's log. */
export interface MatchReopenedEvent {
  type: "match_reopened";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: MatchData | ReopenedPairingsData;
}

/** A tournament that moved on; its state says how far. */
export interface TournamentData {
  news: Headline;
  tournament: Brief;
  winner: string | null;
}

/** A committed fact of a stream's log. */
export interface TournamentEvent {
  type: "tournament";
  stream: string;
  epoch: string;
  seq: number;
  at: string;
  text: string;
  data: TournamentData;
}

/** First on every stream's socket: where the stream stands, who you are, what was said last. */
export interface Welcome {
  type: "welcome";
  stream: string;
  epoch: string;
  seq: number;
  you: PlayerName | null;
  recent: Event[];
}

/** What you have cannot be continued: forget it and start from the last `welcome`. */
export interface Resync {
  type: "resync";
  stream: string;
  epoch: string;
  seq: number;
  text: string;
}

/** The people in the lobby and those who wait, as of now; not logged, the last one counts. */
export interface Presence {
  type: "presence";
  online: Online;
  waiting: WaitingNames;
}

/** The people in the lobby. */
export interface Online {
  count: number;
  /** The first of those who have a name. */
  people: PlayerName[];
}

/** The waiting players of all pools. */
export interface WaitingNames {
  count: number;
  /** The first of them. */
  names: string[];
}

/** On the queue socket: you are in the queue. */
export interface Waiting {
  type: "waiting";
  text: string;
  you: PlayerName;
  ticket: Ticket;
  token: string | null;
}

/** On the queue socket: you were matched, or `match` is still open from before. */
export interface Matched {
  type: "matched";
  text: string;
  you: PlayerName;
  match: MatchBrief;
  players: MatchPlayer[];
  token: string | null;
}

/** On the queue socket, while you wait and when it has changed: why there is no match yet. */
export interface Explained {
  type: "explained";
  text: string;
  ticket: string;
  place: number;
  window: number | null;
  fitting: number;
  estimate_seconds: number | null;
}

/** On the queue socket: a match was found; accept it before `deadline`. */
export interface ReadyCheckOpen {
  type: "ready_check";
  text: string;
  ticket: string;
  check: ReadyCheck;
}

/** On the queue socket: the match was not accepted by all. */
export interface ReadyCheckOver {
  type: "ready_check_over";
  text: string;
  ticket: Ticket;
}

/** On the queue socket: the ticket is closed without a match. */
export interface Left {
  type: "left";
  text: string;
  ticket: TicketEnd;
}

/** A ticket that is closed, in one line. */
export interface TicketEnd {
  id: string;
  state: TicketState;
  reason?: "party" | "pool_closed";
}

/** The answer to `ping`. */
export interface Pong {
  type: "pong";
}

/** What was wrong with the last message, and how to correct it; the socket stays open. */
export interface Error {
  type: "error";
  code: string;
  message: string;
}

/** How the match stands, sent first and whenever it changes. */
export interface Room {
  type: "room";
  text: string;
  game: string;
  settings: Record<string, unknown>;
  phase: Phase;
  /** Your side; null for a spectator. */
  you: number | null;
  sides: SideNow[];
  /** The number of the game in the match, from 1. */
  number: number;
  best_of: number;
  /** The points of each side in this game. */
  scores: number[];
  /** How long until play begins, in a countdown. */
  countdown_ms: number | null;
  /** The side whose absence time runs now. */
  absent: number | null;
  spectators: number;
  /** How far behind the play a spectator is. */
  delay_ms: number;
  /** The id of the rematch, once both sides want it. */
  next_match?: string | null;
}

/** What a room does now. */
export type Phase = "countdown" | "over" | "paused" | "playing" | "waiting";

/** One side of a match that is played here. */
export interface SideNow {
  name: string;
  /** Whether a player of this side is connected. */
  here: boolean;
  /** How much longer this side may be away, in the whole match, before it loses. */
  absence_ms: number;
  /** Games won. */
  won: number;
  /** Whether it wants to play again. */
  rematch?: boolean;
}

/** A real-time game at one step. `applied` are the numbers of the last inputs used. */
export interface State {
  type: "state";
  number: number;
  step: number;
  applied: number[];
  view: Record<string, unknown>;
}

/** A game of turns after one move: what you see, whose turn it is, and your legal moves. */
export interface Position {
  type: "position";
  number: number;
  /** How many moves have been made. */
  ply: number;
  view: Record<string, unknown>;
  to_move: number | null;
  /** Your moves; empty when it is not your turn. */
  legal: string[];
  /** The last move; null before the first, or if you may not see it yet. */
  last: string | null;
  /** All moves so far, as they are written; `?` for one that you may not see yet. */
  moves: string[];
  /** What is left on each side's clock, when this was sent. */
  clocks_ms: number[];
  /** The side whose clock runs. */
  running: number | null;
  offer: Offer | null;
  /** What you may offer: `draw`, `takeback`. */
  offers: string[];
}

/** What a side offers, until the other answers or moves. */
export interface Offer {
  side: number;
  /** `draw` or `takeback`. */
  what: string;
}

/** A game ended; the match goes on unless the next `room` says that it is over. */
export interface GameOver {
  type: "game_over";
  text: string;
  number: number;
  winner: number | null;
  scores: number[];
  reason: string;
}

/** Somebody said something in this room. It is not stored. */
export interface Said {
  type: "said";
  name: string;
  /** The side of a player; null for a spectator. */
  side: number | null;
  text: string;
}

/** On the lobby's socket: the matches that are played here now. Not logged; the last counts. */
export interface Live {
  type: "live";
  count: number;
  /** The first of them. */
  matches: LiveMatch[];
}

/** A match that is being played here. */
export interface LiveMatch {
  id: string;
  game: string;
  /** What the game is called. */
  game_name: string;
  sides: string[];
  /** The points of the game that is played. */
  scores: number[];
  /** Games won. */
  won: number[];
  best_of: number;
  spectators: number;
}

/** Say something in the lobby. */
export interface Chat {
  type: "chat";
  text: string;
}

/** Send what came after `seq` of that epoch. */
export interface Resume {
  type: "resume";
  epoch: string;
  seq: number;
}

/** Ask for a `pong`. */
export interface Ping {
  type: "ping";
}

/** On the queue socket: accept the match that was found. */
export interface Accept {
  type: "accept";
  check?: string | null;
}

/** On the queue socket: decline it, which ends the ticket. */
export interface Decline {
  type: "decline";
  check?: string | null;
}

/** On the queue socket: leave the queue; the socket closes. */
export interface Leave {
  type: "leave";
}

/**
 * Hold a move from a step on, in a real-time game. `n` is the step at which it shall count, by
 * the client's clock; it rises from input to input. Without it the input counts at the next
 * step. One that comes too late counts at the next step.
 */
export interface Input {
  type: "input";
  move: string;
  n?: number | null;
}

/** Make a move in a game of turns. With `ply`, only if so many moves have been made. */
export interface Move {
  type: "move";
  move: string;
  ply?: number | null;
}

/** Give up the game that is being played. */
export interface Resign {
  type: "resign";
}

/** Offer a `draw`, or ask to take back your last move (`takeback`). */
export interface MakeOffer {
  type: "offer";
  what: string;
}

/** Agree to the other side's offer. */
export interface AcceptOffer {
  type: "accept";
}

/** Do not agree to it, or take your own offer back. */
export interface DeclineOffer {
  type: "decline";
}

/** After a match of a pool: play the same opponent again, once both want to. */
export interface Rematch {
  type: "rematch";
}

/** Say something in this room. */
export interface Say {
  type: "chat";
  text: string;
}
