/* Times in the reader's time zone; the server writes UTC. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Write a <time>'s moment in the reader's zone. */
export function localise(time) {
  const moment = new Date(time.dateTime);
  const format = "moment" in time.dataset ? MOMENT : "day" in time.dataset ? DAY : CLOCK;
  time.textContent = format.format(moment);
  time.title = FULL.format(moment);
}

/** A new <time> for a moment of the wire. */
export function timeOf(at) {
  const time = document.createElement("time");
  time.dateTime = at;
  localise(time);
  return time;
}

/** How long ago, as a clock that counts up: 0:42, 12:07, 1:02:30. */
export function elapsed(since, now) {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const two = (n) => String(n).padStart(2, "0");
  return hours
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** How long it is still, in words: 12 s left. */
export function remaining(until, now) {
  return `${Math.max(0, Math.ceil((until - now) / 1000))} s left`;
}

for (const time of document.querySelectorAll("time:not([data-elapsed]):not([data-remaining])")) {
  localise(time);
}
