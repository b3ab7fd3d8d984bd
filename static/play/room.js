/* A match that is played here: its socket, its score and phases, its chat.

   What the game looks like is a module of its own, which `Game.script` names. It offers

     create({ root, you, names, settings, send, sendInput, sound }) -> view

   `root` is an element to draw in. `you` is your side, 0 or 1, or null for a spectator; `names` are
   the sides' names, and `settings` the game's. `send(message)` sends a message of the protocol, and
   `sendInput(move, n)` an input of a real-time game: the index of the move, and the step from which
   it counts. `sound.beep(hertz, ms)` is silent unless the person wants sound. The view has

     room(message)      how the match stands: its phase, its sides (see `room` in the protocol)
     state(state)       of a real-time game: { number, step, applied, frame, isPlayed }, where `frame`
                        is a DataView of what the game's `frame()` packed
     position(message)  of a game of turns (see `position` in the protocol)
     roundTrip(ms)      how long the last ping took; may be left out
     stop()             forget everything: another view is made, or none

   and may leave out what its kind of game does not have. A module may also offer

     replay({ root, names, record }) -> { length, perSecond, marks, show(at), stop() }

   for finished games: `record` is what /api/matches/<id>/games/<number> answers,
   `marks` are { at, label }, and `show(at)` draws it after so many steps and returns the
   scores, or null where there are none. */

import { showConnection } from "../live/connection.js";
import { fetchElement } from "../live/fetch_element.js";
import { Stream } from "../client/matchpoint.js";
import { localise } from "../live/times.js";
import { bindPreferences } from "./preferences.js";
import * as sound from "./sound.js";
import { inputFrame, PROTOCOL, stateOf } from "./wire.js";

const PING_EVERY_MS = 2000;
const TICK_MS = 200;
const MOST_LINES = 100;
const NOTE_MS = 6000;
// An input that came too late or too early: the next state sets it right.
const PASSING = new Set(["old_input", "future_input", "too_many_inputs"]);

const page = document.getElementById("play");
const find = (name) => page.querySelector(`[data-${name}]`);
const game = await import(page.dataset.script);
const stream = new Stream({ path: page.dataset.socket, protocol: PROTOCOL, sleeps: false });
let room = null;
let roomAt = 0;
let view = null;
let viewOf = "";
let pingedAt = 0;
let isLeaving = false;

const sendInput = (move, n) => stream.send(inputFrame(move, n));

stream.addEventListener("bytes", ({ detail }) => {
  const state = stateOf(detail, room?.phase === "playing");
  view?.state?.(state);
});
stream.addEventListener("message", ({ detail }) => {
  const { type } = detail;
  if (type === "room") {
    showRoom(detail);
  } else if (type === "position") {
    view?.position?.(detail);
  } else if (type === "game_over") {
    announce(detail.text);
    sound.beep(440, 300);
  } else if (type === "said") {
    showLine(detail);
  }
});
stream.addEventListener("event", ({ detail }) => {
  if (room?.phase !== "playing") {
    announce(detail.text);
  }
  if (detail.type !== "match_score") {
    refreshResult();
  }
});
stream.addEventListener("refused", ({ detail }) => {
  if (!PASSING.has(detail.code)) {
    note(detail.message);
    find("here-again").hidden = detail.code !== "elsewhere" && find("here-again").hidden;
  }
});
stream.addEventListener("state", ({ detail }) => {
  if (detail.state !== "live" && room !== null) {
    view?.room?.({ ...room, phase: "paused" });
    showPhase("You are not connected", "The page tries again by itself.");
  }
});
stream.addEventListener("you", ({ detail }) => {
  find("say").hidden = detail === null;
});
stream.addEventListener("pong", () => {
  const ms = performance.now() - pingedAt;
  view?.roundTrip?.(ms);
  find("round-trip").textContent = `${Math.max(1, Math.round(ms))} ms`;
});

// How the match stands.

function showRoom(message) {
  const before = room;
  room = message;
  roomAt = performance.now();
  find("room").hidden = false;
  makeView();
  view.room?.(message);
  const { phase, sides, you, scores, best_of: bestOf, spectators, delay_ms: delay } = message;
  page.dataset.phase = phase;
  sides.forEach((side, number) => showSide(side, number, you, scores[number], bestOf));
  find("spectators").textContent = spectators === 1 ? "1 spectator" : `${spectators} spectators`;
  find("delay").textContent = delay ? `shown ${delay / 1000} s later` : "";
  tick();
  tell(before, message);
  showOver(message);
}

