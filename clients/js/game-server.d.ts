import { Site } from "./matchpoint.js";
import type { AllocationBody, ExternalPlayer, FeedFact, LeftBody, MatchDetail, Refused, ServerResultBody, TicketBody, Told } from "./types.d.ts";
import type { Position, Queued, Settings, Stream, TicketShown } from "./matchpoint.js";
export type Wanted = {
    /**
     * a cursor
     */
    after?: string;
    types?: string[];
    pool?: string;
    tournament?: string;
};
/**
 * @typedef {object} Wanted which facts
 * @property {string} [after] a cursor
 * @property {string[]} [types]
 * @property {string} [pool]
 * @property {string} [tournament]
 */
/**
 * A server whose matches are made by a site, and which decides how they end.
 *
 * A player is named by the id that the game has for them, or by the site's. Every call may be made
 * again: what was done stays done once. The client itself tries again for `patience` seconds while
 * the site is out of reach. Whatever is refused throws a MatchpointError.
 */
export declare class GameServer {
    #private;
    /** @param {Omit<Settings, "token"> & { key: string }} settings */
    constructor({ key, patience, ...settings }: Omit<Settings, "token"> & {
        key: string;
    });
    /**
     * Make a player of the game's, or rename them.
     *
     * @param {string} externalId
     * @param {string} name
     * @returns {Promise<ExternalPlayer>}
     */
    player(externalId: string, name: string): Promise<ExternalPlayer>;
    /**
     * A token with which the player's own program speaks for them, for so long.
     *
     * @param {string} externalId
     * @returns {Promise<string>}
     */
    playerToken(externalId: string, { seconds }?: {
        seconds?: number | undefined;
    }): Promise<string>;
    /**
     * End all tokens of a player, and close what they opened.
     *
     * @param {string} externalId
     * @returns {Promise<void>}
     */
    endPlayerTokens(externalId: string): Promise<void>;
    /**
     * Queue players, alone or as parties: a ticket is a list of players, or says also what the pool
     * asks. An answer for each ticket, in order, with the `status` `Waiting`, `Proposed` or
     * `Matched`, or `Error` with a `code` and a `message`.
     *
     * @param {string} pool
     * @param {(string[] | TicketBody)[]} tickets
     */
    queue(pool: string, ...tickets: (string[] | TicketBody)[]): Promise<(Refused | Queued)[]>;
    /**
     * How a ticket stands, held for up to `wait` seconds (at most 30); a sign of life, too.
     *
     * @param {string} ticket
     * @returns {Promise<TicketShown>}
     */
    ticket(ticket: string, { wait }?: {
        wait?: number | undefined;
    }): Promise<TicketShown>;
    /**
     * Take a ticket out of the queue.
     *
     * @param {string} ticket
     * @returns {Promise<void>}
     */
    leaveQueue(ticket: string): Promise<void>;
    /** What happens on the site, from a cursor on; see `Feed`. @param {Wanted} [wanted] */
    feed(wanted?: Wanted): Feed;
    /**
     * All facts as a stream over a socket, as fast as they happen; see `Stream`.
     *
     * @param {Position} [after]
     * @returns {Stream}
     */
    facts(after?: Position): Stream;
    /**
     * A match, with its connection data.
     *
     * @param {string} match
     * @returns {Promise<MatchDetail>}
     */
    match(match: string): Promise<MatchDetail>;
    /**
     * Matches of a pool or a tournament, such as those that are `open`.
     *
     * @param {{ pool?: string, tournament?: string, state?: string }} [which]
     * @returns {AsyncGenerator<MatchDetail, void, void>}
     */
    matches(which?: {
        pool?: string;
        tournament?: string;
        state?: string;
    }): AsyncGenerator<MatchDetail, void, void>;
    /**
     * Say where a match is played; only those in it are shown this, and each side alone its own part
     * of `by_side`.
     *
     * @param {string} match
     * @param {string} address
     * @param {Omit<AllocationBody, "address">} [more]
     * @returns {Promise<Told>}
     */
    allocate(match: string, address: string, more?: Omit<AllocationBody, "address">): Promise<Told>;
    /** Say that play has begun. @param {string} match */
    start(match: string): Promise<Told>;
    /**
     * Say how it stands; with a growing `sequence`, an older score never replaces a newer.
     *
     * @param {string} match
     * @param {number[]} scores
     * @param {number} [sequence]
     */
    live(match: string, scores: number[], sequence?: number): Promise<Told>;
    /**
     * Say how it ended, and what each player did; ratings move.
     *
     * @param {string} match
     * @param {ServerResultBody} ending
     */
    result(match: string, ending: ServerResultBody): Promise<Told>;
    /** Call it off: it counts for nothing. @param {string} match */
    void(match: string, why?: string): Promise<Told>;
    /**
     * Say that a player has left; with `backfill` the place is offered to the queue.
     *
     * @param {string} match
     * @param {string} player
     * @param {Omit<LeftBody, "player">} [more]
     */
    left(match: string, player: string, more?: Omit<LeftBody, "player">): Promise<Told>;
}
/**
 * Facts of a site, which never end by themselves: `for await (const fact of feed)`.
 *
 * It begins after a cursor, or without one when it is opened. Each fact comes once, in the order of
 * the commits, over any outage of the site. Store `cursor` once you have handled a fact, and begin
 * `after` it another time: nothing is missed meanwhile. Only when the site has not kept what came
 * after it, a fact of the type `resync` says that: read anew how things stand.
 */
export declare class Feed {
    #private;
    /** After the last fact that was handed out. */
    cursor: string | undefined;
    /** @param {Site} site @param {Wanted} wanted */
    constructor(site: Site, { after, types, pool, tournament }: Wanted);
    /** Begin, if that was not done: what happens from now on will come. */
    open(): Promise<this>;
    /** End it: who reads gets no more. */
    stop(): void;
    /** @returns {AsyncGenerator<FeedFact, void, void>} */
    [Symbol.asyncIterator](): AsyncGenerator<FeedFact, void, void>;
}
