/* A game of Pong over a network that delays, in virtual time: a server, a page, and another player.

   Answers how often the page was off by more than a paddle, and how soon the own paddle moved. */
async () => {
  const { bot, setup, step, HALF } = await import("/static/play/pong/engine.js");
  const { Prediction, STEP_MS } = await import("/static/play/pong/prediction.js");
  let seed = 7;
  const chance = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  // One way: 50 ms and up to 10 more; a lost packet comes 200 ms later; the order stays.
  const wire = () => {
    let last = 0;
    const waiting = [];
    return {
      send(now, what) {
        last = Math.max(last, now + 50 + 10 * chance() + (chance() < 0.02 ? 200 : 0));
        waiting.push({ at: last, what });
      },
      take: (now) => (waiting.length && waiting[0].at <= now ? waiting.shift().what : null),
    };
  };
  const [up, down] = [wire(), wire()];
  const page = new Prediction({ you: 0 });
  const points = 200;
  let state = setup({ points, seed: 5, first: 0 });
  let [length, sentAt, applied, last, refused] = [0, -99, 0, -1, 0];
  const held = [0, 0];
  let heldAt = 0;
  const inputs = [];
  const serve = (now) => {
    for (let n = up.take(now); n; n = up.take(now)) {
      if (n.n <= last || n.n > length + 60 || inputs.length >= 6) {
        refused += 1;
      } else {
        last = n.n;
        inputs.push(n);
      }
    }
    let isNews = false;
    if (inputs.length && inputs[0].n <= length) {
      const { n, move } = inputs.shift();
      isNews = held[0] !== move;
      [applied, held[0]] = [n, move];
    }
    const other = bot(state, 1, 2);
    if (other !== held[1] && length - heldAt >= 6) { // a key stays down for a tenth of a second
      isNews = true;
      [held[1], heldAt] = [other, length];
    }
    const before = state;
    state = step(state, held[0], held[1]);
    length += 1;
    if (isNews || state.scores.join() !== before.scores.join() || length - sentAt >= 10) {
      sentAt = length;
      down.send(now, { number: 1, step: length, applied: [applied, 0], state });
    }
  };
  let [frames, largeCorrections, worst, slowest] = [0, 0, 0, 0];
  let move = 0;
  let changedAt = null;
  let paddle = null;
  for (let tick = 0; tick < 60 * 180; tick += 1) {
    const now = tick * STEP_MS;
    serve(now);
    if (tick % 120 === 0) {
      page.roundTrip.heard(100 + 20 * chance());
    }
    for (let one = down.take(now); one; one = down.take(now)) {
      const off = page.take(one, now);
      worst = Math.max(worst, off);
      largeCorrections += off > 2 * HALF;
    }
    if (!page.isKnown) {
      continue;
    }
    const shown = page.shown;
    if (tick % 5 === 0) {
      const wanted = bot({ ...shown, x: Math.round(shown.x), y: Math.round(shown.y) }, 0, 2);
      changedAt = wanted !== move && wanted !== 0 && move === 0 ? now : changedAt;
      move = wanted;
    }
    page.advance(now, move, (held0, n) => up.send(now, { n, move: held0 }));
    const at = page.shown.paddles[0];
    if (changedAt !== null && paddle !== null && now > changedAt) {
      slowest = Math.max(slowest, at === paddle ? 999 : now - changedAt);
      changedAt = null;
    }
    paddle = at;
    frames += 1;
  }
  return { frames, largeCorrections, worst, refused, ownAnswersWithinMs: slowest, scores: state.scores };
}
