/* Two players meet in a pool, again and again, whatever becomes of the site: URL POOL MATCHES. */

import { Client } from "matchpoint-client";

const [url, pool, matches] = process.argv.slice(2);
const ann = new Client({ url, patience: 60 });
const bob = new Client({ url, patience: 60 });

/** One match, from the queue to its result. */
async function play() {
  const mine = await ann.queue(pool, { username: `${pool}-1` });
  const theirs = await bob.queue(pool, { username: `${pool}-2` });
  const [{ id }] = await Promise.all([mine.matched(), theirs.matched()]);
  await ann.matches.report(id, { scores: [1, 0] });
  await bob.matches.confirm(id);
  return id;
}

const seqs = [];
const finished = new Set();
const played = new Set();

async function follow() {
  for await (const event of lobby) {
    seqs.push(event.type === "resync" ? "resync" : event.seq);
    if (event.type === "match_finished" && event.data.match) {
      finished.add(event.data.match.id);
    }
  }
}

const lobby = ann.lobby();
const following = follow();
for (let number = 1; number <= Number(matches); number += 1) {
  played.add(await play());
  console.log("played", number);
}
while (![...played].every((id) => finished.has(id))) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}
lobby.stop();
await following;
console.log(JSON.stringify({ seqs, played: [...played].sort() }));
