/* A projector's slides: turned by a timer, fetched again when the tournament changes. */

import { fetchElement } from "../live/fetch_element.js";
import { Stream } from "../client/matchpoint.js";

const LARGEST = 4; // times the usual size
const SETTLE_MS = 400; // several results in a row are one change

const seconds = Number(document.body.dataset.seconds);
const clock = document.getElementById("screen-clock");
let now = 0;
let timer = 0;
let isPaused = false;
let pending = 0;

const slides = () => [...document.querySelectorAll(".slide")];

/** Whether a slide shows all it has, with no name cut. */
function isWhole(slide) {
  const names = [...slide.querySelectorAll("bdi")];
  return (
    slide.scrollHeight <= slide.clientHeight &&
    slide.scrollWidth <= slide.clientWidth &&
    names.every((name) => name.scrollWidth <= name.clientWidth)
  );
}

/** Write a slide as large as the wall allows. */
function fit(slide) {
  let [fits, most] = [1, LARGEST];
  for (let step = 0; step < 7; step++) {
    const size = (fits + most) / 2;
    slide.style.fontSize = `${size}em`;
    [fits, most] = isWhole(slide) ? [size, most] : [fits, size];
  }
  slide.style.fontSize = `${fits}em`;
}

function draw(number) {
  const all = slides();
  now = number;
  all.forEach((slide, i) => {
    slide.hidden = i !== now;
  });
  if (!all[now].matches(".slide-champion, .slide-address")) {
    fit(all[now]);
  }
  document.getElementById("screen-page").textContent = `${now + 1}/${all.length}`;
}

function show(number) {
  const count = slides().length;
  draw((number + count) % count);
  wait();
}

function wait() {
  clearTimeout(timer);
  clock.classList.remove("is-running");
  if (isPaused || slides().length < 2) {
    return;
  }
  void clock.offsetWidth; // so that the bar begins anew
  clock.classList.add("is-running");
  timer = setTimeout(() => show(now + 1), seconds * 1000);
}

async function refresh() {
  pending = 0;
  const address = new URL(location.href);
  address.searchParams.set("fragment", "1");
  const content = await fetchElement(address, "#slides");
  if (content !== null) {
    document.getElementById("slides").replaceWith(content);
    draw(Math.min(now, slides().length - 1));
  }
}

function refreshSoon() {
  pending ||= setTimeout(refresh, SETTLE_MS);
}

document.addEventListener("keydown", ({ key }) => {
  if (key === "ArrowRight" || key === "PageDown") {
    show(now + 1);
  } else if (key === "ArrowLeft" || key === "PageUp") {
    show(now - 1);
  } else if (key === " ") {
    isPaused = !isPaused;
    wait();
  }
});

addEventListener("resize", () => draw(now));
document.body.classList.add("is-turning");
document.documentElement.style.setProperty("--turn", `${seconds}s`);
show(0);
const stream = new Stream({ path: document.body.dataset.socket });
let isFirst = true;
stream.addEventListener("event", refreshSoon);
stream.addEventListener("snapshot", () => {
  if (!isFirst) {
    refreshSoon();
  }
  isFirst = false;
});
stream.start();