/** A view as the one side, or as a spectator. */
function makeView() {
  const key = JSON.stringify([room.you, room.settings]);
  if (view !== null && key === viewOf) {
    return;
  }
  view?.stop();
  viewOf = key;
  find("view").replaceChildren();
  const names = room.sides.map(({ name }) => name);
  const { you, settings } = room;
  const send = (message) => stream.send(message);
  view = game.create({ root: find("view"), you, names, settings, send, sendInput, sound });
}

function showSide({ name, here, won }, number, you, score, bestOf) {
  const side = page.querySelector(`[data-side="${number}"]`);
  side.querySelector("bdi").textContent = name;
  side.querySelector("[data-you]").hidden = number !== you;
  side.querySelector("[data-away]").hidden = here;
  side.querySelector("[data-points]").textContent = score;
  const games = side.querySelector("[data-won]");
  games.hidden = bestOf === 1;
  games.textContent = `${won} ${won === 1 ? "game" : "games"}`;
}

/** What changed, for a screen reader. */
function tell(before, { text, phase, sides, scores, number }) {
  if (phase !== before?.phase) {
    announce(text);
  } else if (scores.join() !== before.scores.join() && number === before.number) {
    announce(`${sides[0].name} ${scores[0]}, ${sides[1].name} ${scores[1]}`);
  }
}

function announce(text) {
  find("status").textContent = text;
}

/** The phase over the field; clocks tick between messages of the server. */
function tick() {
  if (room === null || stream.state !== "live") {
    return;
  }
  const passed = performance.now() - roomAt;
  const { phase, countdown_ms: countdown, absent, sides, text } = room;
  const away = absent === null ? null : sides[absent];
  const left = away && Math.max(0, Math.ceil((away.absence_ms - passed) / 1000));
  const time = away && `${away.name} has ${left} s left to come.`;
  if (phase === "countdown") {
    const seconds = Math.max(1, Math.ceil((countdown - passed) / 1000));
    showPhase(String(seconds), room.number > 1 ? `Game ${room.number}` : "Get ready.");
  } else if (phase === "waiting" || phase === "paused") {
    showPhase(phase === "paused" ? "Paused" : "Waiting", time ?? text);
  } else if (away) {
    note(time);
  } else {
    showPhase("", "");
  }
}
setInterval(tick, TICK_MS);

function showPhase(title, text) {
  find("phase").hidden = !title;
  find("phase-title").textContent = title;
  find("phase-text").textContent = text;
}

let noteEnds = 0;
function note(text) {
  find("note").textContent = text;
  clearTimeout(noteEnds);
  noteEnds = setTimeout(() => find("note").replaceChildren(), NOTE_MS);
}

// After the match.

function showOver({ phase, you, sides, next_match: next }) {
  if (phase !== "over") {
    return;
  }
  find("over").hidden = false;
  refreshResult();
  const rematch = find("rematch");
  if (next) {
    const address = `/matches/${next}`;
    find("next-match").hidden = false;
    find("next-match").href = address;
    if (you !== null && !isLeaving) {
      isLeaving = true;
      location.assign(address);
    }
  } else if (rematch && you !== null) {
    const [mine, other] = [sides[you], sides[1 - you]];
    rematch.hidden = !other.here;
    rematch.disabled = mine.rematch;
    rematch.textContent = mine.rematch ? `Waiting for ${other.name}…`
      : other.rematch ? `${other.name} wants a rematch: play` : "Rematch";
  }
}
find("rematch")?.addEventListener("click", () => stream.send({ type: "rematch" }));
find("here-again").addEventListener("click", () => location.reload());

/** The result and the ratings, as the server draws them. */
async function refreshResult() {
  const drawn = await fetchElement(location.pathname, "#result");
  const old = document.getElementById("result");
  if (drawn !== null && drawn.innerHTML !== old.innerHTML) {
    old.replaceWith(drawn);
    drawn.querySelectorAll("time").forEach(localise);
  }
  const after = await fetchElement(location.pathname, "[data-replays]");
  if (after !== null) {
    find("replays").replaceWith(after);
    find("over").hidden = drawn?.dataset.open === "yes" && room?.phase !== "over";
  }
}

// Talk.

function showLine({ name, side, text }) {
  const line = document.createElement("li");
  const who = document.createElement("bdi");
  who.textContent = name;
  who.className = side === null ? "play-watcher" : "play-player";
  line.append(who, ` ${text}`);
  const lines = find("lines");
  lines.append(line);
  while (lines.children.length > MOST_LINES) {
    lines.firstElementChild.remove();
  }
  lines.scrollTop = lines.scrollHeight;
}
find("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = find("say").querySelector("input");
  const text = field.value.trim();
  if (text && stream.send({ type: "chat", text })) {
    field.value = "";
  }
});

setInterval(() => {
  pingedAt = performance.now();
  stream.send({ type: "ping" });
}, PING_EVERY_MS);
bindPreferences(page);
showConnection(stream);
stream.start();
