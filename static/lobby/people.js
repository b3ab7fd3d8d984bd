/* The people here and the waiting players: the server's last message counts, drawn at most once a frame. */

import { batched } from "../live/batch.js";

const MOST_SHOWN = 100;

function fill(id, count, entries) {
  document.getElementById(`${id}-count`).textContent = count.toLocaleString("en-GB");
  const list = document.getElementById(id);
  list.replaceChildren(...entries);
  return count - entries.length;
}

function entry(name, className = "") {
  const item = document.createElement("li");
  const text = document.createElement("bdi");
  text.textContent = name;
  item.className = className;
  item.append(text);
  return item;
}

const draw = batched((frames) => {
  const [{ online, waiting }, you] = frames.at(-1);
  const waitingMore = fill("waiting", waiting.count, waiting.names.map((name) => entry(name)));
  const empty = document.getElementById("waiting-empty");
  empty.textContent = waiting.count ? `and ${waitingMore.toLocaleString("en-GB")} more` : "Nobody waits.";
  empty.hidden = waiting.count > 0 && waitingMore === 0;

  const people = online.people.map(({ id, username }) => entry(username, id === you ? "is-you" : ""));
  const nameless = fill("online", online.count, people);
  const more = document.getElementById("online-more");
  more.textContent = online.count ? restOf(nameless, people.length) : "Only you so far.";
  more.hidden = online.count > 0 && nameless <= 0;

  const waitingCount = document.querySelector("[data-waiting-count]");
  if (waitingCount) {
    waitingCount.textContent = waiting.count
      ? `${waiting.count.toLocaleString("en-GB")} waiting now`
      : "Nobody waits yet";
  }
});

function restOf(count, shown) {
  const number = count.toLocaleString("en-GB");
  return shown === MOST_SHOWN ? `and ${number} more` : `${shown ? "and " : ""}${number} watching`;
}

/** Draw a presence frame. */
export function showPeople(presence, you) {
  draw([presence, you]);
}
