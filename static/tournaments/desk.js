/* The organiser's desk, live: when the tournament moves on, the open tab is fetched again.

   Never over something that is being filled in, or is shown only once: then a line says that
   there is news, and a press draws it. */

import { showConnection } from "../live/connection.js";
import { Stream } from "../live/stream.js";

const SETTLE_MS = 300; // several events in a row are one change
const FIELDS = "input:not([type=hidden]), select, textarea";
const KEPT = "[data-keep], .field-errors, .form-error, details[open]:not(.more), .is-dragged";

const desk = () => document.getElementById("desk");
const note = document.getElementById("desk-news");

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

/** Whether drawing the tab again would take something away from who works in it. */
function isBusy() {
  return (
    desk().querySelector(KEPT) !== null ||
    desk().querySelector(":is(input:not([type=hidden]), select, textarea):focus") !== null ||
    [...desk().querySelectorAll(FIELDS)].some(isChanged)
  );
}

/** Keeps the tab as the tournament stands; `ready` is told of every tab that was drawn anew. */
export class Desk {
  #ready;
  #pending = 0;
  #asking = false;
  #again = false;

  constructor({ ready }) {
    this.#ready = ready;
    const stream = new Stream({ path: desk().dataset.socket });
    let isFirst = true;
    stream.addEventListener("event", ({ detail }) => detail.type !== "chat" && this.#moved());
    stream.addEventListener("snapshot", () => {
      if (!isFirst) {
        this.#moved();
      }
      isFirst = false;
    });
    document.getElementById("desk-reload").addEventListener("click", () => this.#draw());
    showConnection(stream);
    stream.start();
  }

  #moved() {
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
    const isAsked = !note.hidden; // pressed: what was filled in may go
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const tab = fresh.getElementById("desk");
      if (response.ok && tab !== null && (isAsked || !isBusy())) {
        this.#replace(document.adoptNode(tab));
      }
    } catch {
      // The stream comes back, and with it the next try.
    }
    this.#asking = false;
    if (this.#again) {
      this.#again = false;
      this.#moved();
    }
  }

  /** Put the new tab in the place of the old one; who stood on a button stands there again. */
  #replace(tab) {
    const stood = desk().contains(document.activeElement) && document.activeElement.textContent;
    desk().replaceWith(tab);
    note.hidden = true;
    this.#ready();
    const same = ({ textContent }) => textContent === stood;
    [...tab.querySelectorAll("a, button")].find(same)?.focus({ preventScroll: true });
  }
}
