/* The organiser's pages: rows dragged or moved by arrow keys fill in their seeds; local times. */

import { localise } from "../live/times.js";
import { ManageTab } from "./manage_live.js";

const rows = () => [...document.getElementById("seed-rows").children];

/** Write each row's place into its box; the form is saved by its own button. */
function number() {
  rows().forEach((row, index) => {
    row.querySelector(".row-seed").value = index + 1;
  });
}

function move(row, step) {
  const beside = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!beside) return;
  if (step < 0) beside.before(row);
  else beside.after(row);
  number();
}

/** The row that a point is over, leaving out the one that is dragged. */
function rowAt(y, dragged) {
  return rows().find((row) => {
    const box = row.getBoundingClientRect();
    return row !== dragged && y >= box.top && y < box.bottom;
  });
}

/* Listened to at the document: a row that is moved loses the pointer it had captured. */
function drag(event) {
  event.preventDefault();
  const row = event.currentTarget.closest(".row");
  const done = new AbortController();
  row.classList.add("is-dragged");
  const follow = (moved) => {
    const over = rowAt(moved.clientY, row);
    if (!over) return;
    const later = row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (later) over.after(row);
    else over.before(row);
  };
  const drop = () => {
    done.abort();
    row.classList.remove("is-dragged");
    number();
  };
  document.addEventListener("pointermove", follow, { signal: done.signal });
  document.addEventListener("pointerup", drop, { signal: done.signal });
  document.addEventListener("pointercancel", drop, { signal: done.signal });
}

function press(event) {
  const steps = { ArrowUp: -1, ArrowDown: 1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const handle = event.currentTarget;
  move(handle.closest(".row"), steps[event.key]);
  handle.focus();
}

/** Make the handles and the times of a new tab work. */
function prepare() {
  for (const handle of document.querySelectorAll("#seed-rows .row-handle")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", drag);
    handle.addEventListener("keydown", press);
  }
  document.querySelectorAll(".page time").forEach(localise);
  const here = document.querySelector(".manage-tabs [aria-current]");
  const tabs = here?.parentElement;
  if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft; // on a phone they are cut off
}

prepare();
new ManageTab({ ready: prepare });
