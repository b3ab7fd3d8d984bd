/* The queue on a page of practice: a match that is found meanwhile opens by itself. */

import { Queue } from "../lobby/queue.js";
import { Stream } from "../client/matchpoint.js";

/** Follow the queue of a player, by id; empty for nobody yet. */
export function followQueue(you) {
  const queue = new Queue(you);
  const stream = new Stream({ path: "/ws" });
  stream.addEventListener("event", ({ detail }) => queue.received(detail));
  stream.addEventListener("snapshot", () => queue.refresh());
  stream.start();
}
