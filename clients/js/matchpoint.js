/* A client of Matchpoint for browsers and Node: queues, matches, tournaments, and streams that
   resume by themselves. It depends on nothing but fetch and WebSocket. */

/**
 * @import {
 *   Action, Arrived, ChangedEntrants, Created, Draw, Ended, Entered, Entrant, EntrantBody, Event,
 *   Leaderboard, Line, Match, MatchDetail, MatchLeft, MatchResultBody, OneEntrant, Paired,
 *   PartyEntered, PartyLeft, PartyShown, PlayerName, PlayerProfile, Pool, QueueLeft, QueueMatched,
 *   QueueProposed, QueueWaiting, Reopened, Resync, ResultAnswer, ResultBody, SettingsBody,
 *   Standings, Started, TicketEnded, TicketMatched, TicketProposed, TicketWaiting, Tournament,
 *   TournamentBody, Undone, Welcome
 * } from "./types.d.ts"
 */

/** @typedef {QueueWaiting | QueueProposed | QueueMatched} Queued */
/** @typedef {TicketWaiting | TicketProposed | TicketMatched | TicketEnded} TicketShown */
/** @typedef {{ epoch: string, seq: number }} Position a place in a stream, after the event `seq` */
/**
 * @typedef {object} Settings
 * @property {string} [url] where the site is; in a browser, where the page comes from
 * @property {string | null} [token] who speaks; without one, the first call makes a guest
 * @property {number} [patience] for how many seconds a call is tried again
 * @property {typeof WebSocket} [WebSocket] where the environment has none, as Node 20
 */

// Streams.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const TOO_FAST_WAIT_MS = 10_000;
const STEADY_MS = 10_000; // a connection that lived so long was a good one
const OPEN_WITHIN_MS = 15_000;
const HEAL_WITHIN_MS = 10_000;
const PING_EVERY_MS = 25_000;
const SILENCE_MS = 60_000;
const HIDDEN_MS = 5 * 60_000;

// Close codes after which reconnecting with the same request would not help.
const FINAL_CODES = new Map([
  [4400, "malformed"], [4401, "unidentified"], [4403, "forbidden"], [4404, "not_found"],
]);
const TOO_FAST = 4429;
const OPEN = 1; // WebSocket.OPEN

/**
 * How long to wait before the next try: full jitter under a bound that doubles.
 *
 * @param {number} attempt
 * @param {() => number} [random]
 * @param {number} [longest]
 */
export function backoff(attempt, random = Math.random, longest = LONGEST_WAIT_MS) {
  const bound = Math.min(longest, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(random() * bound);
}

/**
 * A request that was not done, or a stream that cannot go on; `status` is 0 where no answer came.
 *
 */
export class MatchpointError extends Error {
  /**
   * @param {string} code one stable word, see the site's docs/protocol.md
   * @param {string} message a sentence that says what to change
   * @param {number} [status] of HTTP, or a socket's close code
   */
  constructor(code, message, status = 0) {
    super(message);
    this.name = "MatchpointError";
    this.code = code;
    this.status = status;
    /** Whether an earlier try of the same request may have been done already. */
    this.maybeDone = false;
  }
}

/**
 * Puts frames in order: says of each what it means for the reader.
 *
 * Without a position yet, the first welcome's snapshot is the start.
 */
export class Sequence {
  /** @param {Partial<Position>} [position] */
  constructor({ epoch = "", seq = 0 } = {}) {
    this.epoch = epoch;
    this.seq = seq;
    /** @type {Welcome | null} */
    this.welcome = null;
  }

  get hasPosition() {
    return this.epoch !== "";
  }

  /** The part of the address that says from where to go on. */
  get query() {
    const position = new URLSearchParams({ epoch: this.epoch, since: String(this.seq) });
    return this.hasPosition ? `?${position}` : "";
  }

  /**
   * What a frame of the log means: {events}, {snapshot}, {hole: true} or nothing.
   *
   * @param {any} frame
   * @returns {{ events?: Event[], snapshot?: Event[], hole?: true }}
   */
  take(frame) {
    if (frame.type === "welcome") {
      this.welcome = frame;
      return this.hasPosition ? {} : this.#start(frame);
    }
    if (frame.type === "resync") {
      return this.#start(/** @type {Welcome} */ (this.welcome));
    }
    if (frame.epoch !== this.epoch || frame.seq <= this.seq) {
      return {};
    }
    if (frame.seq !== this.seq + 1) {
      return { hole: true };
    }
    this.seq = frame.seq;
    return { events: [frame] };
  }

  /** @param {Welcome} welcome */
  #start({ epoch, seq, recent }) {
    this.epoch = epoch;
    this.seq = seq;
    return { snapshot: recent };
  }
}

