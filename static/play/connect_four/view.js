/* Connect Four in a match's page. See ../room.js for what a game's module is. */

import { clockText, element } from "../elements.js";

const COLUMNS = 7;
const TICK_MS = 200;

export function create({ root, you, names, send, sound }) {
  const board = new Board(root, { names, drop: (column) => drop(column) });
  const table = new Table(root, { you, names, send });
  let now = null;
  let isPlayed = false;

  function drop(column) {
    if (now?.legal.includes(String(column + 1)) && isPlayed) {
      send({ type: "move", move: String(column + 1), ply: now.ply });
    }
  }

  const gone = new AbortController();
  document.addEventListener("keydown", (event) => {
    const column = Number(event.key) - 1;
    const isTyped = event.target.closest?.("input, textarea, [popover]");
    if (column >= 0 && column < COLUMNS && !isTyped && !event.ctrlKey && !event.altKey && !event.metaKey) {
      drop(column);
    }
  }, { signal: gone.signal });

  return {
    room(message) {
      isPlayed = message.phase === "playing";
      table.room(message);
    },
    position(message) {
      if (now !== null && message.ply > now.ply) {
        sound.beep(message.to_move === you ? 520 : 330, 60);
      }
      now = message;
      board.show(message.view, { legal: message.legal, last: message.last });
      table.position(message);
    },
    stop() {
      gone.abort();
      table.stop();
      root.replaceChildren();
    },
  };
}

/** A finished game, to be watched: the views are the server's. */
export function replay({ root, names, record }) {
  const board = new Board(root, { names, drop() {} });
  return {
    length: record.length,
    perSecond: 1,
    marks: [],
    show(at) {
      const last = at ? record.moves[at - 1][0] : null;
      board.show(record.views[at], { legal: [], last });
      return null;
    },
    stop() {
      root.replaceChildren();
    },
  };
}

/** The board: a button for each column. */
class Board {
  #columns;
  #names;

  constructor(root, { names, drop }) {
    this.#names = names;
    this.#columns = Array.from({ length: COLUMNS }, (_, column) => {
      const button = element("button", { type: "button", className: "four-column" });
      button.addEventListener("click", () => drop(column));
      button.addEventListener("keydown", (event) => this.#walk(event, column));
      button.tabIndex = column === 3 ? 0 : -1;
      return button;
    });
    const board = element("div", { className: "four-board", role: "group" }, ...this.#columns);
    board.setAttribute("aria-label", "Board: columns 1 to 7");
    root.append(board);
  }

  #walk(event, column) {
    const to = column + ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0);
    if (to !== column && this.#columns[to]) {
      event.preventDefault();
      this.#columns[column].tabIndex = -1;
      this.#columns[to].tabIndex = 0;
      this.#columns[to].focus();
    }
  }

  show({ columns, rows, winning }, { legal, last }) {
    const wins = new Set(winning.map((cell) => cell.join()));
    columns.forEach((cells, column) => {
      const button = this.#columns[column];
      const isOpen = legal.includes(String(column + 1));
      const isLast = String(column + 1) === last;
      button.setAttribute("aria-disabled", !isOpen);
      button.setAttribute("aria-label", this.#words(column, cells));
      button.replaceChildren(...Array.from({ length: rows }, (_, back) => {
        const row = rows - 1 - back;
        const disc = element("span", { className: "four-cell" });
        if (row < cells.length) {
          disc.dataset.disc = cells[row];
          disc.classList.toggle("is-last", isLast && row === cells.length - 1);
          disc.classList.toggle("is-winning", wins.has([column, row].join()));
        }
        return disc;
      }));
    });
  }

  #words(column, cells) {
    const discs = cells.map((side) => this.#names[side]).join(", ");
    return `Column ${column + 1}: ${discs ? `from below ${discs}` : "empty"}`;
  }
}

/** What stands beside the board: clocks, offers, moves. */
class Table {
  #send;
  #you;
  #names;
  #now = null;
  #at = 0;
  #isPlayed = false;
  #clocks;
  #turn = element("p", { className: "four-turn", role: "status" });
  #offer = element("div", { className: "actions four-offer", role: "status" });
  #moves = element("ol", { className: "four-moves" });
  #buttons;
  #timer;

  constructor(root, { you, names, send }) {
    [this.#you, this.#names, this.#send] = [you, names, send];
    this.#clocks = names.map((name, side) => {
      const time = element("span", { className: "four-time", role: "timer" });
      const disc = element("span", { className: "four-cell" });
      disc.dataset.disc = side;
      return { time, row: element("p", { className: "four-clock" }, disc, element("bdi", {}, name), time) };
    });
    const act = (text, message) => this.#button(text, () => send(message));
    const resign = this.#button("Resign…", () => this.#askResign());
    this.#buttons = element("div", { className: "actions" },
      act("Offer a draw", { type: "offer", what: "draw" }),
      act("Ask to take back", { type: "offer", what: "takeback" }), resign);
    this.#buttons.hidden = you === null;
    const moves = element("details", {}, element("summary", {}, "Moves"), this.#moves);
    moves.open = true;
    const clocks = this.#clocks.map(({ row }) => row);
    root.append(element("div", { className: "four-table" },
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
