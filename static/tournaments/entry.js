/* Entering results without leaving the page; the match's own page does the same without this. */

import { fetchElement } from "../live/fetch_element.js";

const dialog = () => document.getElementById("entry");

/** Open matches in a dialog, and send its forms in the background. */
export function enterResults({ isLive, say }) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.report, a[data-entry]");
    if (link && dialog() && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link.href);
    } else if (event.target.closest("#entry [data-close]") || event.target === dialog()) {
      event.preventDefault();
      dialog().close();
    }
    const step = event.target.closest("[data-step]");
    if (step) {
      const field = step.parentElement.querySelector("input");
      step.dataset.step > 0 ? field.stepUp() : field.stepDown();
    }
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("#entry [data-entry-form]")) {
      return;
    }
    event.preventDefault();
    const { refusal, message } = await send(form, new FormData(form, event.submitter));
    if (refusal) {
      const error = dialog().querySelector(".dialog-error");
      error.textContent = refusal;
      error.hidden = false;
      error.scrollIntoView({ block: "nearest" });
    } else if (isLive()) {
      dialog().close(); // the event draws the rest
      say(message);
    } else {
      location.reload();
    }
  });
  showSteppers(document);
}

async function open(address) {
  const content = await fetchElement(`${address}?fragment=1`, ".entry");
  if (content === null) {
    location.assign(address);
    return;
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link-button entry-close";
  close.dataset.close = "";
  close.textContent = "Close";
  content.append(close);
  dialog().replaceChildren(content);
  showSteppers(dialog());
  if (!dialog().open) {
    dialog().showModal();
  }
}

function showSteppers(within) {
  within.querySelectorAll("[data-step]").forEach((button) => {
    button.hidden = false;
  });
}

/** Send a form; returns what was done, or why it was refused. */
async function send(form, body) {
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body, headers });
    const { message } = await response.json();
    return response.ok ? { message } : { refusal: message };
  } catch {
    return {
      refusal: "The server did not answer. Nothing is known of the result; look again in a moment.",
    };
  }
}
