/* How a large bracket is shown: its size, folded rounds, one round at a time on a phone. */

const SIZES = [0.25, 0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];
const SWIPE_PX = 60;
const phone = matchMedia("(max-width: 40rem)");

const region = () => document.getElementById("bracket");
const bracket = () => document.querySelector("#bracket .bracket");
// A bracket reset that is not called for is not shown.
const HIDDEN = ':has([id="GF2"]:is(.is-pending, .is-not_needed))';
const rounds = () => [...document.querySelectorAll(`#bracket .round:not(${HIDDEN})`)];

export class Rounds {
  #size = 1;
  #folded = new Set();
  #foldsOver = false;
  #current = null;
  #touch = null;
  #pinch = null;

  constructor() {
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    document.addEventListener("touchstart", (event) => this.#touched(event), { passive: true });
    document.addEventListener("touchmove", (event) => this.#moved(event), { passive: false });
    document.addEventListener("touchend", (event) => this.#released(event), { passive: true });
    phone.addEventListener("change", () => this.apply());
  }

  /** Restore the size and the folded rounds after the bracket was drawn again. */
  apply() {
    if (region() === null) {
      return;
    }
    document.getElementById("zoom").hidden = false;
    this.#showSize();
    this.#mark();
    this.#showFolded();
    this.#page();
  }

  /** Unfold the round of a place, and scroll to it. */
  reveal(place) {
    const round = place.closest(".round");
    this.#folded.delete(round.id);
    if (round.classList.contains("is-folded")) {
      this.#foldsOver = false;
    }
    this.#current = round.id;
    this.apply();
    place.scrollIntoView({ block: "center", inline: "center" });
  }

  // Size.

  #zoom(size, at) {
    const box = region().getBoundingClientRect();
    const { x, y } = at ?? { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const [left, top] = [x - box.left, y - box.top];
    const ratio = size / this.#size;
    const scroll = [region().scrollLeft, region().scrollTop];
    this.#size = size;
    this.#showSize();
    region().scrollTo({
      left: (scroll[0] + left) * ratio - left,
      top: (scroll[1] + top) * ratio - top,
      behavior: "instant",
    });
  }

  #showSize() {
    bracket().style.setProperty("--zoom", this.#size);
    document.querySelector(".zoom-now").textContent = `${Math.round(this.#size * 100)} %`;
  }

  #step(direction) {
    const larger = SIZES.find((size) => size > this.#size + 0.01) ?? SIZES.at(-1);
    const smaller = SIZES.findLast((size) => size < this.#size - 0.01) ?? SIZES[0];
    this.#zoom(direction > 0 ? larger : smaller);
  }

  #fit() {
    this.#zoom(1); // at that size the region knows how large the whole is
    const { clientWidth, clientHeight, scrollWidth, scrollHeight } = region();
    const wide = clientWidth / scrollWidth;
    const high = clientHeight / scrollHeight;
    this.#zoom(Math.max(SIZES[0], Math.min(1, wide, Math.max(high, 0.35))));
  }

  #wheel(event) {
    if (!event.ctrlKey || region() === null || !region().contains(event.target)) {
      return;
    }
    event.preventDefault();
    const size = this.#size * Math.exp(-event.deltaY / 300);
    this.#zoom(Math.min(SIZES.at(-1), Math.max(SIZES[0], size)), { x: event.clientX, y: event.clientY });
  }

  #key(event) {
    if (region() === null || !region().contains(event.target) || event.ctrlKey || event.metaKey) {
      return;
    }
    const actions = {
      "+": () => this.#step(1),
      "=": () => this.#step(1),
      "-": () => this.#step(-1),
      0: () => this.#zoom(1),
    };
    if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
    }
  }

  // Folding.

