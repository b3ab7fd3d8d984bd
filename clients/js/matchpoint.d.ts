import type { Action, Arrived, ChangedEntrants, Draw, Ended, Entered, Entrant, EntrantBody, Event, Leaderboard, Line, Match, MatchDetail, MatchLeft, MatchResultBody, OneEntrant, Paired, PartyEntered, PartyLeft, PartyShown, PlayerName, PlayerProfile, Pool, QueueLeft, QueueMatched, QueueProposed, QueueWaiting, Reopened, Resync, ResultAnswer, ResultBody, SettingsBody, Standings, Started, TicketEnded, TicketMatched, TicketProposed, TicketWaiting, Tournament, TournamentBody, Undone, Welcome } from "./types.d.ts";
export type Queued = QueueWaiting | QueueProposed | QueueMatched;
export type TicketShown = TicketWaiting | TicketProposed | TicketMatched | TicketEnded;
export type Position = {
    epoch: string;
    seq: number;
};
export type Settings = {
    /**
     * where the site is; in a browser, where the page comes from
     */
    url?: string;
    /**
     * who speaks; without one, the first call makes a guest
     */
    token?: string | null;
    /**
     * for how many seconds a call is tried again
     */
    patience?: number;
    /**
     * where the environment has none, as Node 20
     */
    WebSocket?: typeof WebSocket;
};
/**
 * How long to wait before the next try: full jitter under a bound that doubles.
 *
 * @param {number} attempt
 * @param {() => number} [random]
 * @param {number} [longest]
 */
export declare function backoff(attempt: number, random?: () => number, longest?: number): number;
/**
 * A request that was not done, or a stream that cannot go on; `status` is 0 where no answer came.
 *
 */
export declare class MatchpointError extends Error {
    code: string;
    status: number;
    /** Whether an earlier try of the same request may have been done already. */
    maybeDone: boolean;
    /**
     * @param {string} code one stable word, see the site's docs/protocol.md
     * @param {string} message a sentence that says what to change
     * @param {number} [status] of HTTP, or a socket's close code
     */
    constructor(code: string, message: string, status?: number);
}
/**
 * Puts frames in order: says of each what it means for the reader.
 *
 * Without a position yet, the first welcome's snapshot is the start.
 */
export declare class Sequence {
    #private;
    epoch: string;
    seq: number;
    /** @type {Welcome | null} */
    welcome: Welcome | null;
    /** @param {Partial<Position>} [position] */
    constructor({ epoch, seq }?: Partial<Position>);
    get hasPosition(): boolean;
    /** The part of the address that says from where to go on. */
    get query(): string;
    /**
     * What a frame of the log means: {events}, {snapshot}, {hole: true} or nothing.
     *
     * @param {any} frame
     * @returns {{ events?: Event[], snapshot?: Event[], hole?: true }}
     */
    take(frame: any): {
        events?: Event[];
        snapshot?: Event[];
        hole?: true;
    };
}
/**
 * A stream of events over a socket that comes and goes: every event once, in order, no holes.
 *
 * Read it with `for await (const event of stream)`, which connects by itself: the last events, at
 * most 50, then each one that happens; a `resync` among them means that what came before is to be
 * forgotten. Or listen, and `start()`: it emits `event`, `snapshot`, `presence`, `live`, `refused`,
 * `you`, `state`, `pong`, and for what a room sends beside its log `message` and `bytes`.
 */
