/* What the page shows of a game of Pong: it runs the same rules a little ahead of the server.

   It is ahead by a round trip and a small buffer, so that an input reaches the server before the
   step from which it counts. Each state of the server is the new truth: from there the page
   computes again with its own inputs, and the move that the other side held last. What comes out
   differently is not jumped to, but smoothed. No clock and no page here: times are arguments. */

import { STILL, step as stepped, winner } from "./engine.js";

export const STEP_MS = 1000 / 60;
const WINDOW_MS = 2000; // the server's clock is estimated from the states of this long
const BUFFER_STEPS = 2;
const MOST_LEAD_STEPS = 50; // the server takes inputs up to 60 steps ahead
const MOST_BLIND_STEPS = 100; // without a state for so long the game stands still
const MOST_GUESSED_STEPS = 4; // so long after the last that is known the other side is thought to hold on
const MOST_SILENT_STEPS = 11; // the server is not silent longer: something is late
const JUMP_STEPS = 15; // further off, the page's time is set rather than slowed or hurried
const SMOOTH_MS = 40; // what differs is 1/e of itself after so long: gone after about 100 ms
const FURTHEST = 2500; // a ball that is further off was served anew: it is not smoothed

/** The server's step, as seen over the fastest of the last states' ways. */
export class StepClock {
  #samples = [];

  reset() {
    this.#samples = [];
  }

  /** A state of this step arrived now. */
  heard(step, now) {
    this.#samples.push({ now, offset: now - step * STEP_MS });
    while (this.#samples.length > 1 && now - this.#samples[0].now > WINDOW_MS) {
      this.#samples.shift();
    }
  }

  get isKnown() {
    return this.#samples.length > 0;
  }

