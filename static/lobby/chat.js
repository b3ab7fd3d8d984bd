/* Speaking, and for moderators: taking a line out, or a voice. */

import { link } from "./lines.js";

const SHOW_LEFT = 80; // so few characters before the limit, count them

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

export class Chat {
  #stream;
  #log;
  #you;
  #form = document.getElementById("chat-form");
  #text = document.getElementById("chat-text");
  #error = document.getElementById("chat-error");
  #left = document.getElementById("chat-left");
  #sent = ""; // sent, and not yet received back

  constructor({ stream, log, you, isModerator }) {
    this.#stream = stream;
    this.#log = log;
    this.#you = you;
    log.list.querySelectorAll(".chat-line-text bdi").forEach(link);
    if (this.#form) {
      this.#listen();
    }
    if (isModerator) {
      this.#moderate();
    }
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#say();
      }
    });
    this.#text.addEventListener("input", () => this.#count());
    this.#stream.addEventListener("refused", ({ detail }) => this.#refused(detail.message));
    this.#stream.addEventListener("state", ({ detail }) => {
      if (this.#sent && detail.state !== "live" && detail.state !== "connecting") {
        this.#refused("The connection was lost before this was confirmed. Send it again if it does not appear.");
      }
    });
  }

  #say() {
    const text = this.#text.value.trim();
    if (!text || this.#isTooLong()) {
      return;
    }
    if (!this.#stream.send({ type: "chat", text })) {
      this.#complain("Not connected. Your words stay here until you are.");
      return;
    }
    this.#sent = text;
    this.#text.value = "";
    this.#complain("");
    this.#count();
    this.#log.scrollToEnd();
  }

  /** A line of chat arrived; if it is the one sent, it is stored. */
  received({ data }) {
    if (!this.#form || !this.#sent || data.player.id !== this.#you) {
      return;
    }
    if (this.#text.value.trim() === this.#sent) {
      this.#text.value = ""; // restored after a lost connection, although it was stored
      this.#complain("");
    }
    this.#sent = "";
  }

  /** Give back what was not taken. */
  #refused(message) {
    if (this.#sent && !this.#text.value) {
      this.#text.value = this.#sent;
      this.#count();
    }
    this.#complain(message);
  }

  #complain(message) {
    this.#error.textContent = message;
    this.#error.hidden = !message;
  }

  #length() {
    return [...this.#text.value.trim()].length; // characters, as the server counts them
  }

  #isTooLong() {
    return this.#length() > Number(this.#text.dataset.max);
  }

  #count() {
    const left = Number(this.#text.dataset.max) - this.#length();
    this.#left.textContent =
      left < 0 ? `${-left} characters too many` : left < SHOW_LEFT ? `${left} left` : "";
    this.#text.setAttribute("aria-invalid", String(left < 0));
  }

  // Moderation.

  #moderate() {
    const equip = (line) => line.querySelector(".moderate") ?? this.#equip(line);
    this.#log.list.querySelectorAll(".chat-line").forEach(equip);
    const watch = new MutationObserver((changes) => {
      changes.flatMap(({ addedNodes }) => [...addedNodes]).forEach(equip);
    });
    watch.observe(this.#log.list, { childList: true });
    this.#log.list.addEventListener("click", ({ target }) => this.#act(target));
  }

  #equip(line) {
    const tools = document.createElement("span");
    tools.className = "moderate";
    const name = line.querySelector(".chat-line-name").textContent;
    for (const [action, word] of [["delete", "Delete"], ["mute", "Mute"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-button";
      button.dataset.action = action;
      button.textContent = word;
      button.setAttribute("aria-label", action === "mute" ? `Mute ${name}` : `Delete this line of ${name}`);
      tools.append(button);
    }
    line.querySelector(".chat-line-head").append(tools);
  }

  async #act(target) {
    const action = target.dataset?.action;
    const line = target.closest(".chat-line");
    if (!action || !line) {
      return;
    }
    target.disabled = true;
    const { seq } = line.dataset;
    const done = await this.#post(
      action === "delete" ? `/chat/${seq}/delete` : "/chat/mute",
      action === "delete" ? {} : { line: Number(seq) },
    );
    target.textContent = done ? (action === "mute" ? "Muted" : "Deleted") : "Failed";
    target.disabled = done;
  }

  async #post(address, body) {
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": csrfToken(),
        },
        body: JSON.stringify(body),
      });
      return response.ok;
    } catch {
      return false;
    }
  }
}
