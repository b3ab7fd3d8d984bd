/* The lobby's page, live: chat, news, people and the player's own queue and match. */

import { showConnection } from "../live/connection.js";
import { Stream } from "../client/matchpoint.js";
import { Chat } from "./chat.js";
import { chatLine, newsLine } from "./lines.js";
import { showLive } from "./live.js";
import { Log } from "./log.js";
import { showPeople } from "./people.js";
import { Queue } from "./queue.js";

const page = document.getElementById("lobby");
const { socket, epoch, seq, you } = page.dataset;
const isModerator = "moderator" in page.dataset;

const stream = new Stream({ path: socket, epoch, seq: Number(seq) });
const news = new Log("news");
const chat = new Log("chat");
const queue = new Queue(you);
const talk = new Chat({ stream, log: chat, you, isModerator });

/** Put an event where it belongs. */
function show(event) {
  if (event.type === "chat") {
    if (event.data.player) { // else a moderator took it away, and its number is all that is left
      talk.received(event);
      chat.add(() => chatLine(event, you), event.seq);
    }
  } else if (event.type === "chat_deleted") {
    chat.remove(event.data.seq);
  } else {
    news.add(() => newsLine(event), event.seq);
    queue.received(event);
  }
}

stream.addEventListener("event", ({ detail }) => show(detail));
stream.addEventListener("snapshot", ({ detail }) => {
  news.clear();
  chat.clear();
  detail.forEach(show);
  queue.refresh();
});
stream.addEventListener("presence", ({ detail }) => {
  showPeople(detail, you);
  queue.waiting(detail.waiting);
});
stream.addEventListener("live", ({ detail }) => showLive(detail));
let known; // whom the socket spoke for; when somebody signed out in another tab, the page is stale
stream.addEventListener("you", ({ detail }) => {
  const id = detail?.id ?? "";
  if (known !== undefined && known !== id) {
    location.reload();
  }
  known = id;
});
let wasLive = false;
stream.addEventListener("state", ({ detail }) => {
  if (detail.state === "live") {
    if (wasLive) {
      queue.refresh(); // it may have changed meanwhile
    }
    wasLive = true;
  }
});
showConnection(stream);
stream.start();
