/* A game of Pong against the computer, in the page: the same rules, and no result. */

import { followQueue } from "../practice_queue.js";
import { bindPreferences } from "../preferences.js";
import * as sound from "../sound.js";
import { Controls } from "./controls.js";
import { bot, setup, STEP_HZ, step, winner } from "./engine.js";
import { Field } from "./field.js";
import { bounceOf } from "./sounds.js";

const STEP_MS = 1000 / STEP_HZ;
const MOST_STEPS = 10; // after a hiccup the game does not race
const POINTS = 11;

const page = document.getElementById("play");
const find = (name) => page.querySelector(`[data-${name}]`);
const field = new Field(find("view"), { you: 0, label: "Pong: you on the left, the computer right" });
const controls = new Controls(field.canvas);
let state = newGame();
let isRunning = false;
let playedTo = 0;

function newGame() {
  return setup({ points: POINTS, seed: Math.floor(Math.random() * 2 ** 31), first: 0 });
}

function strength() {
  return Number(page.querySelector("[name=strength]:checked").value);
}

function frame(now) {
  if (!isRunning) {
    return;
  }
  playedTo = Math.max(playedTo, now - MOST_STEPS * STEP_MS);
  for (; playedTo <= now && winner(state) === null; playedTo += STEP_MS) {
    const before = state;
    state = step(state, controls.held(state.paddles[0]), bot(state, 1, strength()));
    bounceOf(sound, before, state);
    if (before.scores.join() !== state.scores.join()) {
      showScores();
    }
  }
  field.draw(state);
  if (winner(state) !== null) {
    run(false);
    return;
  }
  requestAnimationFrame(frame);
}

function showScores() {
  state.scores.forEach((score, side) => {
    page.querySelector(`[data-side="${side}"] [data-points]`).textContent = score;
  });
  find("status").textContent = `You ${state.scores[0]}, computer ${state.scores[1]}`;
}

function run(wanted) {
  isRunning = wanted;
  const won = winner(state);
  const result = won === 0 ? "You win" : "The computer wins";
  find("phase").hidden = wanted;
  find("phase-title").textContent = won === null ? "Paused" : result;
  find("start").textContent = won === null ? "Play on" : "Play again";
  if (wanted) {
    playedTo = performance.now();
    requestAnimationFrame(frame);
  } else if (won !== null) {
    find("status").textContent = `${result}, ${state.scores.join(" to ")}.`;
  }
}

find("start").addEventListener("click", () => {
  if (winner(state) !== null) {
    state = newGame();
    showScores();
  }
  run(true);
  find("pause").focus();
});
find("pause").addEventListener("click", () => isRunning && run(false));
document.addEventListener("visibilitychange", () => document.hidden && isRunning && run(false));
find("start").disabled = false;
field.draw(state);
bindPreferences(page);
followQueue(page.dataset.you);