export declare class Stream extends EventTarget {
    #private;
    state: string;
    /**
     * `path` such as /ws, below `url` or the page's own site; `epoch` and `seq` of what the reader
     * already has, if it knows. `protocol` is offered to the server; without `sleeps` the socket
     * stays while nobody looks at the page.
     *
     * @param {Settings & Partial<Position> & {
     *   path: string, protocol?: string, sleeps?: boolean }} settings
     */
    constructor({ path, url, token, epoch, seq, protocol, sleeps, WebSocket, }: Settings & Partial<Position> & {
        path: string;
        protocol?: string;
        sleeps?: boolean;
    });
    /** After the last event that came. */
    get position(): {
        epoch: string;
        seq: number;
    };
    /** Connect, and stay connected; in a page, while it is looked at. */
    start(): void;
    /** Disconnect for good. */
    stop(): void;
    /**
     * Send a message, or bytes, now; false when there is no live socket to send it by.
     *
     * @param {object} message
     */
    send(message: object): boolean;
    /** Connect at once, whatever the wait. */
    retry(): void;
    /** @returns {AsyncGenerator<Event | Resync, void, void>} */
    [Symbol.asyncIterator](): AsyncGenerator<Event | Resync, void, void>;
}
/** A value as one part of an address, whatever is in it. @param {unknown} value */
export declare const part: (value: unknown) => string;
/** The fields that are there. @param {Record<string, unknown>} fields */
export declare const given: (fields: Record<string, unknown>) => {
    [k: string]: unknown;
};
/** Requests to a site, tried again where that is safe; `Client` and `GameServer` stand on it. */
export declare class Site {
    #private;
    url: string;
    token: string | null;
    patience: number;
    WebSocket: {
        new (url: string | URL, protocols?: string | string[]): WebSocket;
        prototype: WebSocket;
        readonly CONNECTING: 0;
        readonly OPEN: 1;
        readonly CLOSING: 2;
        readonly CLOSED: 3;
    } | undefined;
    /** @param {Settings} settings */
    constructor({ url, token, patience, WebSocket }: Settings);
    /**
     * Send a request and return its answer; throws a MatchpointError.
     *
     * It is tried again while `patience` lasts, if nothing was done, or if `again` says that doing
     * it twice does no harm (by default of every method but POST). Each try has the same
     * Idempotency-Key. Once the `signal` has come, it is not tried again.
     *
     * @param {string} method
     * @param {string} path
     * @param {{ body?: unknown, query?: Record<string, unknown>, token?: string | null,
     *   again?: boolean, patience?: number, signal?: AbortSignal }} [how]
     * @returns {Promise<any>}
     */
    send(method: string, path: string, how?: {
        body?: unknown;
        query?: Record<string, unknown>;
        token?: string | null;
        again?: boolean;
        patience?: number;
        signal?: AbortSignal;
    }): Promise<any>;
    /**
     * Every line of a list that is read in pages: `name` is that of its lines in an answer.
     *
     * @param {string} path
     * @param {string} name
     * @param {Record<string, unknown>} query
     * @param {string | null} [token]
     * @returns {AsyncGenerator<any, void, void>}
     */
    lines(path: string, name: string, query: Record<string, unknown>, token?: string | null): AsyncGenerator<any, void, void>;
    /**
     * @param {string} path
     * @param {Partial<Position>} [after]
     * @param {string | null} [token]
     */
    stream(path: string, after?: Partial<Position>, token?: string | null): Stream;
}
/**
 * A player or an organiser at a site.
 *
 * What can be tried again without harm is tried again for `patience` seconds while the site is out
 * of reach, or asks to wait. Whatever is refused throws a MatchpointError.
 */
export declare class Client {
    #private;
    matches: Matches;
    parties: Parties;
    tournaments: Tournaments;
    /** @param {Settings} [settings] */
    constructor(settings?: Settings);
    /** The token of the player: keep it, it is the only proof of a guest. */
    get token(): string | null;
    /**
     * Join a queue, alone or with the party that you lead. While you wait it is the ticket that you
     * have; with a match unfinished, that match.
     *
     * @param {string} [pool]
     * @param {{ username?: string, party?: string, regions?: string[],
     *   attributes?: Record<string, unknown>, roles?: string[] }} [wishes]
     */
    queue(pool?: string, wishes?: {
        username?: string;
        party?: string;
        regions?: string[];
        attributes?: Record<string, unknown>;
        roles?: string[];
    }): Promise<Ticket>;
    /** All pools, with their rules and how they do. @returns {Promise<Pool[]>} */
    pools(): Promise<Pool[]>;
    /**
     * One of them.
     *
     * @param {string} slug
     * @returns {Promise<Pool>}
     */
    pool(slug: string): Promise<Pool>;
    /**
     * The table of a pool.
     *
     * @param {string} pool
     * @param {{ limit?: number, offset?: number, search?: string }} [query]
     * @returns {Promise<Leaderboard>}
     */
    leaderboard(pool: string, query?: {
        limit?: number;
        offset?: number;
        search?: string;
    }): Promise<Leaderboard>;
    /**
     * A player's ratings and last matches.
     *
     * @param {string} id
     * @returns {Promise<PlayerProfile>}
     */
    player(id: string): Promise<PlayerProfile>;
    /** Withdraw a guest's token, and take a new one. */
    replaceToken(): Promise<string>;
    /** The events of the lobby: chat, matches, tournaments. @param {Position} [after] */
    lobby(after?: Position): Stream;
}
/**
 * One wait in a pool. `await ticket.matched()` waits for its match;
 * `for await (const now of ticket)` has each change, until the match or another end.
 */
