/* A game of Connect Four against the computer, in the page: the same rules, and no result. */

import { followQueue } from "../practice_queue.js";
import { bindPreferences } from "../preferences.js";
import * as sound from "../sound.js";
import { bot, drop, emptyBoard, foursThrough, isFull, openColumns, ROWS } from "./engine.js";
import { Board, followKeys } from "./view.js";

const THINK_MS = 500;
const [YOU, COMPUTER] = [0, 1];

const page = document.getElementById("play");
const find = (name) => page.querySelector(`[data-${name}]`);
const shown = new Board(find("view"), { names: ["you", "the computer"], drop: (column) => move(column) });
const won = [0, 0];
let cells = emptyBoard();
let turn = null; // nobody's while no game is played
let first = YOU;

function strength() {
  return Number(page.querySelector("[name=strength]:checked").value);
}

/** Your move, if it is one. */
function move(column) {
  if (turn === YOU && openColumns(cells).includes(column)) {
    place(column);
  }
}

function place(column) {
  cells = drop(cells, column, turn);
  sound.beep(turn === YOU ? 520 : 330, 60);
  const winning = foursThrough(cells, column);
  if (winning.length) {
    end(turn, winning, column);
  } else if (isFull(cells)) {
    end(null, [], column);
  } else {
    turn = 1 - turn;
    draw([], column);
    think();
  }
}

function think() {
  find("status").textContent = turn === YOU ? "Your turn." : "";
  if (turn === COMPUTER) {
    setTimeout(() => turn === COMPUTER && place(bot(cells, COMPUTER, strength())), THINK_MS);
  }
}

function draw(winning, last = null) {
  const legal = turn === YOU ? openColumns(cells).map((column) => String(column + 1)) : [];
  shown.show({ columns: cells, rows: ROWS, winning }, { legal, last: last === null ? null : String(last + 1) });
}

function end(winner, winning, last) {
  turn = null;
  first = 1 - first;
  draw(winning, last);
  const words = winner === null ? "A draw" : winner === YOU ? "You win" : "The computer wins";
  if (winner !== null) {
    won[winner] += 1;
    page.querySelector(`[data-side="${winner}"] [data-points]`).textContent = won[winner];
  }
  find("phase").hidden = false;
  find("phase-title").textContent = words;
  find("start").textContent = "Play again";
  find("status").textContent = `${words}.`;
}

find("start").addEventListener("click", () => {
  cells = emptyBoard();
  turn = first;
  find("phase").hidden = true;
  draw([]);
  find("view").querySelector("[tabindex='0']").focus();
  think();
});
find("start").disabled = false;
find("pause").hidden = true; // nothing moves by itself
followKeys(move);
draw([]);
bindPreferences(page);
followQueue(page.dataset.you);
