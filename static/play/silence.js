/* No sound, where there are many games at once. */

export function beep() {}
