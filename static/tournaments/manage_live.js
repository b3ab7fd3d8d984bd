/* The organiser's pages, live: when the tournament changes, the open tab is fetched again.

   Input that is not yet sent, and what is shown only once, are never replaced without asking: then
   a line offers to show the changes. */

import { showConnection } from "../live/connection.js";
import { fetchElement } from "../live/fetch_element.js";
import { Stream } from "../client/matchpoint.js";

const SETTLE_MS = 300; // several events in a row are one change
const FIELDS = "input:not([type=hidden]), select, textarea";
const KEPT = "[data-keep], .field-errors, .form-error, details[open]:not(.more), .is-dragged";

const shownTab = () => document.getElementById("manage-tab");
const note = document.getElementById("manage-news");

function isChanged(field) {
  if (field.matches("[type=checkbox], [type=radio]")) {
    return field.checked !== field.defaultChecked;
  }
  if (field.matches("select")) {
    const options = [...field.options];
    const usual = Math.max(0, options.findIndex((option) => option.defaultSelected));
    return field.selectedIndex !== usual;
  }
  return field.value !== field.defaultValue;
}

/** Whether replacing the tab would lose input, or something that is shown only once. */
function isBusy() {
  return (
    shownTab().querySelector(KEPT) !== null ||
    shownTab().querySelector(":is(input:not([type=hidden]), select, textarea):focus") !== null ||
    [...shownTab().querySelectorAll(FIELDS)].some(isChanged)
  );
}

/** Keeps the open tab up to date; `ready` is called after each replacement. */
export class ManageTab {
  #ready;
  #pending = 0;
  #asking = false;
  #again = false;

  constructor({ ready }) {
    this.#ready = ready;
    const stream = new Stream({ path: shownTab().dataset.socket });
    let isFirst = true;
    stream.addEventListener("event", ({ detail }) => detail.type !== "chat" && this.#changed());
    stream.addEventListener("snapshot", () => {
      if (!isFirst) {
        this.#changed();
      }
      isFirst = false;
    });
    document.getElementById("manage-reload").addEventListener("click", () => this.#draw());
    showConnection(stream);
    stream.start();
  }

  #changed() {
    this.#pending ||= setTimeout(() => {
      this.#pending = 0;
      if (isBusy()) {
        note.hidden = false;
      } else {
        this.#draw();
      }
    }, SETTLE_MS);
  }

  async #draw() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    const isAsked = !note.hidden; // the organiser agreed to lose the input
    const tab = await fetchElement(location.href, "#manage-tab");
    if (tab !== null && (isAsked || !isBusy())) {
      this.#replace(tab);
    }
    this.#asking = false;
    if (this.#again) {
      this.#again = false;
      this.#changed();
    }
  }

  /** Replace the tab; the focus returns to the same link or button. */
  #replace(tab) {
    const focused = shownTab().contains(document.activeElement) && document.activeElement.textContent;
    shownTab().replaceWith(tab);
    note.hidden = true;
    this.#ready();
    const same = ({ textContent }) => textContent === focused;
    [...tab.querySelectorAll("a, button")].find(same)?.focus({ preventScroll: true });
  }
}
