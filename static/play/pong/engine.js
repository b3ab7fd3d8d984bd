/* The rules of Pong in whole numbers: play/pong/engine.py and bot.py, line by line.

   A state is a plain object and is never changed; `step` returns the next one. */

export const WIDTH = 20480;
export const HEIGHT = 11520;
export const RADIUS = 160;
export const FACE = 640;
export const HALF = 1000;
export const PADDLE_SPEED = 150;
export const STEP_HZ = 60;
export const STILL = 0;
export const UP = 1;
export const DOWN = 2;
export const FRAME_BYTES = 23;

const SPEEDS = [
  160, 170, 180, 191, 202, 214, 227, 241, 255, 270, 287, 304, 322, 341, 362, 384, 400,
];
const STEEPEST = 305;
const SERVE_STEPS = 60;
const MOST_HITS = 65535;
const REACH = HALF + RADIUS;
const TOP = HALF;
const BOTTOM = HEIGHT - HALF;

/** The state at the start; `first` is the side that is served to. */
export function setup({ points, seed, first }) {
  return {
    x: WIDTH / 2, y: HEIGHT / 2, vx: 0, vy: 0, hits: 0,
    paddles: [HEIGHT / 2, HEIGHT / 2], held: [STILL, STILL], scores: [0, 0],
    wait: SERVE_STEPS, toward: first, rng: (seed ^ 0x9e3779b9) >>> 0 || 1, points,
  };
}

/** One sixtieth of a second later, while the sides hold these moves. */
export function step(state, held0, held1) {
  let { x, y, vx, vy, hits, wait, toward, rng } = state;
  let [score0, score1] = state.scores;
  const paddle0 = moved(state.paddles[0], held0);
  const paddle1 = moved(state.paddles[1], held1);
  if (wait) {
    wait -= 1;
    if (!wait) {
      rng = next(rng);
      vx = toward === 0 ? -SPEEDS[0] : SPEEDS[0];
      vy = upOrDown(SPEEDS[0], rng);
    }
  } else {
    const before = x;
    const y0 = y;
    x += vx;
    [y, vy] = bounced(y + vy, vy);
    if (vx < 0 && before - RADIUS > FACE && FACE >= x - RADIUS) {
      const [at] = bounced(crossing(y0, state.vy, before - RADIUS - FACE, -vx), vy);
      if (Math.abs(at - paddle0) <= REACH) {
        [x, y, hits] = [FACE + RADIUS, at, Math.min(hits + 1, MOST_HITS)];
        vx = speed(hits);
        vy = offPaddle(at - paddle0, vx);
      }
    } else if (vx > 0 && before + RADIUS < WIDTH - FACE && WIDTH - FACE <= x + RADIUS) {
      const [at] = bounced(crossing(y0, state.vy, WIDTH - FACE - RADIUS - before, vx), vy);
      if (Math.abs(at - paddle1) <= REACH) {
        [x, y, hits] = [WIDTH - FACE - RADIUS, at, Math.min(hits + 1, MOST_HITS)];
        vx = -speed(hits);
        vy = offPaddle(at - paddle1, -vx);
      }
    }
    if (x < 0 || x > WIDTH) {
      toward = x < 0 ? 0 : 1;
      score0 += toward;
      score1 += 1 - toward;
      [x, y, vx, vy, hits, wait] = [WIDTH / 2, HEIGHT / 2, 0, 0, 0, SERVE_STEPS];
    }
  }
  return {
    x, y, vx, vy, hits, paddles: [paddle0, paddle1], held: [held0, held1],
    scores: [score0, score1], wait, toward, rng, points: state.points,
  };
}

/** The side that has won; null while the game goes on. */
export function winner(state) {
  const [score0, score1] = state.scores;
  return Math.max(score0, score1) < state.points ? null : Number(score1 > score0);
}

