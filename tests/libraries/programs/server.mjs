/* What a game server does, once: LOSSY KEY SITE. Answers of LOSSY get lost. Prints what came of it. */

import { Client, MatchpointError } from "matchpoint-client";
import { GameServer } from "matchpoint-client/game-server";

const [lossy, key, site] = process.argv.slice(2);
const server = new GameServer({ url: lossy, key, patience: 60 });
const direct = new GameServer({ url: site, key });
const seen = {};
const code = (call) => call.then(() => "", (error) => error instanceof MatchpointError && error.code);
const all = async (things) => {
  const found = [];
  for await (const one of things) found.push(one);
  return found;
};

const feed = await server.feed({ types: ["match.made", "match.finished"], pool: "arena" }).open();
const facts = feed[Symbol.asyncIterator]();

// Players and the queue.
seen.names = [];
for (const name of ["Ann", "Bob", "Cem"]) {
  seen.names.push((await server.player(name.toLowerCase(), name)).username);
}
const answers = await server.queue("arena", ["ann"], { players: ["bob"], regions: [] }, ["nobody"]);
seen.queued = answers.map(({ status }) => status);
const match = answers[1].match.id;
seen.made = (await facts.next()).value.data.match.id === match;

// The match, and what its players are shown.
await server.allocate(match, "game:7", { join_code: "Q", by_side: [{ team: "red" }, {}] });
const ann = new Client({ url: site, token: await server.playerToken("ann", { seconds: 60 }) });
seen.connection = (await ann.matches.show(match)).connection;
seen.reported = await code(ann.matches.report(match, { scores: [1, 0] }));
await server.endPlayerTokens("ann");
seen.ended = await code(ann.queue("arena"));
await server.start(match);
seen.live = [];
for (const sequence of [2, 1]) { // a score that is sent again is no newer than itself
  seen.live.push((await direct.live(match, [sequence, 1], sequence)).status);
}
await server.live(match, [3, 1], 3);
const told = await server.result(match, { scores: [3, 1], statistics: { ann: { goals: 3 } } });
seen.winner = told.match.winner;
seen.rated = told.match.ratings.length;
seen.again = await code(server.result(match, { scores: [0, 1] }));
seen.finished = (await facts.next()).value.type;
seen.listed = (await all(server.matches({ pool: "arena", state: "finished" }))).map(({ id }) => id === match);

// Who left, and what is called off.
const [, other] = await server.queue("arena", ["ann"], ["bob"]);
seen.left = (await server.left(other.match.id, "bob", { backfill: true })).match.state;
seen.void = (await server.void(other.match.id, "A test")).match.state;
seen.state = (await server.match(other.match.id)).state;
const [{ ticket }] = await server.queue("arena", ["cem"]);
seen.waits = (await server.ticket(ticket.id)).status;
await server.leaveQueue(ticket.id);
seen.gone = (await server.ticket(ticket.id)).ticket.state;

// The feed goes on after its cursor; the stream is the same over a socket.
const after = feed.cursor;
const stream = direct.facts();
for await (const fact of stream) {
  if (`${fact.epoch}-${fact.seq}` === after) {
    seen.streamed = fact.type;
    break;
  }
}
for await (const fact of server.feed({ after, types: ["match.made"], pool: "arena" })) {
  seen.next = fact.data.match.id === other.match.id;
  break;
}
for await (const fact of server.feed({ after: "another-7" })) {
  seen.strange = fact.type;
  break;
}
setTimeout(() => feed.stop(), 100);
seen.stopped = (await facts.next()).done || (await facts.next()).done;
seen.stranger = await code(new GameServer({ url: site, key: "mp_" + "x".repeat(43) }).match(match));
console.log(JSON.stringify(seen));
process.exit(0);
