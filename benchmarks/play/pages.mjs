/* Both players of one match as their pages play it, without a browser: 60 frames a second, keys as
   people press them. Prints one line of JSON: frames, corrections of the own paddle that are larger
   than its width, and how many frames it took the own paddle to answer.

   node pages.mjs ws://HOST:PORT [[path, token], [path, token]] SECONDS */

import { decode, HALF, HEIGHT, moved } from "../../static/play/pong/engine.js";
import { Prediction } from "../../static/play/pong/prediction.js";

const FRAME_MS = 1000 / 60;
const PING_EVERY_MS = 2000;
const CHANGES_A_SECOND = 4;
const PADDLE_WIDTH = 260; // as static/play/pong/field.js draws it
const MOVES = 3;
const [site, seats, seconds] = [process.argv[2], JSON.parse(process.argv[3]), Number(process.argv[4])];

class Page {
  frames = 0;
  large = 0;
  most = 0;
  answers = [];
  #prediction;
  #socket;
  #side;
  #isPlaying = false;
  #truth = null;
  #inputs = [];
  #corrected = 0;
  #move = 0;
  #pressAt = 0;
  #pressedAt = null;
  #paddle = 0;

  constructor(path, token, side) {
    this.#side = side;
    this.#prediction = new Prediction({ you: side });
    const headers = { Authorization: `Bearer ${token}` };
    this.#socket = new WebSocket(site + path, { protocols: ["matchpoint.play.1"], headers });
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => this.#read(data);
    let pingedAt = 0;
    this.ponged = () => this.#prediction.roundTrip.heard(performance.now() - pingedAt);
    this.#socket.onopen = () => setInterval(() => {
      pingedAt = performance.now();
      this.#socket.send('{"type":"ping"}');
    }, PING_EVERY_MS);
  }

  #read(data) {
    if (typeof data !== "string") {
      this.#take(new DataView(data));
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "pong") {
      this.ponged();
    } else if (message.type === "room") {
      this.#isPlaying = message.phase === "playing";
    }
  }

  #take(view) {
    const truth = {
      number: view.getUint8(1), step: view.getUint32(2, true),
      applied: [view.getUint32(6, true), view.getUint32(10, true)], state: decode(view, 14),
    };
    this.#correct(truth);
    this.#prediction.take(truth, performance.now());
  }

  /** How far the own paddle is from where the page had it at this step. */
  #correct(truth) {
    const before = this.#truth;
    this.#truth = truth;
    if (before === null || before.number !== truth.number || truth.step <= before.step) {
      this.#inputs = [];
      return;
    }
    let paddle = before.state.paddles[this.#side];
    let held = before.state.held[this.#side];
    const inputs = this.#inputs.filter(({ n }) => n > before.applied[this.#side]);
    for (let at = before.step; at < truth.step; at += 1) {
      if (inputs.length && inputs[0].n <= at) {
        held = inputs.shift().move;
      }
      paddle = moved(paddle, held);
    }
    this.#inputs = this.#inputs.filter(({ n }) => n > truth.applied[this.#side]);
    this.#corrected = Math.max(this.#corrected, Math.abs(paddle - truth.state.paddles[this.#side]));
  }

  frame(now) {
    if (!this.#isPlaying || !this.#prediction.isKnown) {
      return;
    }
    if (now >= this.#pressAt) {
      this.#move = (this.#move + 1 + Math.floor(Math.random() * (MOVES - 1))) % MOVES;
      this.#pressAt = now - (Math.log(1 - Math.random()) / CHANGES_A_SECOND) * 1000;
      this.#pressedAt = this.frames;
    }
    this.#prediction.advance(now, this.#move, (move, n) => {
      this.#inputs.push({ n, move });
      const input = new DataView(new ArrayBuffer(6));
      input.setUint8(0, 1);
      input.setUint8(1, move);
      input.setUint32(2, n, true);
      this.#socket.send(input);
    });
    this.#count(this.#prediction.shown.paddles[this.#side]);
  }

  #count(paddle) {
    this.frames += 1;
    this.large += this.#corrected > PADDLE_WIDTH;
    this.most = Math.max(this.most, this.#corrected);
    this.#corrected = 0;
    const way = [0, -1, 1][this.#move] * (paddle - this.#paddle);
    this.#paddle = paddle;
    if (way > 0 && this.#pressedAt !== null) {
      this.answers.push(this.frames - 1 - this.#pressedAt);
      this.#pressedAt = null;
    } else if (paddle <= HALF || paddle >= HEIGHT - HALF) {
      this.#pressedAt = null; // it cannot move further
    }
  }
}

const pages = seats.map(([path, token], side) => new Page(path, token, side));
const began = performance.now();
let due = began;
function loop() {
  const now = performance.now();
  pages.forEach((page) => page.frame(now));
  due = Math.max(due + FRAME_MS, now);
  if (now - began < seconds * 1000) {
    setTimeout(loop, due - now);
    return;
  }
  const answers = pages.flatMap((page) => page.answers).sort((a, b) => a - b);
  const at = (part) => answers[Math.floor(answers.length * part)] ?? null;
  console.log(JSON.stringify({
    frames: pages.reduce((sum, page) => sum + page.frames, 0),
    large: pages.reduce((sum, page) => sum + page.large, 0),
    most: Math.max(...pages.map((page) => page.most)),
    answered_p50: at(0.5), answered_p99: at(0.99),
  }));
  process.exit(0);
}
loop();
