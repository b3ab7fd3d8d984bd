/* Counts the names while they are pasted. */

const names = document.getElementById("id_players");
const count = document.getElementById("players-count");

function show() {
  const lines = names.value.split(/\r?\n/).filter((line) => line.trim()).length;
  count.textContent = lines === 0 ? "" : lines === 1 ? "1 name" : `${lines} names`;
}

names.addEventListener("input", show);
show();
