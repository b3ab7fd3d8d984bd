/* A stream of events over a socket that comes and goes: every event once, in order, no holes.

   The socket's life is here; what an event means is the page's business. */

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
const FINAL_CODES = new Set([4400, 4401, 4403, 4404]);
const TOO_FAST = 4429;

/** How long to wait before the next try: full jitter under a bound that doubles. */
export function backoff(attempt, random = Math.random) {
  const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(random() * bound);
}

/** Puts frames in order: says of each what it means for the page.

    Without a position yet, the first welcome's snapshot is the start. */
export class Sequence {
  constructor({ epoch = "", seq = 0 } = {}) {
    this.epoch = epoch;
    this.seq = seq;
    this.welcome = null;
  }

  get hasPosition() {
    return this.epoch !== "";
  }

  /** The part of the address that says from where to go on. */
  get query() {
    const position = new URLSearchParams({ epoch: this.epoch, since: this.seq });
    return this.hasPosition ? `?${position}` : "";
  }

  /** What a frame of the log means: {events}, {snapshot}, {hole: true} or nothing. */
  take(frame) {
    if (frame.type === "welcome") {
      this.welcome = frame;
      return this.hasPosition ? {} : this.#start();
    }
    if (frame.type === "resync") {
      return this.#start();
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

  #start() {
    const { epoch, seq, recent } = this.welcome;
    this.epoch = epoch;
    this.seq = seq;
    return { snapshot: recent };
  }
}

/** Emits `event`, `snapshot`, `presence`, `live`, `refused`, `you`, `state`, `pong`, and for what a
    room sends beside its log `message` and `bytes` (see #emit). */
export class Stream extends EventTarget {
  #path;
  #protocol;
  #sleeps;
  #sequence;
  #socket = null;
  #attempt = 0;
  #timers = new Map();
  #receivedAt = 0;
  #healing = false;
  #wanted = false;
  #life = new AbortController();

  /** `path` such as /ws; `epoch` and `seq` of what the page already shows, if it knows.

      `protocol` is offered to the server; without `sleeps` the socket stays while nobody looks. */
  constructor({ path, epoch, seq, protocol, sleeps = true }) {
    super();
    this.#path = path;
    this.#protocol = protocol ? [protocol] : [];
    this.#sleeps = sleeps;
    this.#sequence = new Sequence({ epoch, seq });
    this.state = "idle";
  }

  get position() {
    return { epoch: this.#sequence.epoch, seq: this.#sequence.seq };
  }

  /** Connect, and stay connected while the page is looked at. */
  start() {
    const { signal } = this.#life;
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    document.addEventListener("freeze", () => this.#sleep(), { signal });
    window.addEventListener("pagehide", () => this.#sleep(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.retry(), { signal });
    window.addEventListener("online", () => this.retry(), { signal });
    window.addEventListener("offline", () => this.#offline(), { signal });
    this.#wanted = true;
    this.#connect();
  }

  /** Disconnect for good. */
  stop() {
    this.#life.abort();
    this.#clear("hidden");
    this.#sleep();
  }

  /** Send a message, or bytes, now; false when there is no live socket to send it by. */
  send(message) {
    if (this.state !== "live") {
      return false;
    }
    this.#socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
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

  #connect() {
    if (!navigator.onLine) {
      this.#setState("offline");
      return;
    }
    this.#setState("connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const address = `${scheme}//${location.host}${this.#path}${this.#sequence.query}`;
    const socket = new WebSocket(address, this.#protocol);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#receivedAt = Date.now();
    this.#healing = false;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#receive(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    this.#after("open", OPEN_WITHIN_MS, () => this.#drop());
  }

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
    } else if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send('{"type":"ping"}');
    }
  }

  /** Give up a socket that does not answer, without waiting for its close. */
  #drop() {
    this.#socket?.close();
    this.#lost(1006);
  }

  #lost(code) {
    this.#forget();
    if (!this.#wanted) {
      this.#setState("asleep");
    } else if (FINAL_CODES.has(code)) {
      this.#wanted = false;
      this.#setState("closed", { code });
    } else if (!navigator.onLine) {
      this.#setState("offline");
    } else {
      this.#wait(code === TOO_FAST ? TOO_FAST_WAIT_MS : 0);
    }
  }

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

  #setState(state, detail = {}) {
    this.state = state;
    this.#emit("state", { state, ...detail });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #after(name, wait, action) {
    this.#clear(name);
    this.#timers.set(name, setTimeout(action, wait));
  }

  #every(name, wait, action) {
    this.#clear(name);
    this.#timers.set(name, setInterval(action, wait));
  }

  #clear(name) {
    clearTimeout(this.#timers.get(name)); // clears intervals as well (HTML, timers)
    this.#timers.delete(name);
  }
}
