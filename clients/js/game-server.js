/* What a game server does on a site, by a service key: on a server, in Node 20 or newer. A page has
   no use for it, since a key does not work there. */

import { Site, given, part } from "./matchpoint.js";

/**
 * @import {
 *   AllocationBody, ExternalPlayer, FeedFact, LeftBody, MatchDetail, Refused,
 *   ServerResultBody, TicketBody, Told
 * } from "./types.d.ts"
 * @import { Position, Queued, Settings, Stream, TicketShown } from "./matchpoint.js"
 */

const PATIENCE_SECONDS = 120;
const BATCH_SIZE = 100; // tickets that the site takes in one request
const PAGE_SIZE = 100;
const HOLD_SECONDS = 25;

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
export class GameServer {
  #site;

  /** @param {Omit<Settings, "token"> & { key: string }} settings */
  constructor({ key, patience = PATIENCE_SECONDS, ...settings }) {
    this.#site = new Site({ ...settings, patience, token: key });
  }

  // Players.

  /**
   * Make a player of the game's, or rename them.
   *
   * @param {string} externalId
   * @param {string} name
   * @returns {Promise<ExternalPlayer>}
   */
  player(externalId, name) {
    return this.#site.send("PUT", player(externalId), { body: { name } });
  }

  /**
   * A token with which the player's own program speaks for them, for so long.
   *
   * @param {string} externalId
   * @returns {Promise<string>}
   */
  async playerToken(externalId, { seconds = 3600 } = {}) {
    const how = { body: { seconds }, again: true };
    return (await this.#site.send("POST", `${player(externalId)}/token`, how)).token;
  }

  /**
   * End all tokens of a player, and close what they opened.
   *
   * @param {string} externalId
   * @returns {Promise<void>}
   */
  async endPlayerTokens(externalId) {
    await this.#site.send("DELETE", `${player(externalId)}/token`);
  }

  // The queue.

  /**
   * Queue players, alone or as parties: a ticket is a list of players, or says also what the pool
   * asks. An answer for each ticket, in order, with the `status` `Waiting`, `Proposed` or
   * `Matched`, or `Error` with a `code` and a `message`.
   *
   * @param {string} pool
   * @param {(string[] | TicketBody)[]} tickets
   */
  async queue(pool, ...tickets) {
    const listed = tickets.map((one) => (Array.isArray(one) ? { players: one } : one));
    /** @type {(Queued | Refused)[]} */
    const answers = [];
    for (let first = 0; first < listed.length; first += BATCH_SIZE) {
      const body = { pool, tickets: listed.slice(first, first + BATCH_SIZE) };
      const answer = await this.#site.send("POST", "/api/tickets", { body, again: true });
      answers.push(...answer.tickets);
    }
    return answers;
  }

  /**
   * How a ticket stands, held for up to `wait` seconds (at most 30); a sign of life, too.
   *
   * @param {string} ticket
   * @returns {Promise<TicketShown>}
   */
  ticket(ticket, { wait = 0 } = {}) {
    return this.#site.send("GET", `/matchmaking/tickets/${part(ticket)}`, { query: { wait } });
  }

  /**
   * Take a ticket out of the queue.
   *
   * @param {string} ticket
   * @returns {Promise<void>}
   */
  async leaveQueue(ticket) {
    await this.#site.send("DELETE", `/matchmaking/tickets/${part(ticket)}`);
  }

  // Matches.

  /** What happens on the site, from a cursor on; see `Feed`. @param {Wanted} [wanted] */
  feed(wanted = {}) {
    return new Feed(this.#site, wanted);
  }

  /**
   * All facts as a stream over a socket, as fast as they happen; see `Stream`.
   *
   * @param {Position} [after]
   * @returns {Stream}
   */
  facts(after) {
    return this.#site.stream("/feed/ws", after);
  }

  /**
   * A match, with its connection data.
   *
   * @param {string} match
   * @returns {Promise<MatchDetail>}
   */
  match(match) {
    return this.#site.send("GET", `/matches/${part(match)}`);
  }

  /**
   * Matches of a pool or a tournament, such as those that are `open`.
   *
   * @param {{ pool?: string, tournament?: string, state?: string }} [which]
   * @returns {AsyncGenerator<MatchDetail, void, void>}
   */
  async *matches(which = {}) {
    /** @type {string | undefined} */
    let cursor;
    do {
      const query = { ...which, size: PAGE_SIZE, cursor };
      const answer = await this.#site.send("GET", "/api/matches", { query });
      yield* answer.matches;
      cursor = answer.next;
    } while (cursor);
  }

  /**
   * Say where a match is played; only those in it are shown this, and each side alone its own part
   * of `by_side`.
   *
   * @param {string} match
   * @param {string} address
   * @param {Omit<AllocationBody, "address">} [more]
   * @returns {Promise<Told>}
   */
  allocate(match, address, more = {}) {
    return this.#site.send("PUT", `${path(match)}/allocation`, { body: { address, ...more } });
  }

  /** Say that play has begun. @param {string} match */
  start(match) {
    return this.#tell(match, "start");
  }

  /**
   * Say how it stands; with a growing `sequence`, an older score never replaces a newer.
   *
   * @param {string} match
   * @param {number[]} scores
   * @param {number} [sequence]
   */
  live(match, scores, sequence) {
    return this.#tell(match, "live", given({ scores, sequence }));
  }

  /**
   * Say how it ended, and what each player did; ratings move.
   *
   * @param {string} match
   * @param {ServerResultBody} ending
   */
  result(match, ending) {
    return this.#tell(match, "result", ending);
  }

  /** Call it off: it counts for nothing. @param {string} match */
  void(match, why = "") {
    return this.#tell(match, "void", { why });
  }

  /**
   * Say that a player has left; with `backfill` the place is offered to the queue.
   *
   * @param {string} match
   * @param {string} player
   * @param {Omit<LeftBody, "player">} [more]
   */
  left(match, player, more = {}) {
    return this.#tell(match, "left", { player, ...more });
  }

  /**
   * The site has each of these once, however often it comes.
   *
   * @param {string} match
   * @param {string} what
   * @param {unknown} [body]
   * @returns {Promise<Told>}
   */
  #tell(match, what, body) {
    return this.#site.send("POST", `${path(match)}/${what}`, { body, again: true });
  }
}

/**
 * Facts of a site, which never end by themselves: `for await (const fact of feed)`.
 *
 * It begins after a cursor, or without one when it is opened. Each fact comes once, in the order of
 * the commits, over any outage of the site. Store `cursor` once you have handled a fact, and begin
 * `after` it another time: nothing is missed meanwhile. Only when the site has not kept what came
 * after it, a fact of the type `resync` says that: read anew how things stand.
 */
export class Feed {
  #site;
  #query;
  #next;
  /** @type {FeedFact[]} */
  #ready = [];
  #life = new AbortController();