/**
 * A stream of events over a socket that comes and goes: every event once, in order, no holes.
 *
 * Read it with `for await (const event of stream)`, which connects by itself: the last events, at
 * most 50, then each one that happens; a `resync` among them means that what came before is to be
 * forgotten. Or listen, and `start()`: it emits `event`, `snapshot`, `presence`, `live`, `refused`,
 * `you`, `state`, `pong`, and for what a room sends beside its log `message` and `bytes`.
 */
export class Stream extends EventTarget {
  #address;
  #protocols;
  #sleeps;
  #WebSocket;
  #sequence;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  #receivedAt = 0;
  #healing = false;
  #wanted = false;
  #life = new AbortController();

  /**
   * `path` such as /ws, below `url` or the page's own site; `epoch` and `seq` of what the reader
   * already has, if it knows. `protocol` is offered to the server; without `sleeps` the socket
   * stays while nobody looks at the page.
   *
   * @param {Settings & Partial<Position> & {
   *   path: string, protocol?: string, sleeps?: boolean }} settings
   */
  constructor({
    path, url = originOf(), token, epoch, seq, protocol, sleeps = true,
    WebSocket = globalThis.WebSocket,
  }) {
    super();
    this.#address = url.replace(/^http/, "ws").replace(/\/$/, "") + path;
    this.#protocols = protocol ? [protocol] : [];
    if (token) {
      this.#protocols.push("matchpoint", `bearer.${token}`);
    }
    this.#sleeps = sleeps;
    this.#WebSocket = WebSocket;
    this.#sequence = new Sequence({ epoch, seq });
    this.state = "idle";
  }

