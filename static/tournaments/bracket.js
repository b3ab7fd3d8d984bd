/* A tournament's page, live: exactly the pairings an event names are drawn again, in place.

   What changes more than pairings (a new round, a new stage, standings) is fetched again as the
   part of the page that it is, without the page. */

import { batched } from "../live/batch.js";
import { showConnection } from "../live/connection.js";
import { fetchElement } from "../live/fetch_element.js";
import { Stream } from "../client/matchpoint.js";
import { localise } from "../live/times.js";
import { enterResults } from "./entry.js";
import { Follow } from "./follow.js";
import { drawPairing } from "./pairing.js";
import { showPairing } from "./pairing_wait.js";
import { Rounds } from "./rounds.js";

const RECENT = 50; // so many events a welcome brings at most
const CLOCK_SLACK_MS = 10_000;
const RETRY_MS = 5000;
const SPREAD_MS = 1500; // readers do not all fetch in the same instant

showPairing();

const page = () => document.getElementById("tournament");
const rounds = new Rounds();
const follow = new Follow({ reveal: (place) => rounds.reveal(place) });
let stream = null;
let pending = 0;

const draw = batched((events) => {
  const changed = new Map();
  for (const event of events) {
    event.data.matches?.forEach((match) => changed.set(match.id, match));
  }
  changed.forEach((match) => drawPairing(match));
  settle();
});

/** Everything that follows from what is drawn. */
function settle() {
  page().querySelectorAll("time").forEach(localise);
  count();
  follow.mark();
  rounds.apply();
}

function count() {
  const write = (id, selector) => {
    const place = document.getElementById(id);
    if (place) {
      place.textContent = document.querySelectorAll(`#bracket ${selector}`).length;
    }
  };
  write("decided-count", ".pairing.is-decided");
  write("ready-count", ".pairing.is-ready");
  const next = document.getElementById("next-ready");
  if (next) {
    next.hidden = document.querySelector("#bracket .pairing.is-ready") === null;
  }
}

function say(text) {
  const status = document.getElementById("bracket-status");
  status.textContent = text;
}

/** Whether an event changes more than the pairings that it brings. */
function needsMore({ type, data }) {
  return !data.matches || type === "tournament" || page().dataset.table !== undefined || isMine(data);
}

/** Whether one of the reader's own matches changed, and so the line about the next one. */
function isMine({ matches }) {
  const mine = Number(document.getElementById("own-entry")?.dataset.entrant);
  return matches.some(({ sides }) => sides.some(({ entrant }) => entrant === mine));
}

function show(event) {
  draw(event);
  if (needsMore(event)) {
    refreshSoon();
  }
  if (event.text) {
    say(event.text);
  }
}

function refreshSoon() {
  if (pending === 0) {
    pending = setTimeout(refresh, Math.random() * SPREAD_MS);
  }
}

/** Fetch what changes again, and put it where it was, at the same place and size. */
async function refresh() {
  clearTimeout(pending);
  pending = 0;
  const address = new URL(location.href);
  address.searchParams.set("fragment", "1");
  const content = await fetchElement(address, "#tournament");
  if (content === null) {
    // The server is busy, or the socket is lost too: then it is fetched when that reconnects.
    pending = setTimeout(refresh, RETRY_MS);
    return;
  }
  const region = document.getElementById("bracket");
  const scrolled = region && [region.scrollLeft, region.scrollTop];
  const focused = document.activeElement?.id;
  const field = document.getElementById("follow");
  const typed = field?.value;
  const opened = details().map(({ open }) => open);
  page().replaceWith(content);
  if (opened.length === details().length) {
    details().forEach((part, i) => {
      part.open = opened[i];
    });
  }
  if (field && document.getElementById("follow")) {
    document.getElementById("follow").value = typed;
  }
  settle();
  if (scrolled) {
    document.getElementById("bracket")?.scrollTo(...scrolled);
  }
  if (focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

function details() {
  return [...page().querySelectorAll("details")];
}

/** Whether more events followed the rendering of this page than the welcome brings. */
function isIncomplete(recent) {
  const rendered = new Date(page().dataset.rendered).getTime() - CLOCK_SLACK_MS;
  return recent.length >= RECENT && new Date(recent[0].at).getTime() > rendered;
}

/** Draw the recent events that are newer than this page. */
function catchUp(recent) {
  const rendered = new Date(page().dataset.rendered).getTime() - CLOCK_SLACK_MS;
  for (const event of recent) {
    if (new Date(event.at).getTime() > rendered) {
      draw(event);
      if (needsMore(event)) {
        refreshSoon();
      }
    }
  }
}

function listen() {
  stream = new Stream({ path: document.getElementById("live").dataset.socket });
  let isFirst = true;
  stream.addEventListener("event", ({ detail }) => show(detail));
  stream.addEventListener("snapshot", ({ detail }) => {
    if (isFirst && !isIncomplete(detail)) {
      catchUp(detail);
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
  const ready = [...document.querySelectorAll("#bracket .pairing.is-ready")];
  const shown = ready.findIndex((pairing) => pairing.classList.contains("is-shown"));
  ready[shown]?.classList.remove("is-shown");
  const next = ready[(shown + 1) % ready.length];
  next.classList.add("is-shown");
  rounds.reveal(next);
  next.querySelector(".report")?.focus({ preventScroll: true });
});

const copy = document.getElementById("copy-link");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.link);
    copy.textContent = "Copied";
    setTimeout(() => {
      copy.textContent = "Copy link";
    }, 2000);
  });
}

settle();
if (document.getElementById("follow")?.value) {
  follow.show();
}
enterResults({ isLive: () => stream?.state === "live", say });
listen();
