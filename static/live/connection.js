/* The indicator in the header: whether this page receives events. */

const WORDS = {
  connecting: () => "Connecting",
  live: () => "Live",
  waiting: ({ seconds }) => `Reconnecting in ${seconds} s`,
  offline: () => "You are offline",
  asleep: () => "Asleep",
  closed: () => "Connection refused",
};

/** Show a stream's state, and let it be hurried. */
export function showConnection(stream) {
  const light = document.getElementById("connection");
  const text = document.getElementById("connection-text");
  const retry = document.getElementById("connection-retry");
  if (light === null) {
    return;
  }
  retry.addEventListener("click", () => stream.retry());
  stream.addEventListener("state", ({ detail }) => {
    // Every second counts to the eye; to a screen reader only that the state changed.
    text.setAttribute("aria-live", light.dataset.state === detail.state ? "off" : "polite");
    light.dataset.state = detail.state;
    text.textContent = WORDS[detail.state](detail);
    retry.hidden = !["waiting", "closed"].includes(detail.state);
  });
}