  /** After the last event that came. */
  get position() {
    return { epoch: this.#sequence.epoch, seq: this.#sequence.seq };
  }

  /** Connect, and stay connected; in a page, while it is looked at. */
  start() {
    if (typeof document !== "undefined") {
      this.#followPage();
    }
    this.#wanted = true;
    this.#connect();
  }

  /** Disconnect for good. */
  stop() {
    this.#life.abort();
    this.#clear("hidden");
    this.#sleep();
  }

  /**
   * Send a message, or bytes, now; false when there is no live socket to send it by.
   *
   * @param {object} message
   */
  send(message) {
    if (this.state !== "live") {
      return false;
    }
    this.#socket?.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
    return true;
  }

  /** Connect at once, whatever the wait. */
  retry() {
    this.#wanted = true;
    if (this.#socket === null) {
      this.#clear("retry");
      this.#connect();
    } else if (Date.now() - this.#receivedAt > PING_EVERY_MS) {
      this.#probe(); // awake again: is anybody still there?
    }
  }

  /** @returns {AsyncGenerator<Event | Resync, void, void>} */
  async *[Symbol.asyncIterator]() {
    /** @type {(Event | Resync)[]} */
    const ready = [];
    /** @type {(value?: unknown) => void} */
    let wake = () => {};
    /** @type {MatchpointError | null} */
    let refused = null;
    let isFirst = !this.#sequence.hasPosition;
    const { signal } = this.#life;
    /** @param {string} type @param {(detail: any) => void} action */
    const on = (type, action) => {
      const listen = (/** @type {any} */ { detail }) => {
        action(detail);
        wake();
      };
      this.addEventListener(type, listen, { signal });
    };
    on("event", (event) => ready.push(event));
    on("snapshot", (recent) => {
      if (!isFirst) {
        const { epoch, seq } = this.position;
        const stream = /** @type {Welcome} */ (this.#sequence.welcome).stream;
        ready.push({ type: "resync", stream, epoch, seq, text: "Start anew from what follows." });
      }
      isFirst = false;
      ready.push(...recent);
    });
    on("state", ({ state, code }) => {
      if (state === "closed") {
        const word = FINAL_CODES.get(code) ?? "closed";
        refused = new MatchpointError(word, `The socket was closed with ${code}.`, code);
      }
    });
    signal.addEventListener("abort", () => wake());
    if (this.state === "idle") {
      this.start();
    }
    try {
      while (!signal.aborted) {
        while (ready.length) {
          yield /** @type {Event | Resync} */ (ready.shift());
        }
        if (refused) {
          throw refused;
        }
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.stop();
    }
  }

  #connect() {
    if (globalThis.navigator?.onLine === false) {
      this.#setState("offline");
      return;
    }
    this.#setState("connecting");
    const socket = new this.#WebSocket(this.#address + this.#sequence.query, this.#protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#receivedAt = Date.now();
    this.#healing = false;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#receive(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    socket.onerror = () => {}; // its close follows
    this.#after("open", OPEN_WITHIN_MS, () => this.#drop());
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    this.#receivedAt = Date.now();
    if (data instanceof ArrayBuffer) {
      this.#emit("bytes", data);
      return;
    }
    const frame = JSON.parse(data);
    switch (frame.type) {
      case "pong":
        this.#emit("pong");
        return;
      case "presence":
      case "live":
        this.#emit(frame.type, frame);
        return;
      case "error":
        this.#emit("refused", frame);
        return;
      case "welcome":
        this.#opened(frame);
        break;
      default:
        if (!("epoch" in frame)) {
          this.#emit("message", frame);
          return;
        }
    }
    const { events = [], snapshot, hole } = this.#sequence.take(frame);
    if (hole) {
      this.#heal();
    }
    if (snapshot) {
      this.#emit("snapshot", snapshot);
    }
    if (events.length || snapshot) {
      this.#healing = false;
      this.#clear("heal");
    }
    for (const event of events) {
      this.#emit("event", event);
    }
  }

  /** @param {Welcome} welcome */
  #opened(welcome) {
    this.#clear("open");
    this.#every("ping", PING_EVERY_MS, () => this.#probe());
    this.#after("steady", STEADY_MS, () => {
      this.#attempt = 0;
    });
    this.#setState("live");
    this.#emit("you", welcome.you);
  }

  #heal() {
    if (this.#healing) {
      return;
    }
    this.#healing = true;
    this.send({ type: "resume", ...this.position });
    this.#after("heal", HEAL_WITHIN_MS, () => this.#drop());
  }

  #probe() {
    if (Date.now() - this.#receivedAt > SILENCE_MS) {
      this.#drop();
    } else if (this.#socket?.readyState === OPEN) {
      this.#socket.send('{"type":"ping"}');
    }
  }

  /** Give up a socket that does not answer, without waiting for its close. */
  #drop() {
    this.#socket?.close();
    this.#lost(1006);
  }

  /** @param {number} code */
  #lost(code) {
    this.#forget();
    if (!this.#wanted) {
      this.#setState("asleep");
    } else if (FINAL_CODES.has(code)) {
      this.#wanted = false;
      this.#setState("closed", { code });
    } else if (globalThis.navigator?.onLine === false) {
      this.#setState("offline");
    } else {
      this.#wait(code === TOO_FAST ? TOO_FAST_WAIT_MS : 0);
    }
  }

  /** @param {number} least */
  #wait(least) {
    const until = Date.now() + least + backoff(this.#attempt);
    this.#attempt += 1;
    const look = () => {
      const left = until - Date.now();
      if (left <= 0) {
        this.#connect();
        return;
      }
      this.#setState("waiting", { seconds: Math.ceil(left / 1000) });
      this.#after("retry", Math.min(left, 1000), look);
    };
    look();
  }

  #forget() {
    this.#socket = null;
    for (const name of ["open", "ping", "steady", "heal", "retry"]) {
      this.#clear(name);
    }
  }

  // The page's life.

  #followPage() {
    const { signal } = this.#life;
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    document.addEventListener("freeze", () => this.#sleep(), { signal });
    window.addEventListener("pagehide", () => this.#sleep(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.retry(), { signal });
    window.addEventListener("online", () => this.retry(), { signal });
    window.addEventListener("offline", () => this.#offline(), { signal });
  }

  #looked() {
    if (document.hidden) {
      if (this.#sleeps) {
        this.#after("hidden", HIDDEN_MS, () => this.#sleep());
      }
    } else {
      this.#clear("hidden");
      this.retry();
    }
  }

  #sleep() {
    this.#wanted = false;
    const socket = this.#socket;
    this.#forget();
    socket?.close(1000);
    this.#setState("asleep");
  }

  #offline() {
    this.#socket?.close();
    this.#forget();
    this.#setState("offline");
  }

  /** @param {string} state @param {object} [detail] */
  #setState(state, detail = {}) {
    this.state = state;
    this.#emit("state", { state, ...detail });
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * @param {string} name
   * @param {number} wait
   * @param {() => void} action
   */
  #after(name, wait, action) {
    this.#clear(name);
    this.#timers.set(name, setTimeout(action, wait));
  }

  /**
   * @param {string} name
   * @param {number} wait
   * @param {() => void} action
   */
  #every(name, wait, action) {
    this.#clear(name);
    this.#timers.set(name, setInterval(action, wait));
  }

  /** @param {string} name */
  #clear(name) {
    clearTimeout(this.#timers.get(name)); // clears intervals as well (HTML, timers)
    this.#timers.delete(name);
  }
}

