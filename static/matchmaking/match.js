/* A match's page, live: on each event the changing part is loaded again. */

import { showConnection } from "../live/connection.js";
import { Stream } from "../client/matchpoint.js";
import { localise } from "../live/times.js";

const page = document.getElementById("match");
const status = document.getElementById("match-status");
const stream = new Stream({ path: page.dataset.socket });
let isLoading = false;
let isStale = false;

/** Load the match as it is now; an event meanwhile loads it once more. */
async function refresh() {
  if (isLoading) {
    isStale = true;
    return;
  }
  isLoading = true;
  try {
    const response = await fetch(page.dataset.panel, { headers: { Accept: "text/html" } });
    if (response.ok) {
      page.innerHTML = await response.text();
      page.querySelectorAll("time").forEach(localise);
      document.querySelector("#main > .messages")?.remove(); // it may be outdated
    }
  } catch {
    // The stream comes back, and with it the next refresh.
  }
  isLoading = false;
  if (isStale) {
    isStale = false;
    refresh();
  }
}

/** Whether a dialog or a field is in use, which must not be replaced. */
function isBusy() {
  return page.querySelector("[popover]:popover-open, input:focus") !== null;
}

let isPending = false;
function update() {
  if (isBusy()) {
    isPending = true;
  } else {
    isPending = false;
    refresh();
  }
}
page.addEventListener("focusout", () => setTimeout(() => isPending && update()));
page.addEventListener("toggle", () => isPending && update(), true);

page.addEventListener("click", ({ target }) => {
  const copied = target.closest("[data-copy]");
  const text = copied && document.getElementById(copied.dataset.copy).textContent;
  if (text && navigator.clipboard) {
    navigator.clipboard.writeText(text).then(() => {
      status.textContent = `${text} is copied.`;
      copied.textContent = "Copied";
    });
  }
});

stream.addEventListener("event", ({ detail }) => {
  status.textContent = detail.text;
  update();
});
let isFirst = true;
stream.addEventListener("snapshot", () => {
  if (!isFirst) {
    update();
  }
  isFirst = false;
});
if (document.getElementById("connection")) {
  showConnection(stream);
  stream.start();
}
