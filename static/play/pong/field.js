/* The field of Pong on a canvas: crisp at any size, and told apart without colours.

   The field stays court green in both themes; your paddle is filled, the other's is a frame. */

import { FACE, HALF, HEIGHT, RADIUS, WIDTH } from "./engine.js";

const COURT = "#0b4535";
const CHALK = "#f6fbf7";
const FAINT = "rgb(246 251 247 / 45%)";
const BALL = "#d9f03f";
const PADDLE = 260; // how thick it is drawn
const TRAIL = 7;

export class Field {
  #context;
  #you;
  #state = null;
  #trail = [];
  #observer;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /** A canvas in `root`, whose size it follows. Without a side of your own, `you` is null. */
  constructor(root, { you, label }) {
    this.#you = you;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "play-canvas";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.#context = this.canvas.getContext("2d", { alpha: false });
    root.append(this.canvas);
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(this.canvas);
    this.#fit();
  }

  stop() {
    this.#observer.disconnect();
    this.canvas.remove();
  }

  #fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const density = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(width * density));
    this.canvas.height = Math.max(1, Math.round(height * density));
    this.#paint();
  }

  /** Show a state: ball and paddles. */
  draw(state) {
    const last = this.#trail.at(-1);
    if (this.#still.matches || state.wait || (last && Math.abs(last.x - state.x) > WIDTH / 8)) {
      this.#trail = [];
    }
    this.#trail.push({ x: state.x, y: state.y });
    this.#trail = this.#trail.slice(-TRAIL);
    this.#state = state;
    this.#paint();
  }

  #paint() {
    const context = this.#context;
    const { width, height } = this.canvas;
    context.setTransform(width / WIDTH, 0, 0, height / HEIGHT, 0, 0);
    context.fillStyle = COURT;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.strokeStyle = FAINT;
    context.lineWidth = 40;
    context.setLineDash([240, 240]);
    context.beginPath();
    context.moveTo(WIDTH / 2, 120);
    context.lineTo(WIDTH / 2, HEIGHT);
    context.stroke();
    context.setLineDash([]);
    if (this.#state !== null) {
      this.#paintPaddle(0);
      this.#paintPaddle(1);
      this.#paintBall();
    }
  }

  #paintPaddle(side) {
    const context = this.#context;
    const left = side === 0 ? FACE - PADDLE : WIDTH - FACE;
    const top = this.#state.paddles[side] - HALF;
    if (side === this.#you || this.#you === null) {
      context.fillStyle = CHALK;
      context.fillRect(left, top, PADDLE, 2 * HALF);
    } else {
      context.strokeStyle = CHALK;
      context.lineWidth = 70;
      context.strokeRect(left + 35, top + 35, PADDLE - 70, 2 * HALF - 70);
    }
  }

  #paintBall() {
    this.#trail.forEach((place, index) => {
      this.#paintDot(place, (index + 1) / (TRAIL + 1) / 3, 0.7);
    });
    this.#paintDot(this.#state, 1, 1);
  }

  #paintDot({ x, y }, opacity, size) {
    const context = this.#context;
    context.globalAlpha = opacity;
    context.fillStyle = BALL;
    context.beginPath();
    context.arc(x, y, RADIUS * size, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }
}
