/* Counts the names while they are pasted; shows what the chosen format needs, and no more. */

const names = document.getElementById("id_players");
const count = document.getElementById("players-count");
const format = document.getElementById("id_format");

function show() {
  const lines = names.value.split(/\r?\n/).filter((line) => line.trim()).length;
  count.textContent = lines === 0 ? "" : lines === 1 ? "1 name" : `${lines} names`;
}

function choose() {
  for (const part of document.querySelectorAll("[data-formats]")) {
    const wrong = part.querySelector(".field-errors") || part.matches(".field-wrong");
    part.hidden = !wrong && !part.dataset.formats.split(" ").includes(format.value);
  }
}

names.addEventListener("input", show);
format.addEventListener("change", choose);
show();
choose();
