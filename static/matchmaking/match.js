/* A match's page, live: whatever happens, the part that moves is asked for again. */

import { showConnection } from "../live/connection.js";
import { Stream } from "../live/stream.js";
import { localise } from "../live/times.js";

const page = document.getElementById("match");
const status = document.getElementById("match-status");
const stream = new Stream({ path: page.dataset.socket });
let asking = false;
let again = false;

/** Draw the match as it is now; what happens meanwhile is drawn after. */
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch(page.dataset.panel, { headers: { Accept: "text/html" } });
    if (response.ok) {
      page.innerHTML = await response.text();
      page.querySelectorAll("time").forEach(localise);
      document.querySelector("#main > .messages")?.remove(); // what it said may be past
    }
  } catch {
    // The stream comes back, and with it the next refresh.
  }
  asking = false;
  if (again) {
    again = false;
    refresh();
  }
}

/** Whether somebody is in the middle of a dialog or a field, which must not be drawn over. */
function isBusy() {
  return page.querySelector("[popover]:popover-open, input:focus") !== null;
}

let waits = false;
function moved() {
  if (isBusy()) {
    waits = true;
  } else {
    waits = false;
    refresh();
  }
}
page.addEventListener("focusout", () => setTimeout(() => waits && moved()));
page.addEventListener("toggle", () => waits && moved(), true);

stream.addEventListener("event", ({ detail }) => {
  status.textContent = detail.text;
  moved();
});
let isFirst = true;
stream.addEventListener("snapshot", () => {
  if (!isFirst) {
    moved();
  }
  isFirst = false;
});
if (document.getElementById("connection")) {
  showConnection(stream);
  stream.start();
}
