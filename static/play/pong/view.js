/* Pong in a match's page. See ../room.js for what a game's module is. */

import { bounceOf } from "./sounds.js";
import { Controls } from "./controls.js";
import { decode, setup, step, winner } from "./engine.js";
import { Field } from "./field.js";
import { Prediction } from "./prediction.js";

const KEEP_EVERY = 60; // steps between the states that a replay remembers

export function create({ root, you, names, sendInput, sound }) {
  const field = new Field(root, { you, label: `Pong: ${names[0]} left, ${names[1]} right` });
  const controls = you === null ? null : new Controls(field.canvas);
  const prediction = new Prediction({ you });
  let isPlaying = false;
  let drawn = 0;
  let last = null;

  function draw() {
    const now = performance.now();
    const paddle = you === null ? 0 : last?.paddles[you] ?? 0;
    prediction.advance(now, controls?.held(paddle) ?? 0, sendInput);
    const shown = prediction.shown;
    bounceOf(sound, last, shown);
    last = shown;
    field.draw(shown);
    drawn = requestAnimationFrame(draw);
  }

  function run(wanted) {
    if (wanted === isPlaying) {
      return;
    }
    isPlaying = wanted;
    cancelAnimationFrame(drawn);
    if (wanted) {
      drawn = requestAnimationFrame(draw);
    } else {
      prediction.reset();
    }
  }

  return {
    room({ phase }) {
      run(phase === "playing" && prediction.isKnown);
    },
    state({ number, step: at, applied, frame, isPlayed }) {
      if (!isPlayed) {
        prediction.reset();
      }
      prediction.take({ number, step: at, applied, state: decode(frame) }, performance.now());
      if (isPlayed) {
        run(true);
      } else {
        last = prediction.truth;
        field.draw(last);
      }
    },
    roundTrip(ms) {
      prediction.roundTrip.heard(ms);
    },
    stop() {
      cancelAnimationFrame(drawn);
      controls?.stop();
      field.stop();
    },
  };
}

/** A finished game, to be watched: `show(at)` draws it after so many steps. */
export function replay({ root, names, record }) {
  const field = new Field(root, { you: null, label: `Pong: ${names[0]} left, ${names[1]} right` });
  const { settings, seed, first, entries, length } = record;
  const kept = [];
  const marks = [];
  let state = setup({ points: settings.points, seed, first });
  const holds = heldFrom(entries);
  for (let at = 0; at <= length; at += 1) {
    if (at % KEEP_EVERY === 0) {
      kept.push(state);
    }
    if (at < length) {
      const [held0, held1] = holds(at);
      const next = step(state, held0, held1);
      if (next.scores.join() !== state.scores.join()) {
        marks.push({ at: at + 1, label: next.scores.join(":") });
      }
      state = next;
    }
  }
  return {
    length,
    perSecond: 60,
    marks,
    isOver: winner(state) !== null,
    show(at) {
      let from = Math.floor(at / KEEP_EVERY) * KEEP_EVERY;
      let now = kept[from / KEEP_EVERY];
      const held = heldFrom(entries);
      for (; from < at; from += 1) {
        now = step(now, ...held(from));
      }
      field.draw(now);
      return now.scores;
    },
    stop() {
      field.stop();
    },
  };
}

/** What both sides hold at a step; steps are asked for in rising order. */
function heldFrom(entries) {
  const held = [0, 0];
  let used = 0;
  return (at) => {
    for (; used < entries.length && entries[used][0] <= at; used += 1) {
      held[entries[used][1]] = entries[used][2];
    }
    return held;
  };
}
