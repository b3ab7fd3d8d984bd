/* A tournament's page, live: exactly the pairings an event names are drawn again, in place. */

import { batched } from "../live/batch.js";
import { showConnection } from "../live/connection.js";
import { Stream } from "../live/stream.js";
import "../live/times.js";
import { Follow } from "./follow.js";
import { drawPairing } from "./pairing.js";
import { enterResults } from "./results.js";

const RECENT = 50; // so many events a welcome brings at most
const CLOCK_SLACK_MS = 60_000;
const SPREAD_MS = 2000; // many people watch a draft: they do not all ask in one instant

const STATE_WORDS = { draft: "draft", running: "running", finished: "finished", cancelled: "cancelled" };

const page = () => document.getElementById("tournament");
const follow = new Follow();
let stream = null;

const draw = batched((events) => {
  const changed = new Map();
  for (const event of events) {
    event.data.pairings?.forEach((pairing) => changed.set(pairing.id, pairing));
  }
  for (const pairing of changed.values()) {
    drawPairing(pairing, { running: page().dataset.state === "running" });
  }
  count();
  follow.mark();
});

function count() {
  const write = (id, selector) => {
    const place = document.getElementById(id);
    if (place) {
      place.textContent = document.querySelectorAll(selector).length;
    }
  };
  write("decided-count", ".pairing.is-decided");
  write("ready-count", ".pairing.is-ready");
  const next = document.getElementById("next-ready");
  if (next) {
    next.hidden = document.querySelector(".pairing.is-ready") === null;
  }
}

function say(text) {
  document.getElementById("bracket-status").textContent = text;
}

/** The tournament is over: say so, and take away what can no longer be done. */
function close({ tournament, winner }) {
  const { state } = tournament;
  page().dataset.state = state;
  const chip = document.querySelector("#tournament-state .state");
  chip.className = `state state-${state}`;
  chip.textContent = STATE_WORDS[state];
  const champion = document.getElementById("champion");
  champion.querySelector(".champion-name").textContent = winner ?? "";
  champion.hidden = !winner;
  document.getElementById("organiser-actions").replaceChildren();
  document.getElementById("ready-note")?.remove();
  document.querySelectorAll(".report, .pairing .dialog").forEach((form) => form.remove());
}

function show(event) {
  switch (event.type) {
    case "match_finished":
      draw(event);
      say(event.text);
      break;
    case "bracket":
      if (document.getElementById("bracket") === null) {
        setTimeout(refresh, Math.random() * SPREAD_MS);
      }
      break;
    case "tournament":
      draw(event);
      close(event.data);
      say(event.text);
      break;
  }
}

/** Fetch the page again and take over its content. */
async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = fresh.getElementById("tournament");
  if (content === null) {
    location.reload();
    return;
  }
  page().replaceWith(document.adoptNode(content));
  count();
  follow.mark();
}

/** Whether more happened between the drawing of this page and its welcome than was told. */
function isIncomplete(recent) {
  const rendered = new Date(page().dataset.rendered).getTime() - CLOCK_SLACK_MS;
  return recent.length >= RECENT && new Date(recent[0].at).getTime() > rendered;
}

function listen() {
  stream = new Stream({ path: page().dataset.socket });
  let isFirst = true;
  stream.addEventListener("event", ({ detail }) => show(detail));
  stream.addEventListener("snapshot", ({ detail }) => {
    if (isFirst && !isIncomplete(detail)) {
      detail.forEach(show); // each tells all of what it changed, so those already drawn do no harm
    } else {
      refresh();
    }
    isFirst = false;
  });
  showConnection(stream);
  stream.start();
}

document.addEventListener("click", ({ target }) => {
  if (target.id !== "next-ready") {
    return;
  }
  const ready = [...document.querySelectorAll(".pairing.is-ready")];
  const shown = ready.findIndex((pairing) => pairing.classList.contains("is-shown"));
  ready[shown]?.classList.remove("is-shown");
  const next = ready[(shown + 1) % ready.length];
  next.classList.add("is-shown");
  next.scrollIntoView({ block: "center", inline: "center" });
  next.querySelector(".report")?.focus({ preventScroll: true });
});

count();
follow.mark();
enterResults({ isLive: () => stream?.state === "live", say });
if (["draft", "running"].includes(page().dataset.state)) {
  listen();
}