/** Where the page comes from; nowhere outside a page. */
function originOf() {
  if (typeof location === "undefined") {
    throw new TypeError("Say where the site is: { url }.");
  }
  return location.origin;
}

// Requests.

const ANSWER_WITHIN_MS = 45_000; // longer than the site holds a request
const LONGEST_RETRY_MS = 4_000;
const HOLD_SECONDS = 25;
const PAUSE_MS = 500;
const PAGE_SIZE = 100;
const NOT_DONE = new Set([408, 429, 503]); // the site says so
const UNKNOWN = new Set([502, 504]); // a proxy's words
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A value as one part of an address, whatever is in it. @param {unknown} value */
export const part = (value) => encodeURIComponent(String(value));

/** The fields that are there. @param {Record<string, unknown>} fields */
export const given = (fields) => Object.fromEntries(
  Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
);

/** Requests to a site, tried again where that is safe; `Client` and `GameServer` stand on it. */
export class Site {
  /** @param {Settings} settings */
  constructor({ url = originOf(), token = null, patience = 30, WebSocket }) {
    this.url = url.replace(/\/$/, "");
    this.token = token;
    this.patience = patience;
    this.WebSocket = WebSocket;
  }

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
  async send(method, path, how = {}) {
    const { body, query = {}, token, again = method !== "POST", signal } = how;
    const { patience = this.patience } = how;
    const asked = String(new URLSearchParams(/** @type {any} */ (given(query))));
    const address = this.url + path + (asked && `?${asked}`);
    const request = this.#request(method, body, token ?? this.token);
    const until = Date.now() + patience * 1000;
    let maybeDone = false;
    for (let attempt = 0; ; attempt += 1) {
      const { answer, failure, isKnown, least } = await ask(address, request);
      if (!failure) {
        return answer;
      }
      failure.maybeDone = maybeDone;
      const left = until - Date.now();
      const isSafe = isKnown || (again && isKnown !== null);
      if (!isSafe || left <= least || signal?.aborted) {
        throw failure;
      }
      maybeDone ||= !isKnown;
      await sleep(Math.min(left, least + backoff(attempt, Math.random, LONGEST_RETRY_MS)));
    }
  }

  /**
   * Every line of a list that is read in pages: `name` is that of its lines in an answer.
   *
   * @param {string} path
   * @param {string} name
   * @param {Record<string, unknown>} query
   * @param {string | null} [token]
   * @returns {AsyncGenerator<any, void, void>}
   */
  async *lines(path, name, query, token) {
    for (let cursor; cursor !== null; ) {
      const asked = { size: PAGE_SIZE, ...query, cursor };
      const answer = await this.send("GET", path, { query: asked, token });
      yield* answer[name];
      cursor = answer.next ?? null;
    }
  }

  /**
   * @param {string} method
   * @param {unknown} body
   * @param {string | null} token
   */
  #request(method, body, token) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (token) {
      headers.Authorization = `Bearer ${token}`;
    }
    if (method === "POST") {
      headers["Idempotency-Key"] = crypto.randomUUID();
    }
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    /** @type {RequestInit} */
    const request = { method, headers, credentials: "omit" };
    return body === undefined ? request : { ...request, body: JSON.stringify(body) };
  }

  /**
   * @param {string} path
   * @param {Partial<Position>} [after]
   * @param {string | null} [token]
   */
  stream(path, after = {}, token = this.token) {
    const { url, WebSocket } = this;
    return new Stream({ path, url, token, WebSocket, ...after });
  }
}

/**
 * One try. `isKnown`: nothing was done; false: that is not known; null: it is refused for good.
 *
 * @param {string} address
 * @param {RequestInit} request
 * @returns {Promise<{ answer?: any, failure?: MatchpointError, isKnown: boolean | null,
 *   least: number }>}
 */
