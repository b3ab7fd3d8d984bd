/* Entering results without leaving the page; the form works by itself as well. */

/** Send result forms in the background. */
export function enterResults({ isLive, say }) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-result-form]")) {
      return;
    }
    event.preventDefault();
    const refusal = await send(form, new FormData(form, event.submitter));
    if (refusal) {
      const error = form.querySelector(".dialog-error");
      error.textContent = refusal;
      error.hidden = false;
    } else if (isLive()) {
      form.closest("[popover]")?.hidePopover(); // the event draws the rest
      say("The result is entered.");
    } else {
      location.reload();
    }
  });
}

/** Send a form; gives why it was refused, or nothing. */
async function send(form, body) {
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body, headers });
    return response.ok ? "" : (await response.json()).message;
  } catch {
    return "The server did not answer. Nothing is known of the result; look again in a moment.";
  }
}
