/* A game of turns that has no view of its own: what its `view` says, and its moves to choose from.

   `view` may have `text` (lines in letters of one width), `facts` (pairs), and a `board`: rows of
   cells from the top, each a text, with `files` and `ranks`, the names of columns and rows. A cell
   is called by both, such as e4. Moves are made by their cells: those that `cells` says of a move,
   else those that stand in it. `is_slanted` shifts each row by half a cell, `is_turned` shows the
   board from the other end, `checkered` darkens every other cell. */

import { element } from "../elements.js";
import { Table } from "../table.js";

const MOST_BUTTONS = 60;

export function create({ root, you, names, send, sound }) {
  const picture = new Picture(root, { pick: (cell) => moves.pick(cell) });
  const moves = new Moves(picture, { isHidden: you === null, play });
  const table = new Table(root, { you, names, send });
  let now = null;
  let isPlayed = false;

  function play(move) {
    if (isPlayed) {
      send({ type: "move", move, ply: now.ply });
    }
  }

  function show() {
    const legal = isPlayed ? now.legal : [];
    picture.show(now.view, now.last);
    moves.show(legal, now.view);
  }

  return {
    room({ phase }) {
      isPlayed = phase === "playing";
      table.room({ phase });
      if (now !== null) {
        show();
      }
    },
    position(message) {
      if (now !== null && message.ply > now.ply) {
        sound.beep(message.to_move === you ? 520 : 330, 60);
      }
      now = message;
      show();
      table.position(message);
    },
    stop() {
      table.stop();
      root.replaceChildren();
    },
  };
}

/** A finished game, to be watched: the views are the server's. */
export function replay({ root, record }) {
  const picture = new Picture(root, { pick() {} });
  return {
    length: record.length,
    perSecond: 1,
    marks: [],
    show(at) {
      picture.show(record.views[at], at ? record.moves[at - 1][0] : null);
      return null;
    },
    stop() {
      root.replaceChildren();
    },
  };
}

/** The cells that a text names. */
function cellsIn(text, cells) {
  return (text?.match(/[a-z]\d+/g) ?? []).filter((name) => cells.has(name));
}

/** The board, the text and the facts. */
class Picture {
  #pick;
  #text = element("pre", { className: "generic-text" });
  #facts = element("dl", { className: "generic-facts" });
  #board = element("div", { className: "generic-board", role: "group" });
  #drawn = "";
  #rows = [];
  cells = new Map();
  root = element("div", { className: "generic-view" });

  constructor(root, { pick }) {
    this.#pick = pick;
    this.#board.setAttribute("aria-label", "Board; the arrow keys move on it");
    this.#text.tabIndex = 0;
    this.#board.addEventListener("keydown", (event) => this.#walk(event));
    this.root.append(this.#board, this.#text, this.#facts);
    root.append(this.root);
  }

  show(view, last) {
    this.#text.hidden = !view.text;
    this.#text.textContent = view.text ?? "";
    this.#facts.hidden = !view.facts?.length;
    this.#facts.replaceChildren(...(view.facts ?? []).flatMap(([name, value]) =>
      [element("dt", {}, name), element("dd", {}, value)]));
    this.#board.hidden = !view.board;
    if (view.board) {
      this.#showBoard(view, last);
    }
  }

  #showBoard(view, last) {
    const { board, files, ranks } = view;
    const key = JSON.stringify([files, ranks, view.is_turned, view.is_slanted, view.checkered]);
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#draw(view);
    }
    const lasts = cellsIn(last, this.cells).slice(-1);
    board.forEach((row, y) => row.forEach((sign, x) => {
      const name = files[x] + ranks[y];
      const cell = this.cells.get(name);
      cell.textContent = sign;
      cell.setAttribute("aria-label", `${name}: ${sign || "empty"}`);
      cell.classList.toggle("is-last", lasts.includes(name));
    }));
  }

  /** Each cell is two halves wide, so that rows can be shifted by one. */
  #draw({ files, ranks, is_turned: isTurned, is_slanted: isSlanted, checkered }) {
    const across = [...files.entries()];
    const down = [...ranks.entries()];
    if (isTurned) {
      across.reverse();
      down.reverse();
    }
    const halves = 2 * files.length + 2 + (isSlanted ? ranks.length - 1 : 0);
    this.#board.style.setProperty("--halves", halves);
    this.#board.style.setProperty("--shape", halves / (2 * ranks.length + 2));
    this.cells.clear();
    this.#board.replaceChildren();
    const place = (item, row, start) => {
      item.style.gridArea = `${row} / ${start} / auto / span 2`;
      this.#board.append(item);
    };
    across.forEach(([, file], at) => {
      place(element("span", { className: "generic-label" }, file), 1, 3 + 2 * at);
    });
    this.#rows = down.map(([y, rank], row) => {
      const shift = isSlanted ? row : 0;
      place(element("span", { className: "generic-label" }, rank), row + 2, 1 + shift);
      return across.map(([x, file], at) => {
        const cell = element("button", { type: "button", className: "generic-cell", tabIndex: -1 });
        cell.classList.toggle("is-dark", Boolean(checkered) && (x + y) % 2 === 1);
        cell.addEventListener("click", () => this.#pick(file + rank));
        this.cells.set(file + rank, cell);
        place(cell, row + 2, 3 + 2 * at + shift);
        return cell;
      });
    });
    this.#rows[0][0].tabIndex = 0;
  }

  #walk(event) {
    const [right, down] = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    }[event.key] ?? [0, 0];
    const y = this.#rows.findIndex((row) => row.includes(event.target));
    const next = this.#rows[y + down]?.[this.#rows[y]?.indexOf(event.target) + right];
    if (next && next !== event.target) {
      event.preventDefault();
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  /** What can be picked, and what is. */
  mark(open, picked) {
    for (const [name, cell] of this.cells) {
      cell.classList.toggle("is-open", open.has(name));
      cell.setAttribute("aria-disabled", !open.has(name));
      cell.classList.toggle("is-picked", picked.includes(name));
    }
  }
}

