/* The matches that are being played here: the server's last message counts, drawn at most once a frame. */

import { batched } from "../live/batch.js";

const panel = document.getElementById("live");
const list = document.getElementById("live-matches");
const count = document.getElementById("live-count");

function side(name) {
  const element = document.createElement("bdi");
  element.textContent = name;
  return element;
}

function score(match) {
  const points = match.scores.join(":");
  return match.best_of > 1 ? `${match.won.join(":")} (${points})` : points;
}

function line(match) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/matches/${match.id}`;
  link.append(side(match.sides[0]), " vs ", side(match.sides[1]));
  const stand = document.createElement("span");
  stand.className = "live-score";
  stand.textContent = score(match);
  const about = document.createElement("span");
  about.className = "live-about";
  about.textContent = match.spectators
    ? `${match.game_name}, ${match.spectators} watching`
    : match.game_name;
  item.append(link, stand, about);
  return item;
}

/** Draw a frame of live matches. */
export const showLive = batched((frames) => {
  const { count: all, matches } = frames.at(-1);
  panel.hidden = all === 0;
  count.textContent = all.toLocaleString("en-GB");
  const focused = document.activeElement?.getAttribute("href");
  list.replaceChildren(...matches.map(line));
  if (focused) {
    list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
});
