/* One place of the bracket, drawn as templates/tournaments/_rounds.html does. */

const SLOT_WORDS = { bye: "bye", vacant: "nobody", pending: "" };
const NOT_NEEDED = ["not needed", ""];
const CUT_CHARS = 18;
const STATES = ["pending", "ready", "decided", "walkover", "empty", "not_needed"];

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** What is written where no entrant stands: of whom somebody comes, or that nobody does. */
function nobody({ slot, from, key }, state, side) {
  if (state === "not_needed") {
    return NOT_NEEDED[side];
  }
  return from ? `${from === "winner" ? "Winner" : "Loser"} of ${key}` : SLOT_WORDS[slot];
}

function drawSide(standing, { isWinner, score, absence }) {
  const { slot, name, seed } = standing;
  const side = document.createElement("div");
  side.className = "side";
  side.classList.toggle("is-winner", isWinner);
  side.classList.toggle("is-open", slot !== "entrant");
  const who = element("bdi", "who", slot === "entrant" ? name : absence);
  if (slot === "entrant" && name.length > CUT_CHARS) {
    who.title = name;
  }
  side.append(element("span", "seed", seed ?? ""), who);
  if (isWinner) {
    side.append(element("span", "won visually-hidden", "won"));
  }
  side.append(element("span", "score", score));
  return side;
}

/** What stands behind a name: games won so far or in the end, or who forfeited. */
function score({ winner, outcome, scores, live_scores: live }, side) {
  if (outcome === "forfeit") {
    return winner === side ? "" : "forfeit";
  }
  if (outcome === "double_forfeit") {
    return "forfeit";
  }
  if (outcome === "drawn" && !scores?.some(Boolean)) {
    return "½";
  }
  return (scores?.length ? scores : live)?.[side] ?? "";
}

/** The way to the match, for who may enter results. */
function drawLink({ id, state }) {
  const address = document.getElementById("tournament").dataset.mayEnter;
  if (!address || !["ready", "decided"].includes(state)) {
    return [];
  }
  const link = element("a", "report", state === "ready" ? "Enter result" : "Change");
  link.href = `${address}/matches/${id}`;
  return [link];
}

/** What a place shows, so that drawing the same again is not taken for news. */
function shown(place) {
  const texts = [...place.querySelectorAll(".who, .won, .score")].map((e) => e.textContent);
  return [STATES.find((state) => place.classList.contains(`is-${state}`)), ...texts].join("\n");
}

/** Draw a pairing of the wire over the one that stands in its place; false where none does. */
export function drawPairing(pairing) {
  const place = document.querySelector(`[data-pairing="${CSS.escape(pairing.id)}"]`);
  if (place === null) {
    return false;
  }
  const card = place.querySelector(".pairing-card");
  const before = shown(place);
  const isReady = pairing.state === "ready";
  const isLive = isReady && Boolean(pairing.live_scores?.length);
  const drawn = pairing.sides.map((side, i) =>
    drawSide(side, {
      isWinner: pairing.winner === i,
      score: score(pairing, i),
      absence: nobody(side, pairing.state, i),
    }),
  );
  if (isReady || pairing.state === "pending") {
    drawn.push(element("span", "key", pairing.key));
  }
  if (isReady && pairing.station) {
    drawn.push(element("span", "station", pairing.station.name ?? pairing.station));
  }
  if (isLive) {
    drawn.push(element("span", "live-mark", "live"));
  }
  STATES.forEach((state) => place.classList.toggle(`is-${state}`, state === pairing.state));
  place.classList.toggle("is-live", isLive);
  card.replaceChildren(...drawn, ...drawLink(pairing));
  place.classList.toggle("just-changed", shown(place) !== before);
  return true;
}
