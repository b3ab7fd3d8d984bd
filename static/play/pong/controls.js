/* How a paddle is held: by keys, or by a finger or pointer that it follows. */

import { DOWN, HEIGHT, STILL, UP } from "./engine.js";
import { preferences } from "../preferences.js";

const NEAR = 120; // the paddle has reached the finger

export class Controls {
  #canvas;
  #keys = []; // those held, the newest last
  #target = null;
  #gone = new AbortController();

  constructor(canvas) {
    this.#canvas = canvas;
    const options = { signal: this.#gone.signal };
    document.addEventListener("keydown", (event) => this.#press(event), options);
    document.addEventListener("keyup", (event) => this.#release(event), options);
    window.addEventListener("blur", () => this.#letGo(), options);
    document.addEventListener("visibilitychange", () => this.#letGo(), options);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#point(event);
    }, options);
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) {
        this.#point(event);
      }
    }, options);
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, () => {
        this.#target = null;
      }, options);
    }
  }

  stop() {
    this.#gone.abort();
  }

  /** The move that is held now, with the paddle at this place. */
  held(paddle) {
    if (this.#keys.length) {
      return this.#keys.at(-1).move;
    }
    if (this.#target === null || Math.abs(this.#target - paddle) <= NEAR) {
      return STILL;
    }
    return this.#target < paddle ? UP : DOWN;
  }

  #press(event) {
    const { up, down } = preferences.keys;
    const move = up.includes(event.code) ? UP : down.includes(event.code) ? DOWN : null;
    const isElsewhere = event.target.closest?.("input, textarea, select, [popover]");
    if (move === null || isElsewhere || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault(); // the page does not scroll
    if (!event.repeat) {
      this.#keys = [...this.#keys.filter(({ code }) => code !== event.code), { code: event.code, move }];
    }
  }

  #release({ code }) {
    this.#keys = this.#keys.filter((key) => key.code !== code);
  }

  #letGo() {
    this.#keys = [];
    this.#target = null;
  }

  #point({ clientY }) {
    const { top, height } = this.#canvas.getBoundingClientRect();
    this.#target = ((clientY - top) / height) * HEIGHT;
  }
}
