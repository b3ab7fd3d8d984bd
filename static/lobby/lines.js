/* Lines of chat and news, as the server's templates draw them (templates/lobby/_*_line.html).

   Text goes in as text, never as markup. */

import { timeOf } from "../live/times.js";

const LINK = /https?:\/\/[^\s<>"]+/gi;
const TRAILING = /[.,;:!?'"\]]+$/;

/** An element with a class and text or children. */
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** A link out of this site, without referrer and opener. */
function outwardLink(address) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow ugc";
  link.textContent = address;
  return link;
}

/** Split text at its web addresses: strings, and links for http and https only. */
export function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const address = withoutTail(found[0]);
    if (!isWebAddress(address)) {
      continue;
    }
    parts.push(text.slice(from, found.index), outwardLink(address));
    from = found.index + address.length;
  }
  return [...parts, text.slice(from)];
}

/** An address without the punctuation of the sentence it ends, or the bracket it stands in. */
function withoutTail(address) {
  let cut = address.replace(TRAILING, "");
  while (cut.endsWith(")") && cut.split(")").length > cut.split("(").length) {
    cut = cut.slice(0, -1).replace(TRAILING, "");
  }
  return cut;
}

function isWebAddress(address) {
  try {
    const { protocol, username, password } = new URL(address);
    // user@host addresses pass for another host's
    return ["http:", "https:"].includes(protocol) && !username && !password;
  } catch {
    return false;
  }
}

/** Turn the addresses in a server-drawn line into links. */
export function link(holder) {
  holder.replaceChildren(...withLinks(holder.textContent));
}

/** A line of chat. */
export function chatLine({ seq, at, data }, you) {
  const name = element("bdi", "chat-line-name", data.player.username);
  const words = document.createElement("bdi");
  words.append(...withLinks(data.text));
  const line = element(
    "li",
    "chat-line",
    element("p", "chat-line-head", name, " ", timeOf(at)),
    element("p", "chat-line-text", words),
  );
  line.classList.toggle("chat-line-mine", you !== "" && data.player.id === you);
  line.dataset.seq = seq;
  line.dataset.player = data.player.id ?? "";
  return line;
}

/** A line of news. */
export function newsLine(event) {
  const { type, seq, at, data } = event;
  const { tag, text } = data.news ?? { tag: "News", text: event.text };
  const head = element("p", "news-head", element("span", "tag", tag), " ");
  if (data.tournament) {
    const about = element("a", "news-about", element("bdi", "", data.tournament.name));
    about.href = `/tournaments/${encodeURIComponent(data.tournament.id)}`;
    head.append(about, " ");
  }
  head.append(timeOf(at));
  const line = element(
    "li",
    `news news-${type}`,
    head,
    element("p", "news-text", element("bdi", "", text)),
  );
  line.dataset.seq = seq;
  return line;
}
