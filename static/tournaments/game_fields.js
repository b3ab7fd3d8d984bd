/* Which game is played here: shows the settings of the chosen one, and no more. */

const chosen = document.getElementById("id_plays");

function showFields() {
  for (const part of document.querySelectorAll("[data-game]")) {
    part.hidden = part.dataset.game !== chosen.value && !part.querySelector(".field-errors");
  }
}

if (chosen) {
  chosen.addEventListener("change", showFields);
  showFields();
}
