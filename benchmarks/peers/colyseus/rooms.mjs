/* Rooms of Pong in Colyseus, which do what play/rooms/real_time.py does: the same step, the same
   rule for inputs, and states of the same size at the same moments.

   GET /bench/rooms?count=N makes rooms and reserves their seats; GET /bench/lateness tells how late
   steps were since the last time, in milliseconds. */

import { matchMaker, Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";

import { setup, step, winner } from "../../../static/play/pong/engine.js";

const STEP_MS = 1000 / 60;
const QUIET_STEPS = Number(process.env.QUIET_STEPS ?? 10);
const SENDS_NEWS = !process.env.QUIET_STEPS;
const MOST_WAITING = 6;
const MOST_AHEAD_STEPS = 60;
const MOST_STEPS_AT_ONCE = 6;
const STATE = 1;
const INPUT = 1;

let lateness = [];

class Pong extends Room {
  autoDispose = false;
  maxClients = 2;
  maxMessagesPerSecond = Infinity;
  patchRate = null;
  seatReservationTimeout = 600;

  onCreate() {
    this.#begin();
    this.onMessageBytes(INPUT, (client, bytes) => this.#take(client.side, bytes));
  }

  onJoin(client) {
    client.side = this.clients.length - 1;
    if (this.clients.length === 2) {
      this.last = performance.now();
      this.behind = 0;
      this.setTimestep(() => this.#tick());
    }
  }

  #begin() {
    this.game = setup({ points: 21, seed: Math.floor(Math.random() * 2 ** 31), first: 0 });
    this.length = 0;
    this.sentAt = 0;
    this.held = [0, 0];
    this.queues = [[], []];
    this.lastNumber = [-1, -1];
    this.applied = [0, 0];
    this.record = [];
  }

  #take(side, bytes) {
    const move = bytes[0];
    const number = bytes[1] + (bytes[2] << 8) + (bytes[3] << 16) + bytes[4] * 2 ** 24;
    const isGood = move <= 2 && number > this.lastNumber[side]
      && number <= this.length + MOST_AHEAD_STEPS && this.queues[side].length < MOST_WAITING;
    if (isGood) {
      this.lastNumber[side] = number;
      this.queues[side].push([number, move]);
    }
  }

  #tick() {
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    lateness.push(Math.max(0, passed - STEP_MS));
    this.behind = Math.min(this.behind + passed, MOST_STEPS_AT_ONCE * STEP_MS);
    while (this.behind >= STEP_MS) {
      this.behind -= STEP_MS;
      this.#step();
    }
  }

  #step() {
    let isNews = false;
    for (let side = 0; side < 2; side += 1) {
      const queue = this.queues[side];
      if (queue.length && queue[0][0] <= this.length) {
        const [number, move] = queue.shift();
        this.applied[side] = number;
        if (this.held[side] !== move) {
          this.held[side] = move;
          this.record.push([this.length, side, move]);
          isNews = true;
        }
      }
    }
    const before = this.game;
    this.game = step(before, this.held[0], this.held[1]);
    this.length += 1;
    const hasJumped = before.scores[0] !== this.game.scores[0]
      || before.scores[1] !== this.game.scores[1];
    if ((SENDS_NEWS && (isNews || hasJumped)) || this.length - this.sentAt >= QUIET_STEPS) {
      this.sentAt = this.length;
      this.broadcastBytes(STATE, this.#frame());
    }
    if (winner(this.game) !== null) {
      this.#begin();
    }
  }

  /** With Colyseus's two bytes before it as large as Matchpoint's: 37 bytes. */
  #frame() {
    const { x, y, vx, vy, hits, paddles, held, scores, wait, toward, rng, points } = this.game;
    const frame = Buffer.allocUnsafe(35);
    frame.writeUInt32LE(this.length, 0);
    frame.writeUInt32LE(this.applied[0], 4);
    frame.writeUInt32LE(this.applied[1], 8);
    frame.writeUInt16LE(x, 12);
    frame.writeUInt16LE(y, 14);
    frame.writeInt16LE(vx, 16);
    frame.writeInt16LE(vy, 18);
    frame.writeUInt16LE(hits, 20);
    frame.writeUInt16LE(paddles[0], 22);
    frame.writeUInt16LE(paddles[1], 24);
    frame[26] = held[0] | (held[1] << 2) | (toward << 4);
    frame[27] = scores[0];
    frame[28] = scores[1];
    frame[29] = wait;
    frame[30] = points;
    frame.writeUInt32LE(rng, 31);
    return frame;
  }
}

async function makeRooms(count) {
  const made = [];
  for (let n = 0; n < count; n += 1) {
    const room = await matchMaker.createRoom("pong", {});
    const seats = [await matchMaker.reserveSeatFor(room, {}), await matchMaker.reserveSeatFor(room, {})];
    made.push(seats.map(({ sessionId }) => `/${room.processId}/${room.roomId}?sessionId=${sessionId}`));
  }
  return made;
}

function takeLateness() {
  const sorted = Float64Array.from(lateness).sort();
  lateness = [];
  const cut = (part) => sorted[Math.floor(sorted.length * part)] ?? 0;
  return { count: sorted.length, p50: cut(0.5), p99: cut(0.99), most: sorted.at(-1) ?? 0 };
}

const server = new Server({
  greet: false,
  transport: new WebSocketTransport(),
  express: (app) => {
    app.get("/bench/rooms", async (request, answer) => answer.json(await makeRooms(Number(request.query.count))));
    app.get("/bench/lateness", (_, answer) => answer.json(takeLateness()));
  },
});
server.define("pong", Pong);
await server.listen(Number(process.env.PORT), "127.0.0.1");