async function ask(address, request) {
  try {
    const response = await fetch(address, {
      ...request, signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isJson ? await response.json() : await response.text();
    if (response.ok) {
      return { answer, isKnown: null, least: 0 };
    }
    const { status } = response;
    const { code = `status_${status}`, message = `The answer has the status ${status}.` } =
      isJson ? answer : {};
    const isKnown = NOT_DONE.has(status) || (UNKNOWN.has(status) ? false : null);
    const least = (Number(response.headers.get("Retry-After")) || 0) * 1000;
    return { failure: new MatchpointError(code, message, status), isKnown, least };
  } catch (error) {
    const { message, cause } = /** @type {any} */ (error);
    const isKnown = UNSENT.has(cause?.code);
    const words = isKnown ? "The site cannot be reached" : "The site did not answer";
    const code = isKnown ? "unreachable" : "no_answer";
    return { failure: new MatchpointError(code, `${words}: ${message}`), isKnown, least: 0 };
  }
}

// What a program does.

/**
 * A player or an organiser at a site.
 *
 * What can be tried again without harm is tried again for `patience` seconds while the site is out
 * of reach, or asks to wait. Whatever is refused throws a MatchpointError.
 */
export class Client {
  #site;

  /** @param {Settings} [settings] */
  constructor(settings = {}) {
    this.#site = new Site(settings);
    this.matches = new Matches(this.#site);
    this.parties = new Parties(this.#site);
    this.tournaments = new Tournaments(this.#site);
  }

  /** The token of the player: keep it, it is the only proof of a guest. */
  get token() {
    return this.#site.token;
  }

  /**
   * Join a queue, alone or with the party that you lead. While you wait it is the ticket that you
   * have; with a match unfinished, that match.
   *
   * @param {string} [pool]
   * @param {{ username?: string, party?: string, regions?: string[],
   *   attributes?: Record<string, unknown>, roles?: string[] }} [wishes]
   */
  async queue(pool = "default", wishes = {}) {
    const body = { pool, ...given(wishes) };
    const answer = await this.#site.send("POST", "/matchmaking", { body, again: true });
    this.#site.token ??= answer.token ?? null;
    return new Ticket(this.#site, answer);
  }

  /** All pools, with their rules and how they do. @returns {Promise<Pool[]>} */
  async pools() {
    return (await this.#site.send("GET", "/api/pools")).pools;
  }

  /**
   * One of them.
   *
   * @param {string} slug
   * @returns {Promise<Pool>}
   */
  pool(slug) {
    return this.#site.send("GET", `/api/pools/${part(slug)}`);
  }

  /**
   * The table of a pool.
   *
   * @param {string} pool
   * @param {{ limit?: number, offset?: number, search?: string }} [query]
   * @returns {Promise<Leaderboard>}
   */
  leaderboard(pool, query = {}) {
    return this.#site.send("GET", `/api/pools/${part(pool)}/leaderboard`, { query });
  }

  /**
   * A player's ratings and last matches.
   *
   * @param {string} id
   * @returns {Promise<PlayerProfile>}
   */
  player(id) {
    return this.#site.send("GET", `/api/players/${part(id)}`);
  }

  /** Withdraw a guest's token, and take a new one. */
  async replaceToken() {
    const { token } = await this.#site.send("POST", "/api/players/me/token");
    this.#site.token = token;
    return /** @type {string} */ (token);
  }

  /** The events of the lobby: chat, matches, tournaments. @param {Position} [after] */
  lobby(after) {
    return this.#site.stream("/ws", after);
  }
}

/**
 * One wait in a pool. `await ticket.matched()` waits for its match;
 * `for await (const now of ticket)` has each change, until the match or another end.
 */
export class Ticket {
  #site;

  /** @param {Site} site @param {Queued} answer */
  constructor(site, answer) {
    this.#site = site;
    this.answer = answer;
    /** @type {PlayerName} */
    this.player = answer.player;
    /** Empty when a match of this pool goes on from before. */
    this.id = answer.ticket?.id ?? "";
  }

  /**
   * How it stands, held for up to `wait` seconds until it changes.
   *
   * @returns {Promise<TicketShown>}
   */
  look({ wait = 0 } = {}) {
    return this.#site.send("GET", this.#path, { query: { wait } });
  }

  /** @returns {AsyncGenerator<TicketShown, void, void>} */
  async *[Symbol.asyncIterator]() {
    let last = "";
    for (;;) {
      const askedAt = Date.now();
      const now = await this.look({ wait: last ? HOLD_SECONDS : 0 });
      const text = JSON.stringify(now);
      if (text !== last) {
        last = text;
        yield now;
      } else if (Date.now() - askedAt < PAUSE_MS) {
        await sleep(PAUSE_MS);
      }
      if (now.status !== "Waiting" && now.status !== "Proposed") {
        return;
      }
    }
  }

  /**
   * Wait for the match, and accept it where the pool asks, unless told not to. Throws if the wait
   * ends without one; the error's code is how: `cancelled`, `declined`, `expired` or `slept`.
   *
   * @returns {Promise<MatchDetail>}
   */
  async matched({ accept = true } = {}) {
    if (this.answer.status === "Matched") {
      return this.#site.send("GET", `/matches/${part(this.answer.match.id)}`);
    }
    for await (const now of this) {
      if (now.status === "Matched") {
        return this.#site.send("GET", `/matches/${part(now.match?.id ?? "")}`);
      }
      if (now.status === "Proposed") {
        if (accept && now.check.answer === null) {
          await this.#acceptIfOpen(now.check.id);
        }
      } else if (now.status !== "Waiting") {
        throw new MatchpointError(now.status.toLowerCase(), now.message);
      }
    }
    throw new Error("The iteration ends with an end.");
  }

  /**
   * Accept the match that was found.
   *
   * @param {string} [check]
   * @returns {Promise<TicketShown>}
   */
  accept(check) {
    return this.#site.send("POST", `${this.#path}/accept`, { body: given({ check }), again: true });
  }

  /**
   * Decline it, which ends the wait.
   *
   * @param {string} [check]
   * @returns {Promise<TicketShown>}
   */
  async decline(check) {
    const how = { body: given({ check }), again: true };
    return this.#site.send("POST", `${this.#path}/decline`, how).catch((error) => {
      if (error.maybeDone && error.code === "ticket_declined") {
        return this.look();
      }
      throw error;
    });
  }

  /** Leave the queue. @returns {Promise<QueueLeft>} */
  leave() {
    return this.#site.send("DELETE", this.#path);
  }

  get #path() {
    return `/matchmaking/tickets/${part(this.id)}`;
  }

  /** @param {string} check */
  async #acceptIfOpen(check) {
    try {
      await this.accept(check);
    } catch (error) {
      const { code } = /** @type {MatchpointError} */ (error);
      if (!["check_over", "check_replaced", "no_check", "ticket_slept"].includes(code)) {
        throw error;
      }
    }
  }
}

/** Matches: show, report, confirm, dispute, leave, follow. */
class Matches {
  #site;

  /** @param {Site} site */
  constructor(site) {
    this.#site = site;
  }

  /**
   * A match, with its connection data for those in it.
   *
   * @param {string} match
   * @returns {Promise<MatchDetail>}
   */
  show(match) {
    return this.#site.send("GET", `/matches/${part(match)}`);
  }

  /**
   * All finished matches of a player, the last first.
   *
   * @param {string} player
   * @returns {AsyncGenerator<MatchDetail, void, void>}
   */
  ofPlayer(player) {
    const query = { player, state: "finished", sort: "-closed" };
    return this.#site.lines("/api/matches", "matches", query);
  }

  /**
   * Say how it ended, such as `{ scores: [2, 1] }`, or that a side did not come:
   * `{ outcome: "forfeit", winner: 0 }`. The others are asked.
   *
   * @param {string} match @param {MatchResultBody} result @returns {Promise<ResultAnswer>}
   */
  report(match, result) {
    return this.#result(match, "", result);
  }

  /**
   * Agree with what another reported.
   *
   * @param {string} match
   * @param {string} [report]
   */
  confirm(match, report) {
    return this.#result(match, "/confirm", given({ report }));
  }

  /**
   * Disagree with it: the organiser decides.
   *
   * @param {string} match
   * @param {string} [report]
   */
  dispute(match, report) {
    return this.#result(match, "/dispute", given({ report }));
  }

  /**
   * Leave an unfinished match, which concedes it unless others play on.
   *
   * @param {string} match
   * @returns {Promise<MatchLeft>}
   */
  async leave(match) {
    const path = `/matches/${part(match)}/leave`;
    return this.#site.send("POST", path, { again: true }).catch(async (error) => {
      if (error.maybeDone && error.code === "match_closed") {
        return { status: "Left", message: error.message, match: await this.show(match) };
      }
      throw error;
    });
  }

  /**
   * What becomes of a match.
   *
   * @param {string} match
   * @param {Position} [after]
   */
  events(match, after) {
    return this.#site.stream(`/matches/${part(match)}/ws`, after);
  }

  /**
   * @param {string} match
   * @param {string} answer
   * @param {object} body
   * @returns {Promise<ResultAnswer>}
   */
  #result(match, answer, body) {
    // Saying the same again changes nothing.
    const path = `/matches/${part(match)}/result${answer}`;
    return this.#site.send("POST", path, { body, again: true });
  }
}

