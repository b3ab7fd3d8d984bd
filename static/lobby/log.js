/* A list of lines that grows at its end, keeps its reader's place, and forgets what is old. */

import { batched } from "../live/batch.js";

const MOST_LINES = 200;
const AT_END_PX = 48;
const MOST_ANIMATED = 10; // more at once is a flood, and nobody follows each line of it

export class Log {
  #list;
  #scroller;
  #empty;
  #newer;
  #add;

  constructor(id) {
    this.#list = document.getElementById(id);
    this.#scroller = this.#list.parentElement;
    this.#empty = document.getElementById(`${id}-empty`);
    this.#newer = document.getElementById(`${id}-newer`);
    this.#add = batched((changes) => this.#draw(changes));
    this.#newer.addEventListener("click", () => this.scrollToEnd());
    this.#scroller.addEventListener("scroll", () => {
      this.#newer.hidden ||= this.#isAtEnd();
    }, { passive: true });
    this.scrollToEnd();
  }

  get list() {
    return this.#list;
  }

  /** Add a line at the end; `make` is called only if the line will be shown. */
  add(make, seq) {
    this.#add({ make, seq });
  }

  /** Take a line out. */
  remove(seq) {
    this.#add({ gone: seq });
  }

  /** Take out all. */
  clear() {
    this.#add({ clear: true });
  }

  scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#newer.hidden = true;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < AT_END_PX;
  }

  #draw(changes) {
    const stays = this.#isAtEnd();
    const last = changes.findLastIndex((change) => change.clear);
    if (last >= 0) {
      this.#list.replaceChildren();
    }
    const rest = changes.slice(last + 1);
    const gone = new Set(rest.filter((change) => change.gone).map((change) => change.gone));
    const added = rest.filter(({ make, seq }) => make && !gone.has(seq)).slice(-MOST_LINES);
    const lines = added.map(({ make }) => make());
    if (last < 0 && lines.length <= MOST_ANIMATED) {
      lines.forEach((line) => line.classList.add("is-new"));
    }
    this.#list.append(...lines);
    gone.forEach((seq) => this.#list.querySelector(`[data-seq="${seq}"]`)?.remove());
    while (this.#list.childElementCount > MOST_LINES) {
      this.#list.firstElementChild.remove();
    }
    this.#empty.hidden = this.#list.childElementCount > 0;
    if (stays) {
      this.scrollToEnd();
    } else if (added.length) {
      this.#newer.hidden = false;
    }
  }
}
