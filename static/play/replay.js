/* A finished game, watched again: played, stopped, sought, slowed, and shared from a moment. */


const page = document.getElementById("replay");
const find = (name) => page.querySelector(`[data-${name}]`);
const parameters = new URLSearchParams(location.search);
const seek = find("seek");
let player = null;
let at = 0;
let isPlaying = false;
let shownAt = 0;

async function load() {
  const [game, response] = await Promise.all([
    import(page.dataset.script),
    fetch(page.dataset.record, { headers: { Accept: "application/json" } }),
  ]);
  const record = await response.json();
  if (!response.ok || !game.replay) {
    find("text").textContent = record.message ?? "This game cannot be shown again.";
    return;
  }
  const names = [...page.querySelectorAll("[data-side] bdi")].map((name) => name.textContent);
  player = game.replay({ root: find("view"), names, record });
  seek.max = player.length;
  find("controls").hidden = false;
  find("marks").replaceChildren(...player.marks.map(mark));
  go(Number(parameters.get("at")) || 0);
}

function mark({ at: step, label }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = `${label} at ${timeOf(step)}`;
  button.addEventListener("click", () => go(Math.max(0, step - 2 * player.perSecond)));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function timeOf(step) {
  const seconds = Math.floor(step / player.perSecond);
  return player.perSecond === 1
    ? `move ${step}`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function go(to) {
  at = Math.min(player.length, Math.max(0, to));
  const scores = player.show(Math.floor(at));
  for (const side of [0, 1]) {
    const points = page.querySelector(`[data-side="${side}"] [data-points]`);
    points.hidden = scores === null;
    points.textContent = scores?.[side] ?? "";
  }
  seek.value = Math.floor(at);
  const time = `${timeOf(Math.floor(at))} of ${timeOf(player.length)}`;
  seek.setAttribute("aria-valuetext", time);
  find("time").textContent = time;
  const link = new URL(location.href);
  link.searchParams.set("at", Math.floor(at));
  find("link").href = link;
}

function frame(now) {
  if (!isPlaying) {
    return;
  }
  const speed = Number(find("speed").value);
  go(at + (Math.min(250, now - shownAt) / 1000) * player.perSecond * speed);
  shownAt = now;
  if (at >= player.length) {
    play(false);
  }
  requestAnimationFrame(frame);
}

function play(wanted) {
  isPlaying = wanted;
  find("toggle").textContent = wanted ? "Pause" : "Play";
  if (wanted) {
    if (at >= player.length) {
      go(0);
    }
    shownAt = performance.now();
    requestAnimationFrame(frame);
  }
}

function stepBy(steps) {
  play(false);
  go(Math.floor(at) + steps);
}

find("toggle").addEventListener("click", () => play(!isPlaying));
find("back").addEventListener("click", () => stepBy(-1));
find("on").addEventListener("click", () => stepBy(1));
seek.addEventListener("input", () => go(Number(seek.value)));
find("link").addEventListener("click", (event) => {
  event.preventDefault();
  history.replaceState(null, "", find("link").href);
  navigator.clipboard?.writeText(find("link").href).then(() => {
    find("text").textContent = "The link is copied.";
  }, () => {});
});
document.addEventListener("keydown", (event) => {
  if (player === null || event.target.closest("input, select, button, a")) {
    return;
  }
  const steps = { ArrowLeft: -1, ArrowRight: 1, ",": -1, ".": 1 }[event.key];
  if (steps) {
    stepBy(steps);
  } else if (event.key === " ") {
    play(!isPlaying);
  } else {
    return;
  }
  event.preventDefault();
});
load();
