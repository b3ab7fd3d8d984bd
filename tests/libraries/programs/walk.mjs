/* What players and an organiser do, once: URL. Prints what came of it. */

import { Client, MatchpointError } from "matchpoint-client";

const [url] = process.argv.slice(2);
const ann = new Client({ url });
const bob = new Client({ url });
const seen = {};

/** The types of a stream's events up to one of this type. */
async function readUntil(stream, type) {
  const types = [];
  for await (const event of stream) {
    types.push(event.type);
    if (event.type === type) {
      return types;
    }
  }
}

const code = (call) => call.then(() => "", (error) => error instanceof MatchpointError && error.code);

// A ready check, a match and its result.
const tickets = [
  await ann.queue("checked", { username: "Ann" }),
  await bob.queue("checked", { username: "Bob" }),
];
const [match] = await Promise.all(tickets.map((ticket) => ticket.matched()));
const events = readUntil(ann.matches.events(match.id), "match_finished");
await ann.matches.report(match.id, { scores: [1, 0] });
seen.asked = (await ann.matches.show(match.id)).report.state;
seen.finished = (await bob.matches.confirm(match.id)).status;
seen.events = await events;
seen.again = await code(ann.matches.dispute(match.id));
seen.table = (await ann.leaderboard("checked")).lines.map(({ player }) => player.username);

// Who declines.
const mine = await ann.queue("checked");
const other = await bob.queue("checked");
for await (const now of mine) {
  if (now.status === "Proposed") {
    await mine.decline(now.check.id);
  }
  seen.declined = now.status;
}
seen.cooldown = await code(ann.queue("checked"));
await other.leave();
seen.left = await code(other.matched());

// A party.
const { party } = await ann.parties.create();
await bob.parties.join(party.code);
seen.party = (await ann.parties.show(party.code)).party.members.map(({ username }) => username);
await bob.parties.leave(party.code);

// Who speaks on a stream is known by the token.
const lobby = ann.lobby();
const you = new Promise((resolve) => {
  lobby.addEventListener("you", ({ detail }) => resolve(detail.username));
});
const chat = readUntil(lobby, "chat");
seen.you = await you;
lobby.send({ type: "chat", text: "Hello" });
seen.chat = (await chat).at(-1);
seen.stranger = await code(new Client({ url, token: "nobody" }).lobby()[Symbol.asyncIterator]().next());

// A tournament.
const cup = await ann.tournaments.create({ players: ["Ann", "Bob"], start: false });
await cup.change({ about: "Bring a chair" });
await cup.add("Cem", { name: "Dan", rating: 1500 });
seen.drawn = (await cup.draw()).rounds.length;
await cup.start();
const story = readUntil(bob.tournaments.at(cup.id).events(), "tournament");
for (let ready; (ready = await cup.matches("ready")).length; ) {
  await cup.live(ready[0].id, [0, 0]);
  await cup.result(ready[0].id, { scores: [1, 0] });
}
await cup.undo();
await cup.result((await cup.matches("ready"))[0].id, { scores: [0, 1] });
seen.story = [...new Set(await story)].sort();
seen.places = (await cup.standings()).places.length;
seen.forbidden = await code(bob.tournaments.at(cup.id).undo());
for await (const one of ann.tournaments.list("finished")) {
  seen.listed = one.id === cup.id;
}
seen.record = [];
for await (const { verb } of cup.actions()) {
  seen.record.push(verb);
}
seen.before = [];
for await (const { id } of ann.matches.ofPlayer(tickets[0].player.id)) {
  seen.before.push(id === match.id);
}
console.log(JSON.stringify(seen));
process.exit(0);
