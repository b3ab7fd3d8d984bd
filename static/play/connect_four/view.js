/* Connect Four in a match's page. See ../room.js for what a game's module is. */

import { element } from "../elements.js";
import { Table } from "../table.js";

const COLUMNS = 7;

export function create({ root, you, names, send, sound }) {
  const board = new Board(root, { names, drop: (column) => drop(column) });
  const table = new Table(root, { you, names, send, marks: names.map((_, side) => discOf(side)) });
  let now = null;
  let isPlayed = false;

  function drop(column) {
    if (now?.legal.includes(String(column + 1)) && isPlayed) {
      send({ type: "move", move: String(column + 1), ply: now.ply });
    }
  }

  const gone = followKeys(drop);

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

/** Drop a disc with the keys 1 to 7, until what is returned is aborted. */
export function followKeys(drop) {
  const gone = new AbortController();
  document.addEventListener("keydown", (event) => {
    const column = Number(event.key) - 1;
    const isTyped = event.target.closest?.("input:not([type=radio]), textarea, [popover]");
    if (column >= 0 && column < COLUMNS && !isTyped && !event.ctrlKey && !event.altKey && !event.metaKey) {
      drop(column);
    }
  }, { signal: gone.signal });
  return gone;
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

function discOf(side) {
  const disc = element("span", { className: "four-cell" });
  disc.dataset.disc = side;
  return disc;
}

/** The board: a button for each column. */
export class Board {
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
