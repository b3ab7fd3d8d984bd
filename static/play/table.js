/* What stands beside the board of a game of turns: clocks, offers, moves. */

import { clockText, element } from "./elements.js";

const TICK_MS = 200;

/** Of a game of turns; `marks` are elements that stand before the sides' names. */
export class Table {
  #send;
  #you;
  #names;
  #now = null;
  #at = 0;
  #isPlayed = false;
  #clocks;
  #turn = element("p", { className: "turns-turn", role: "status" });
  #offer = element("div", { className: "actions turns-offer", role: "status" });
  #moves = element("ol", { className: "turns-moves" });
  #buttons;
  #offers;
  #timer;

  constructor(root, { you, names, send, marks = ["", ""] }) {
    [this.#you, this.#names, this.#send] = [you, names, send];
    this.#clocks = names.map((name, side) => {
      const time = element("span", { className: "turns-time", role: "timer" });
      const called = element("span", { className: "turns-called" });
      const who = element("span", {}, element("bdi", {}, name), " ", called);
      return { time, called, row: element("p", { className: "turns-clock" }, marks[side], who, time) };
    });
    const offer = (text, what) => this.#button(text, () => send({ type: "offer", what }));
    this.#offers = {
      draw: offer("Offer a draw", "draw"),
      takeback: offer("Ask to take back", "takeback"),
    };
    const resign = this.#button("Resign…", () => this.#askResign());
    this.#buttons = element("div", { className: "actions" }, ...Object.values(this.#offers), resign);
    this.#buttons.hidden = you === null;
    const moves = element("details", {}, element("summary", {}, "Moves"), this.#moves);
    moves.open = true;
    const clocks = this.#clocks.map(({ row }) => row);
    root.append(element("div", { className: "turns-table" },
      ...clocks, this.#turn, this.#offer, this.#buttons, moves));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  #button(text, action, style = "button-quiet") {
    const button = element("button", { type: "button", className: `button ${style}` }, text);
    button.addEventListener("click", action);
    return button;
  }

  #askResign() {
    const close = () => {
      this.#offer.replaceChildren();
      this.#showOffer();
    };
    const yes = this.#button("Resign", () => {
      this.#send({ type: "resign" });
      close();
    }, "button-danger");
    const no = this.#button("Play on", close);
    this.#offer.replaceChildren(element("p", {}, "Give up this game?"), yes, no);
    no.focus();
  }

  room({ phase }) {
    this.#isPlayed = phase === "playing";
    this.#buttons.querySelectorAll("button").forEach((button) => {
      button.disabled = !this.#isPlayed;
    });
    this.#showTurn();
  }

  position(message) {
    this.#now = message;
    this.#at = performance.now();
    this.#moves.replaceChildren(...message.moves.map((move) => element("li", {}, move)));
    this.#moves.scrollTop = this.#moves.scrollHeight;
    for (const [what, button] of Object.entries(this.#offers)) {
      button.hidden = !message.offers.includes(what);
    }
    this.#clocks.forEach(({ called }, side) => {
      called.textContent = message.view.sides?.[side] ?? "";
    });
    this.#showTurn();
    this.#showOffer();
    this.#tick();
  }

  #showTurn() {
    const to = this.#now?.to_move ?? null;
    this.#turn.textContent = to === null || !this.#isPlayed ? ""
      : to === this.#you ? "Your turn." : `${this.#names[to]} is to move.`;
  }

  #showOffer() {
    const offer = this.#now?.offer;
    if (!offer) {
      this.#offer.replaceChildren();
      return;
    }
    const what = offer.what === "draw" ? "offers a draw" : "asks to take back a move";
    const who = offer.side === this.#you ? "You" : this.#names[offer.side];
    const words = offer.side === this.#you ? what.replace("offers", "offer").replace("asks", "ask") : what;
    const buttons = offer.side === this.#you
      ? [this.#button("Withdraw", () => this.#send({ type: "decline" }))]
      : [
        this.#button("Accept", () => this.#send({ type: "accept" }), ""),
        this.#button("Decline", () => this.#send({ type: "decline" })),
      ];
    this.#offer.replaceChildren(
      element("p", {}, `${who} ${words}.`), ...(this.#you === null ? [] : buttons));
  }

  #tick() {
    if (this.#now === null) {
      return;
    }
    const { clocks_ms: clocks, running } = this.#now;
    const passed = performance.now() - this.#at;
    this.#clocks.forEach(({ time, row }, side) => {
      time.textContent = clockText(clocks[side] - (side === running && this.#isPlayed ? passed : 0));
      row.classList.toggle("is-running", side === running);
    });
  }
}
