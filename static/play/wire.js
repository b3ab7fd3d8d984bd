/* The binary frames of a match's socket: see "Binary frames of a room" in docs/protocol.md. */

export const PROTOCOL = "matchpoint.play.1";
const INPUT_KIND = 1;
const HEAD_BYTES = 14;

/** An input: hold a move from step `n` on. */
export function inputFrame(move, n) {
  const bytes = new DataView(new ArrayBuffer(6));
  bytes.setUint8(0, INPUT_KIND);
  bytes.setUint8(1, move);
  bytes.setUint32(2, n, true);
  return bytes.buffer;
}

/** A state; `frame` is what the game packed. */
export function stateOf(buffer, isPlayed) {
  const head = new DataView(buffer);
  return {
    number: head.getUint8(1),
    step: head.getUint32(2, true),
    applied: [head.getUint32(6, true), head.getUint32(10, true)],
    frame: new DataView(buffer, HEAD_BYTES),
    isPlayed,
  };
}
