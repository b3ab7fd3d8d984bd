/* The player's own queue and match: the server draws it, this fetches it again when it may have changed. */

import { elapsed, remaining } from "../live/times.js";

const STALE_MS = 30_000;
const READING_SECONDS = 10;
const OPENED = "matchpoint-opened-match";
const WANTS = "matchpoint-wants";

export class Queue {
  #you;
  #asking = null;
  #seconds = 0;
  #again = false;

  constructor(you) {
    this.#you = you;
    document.addEventListener("submit", (event) => this.#submit(event));
    setInterval(() => this.#tick(), 1000);
    document.addEventListener("change", ({ target }) => {
      if (target.matches("#queue input[name=pool]")) {
        showWants(this.#panel);
      }
    });
    this.#tick();
    recallWants(this.#panel);
    showWants(this.#panel);
    openMatch(this.#panel);
  }

  get #panel() {
    return document.getElementById("queue");
  }

  /** An event of the lobby: is it about me? */
  received({ data, text }) {
    const players = data.players ?? data.match?.players ?? [];
    if (this.#you && players.some(({ id }) => id === this.#you)) {
      document.getElementById("queue-status").textContent = text;
      this.refresh();
    }
  }

  /** The waiting players, by the server's last message: joined or left in another tab, or expired. */
  waiting({ count, names }) {
    const { state, waitingAs } = this.#panel.dataset;
    const mine = document.getElementById("lobby").dataset.youName;
    const isListed = names.includes(waitingAs || mine);
    const isComplete = count === names.length;
    if (state === "waiting" ? !isListed && isComplete : state === "idle" && mine && isListed) {
      this.refresh();
    }
  }

  /** Fetch the panel; calls made meanwhile become one more fetch. */
  async refresh() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = this.#fetch(this.#panel.dataset.url);
    await this.#asking;
    this.#asking = null;
    if (this.#again) {
      this.#again = false;
      this.refresh();
    }
  }

  #submit(event) {
    const form = event.target;
    if (!form.matches("[data-queue-form]")) {
      return;
    }
    event.preventDefault();
    keepWants(form);
    const button = form.querySelector("button");
    button.disabled = true;
    const body = new FormData(form);
    this.#fetch(form.action, { method: "POST", body }).then((drawn) => {
      button.disabled = false;
      if (!drawn) {
        form.submit(); // the plain way says what is wrong
      }
    });
  }

  /** Ask the server and show the panel it draws; false when it did not draw one. */
  async #fetch(address, options = {}) {
    try {
      const headers = { "X-Requested-With": "fetch", Accept: "text/html" };
      const signal = AbortSignal.timeout(STALE_MS);
      const response = await fetch(address, { ...options, headers, signal });
      const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
      return this.#replace(drawn.getElementById("queue"));
    } catch {
      return false;
    }
  }

  #replace(panel) {
    if (panel === null) {
      return false;
    }
    if (panel.dataset.you !== this.#you) {
      location.reload(); // somebody else now: the socket and the page must know
      return true;
    }
    const old = this.#panel;
    const wasHere = old.contains(document.activeElement);
    recallWants(panel);
    keepChoices(old, panel);
    showWants(panel);
    old.replaceWith(document.adoptNode(panel));
    openMatch(panel);
    if (wasHere) {
      panel.querySelector("input:not([type=hidden]), button")?.focus();
    }
    // What went wrong stays to be read.
    this.#seconds = panel.querySelector(".queue-error") ? -READING_SECONDS : 0;
    this.#tick();
    return true;
  }

  #tick() {
    const now = Date.now();
    for (const time of this.#panel.querySelectorAll("[data-elapsed]")) {
      time.textContent = elapsed(new Date(time.dateTime), now);
    }
    for (const time of this.#panel.querySelectorAll("[data-remaining]")) {
      time.textContent = remaining(new Date(time.dateTime), now);
    }
    this.#refreshWhenDue();
  }

  /** Parties and pools with rules change without a word; never under the reader's hands. */
  #refreshWhenDue() {
    const panel = this.#panel;
    const every = Number(panel.dataset.refreshSeconds);
    this.#seconds += 1;
    const isBusy = document.activeElement?.matches?.("#queue input, #queue select")
      || panel.querySelector(":popover-open");
    if (every && this.#seconds >= every && !isBusy) {
      this.#seconds = 0;
      this.refresh();
    }
  }
}

/** Open the page of a new match that is played there. Once: who comes back to the lobby stays. */
function openMatch({ dataset: { open: address } }) {
  try {
    if (!address || localStorage.getItem(OPENED) === address) {
      return;
    }
    localStorage.setItem(OPENED, address);
  } catch {
    return; // nothing is stored in this browser: its button opens it
  }
  location.assign(address);
}

/** What the player has typed and chosen in the old panel, so far as the new one asks for it too. */
function keepChoices(old, panel) {
  for (const field of old.querySelectorAll("input[id], select[id]")) {
    const same = panel.querySelector(`#${CSS.escape(field.id)}`);
    if (same && field.value && (same.tagName === "SELECT" || !same.value)) {
      same.value = field.value;
    }
  }
  const boxes = old.querySelectorAll("input[type=checkbox][data-kept]");
  for (const box of boxes) {
    const selector = `[name="${CSS.escape(box.name)}"][value="${CSS.escape(box.value)}"]`;
    const same = panel.querySelector(selector);
    if (same) {
      same.checked = box.checked;
    }
  }
  const pool = old.querySelector("input[type=radio]:checked")?.value;
  for (const radio of panel.querySelectorAll("input[type=radio]")) {
    radio.checked = pool ? radio.value === pool : radio.checked;
  }
}

/** Only the pool that is chosen asks for what it wants to know. */
function showWants(panel) {
  const chosen = panel.querySelector("input[name=pool]:checked, input[name=pool][type=hidden]")?.value;
  for (const wants of panel.querySelectorAll("[data-of-pool]")) {
    wants.hidden = Boolean(chosen) && wants.dataset.ofPool !== chosen;
  }
}

/** Remember what was wanted, for the next time in this browser. */
function keepWants(form) {
  const kept = {};
  for (const field of form.querySelectorAll("[data-kept]")) {
    kept[field.name] ??= [];
    if (field.type !== "checkbox" || field.checked) {
      kept[field.name].push(field.value);
    }
  }
  if (Object.keys(kept).length) {
    try {
      localStorage.setItem(WANTS, JSON.stringify(kept));
    } catch {
      // nothing is stored in this browser
    }
  }
}

/** Fill in what was wanted the last time. */
function recallWants(panel) {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(WANTS) ?? "{}");
  } catch {
    return;
  }
  for (const field of panel.querySelectorAll("[data-kept]")) {
    const values = kept[field.name];
    if (!Array.isArray(values)) {
      continue;
    }
    if (field.type === "checkbox") {
      field.checked = values.includes(field.value);
    } else if (field.tagName !== "SELECT" || [...field.options].some(({ value }) => value === values[0])) {
      field.value = values[0];
    }
  }
}