  stepAt(now) {
    return (now - Math.min(...this.#samples.map(({ offset }) => offset))) / STEP_MS;
  }
}

/** Round trips: their mean and how much they vary, as TCP has them (RFC 6298). */
export class RoundTrip {
  mean = null;
  #varies = 0;

  heard(ms) {
    if (this.mean === null) {
      this.mean = ms;
      this.#varies = ms / 4;
    } else {
      this.#varies += (Math.abs(ms - this.mean) - this.#varies) / 4;
      this.mean += (ms - this.mean) / 8;
    }
  }

  /** By how many steps the page should be ahead of what it hears. */
  get lead() {
    const ms = this.mean === null ? 0 : this.mean + 2 * this.#varies;
    return Math.min(MOST_LEAD_STEPS, ms / STEP_MS + BUFFER_STEPS);
  }
}

/** A game as one side, or with `you` null a spectator, sees it now. */
export class Prediction {
  roundTrip = new RoundTrip();
  #you;
  #clock = new StepClock();
  #truth = null;
  #time = 0;
  #known = 0; // the step up to which a change of the other's move would have come
  #movedAt = null;
  #inputs = [];
  #sent = 0;
  #lastNumber = 0;
  #off = { x: 0, y: 0, paddles: [0, 0] };

  constructor({ you }) {
    this.#you = you;
  }

  /** The game stands still: after that it runs by another clock, and nothing is held. */
  reset() {
    this.#clock.reset();
    this.#movedAt = null;
    this.#inputs = [];
    this.#sent = 0;
    this.#lastNumber = 0;
  }

  /** The newest state of the server; null before the first. */
  get truth() {
    return this.#truth?.state ?? null;
  }

  /** Whether it is known what is to be shown now. */
  get isKnown() {
    return this.#truth !== null && this.#clock.isKnown;
  }

  /** A state of the server. Returns how far off the page's own was, in units of the field. */
  take({ number, step, applied, state }, now) {
    const isOld = this.#truth?.number === number && step < this.#truth.step;
    if (isOld && this.#movedAt !== null) {
      return 0;
    }
    const before = this.#movedAt === null ? null : this.#at(this.#time);
    const isNew = this.#truth?.number !== number;
    if (isNew) {
      this.reset();
    }
    this.#truth = { number, step, state };
    this.#clock.heard(step, now);
    if (this.#you !== null) {
      this.#inputs = this.#inputs.filter(({ n }) => n > applied[this.#you]);
    }
    return before && !isNew ? this.#smooth(before, this.#at(this.#time)) : 0;
  }

  #smooth(before, after) {
    const off = this.#off;
    const isServed = before.scores.join() !== after.scores.join()
      || Math.abs(before.x - after.x) > FURTHEST;
    const x = isServed ? 0 : before.x - after.x;
    const y = isServed ? 0 : before.y - after.y;
    const paddles = [0, 1].map((side) => before.paddles[side] - after.paddles[side]);
    off.x = isServed ? 0 : off.x + x;
    off.y = isServed ? 0 : off.y + y;
    off.paddles = off.paddles.map((one, side) => one + paddles[side]);
    return Math.max(...[x, y, ...paddles].map(Math.abs));
  }

  /** Move on to now, holding this move; calls `send(move, n)` when it is another than before. */
  advance(now, move, send) {
    const lead = this.#you === null ? 0 : this.roundTrip.lead;
    this.#known = this.#clock.stepAt(now);
    const target = this.#known + lead;
    const passed = this.#movedAt === null ? 0 : now - this.#movedAt;
    const ahead = this.#time + passed / STEP_MS;
    const isOff = this.#movedAt === null || Math.abs(target - ahead) > JUMP_STEPS;
    const least = this.#truth.step;
    const most = least + MOST_BLIND_STEPS;
    this.#time = isOff ? target : ahead + (target - ahead) * Math.min(1, passed / 500);
    this.#time = Math.min(most, Math.max(least, this.#time));
    this.#movedAt = now;
    const fade = Math.exp(-passed / SMOOTH_MS);
    this.#off.x *= fade;
    this.#off.y *= fade;
    this.#off.paddles = this.#off.paddles.map((one) => one * fade);
    if (this.#you !== null && move !== this.#sent) {
      const n = Math.max(Math.floor(this.#time) + 1, this.#lastNumber + 1);
      this.#sent = move;
      this.#lastNumber = n;
      this.#inputs.push({ n, move });
      send(move, n);
    }
  }

  /** What is to be drawn: places between two steps, and the scores that the server has. */
  get shown() {
    const at = this.#at(this.#time);
    return {
      ...at,
      x: at.x + this.#off.x,
      y: at.y + this.#off.y,
      paddles: at.paddles.map((one, side) => one + this.#off.paddles[side]),
      scores: this.#truth.state.scores,
    };
  }

  /** The state at a time between two steps. */
  #at(time) {
    const whole = Math.floor(time);
    const [now, next] = this.#states(whole);
    const isServed = Math.abs(next.x - now.x) > FURTHEST;
    const between = (from, to) => from + (to - from) * (time - whole);
    return {
      ...now,
      x: isServed ? now.x : between(now.x, next.x),
      y: isServed ? now.y : between(now.y, next.y),
      paddles: now.paddles.map((one, side) => between(one, next.paddles[side])),
    };
  }

  /** The states at a step and the next, from the truth on; the server's rule for inputs is this. */
  #states(step) {
    const { step: first, state } = this.#truth;
    const held = [...state.held];
    let [now, next, used] = [state, state, 0];
    const until = Math.min(Math.floor(this.#known) + MOST_GUESSED_STEPS, first + MOST_SILENT_STEPS);
    for (let at = first; at <= step; at += 1) {
      if (at === until) {
        held.forEach((_, side) => {
          held[side] = side === this.#you ? held[side] : STILL;
        });
      }
      if (used < this.#inputs.length && this.#inputs[used].n <= at) {
        held[this.#you] = this.#inputs[used].move;
        used += 1;
      }
      now = next;
      next = winner(now) === null ? stepped(now, held[0], held[1]) : now;
    }
    return [now, next];
  }
}
