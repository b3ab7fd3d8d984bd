/* A new tournament: counts the names while they are pasted, shows what the chosen format needs and
   no more, and draws the bracket as it would be made of them. */

const DRAW_AFTER_MS = 500; // without a change

const form = document.querySelector("form.stack");
const names = document.getElementById("id_players");
const count = document.getElementById("players-count");
const format = document.getElementById("id_format");
const draft = document.getElementById("draft");
let pending = 0;
let asked = 0;

function showCount() {
  const lines = names.value.split(/\r?\n/).filter((line) => line.trim()).length;
  count.textContent = lines === 0 ? "" : lines === 1 ? "1 name" : `${lines} names`;
}

function showFields() {
  for (const part of document.querySelectorAll("[data-formats]")) {
    const wrong = part.querySelector(".field-errors") || part.matches(".field-wrong");
    part.hidden = !wrong && !part.dataset.formats.split(" ").includes(format.value);
  }
}

/** Show the draw of what is typed in; an answer that a later one has overtaken is dropped. */
async function draw() {
  const number = ++asked;
  try {
    const response = await fetch(draft.dataset.draft, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok && number === asked) {
      draft.replaceChildren(...page.body.childNodes);
    }
  } catch {
    // Without a connection the last draw stays; the form itself says so when it is sent.
  }
}

function change() {
  showCount();
  showFields();
  clearTimeout(pending);
  pending = setTimeout(draw, DRAW_AFTER_MS);
}

form.addEventListener("input", change);
change();
