/* While a round of a Swiss is paired, its form shows that it is at work, and for how long. */

/** Count the seconds up to the limit, from the moment the form is sent until the page changes. */
export function showPairing() {
  document.addEventListener("submit", ({ target, submitter }) => {
    const limit = Number(target.dataset.pairingSeconds);
    if (!limit || submitter?.value === "quick") {
      return;
    }
    // After the browser has read which button was pressed.
    setTimeout(() => {
      for (const button of target.querySelectorAll("button")) {
        button.disabled = true;
      }
    });
    const bar = document.createElement("progress");
    bar.max = limit;
    bar.setAttribute("aria-label", "Pairing the round");
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = `Pairing; at most ${limit} seconds.`;
    const count = document.createElement("span");
    target.append(bar, words, count);
    const began = Date.now();
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      bar.value = Math.min(seconds, limit);
      count.textContent = `${seconds} s`;
      if (!target.isConnected) {
        clearInterval(timer);
      }
    }, 500);
  });
}