/** Parties: players who queue together, and play on one side. */
class Parties {
  #site;

  /** @param {Site} site */
  constructor(site) {
    this.#site = site;
  }

  /**
   * Make a party, which its maker leads and queues by its `code`.
   *
   * @param {{ pool?: string, username?: string }} [body]
   */
  create(body = {}) {
    // Without a token, a repetition would make one more guest.
    return this.#entered(this.#site.send("POST", "/parties", { body }));
  }

  /**
   * Join a party.
   *
   * @param {string} code
   * @param {{ username?: string }} [body]
   */
  join(code, body = {}) {
    const again = this.#site.token !== null;
    return this.#entered(this.#site.send("POST", `/parties/${part(code)}/join`, { body, again }));
  }

  /**
   * A party of your own.
   *
   * @param {string} code
   * @returns {Promise<PartyShown>}
   */
  show(code) {
    return this.#site.send("GET", `/parties/${part(code)}`);
  }

  /**
   * Leave a party; its wait ends.
   *
   * @param {string} code
   * @returns {Promise<PartyLeft>}
   */
  leave(code) {
    return this.#site.send("DELETE", `/parties/${part(code)}/members/me`);
  }

  /** @param {Promise<any>} sent @returns {Promise<PartyEntered>} */
  async #entered(sent) {
    const answer = await sent;
    this.#site.token ??= answer.token ?? null;
    return answer;
  }
}

