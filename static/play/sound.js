/* Beeps, where the person wants them. */

import { preferences } from "./preferences.js";

const VOLUME = 0.08;
let context = null;

/** A tone of this pitch, in hertz, for so long. */
export function beep(hertz, ms) {
  if (!preferences.sound) {
    return;
  }
  context ??= new AudioContext();
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  const end = context.currentTime + ms / 1000;
  tone.type = "square";
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(VOLUME, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, end);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(end);
}
