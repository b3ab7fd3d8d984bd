/* The button that opens the printer's dialog. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