/** All tournaments of a site. */
class Tournaments {
  #site;

  /** @param {Site} site */
  constructor(site) {
    this.#site = site;
  }

  /**
   * Make a tournament, and start it unless `start` is false or players enter by themselves. Keep
   * the `token` of what is returned: it is the organiser's, and shown this once.
   *
   * @param {TournamentBody} body
   */
  async create(body) {
    /** @type {Created} */
    const created = await this.#site.send("POST", "/tournament", { body, again: true });
    return this.at(created.tournament.id, created.token);
  }

  /**
   * A tournament by its id; `token` is its organiser's or a judge's, if not yours.
   *
   * @param {string} id
   * @param {string} [token]
   */
  at(id, token) {
    return new OneTournament(this.#site, id, token ?? null);
  }

  /**
   * All of them, the newest first.
   *
   * @param {string} [state]
   * @returns {AsyncGenerator<Line, void, void>}
   */
  list(state) {
    return this.#site.lines("/api/tournaments", "tournaments", { state });
  }
}

/**
 * One tournament, and what may be done with its token. `call` does what has no method here: every
 * route is in the site's docs/api.md.
 */
export class OneTournament {
  #site;

  /**
   * @param {Site} site
   * @param {string} id
   * @param {string | null} token
   */
  constructor(site, id, token) {
    this.#site = site;
    this.id = id;
    this.token = token;
  }

  /**
   * Send a request below the tournament's address.
   *
   * @param {string} method
   * @param {string} [path]
   * @param {unknown} [body]
   * @param {boolean} [again]
   */
  call(method, path = "", body, again) {
    const address = `/api/tournaments/${part(this.id)}${path}`;
    return this.#site.send(method, address, { body, token: this.token, again });
  }

  /** What becomes of the tournament. @param {Position} [after] */
  events(after) {
    return this.#site.stream(`/tournaments/${part(this.id)}/ws`, after, this.token ?? undefined);
  }

  // Looking.

  /** All of it: settings, entrants, stages and every match. @returns {Promise<Tournament>} */
  show() {
    return this.call("GET");
  }

  /** Everybody on the list, by seed. @returns {Promise<Entrant[]>} */
  async entrants() {
    return (await this.call("GET", "/entrants")).entrants;
  }

  /** By stage and group, and the final places. @returns {Promise<Standings>} */
  standings() {
    return this.call("GET", "/standings");
  }

  /** As it would be drawn now, before the start. @returns {Promise<Draw>} */
  draw() {
    return this.call("GET", "/draw");
  }

  /**
   * Who did what, the last first; for the organiser and judges.
   *
   * @returns {AsyncGenerator<Action, void, void>}
   */
  actions() {
    return this.#site.lines(`/api/tournaments/${part(this.id)}/actions`, "actions", {}, this.token);
  }

