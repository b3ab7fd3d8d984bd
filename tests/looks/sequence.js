/* The live module's order of frames, and its waits before another try. */
async () => {
  const { Sequence, backoff } = await import("/static/client/matchpoint.js");
  const brief = ({ events, ...rest }) => (events ? { events: events.map(({ seq }) => seq) } : rest);
  const event = (seq, epoch = "a") => ({ type: "chat", epoch, seq });
  const welcome = (epoch, seq, recent) => ({ type: "welcome", epoch, seq, recent });
  const sequence = new Sequence();
  const take = (frame) => brief(sequence.take(frame));
  return {
    snapshot: take(welcome("a", 3, ["what was"])),
    next: take(event(4)),
    double: take(event(4)),
    hole: take(event(6)),
    "other epoch": take(event(5, "z")),
    continued: take(welcome("b", 9, ["anew"])),
    resync: take({ type: "resync", epoch: "b", seq: 9 }),
    address: sequence.query,
    waits: [0, 0, 1, 6, 60].map((attempt, i) => backoff(attempt, () => (i ? 0.5 : 0))),
  };
}
