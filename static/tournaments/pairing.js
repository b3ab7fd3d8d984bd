/* A place of the bracket, filled with the texts of an event: see templates/tournaments/_rounds.html. */

const CUT_CHARS = 18;
const STATES = ["pending", "ready", "decided", "walkover", "empty", "not_needed"];

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function drawSide({ slot, text, score, seed }, isWinner) {
  const side = document.createElement("div");
  side.className = "side";
  side.classList.toggle("is-winner", isWinner);
  side.classList.toggle("is-open", slot !== "entrant");
  const who = element("bdi", "who", text);
  if (slot === "entrant" && text.length > CUT_CHARS) {
    who.title = text;
  }
  side.append(element("span", "seed", seed ?? ""), who);
  if (isWinner) {
    side.append(element("span", "won visually-hidden", "won"));
  }
  side.append(element("span", "score", score));
  return side;
}

/** The link to the match, for readers who may enter results. */
function drawLink({ id, state }) {
  const address = document.getElementById("tournament").dataset.mayEnter;
  if (!address || !["ready", "decided"].includes(state)) {
    return [];
  }
  const link = element("a", "report", state === "ready" ? "Enter result" : "Change");
  link.href = `${address}/matches/${id}`;
  return [link];
}

/** That it is being played, or was: a link where it can be watched here, perhaps again. */
function drawMark({ id, sides }, { isReady, isLive, isReplay }) {
  if (isReplay && sides.some(({ score }) => /\d/.test(score))) {
    const link = element("a", "live-mark replay-mark", "replay");
    link.href = `/matches/${id}`;
    return [link];
  }
  if (isReady && document.getElementById("tournament").dataset.plays) {
    const link = element("a", "live-mark", isLive ? "live" : "watch");
    link.href = `/matches/${id}`;
    return [link];
  }
  return isLive ? [element("span", "live-mark", "live")] : [];
}

/** What a place shows, so that drawing the same again is no change. */
function shown(place) {
  const texts = [...place.querySelectorAll(".who, .won, .score")].map((e) => e.textContent);
  return [STATES.find((state) => place.classList.contains(`is-${state}`)), ...texts].join("\n");
}

/** Whose winner or loser goes through without a match, as nobody comes against them. */
function passes({ state, sides }) {
  const nobody = sides.some(({ slot }) => slot === "bye" || slot === "vacant");
  return state === "pending" && nobody ? sides.find(({ slot }) => slot === "pending")?.from : undefined;
}

/** Draw a match of an event in its place; false where the page has none. */
export function drawPairing(pairing) {
  const place = document.querySelector(`[data-pairing="${CSS.escape(pairing.id)}"]`);
  if (place === null) {
    return false;
  }
  const card = place.querySelector(".pairing-card");
  const before = shown(place);
  const isReady = pairing.state === "ready";
  const isLive = isReady && Boolean(pairing.live_scores?.length);
  const drawn = pairing.sides.map((side, i) => drawSide(side, pairing.winner === i));
  if (isReady || pairing.state === "pending") {
    drawn.push(element("span", "key", pairing.key));
  }
  if (isReady && pairing.station) {
    drawn.push(element("span", "station", pairing.station));
  }
  const isReplay = pairing.state === "decided" && place.querySelector("a.live-mark") !== null;
  drawn.push(...drawMark(pairing, { isReady, isLive, isReplay }));
  STATES.forEach((state) => place.classList.toggle(`is-${state}`, state === pairing.state));
  place.classList.toggle("is-live", isLive);
  ["winner", "loser"].forEach((whose) => place.classList.toggle(`passes-${whose}`, passes(pairing) === whose));
  card.replaceChildren(...drawn, ...drawLink(pairing));
  place.classList.toggle("just-changed", shown(place) !== before);
  return true;
}
