/* The rules of Connect Four, and a computer that looks a few moves ahead.

   A board is a list of columns from the left, each a list of sides from the bottom. It is never
   changed; `drop` returns the next one. */

export const COLUMNS = 7;
export const ROWS = 6;

const WAYS = [[0, 1], [1, 0], [1, 1], [1, -1]];
const FOUR = 4;
// By strength: how many moves it looks ahead, and in one move of so many it takes any.
const DEPTHS = [0, 1, 3, 6];
const CARELESS = [1, 4, 20, 0];
const WON = 10_000;
// From the middle outwards: there the good moves are, and the search is short.
const ORDER = [3, 2, 4, 1, 5, 0, 6];
const WORTH = [0, 1, 2, 4, 2, 1, 0];

export function emptyBoard() {
  return Array.from({ length: COLUMNS }, () => []);
}

/** The columns that are not full, from the middle outwards. */
export function openColumns(board) {
  return ORDER.filter((column) => board[column].length < ROWS);
}

export function drop(board, column, side) {
  return board.map((cells, index) => (index === column ? [...cells, side] : cells));
}

/** The cells of the fours that the top disc of a column is part of, as column and row. */
export function foursThrough(board, column) {
  const row = board[column].length - 1;
  const side = board[column][row];
  return WAYS.flatMap(([right, up]) => {
    const along = (way) => {
      const cells = [];
      for (let n = 1; board[column + n * way * right]?.[row + n * way * up] === side; n += 1) {
        cells.push([column + n * way * right, row + n * way * up]);
      }
      return cells;
    };
    const line = [...along(-1), [column, row], ...along(1)];
    return line.length < FOUR ? [] : line;
  });
}

export function isFull(board) {
  return openColumns(board).length === 0;
}

/** The column that a computer chooses for a side. `random` returns a number below 1. */
export function bot(board, side, strength, random = Math.random) {
  const columns = openColumns(board);
  const any = (list) => list[Math.floor(random() * list.length)];
  if (CARELESS[strength] && random() * CARELESS[strength] < 1) {
    return any(columns);
  }
  const values = columns.map((column) => valueAfter(board, column, side, DEPTHS[strength], -WON * 2, WON * 2));
  const best = Math.max(...values);
  return any(columns.filter((_, index) => values[index] === best));
}

/** How good it is for a side to drop into a column, within bounds; the sooner a win, the better. */
function valueAfter(board, column, side, depth, low, high) {
  const next = drop(board, column, side);
  if (foursThrough(next, column).length) {
    return WON + depth;
  }
  const columns = openColumns(next);
  if (!columns.length) {
    return 0;
  }
  if (depth <= 1) {
    return shape(next, side) - shape(next, 1 - side);
  }
  let best = -WON * 2; // of the other side
  for (const answer of columns) {
    best = Math.max(best, valueAfter(next, answer, 1 - side, depth - 1, -high, -low));
    if (-best <= low) {
      break;
    }
    high = Math.min(high, -best);
  }
  return -best;
}

/** Discs are worth more towards the middle. */
function shape(board, side) {
  return board.reduce((sum, cells, column) => sum + WORTH[column] * cells.filter((disc) => disc === side).length, 0);
}