  /** @param {Site} site @param {Wanted} wanted */
  constructor(site, { after, types = [], pool, tournament }) {
    this.#site = site;
    this.#query = { types: types.join(",") || undefined, pool, tournament };
    this.#next = after;
    /** After the last fact that was handed out. */
    this.cursor = after;
  }

  /** Begin, if that was not done: what happens from now on will come. */
  async open() {
    if (this.#next === undefined) {
      await this.#read(0);
    }
    return this;
  }

  /** End it: who reads gets no more. */
  stop() {
    this.#life.abort();
  }

  /** @returns {AsyncGenerator<FeedFact, void, void>} */
  async *[Symbol.asyncIterator]() {
    const { signal } = this.#life;
    const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await this.open();
    while (!signal.aborted) {
      const fact = this.#ready.shift();
      if (fact) {
        this.cursor = fact.id;
        yield fact;
      } else {
        await Promise.race([this.#read(HOLD_SECONDS), stopped]);
      }
    }
  }

  /** @param {number} wait */
  async #read(wait) {
    const after = this.#next;
    const { signal } = this.#life;
    const answer = await this.#site.send("GET", "/api/feed", {
      query: { ...this.#query, after, wait },
      patience: after === undefined ? undefined : Infinity,
      signal,
    });
    this.#next = answer.cursor;
    if (answer.status === "Facts") {
      this.#ready.push(...answer.facts);
    } else {
      const at = new Date().toISOString();
      this.#ready.push({ id: answer.cursor, type: "resync", at, text: answer.message, data: {} });
    }
    if (!this.#ready.length) {
      this.cursor = answer.cursor;
    }
  }
}

/** @param {string} externalId */
const player = (externalId) => `/api/external-players/${part(externalId)}`;

/** @param {string} match */
const path = (match) => `/api/matches/${part(match)}`;