export declare class Ticket {
    #private;
    answer: Queued;
    /** @type {PlayerName} */
    player: PlayerName;
    /** Empty when a match of this pool goes on from before. */
    id: string;
    /** @param {Site} site @param {Queued} answer */
    constructor(site: Site, answer: Queued);
    /**
     * How it stands, held for up to `wait` seconds until it changes.
     *
     * @returns {Promise<TicketShown>}
     */
    look({ wait }?: {
        wait?: number | undefined;
    }): Promise<TicketShown>;
    /** @returns {AsyncGenerator<TicketShown, void, void>} */
    [Symbol.asyncIterator](): AsyncGenerator<TicketShown, void, void>;
    /**
     * Wait for the match, and accept it where the pool asks, unless told not to. Throws if the wait
     * ends without one; the error's code is how: `cancelled`, `declined`, `expired` or `slept`.
     *
     * @returns {Promise<MatchDetail>}
     */
    matched({ accept }?: {
        accept?: boolean | undefined;
    }): Promise<MatchDetail>;
    /**
     * Accept the match that was found.
     *
     * @param {string} [check]
     * @returns {Promise<TicketShown>}
     */
    accept(check?: string): Promise<TicketShown>;
    /**
     * Decline it, which ends the wait.
     *
     * @param {string} [check]
     * @returns {Promise<TicketShown>}
     */
    decline(check?: string): Promise<TicketShown>;
    /** Leave the queue. @returns {Promise<QueueLeft>} */
    leave(): Promise<QueueLeft>;
}
/** Matches: show, report, confirm, dispute, leave, follow. */
declare class Matches {
    #private;
    /** @param {Site} site */
    constructor(site: Site);
    /**
     * A match, with its connection data for those in it.
     *
     * @param {string} match
     * @returns {Promise<MatchDetail>}
     */
    show(match: string): Promise<MatchDetail>;
    /**
     * All finished matches of a player, the last first.
     *
     * @param {string} player
     * @returns {AsyncGenerator<MatchDetail, void, void>}
     */
    ofPlayer(player: string): AsyncGenerator<MatchDetail, void, void>;
    /**
     * Say how it ended, such as `{ scores: [2, 1] }`, or that a side did not come:
     * `{ outcome: "forfeit", winner: 0 }`. The others are asked.
     *
     * @param {string} match @param {MatchResultBody} result @returns {Promise<ResultAnswer>}
     */
    report(match: string, result: MatchResultBody): Promise<ResultAnswer>;
    /**
     * Agree with what another reported.
     *
     * @param {string} match
     * @param {string} [report]
     */
    confirm(match: string, report?: string): Promise<ResultAnswer>;
    /**
     * Disagree with it: the organiser decides.
     *
     * @param {string} match
     * @param {string} [report]
     */
    dispute(match: string, report?: string): Promise<ResultAnswer>;
    /**
     * Leave an unfinished match, which concedes it unless others play on.
     *
     * @param {string} match
     * @returns {Promise<MatchLeft>}
     */
    leave(match: string): Promise<MatchLeft>;
    /**
     * What becomes of a match.
     *
     * @param {string} match
     * @param {Position} [after]
     */
    events(match: string, after?: Position): Stream;
}
/** Parties: players who queue together, and play on one side. */
declare class Parties {
    #private;
    /** @param {Site} site */
    constructor(site: Site);
    /**
     * Make a party, which its maker leads and queues by its `code`.
     *
     * @param {{ pool?: string, username?: string }} [body]
     */
    create(body?: {
        pool?: string;
        username?: string;
    }): Promise<PartyEntered>;
    /**
     * Join a party.
     *
     * @param {string} code
     * @param {{ username?: string }} [body]
     */
    join(code: string, body?: {
        username?: string;
    }): Promise<PartyEntered>;
    /**
     * A party of your own.
     *
     * @param {string} code
     * @returns {Promise<PartyShown>}
     */
    show(code: string): Promise<PartyShown>;
    /**
     * Leave a party; its wait ends.
     *
     * @param {string} code
     * @returns {Promise<PartyLeft>}
     */
    leave(code: string): Promise<PartyLeft>;
}
/** All tournaments of a site. */
declare class Tournaments {
    #private;
    /** @param {Site} site */
    constructor(site: Site);
    /**
     * Make a tournament, and start it unless `start` is false or players enter by themselves. Keep
     * the `token` of what is returned: it is the organiser's, and shown this once.
     *
     * @param {TournamentBody} body
     */
    create(body: TournamentBody): Promise<OneTournament>;
    /**
     * A tournament by its id; `token` is its organiser's or a judge's, if not yours.
     *
     * @param {string} id
     * @param {string} [token]
     */
    at(id: string, token?: string): OneTournament;
    /**
     * All of them, the newest first.
     *
     * @param {string} [state]
     * @returns {AsyncGenerator<Line, void, void>}
     */
    list(state?: string): AsyncGenerator<Line, void, void>;
}
/**
 * One tournament, and what may be done with its token. `call` does what has no method here: every
 * route is in the site's docs/api.md.
 */