/** The moves that fit what is typed and picked. */
class Moves {
  #picture;
  #play;
  #legal = [];
  #cells = new Map();
  #picked = [];
  #filter = element("input", { autocomplete: "off", spellcheck: false });
  #list = element("div", { className: "generic-moves", role: "group" });
  #form;

  constructor(picture, { isHidden, play }) {
    this.#picture = picture;
    this.#play = play;
    this.#list.setAttribute("aria-label", "Moves");
    const label = element("label", {}, "Find a move ", this.#filter);
    this.#form = element("form", { hidden: isHidden }, label, this.#list);
    this.#filter.addEventListener("input", () => this.#draw());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    picture.root.append(this.#form);
  }

  show(legal, view) {
    if (legal.join() !== this.#legal.join()) {
      this.#picked = [];
      this.#filter.value = "";
    }
    this.#legal = legal;
    this.#cells = new Map(legal.map((move) =>
      [move, view.cells?.[move] ?? cellsIn(move, this.#picture.cells)]));
    this.#draw();
  }

  /** A cell is chosen; a move is made once all of its cells are, and no other has them. */
  pick(cell) {
    const after = this.#picked.includes(cell)
      ? this.#picked.filter((one) => one !== cell) : [...this.#picked, cell];
    this.#picked = [after, [cell], []].find((picked) => this.#having(picked).length > 0) ?? [];
    const found = this.#having(this.#picked);
    if (found.length === 1 && this.#cells.get(found[0]).every((one) => this.#picked.includes(one))) {
      this.#play(found[0]);
    }
    this.#draw();
  }

  #having(picked) {
    return this.#legal.filter((move) => picked.every((one) => this.#cells.get(move).includes(one)));
  }

  #found() {
    const typed = this.#filter.value.trim().toLowerCase();
    const found = this.#having(this.#picked);
    const exact = found.filter((move) => move.toLowerCase() === typed);
    return exact.length ? exact : found.filter((move) => move.toLowerCase().includes(typed));
  }

  #submit() {
    const found = this.#found();
    if (found.length === 1) {
      this.#play(found[0]);
    }
  }

  #draw() {
    const found = this.#found();
    const open = new Set(this.#having(this.#picked).flatMap((move) => this.#cells.get(move)));
    this.#picture.mark(open, this.#picked);
    found.sort((one, other) => this.#cells.get(one).length - this.#cells.get(other).length);
    const buttons = found.slice(0, MOST_BUTTONS).map((move) => {
      const button = element("button", { type: "button", className: "button button-quiet" }, move);
      button.addEventListener("click", () => this.#play(move));
      return button;
    });
    const more = found.length - buttons.length;
    this.#list.replaceChildren(...buttons, ...(more > 0 ? [`and ${more} more`] : []));
    this.#filter.disabled = !this.#legal.length;
  }
}