  // Before the start.

  /**
   * Change settings.
   *
   * @param {SettingsBody} settings
   * @returns {Promise<Tournament>}
   */
  change(settings) {
    return this.call("PATCH", "", settings);
  }

  /** Let players enter. */
  openRegistration() {
    return this.call("POST", "/registration", undefined, true);
  }

  /** Let players check in. */
  openCheckIn() {
    return this.call("POST", "/check-in/window", undefined, true);
  }

  /**
   * Add players by name, or with more about them.
   *
   * @param {(string | EntrantBody)[]} entrants
   * @returns {Promise<ChangedEntrants>}
   */
  add(...entrants) {
    const listed = entrants.map((one) => (typeof one === "string" ? { name: one } : one));
    return this.call("POST", "/entrants", { entrants: listed }, true);
  }

  /**
   * Enter yourself.
   *
   * @param {string} [code]
   * @returns {Promise<ChangedEntrants>}
   */
  enter(code) {
    return this.call("POST", "/entrants", code && { code }, true);
  }

  /**
   * Check in yourself, or an entrant by id or name.
   *
   * @param {number | string} [entrant]
   * @returns {Promise<Arrived>}
   */
  checkIn(entrant) {
    return this.call("POST", "/check-in", given({ entrant }), true);
  }

  /** Draw the entrants, and begin the first stage. @returns {Promise<Started>} */
  start() {
    return this.call("POST", "/start", undefined, true);
  }

  // Play.

  /**
   * Every match in the order of stages, groups and rounds, such as the `ready` ones.
   *
   * @param {string} [state]
   * @returns {Promise<Match[]>}
   */
  async matches(state) {
    return (await this.show()).stages
      .flatMap((stage) => stage.groups)
      .flatMap((group) => group.rounds)
      .flatMap((round) => round.matches)
      .filter((match) => state === undefined || match.state === state);
  }

  /**
   * Enter a result; with `revision` it corrects the one that is there.
   *
   * @param {string} match
   * @param {ResultBody} result
   * @returns {Promise<Entered>}
   */
  async result(match, result) {
    const path = `/matches/${part(match)}/result`;
    return this.call("POST", path, result, true).catch(async (error) => {
      const found = error.maybeDone && (await this.matches()).find(({ id }) => id === match);
      if (found && saysSo(found, result)) {
        return { status: "Result Entered", match: found };
      }
      throw error;
    });
  }

  /**
   * Say how a match stands that is still played.
   *
   * @param {string} match
   * @param {number[]} scores
   * @returns {Promise<Entered>}
   */
  live(match, scores) {
    return this.call("POST", `/matches/${part(match)}/live`, { scores }, true);
  }

  /**
   * Take a result back, and with it the later ones built on it.
   *
   * @param {string} match
   * @param {{ why?: string, dry_run?: boolean }} [how]
   * @returns {Promise<Reopened>}
   */
  reopen(match, how = {}) {
    return this.call("POST", `/matches/${part(match)}/reopen`, how, true);
  }

  /** Pair and publish the next round of a Swiss. @returns {Promise<Paired>} */
  pairRound() {
    return this.call("POST", "/rounds", undefined, true);
  }

  /**
   * Let an entrant leave; its open matches are forfeits.
   *
   * @param {number | string} entrant
   * @param {string} [why]
   * @returns {Promise<OneEntrant>}
   */
  withdraw(entrant, why) {
    return this.call("POST", "/withdraw", given({ entrant, why }), true);
  }

  /**
   * Undo the last action; `number` makes sure which.
   *
   * @param {number} [number]
   * @returns {Promise<Undone>}
   */
  undo(number) {
    return this.call("POST", "/undo", given({ number }), true);
  }

  /**
   * Call the tournament off.
   *
   * @param {string} [why]
   * @returns {Promise<Ended>}
   */
  cancel(why) {
    return this.call("POST", "/cancel", given({ why }), true);
  }
}

/**
 * Whether a match has the result that was to be entered.
 *
 * @param {Match} match
 * @param {ResultBody} result
 */
function saysSo(match, { scores, games, outcome }) {
  const same = (/** @type {unknown} */ one, /** @type {unknown} */ other) =>
    JSON.stringify(one) === JSON.stringify(other);
  if (scores) {
    return same(match.scores, scores);
  }
  return games?.length ? same(match.games, games) : Boolean(outcome) && match.outcome === outcome;
}