export declare class OneTournament {
    #private;
    id: string;
    token: string | null;
    /**
     * @param {Site} site
     * @param {string} id
     * @param {string | null} token
     */
    constructor(site: Site, id: string, token: string | null);
    /**
     * Send a request below the tournament's address.
     *
     * @param {string} method
     * @param {string} [path]
     * @param {unknown} [body]
     * @param {boolean} [again]
     */
    call(method: string, path?: string, body?: unknown, again?: boolean): Promise<any>;
    /** What becomes of the tournament. @param {Position} [after] */
    events(after?: Position): Stream;
    /** All of it: settings, entrants, stages and every match. @returns {Promise<Tournament>} */
    show(): Promise<Tournament>;
    /** Everybody on the list, by seed. @returns {Promise<Entrant[]>} */
    entrants(): Promise<Entrant[]>;
    /** By stage and group, and the final places. @returns {Promise<Standings>} */
    standings(): Promise<Standings>;
    /** As it would be drawn now, before the start. @returns {Promise<Draw>} */
    draw(): Promise<Draw>;
    /**
     * Who did what, the last first; for the organiser and judges.
     *
     * @returns {AsyncGenerator<Action, void, void>}
     */
    actions(): AsyncGenerator<Action, void, void>;
    /**
     * Change settings.
     *
     * @param {SettingsBody} settings
     * @returns {Promise<Tournament>}
     */
    change(settings: SettingsBody): Promise<Tournament>;
    /** Let players enter. */
    openRegistration(): Promise<any>;
    /** Let players check in. */
    openCheckIn(): Promise<any>;
    /**
     * Add players by name, or with more about them.
     *
     * @param {(string | EntrantBody)[]} entrants
     * @returns {Promise<ChangedEntrants>}
     */
    add(...entrants: (string | EntrantBody)[]): Promise<ChangedEntrants>;
    /**
     * Enter yourself.
     *
     * @param {string} [code]
     * @returns {Promise<ChangedEntrants>}
     */
    enter(code?: string): Promise<ChangedEntrants>;
    /**
     * Check in yourself, or an entrant by id or name.
     *
     * @param {number | string} [entrant]
     * @returns {Promise<Arrived>}
     */
    checkIn(entrant?: number | string): Promise<Arrived>;
    /** Draw the entrants, and begin the first stage. @returns {Promise<Started>} */
    start(): Promise<Started>;
    /**
     * Every match in the order of stages, groups and rounds, such as the `ready` ones.
     *
     * @param {string} [state]
     * @returns {Promise<Match[]>}
     */
    matches(state?: string): Promise<Match[]>;
    /**
     * Enter a result; with `revision` it corrects the one that is there.
     *
     * @param {string} match
     * @param {ResultBody} result
     * @returns {Promise<Entered>}
     */
    result(match: string, result: ResultBody): Promise<Entered>;
    /**
     * Say how a match stands that is still played.
     *
     * @param {string} match
     * @param {number[]} scores
     * @returns {Promise<Entered>}
     */
    live(match: string, scores: number[]): Promise<Entered>;
    /**
     * Take a result back, and with it the later ones built on it.
     *
     * @param {string} match
     * @param {{ why?: string, dry_run?: boolean }} [how]
     * @returns {Promise<Reopened>}
     */
    reopen(match: string, how?: {
        why?: string;
        dry_run?: boolean;
    }): Promise<Reopened>;
    /** Pair and publish the next round of a Swiss. @returns {Promise<Paired>} */
    pairRound(): Promise<Paired>;
    /**
     * Let an entrant leave; its open matches are forfeits.
     *
     * @param {number | string} entrant
     * @param {string} [why]
     * @returns {Promise<OneEntrant>}
     */
    withdraw(entrant: number | string, why?: string): Promise<OneEntrant>;
    /**
     * Undo the last action; `number` makes sure which.
     *
     * @param {number} [number]
     * @returns {Promise<Undone>}
     */
    undo(number?: number): Promise<Undone>;
    /**
     * Call the tournament off.
     *
     * @param {string} [why]
     * @returns {Promise<Ended>}
     */
    cancel(why?: string): Promise<Ended>;
}
export {};