/** Where a paddle is after one step. */
export function moved(paddle, held) {
  if (held === UP) {
    return Math.max(TOP, paddle - PADDLE_SPEED);
  }
  return held === DOWN ? Math.min(BOTTOM, paddle + PADDLE_SPEED) : paddle;
}

function speed(hits) {
  return SPEEDS[Math.min(hits, SPEEDS.length - 1)];
}

function bounced(y, vy) {
  if (y < RADIUS) {
    return [2 * RADIUS - y, -vy];
  }
  return y > HEIGHT - RADIUS ? [2 * (HEIGHT - RADIUS) - y, -vy] : [y, vy];
}

function crossing(y, vy, part, across) {
  const way = Math.floor((Math.abs(vy) * part) / across);
  return vy > 0 ? y + way : y - way;
}

function offPaddle(offset, across) {
  const rise = Math.floor((Math.abs(offset) * across * STEEPEST) / (REACH * 256));
  return offset > 0 ? rise : -rise;
}

function upOrDown(across, rng) {
  const rise = Math.floor((across * ((rng >>> 1) & 127) * STEEPEST) / (128 * 512));
  return rng & 1 ? rise : -rise;
}

function next(rng) {
  rng = (rng ^ (rng << 13)) >>> 0;
  rng = (rng ^ (rng >>> 17)) >>> 0;
  return (rng ^ (rng << 5)) >>> 0;
}

/** The state of a frame, which begins at `at` of a DataView. */
export function decode(view, at = 0) {
  const held = view.getUint8(at + 14);
  return {
    x: view.getUint16(at, true), y: view.getUint16(at + 2, true),
    vx: view.getInt16(at + 4, true), vy: view.getInt16(at + 6, true),
    hits: view.getUint16(at + 8, true),
    paddles: [view.getUint16(at + 10, true), view.getUint16(at + 12, true)],
    held: [held & 3, (held >> 2) & 3],
    scores: [view.getUint8(at + 15), view.getUint8(at + 16)],
    wait: view.getUint8(at + 17), toward: held >> 4,
    rng: view.getUint32(at + 19, true), points: view.getUint8(at + 18),
  };
}

// A computer that plays, in three strengths: at what part of the field it begins to look, in 256ths
// of the width, and how far off its aim may be, in 256ths of half a paddle.
const SEES = [0, 100, 170, 256];
const ERROR = [0, 460, 390, 335];
const NEAR = 120;

/** The move that a computer holds now; by the state alone. */
export function bot(state, side, strength) {
  const paddle = state.paddles[side];
  const aim = target(state, side, strength);
  if (Math.abs(aim - paddle) <= NEAR) {
    return STILL;
  }
  return aim < paddle ? UP : DOWN;
}

function target(state, side, strength) {
  const isComing = side ? state.vx > 0 : state.vx < 0;
  const away = side ? WIDTH - FACE - RADIUS - state.x : state.x - RADIUS - FACE;
  if (!isComing || away <= 0 || away * 256 > SEES[strength] * WIDTH) {
    return strength > 1 ? HEIGHT / 2 : state.paddles[side];
  }
  if (strength === 1) {
    return state.y + miss(state, side, strength);
  }
  const way = Math.floor((Math.abs(state.vy) * away) / Math.abs(state.vx));
  return folded(state.vy > 0 ? state.y + way : state.y - way) + miss(state, side, strength);
}

function folded(y) {
  const room = HEIGHT - 2 * RADIUS;
  const along = (((y - RADIUS) % (2 * room)) + 2 * room) % (2 * room);
  return RADIUS + (along <= room ? along : 2 * room - along);
}

function miss(state, side, strength) {
  let mixed = (state.rng ^ ((2 * state.hits + side + 1) * 0x9e3779b9)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
  mixed = (mixed ^ (mixed >>> 13)) >>> 0;
  const most = Math.floor((HALF * ERROR[strength]) / 256);
  return (mixed % (2 * most + 1)) - most;
}
