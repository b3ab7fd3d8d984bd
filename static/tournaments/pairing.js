/* One place of the bracket, drawn as templates/tournaments/_side.html does. */

const SLOT_WORDS = { bye: "bye", vacant: "nobody", pending: "" };

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function drawSide({ slot, name, seed }, { isWinner, score }) {
  const side = document.createElement("div");
  side.className = "side";
  side.classList.toggle("is-winner", isWinner);
  side.classList.toggle("is-open", slot !== "entrant");
  const who = document.createElement("bdi");
  who.className = "who";
  who.textContent = slot === "entrant" ? name : SLOT_WORDS[slot];
  if (slot === "entrant") {
    who.title = name;
  }
  side.append(
    span("seed", seed ?? ""),
    who,
    span("won visually-hidden", isWinner ? "won" : ""),
    span("score", score),
  );
  return side;
}

/** What stands behind a name: games won, or that this side forfeited. */
function score({ winner, outcome, scores }, side) {
  if (winner === null) {
    return "";
  }
  if (outcome === "forfeit") {
    return winner === side ? "" : "forfeit";
  }
  return scores[side] ?? "";
}

/** The organiser's form for a match, from the page's template; none for who may not enter it. */
function drawForm(pairing) {
  const template = document.getElementById("result-template");
  if (template === null || pairing.state !== "ready") {
    return [];
  }
  const form = template.content.cloneNode(true);
  const [first, second] = pairing.sides.map((side) => side.name);
  const id = `result-${pairing.match}`;
  form.querySelector("[popover]").id = id;
  form.querySelectorAll("[popovertarget]").forEach((button) => button.setAttribute("popovertarget", id));
  form.querySelectorAll(".report bdi").forEach((name, i) => {
    name.textContent = [first, second][i];
  });
  form.querySelector(".first").textContent = first;
  form.querySelector(".second").textContent = second;
  const action = form.querySelector("form");
  action.setAttribute("action", action.getAttribute("action").replace(/[^/]+(?=\/result$)/, pairing.match));
  return [...form.children];
}

/** What a place shows, so that drawing the same again is not taken for news. */
function shown(place) {
  const texts = [...place.querySelectorAll(".who, .won, .score")].map((e) => e.textContent);
  return [place.dataset.state, ...texts].join("\n");
}

/** Draw a pairing of the wire over the one that stands in its place. */
export function drawPairing(pairing, { running }) {
  const place = document.querySelector(`[data-pairing="${CSS.escape(pairing.id)}"]`);
  if (place === null) {
    return;
  }
  const card = place.querySelector(".pairing-card");
  const before = shown(place);
  const sides = pairing.sides.map((side, i) =>
    drawSide(side, { isWinner: pairing.winner === i, score: score(pairing, i) }),
  );
  place.className = `pairing is-${pairing.state}`;
  place.dataset.state = pairing.state;
  card.replaceChildren(...sides, ...(running ? drawForm(pairing) : []));
  place.classList.toggle("just-changed", shown(place) !== before);
}
