/* Small things that games' views share. */

/** A new element with these properties and children. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** What is left on a clock: 4:59, and below ten seconds 9.3. */
export function clockText(ms) {
  const left = Math.max(0, ms);
  if (left < 10_000) {
    return (Math.floor(left / 100) / 10).toFixed(1);
  }
  const seconds = Math.ceil(left / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
