/* What is heard of Pong: a hit, a bounce, a point. */

/** Beep for what happened between two shown states. */
export function bounceOf(sound, before, after) {
  if (before === null) {
    return;
  }
  if (before.scores.join() !== after.scores.join()) {
    sound.beep(180, 250);
  } else if (after.hits > before.hits) {
    sound.beep(520, 40);
  } else if (before.vy && after.vy === -before.vy && !after.wait) {
    sound.beep(330, 30);
  }
}
