/* Many items in one go: what arrives between two frames is drawn in the second. */

const HIDDEN_WAIT_MS = 1000; // no frames are drawn in a hidden page, but memory must not grow

/** A function that gathers its arguments and hands them to `draw` as a list, once a frame. */
export function batched(draw) {
  let items = [];
  let frame = 0;
  let timer = 0;
  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = 0;
    const ready = items;
    items = [];
    draw(ready);
  };
  return (item) => {
    items.push(item);
    if (frame === 0) {
      frame = requestAnimationFrame(flush);
      timer = setTimeout(flush, HIDDEN_WAIT_MS);
    }
  };
}
