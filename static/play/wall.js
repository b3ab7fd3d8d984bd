/* A wall of live matches: the lobby's socket says which are played, and each tile watches one. */

import { Stream } from "../client/matchpoint.js";
import { PROTOCOL, stateOf } from "./wire.js";
import * as silence from "./silence.js";

const MOST = 9;
const LINGER_MS = 6000; // how long a result stays before its place is given to another match

const list = document.getElementById("wall-matches");
const empty = document.getElementById("wall-empty");
const count = document.getElementById("wall-count");
const scripts = JSON.parse(document.getElementById("wall-games").textContent);
const tiles = new Map();

/** One match, watched. */
class Tile {
  #stream;
  #view = null;
  #phase = "";
  #game;

  constructor(match, game) {
    this.#game = game;
    this.element = document.createElement("li");
    this.element.className = "wall-match";
    this.element.innerHTML = `<p class="wall-score"><bdi></bdi><span class="wall-points"></span><bdi></bdi></p>
      <div class="wall-view"></div><p class="wall-text"></p>`;
    this.#names(match.sides);
    this.#stream = new Stream({ path: `/matches/${match.id}/ws`, protocol: PROTOCOL, sleeps: false });
    this.#stream.addEventListener("message", ({ detail }) => this.#receive(detail));
    this.#stream.addEventListener("bytes", ({ detail }) => {
      this.#view?.state?.(stateOf(detail, this.#phase === "playing"));
    });
    this.#stream.start();
  }

  get isOver() {
    return this.#phase === "over";
  }

  stop() {
    this.#view?.stop();
    this.#stream.stop();
    this.element.remove();
  }

  #names([first, second]) {
    const [left, right] = this.element.querySelectorAll("bdi");
    left.textContent = first;
    right.textContent = second;
  }

  #receive(message) {
    if (message.type === "room") {
      this.#show(message);
    } else if (message.type === "position") {
      this.#view?.position?.(message);
    } else if (message.type === "game_over") {
      this.element.querySelector(".wall-text").textContent = message.text;
    }
  }

  #show(room) {
    const { phase, sides, scores, settings, best_of: bestOf } = room;
    const root = this.element.querySelector(".wall-view");
    const names = sides.map(({ name }) => name);
    const send = () => {};
    this.#view ??= this.#game.create({
      root, you: null, names, settings, send, sendInput: send, sound: silence,
    });
    const won = bestOf > 1 ? ` (${sides.map((side) => side.won).join(":")})` : "";
    this.element.querySelector(".wall-points").textContent = scores.join(":") + won;
    if (phase !== "over" && phase !== this.#phase) {
      this.element.querySelector(".wall-text").textContent = phase === "playing" ? "" : room.text;
    }
    if (phase === "over" && this.#phase !== "over") {
      setTimeout(() => drop(this), LINGER_MS);
    }
    this.#phase = phase;
    this.#view.room?.(room);
  }
}

function drop(tile) {
  for (const [id, other] of tiles) {
    if (other === tile) {
      tiles.delete(id);
    }
  }
  tile.stop();
  arrange();
}

function arrange() {
  list.dataset.count = tiles.size;
  empty.hidden = tiles.size > 0;
}

let newest = [];
const modules = new Map();

/** Give free places to matches that have none; one that ended unseen makes room. */
async function fill(matches) {
  newest = matches;
  const played = new Set(matches.map(({ id }) => id));
  for (const [id, tile] of tiles) {
    if (!played.has(id) && !tile.isOver) {
      drop(tile);
    }
  }
  for (const match of matches) {
    if (tiles.size >= MOST || tiles.has(match.id) || !(match.game in scripts)) {
      continue;
    }
    if (!modules.has(match.game)) {
      modules.set(match.game, await import(scripts[match.game]));
    }
    if (newest === matches && !tiles.has(match.id)) {
      const tile = new Tile(match, modules.get(match.game));
      tiles.set(match.id, tile);
      list.append(tile.element);
    }
  }
  arrange();
}

const lobby = new Stream({ path: "/ws" });
lobby.addEventListener("live", ({ detail }) => {
  count.textContent = detail.count > MOST ? `${MOST} of ${detail.count}` : "";
  fill(detail.matches);
});
arrange();
lobby.start();