  #click(event) {
    const { target } = event;
    const tab = target.closest(".round-tabs a");
    if (tab && phone.matches) {
      event.preventDefault();
      this.#current = tab.hash.slice(1);
      this.#page();
      return;
    }
    const zoom = target.closest("[data-zoom]")?.dataset.zoom;
    if (zoom) {
      const actions = { in: () => this.#step(1), out: () => this.#step(-1), fit: () => this.#fit() };
      (actions[zoom] ?? (() => this.#zoom(1)))();
    } else if (target.id === "fold") {
      this.#foldsOver = !this.#foldsOver;
      this.#folded.clear();
      this.#showFolded();
    } else if (target.closest(".fold-round")) {
      const { id } = target.closest(".round");
      const isFolded = target.closest(".round").classList.contains("is-folded");
      this.#unmix();
      this.#folded[isFolded ? "delete" : "add"](id);
      this.#showFolded();
    }
  }

  /** Before one round is folded: rounds folded because they are over are kept one by one. */
  #unmix() {
    if (this.#foldsOver) {
      rounds().filter((round) => round.classList.contains("is-folded")).forEach(({ id }) => this.#folded.add(id));
      this.#foldsOver = false;
    }
  }

  /** Which rounds are over, and a button on each to fold it. */
  #mark() {
    for (const round of rounds()) {
      const over = round.querySelector(":is(.is-ready, .is-pending)") === null;
      round.classList.toggle("is-over", over);
      document.querySelector(`.round-tabs a[href="#${round.id}"]`)?.classList.toggle("is-over", over);
      const name = round.querySelector(".round-name");
      if (name.querySelector(".fold-round") === null) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "fold-round";
        button.textContent = "‹";
        name.append(button);
      }
    }
    const over = rounds().filter((round) => round.classList.contains("is-over"));
    document.getElementById("fold").hidden = over.length === 0 || over.length === rounds().length;
  }

  #showFolded() {
    document.getElementById("fold").setAttribute("aria-pressed", this.#foldsOver);
    for (const round of rounds()) {
      const isOver = this.#foldsOver && round.classList.contains("is-over");
      const isFolded = isOver || this.#folded.has(round.id);
      round.classList.toggle("is-folded", isFolded);
      const button = round.querySelector(".fold-round");
      const name = round.querySelector(".round-name").firstChild.textContent.trim();
      button.textContent = isFolded ? "›" : "‹";
      button.setAttribute("aria-label", `${isFolded ? "Show" : "Hide"}: ${name}`);
      button.setAttribute("aria-expanded", !isFolded);
    }
  }

  // One round at a time.

  #page() {
    const all = rounds();
    bracket().classList.toggle("is-paged", phone.matches);
    if (all.length === 0) {
      return;
    }
    const open = all.find((round) => !round.classList.contains("is-over")) ?? final(all);
    const current = all.find(({ id }) => id === this.#current) ?? open;
    all.forEach((round) => round.classList.toggle("is-current", round === current));
    for (const tab of document.querySelectorAll(".round-tabs a")) {
      if (tab.hash === `#${current.id}`) {
        tab.setAttribute("aria-current", "true");
        const bar = tab.parentElement;
        bar.scrollTo({ left: tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2 });
      } else {
        tab.removeAttribute("aria-current");
      }
    }
  }

  #turn(direction) {
    const all = rounds();
    const now = all.findIndex((round) => round.classList.contains("is-current"));
    const next = all[now + direction];
    if (next) {
      this.#current = next.id;
      this.#page();
    }
  }

  #touched({ touches, target }) {
    if (region() === null || !region().contains(target)) {
      return;
    }
    if (touches.length === 2 && !phone.matches) {
      this.#pinch = { distance: distance(touches), size: this.#size };
      this.#touch = null;
    } else if (touches.length === 1) {
      this.#touch = { x: touches[0].clientX, y: touches[0].clientY };
    }
  }

  #moved(event) {
    if (this.#pinch === null || event.touches.length !== 2) {
      return;
    }
    event.preventDefault();
    const size = (this.#pinch.size * distance(event.touches)) / this.#pinch.distance;
    const [a, b] = event.touches;
    const at = { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
    this.#zoom(Math.min(SIZES.at(-1), Math.max(SIZES[0], size)), at);
  }

  #released({ changedTouches }) {
    const from = this.#touch;
    this.#touch = this.#pinch = null;
    if (from === null || !phone.matches) {
      return;
    }
    const [across, down] = [changedTouches[0].clientX - from.x, changedTouches[0].clientY - from.y];
    if (Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(down)) {
      this.#turn(across < 0 ? 1 : -1);
    }
  }
}

/** The round that decided a finished bracket. */
function final(all) {
  const played = all.filter((round) => round.querySelector(".is-decided"));
  return played.findLast(({ id }) => !id.startsWith("round-third_place")) ?? all.at(-1);
}

function distance([a, b]) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
