/** Expectations that Python and JavaScript share, and random numbers that are the same each time. */

import {readFileSync} from 'node:fs';

/** The JSON of a file in tests/vectors. */
export const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

/** random() in [0, 1), as Math.random, from a seed. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A whole number from `least` to `most`. */
export const whole = (random, least, most) => least + Math.floor(random() * (most - least + 1));

/** One of some values. */
export const oneOf = (random, values) => values[whole(random, 0, values.length - 1)];
