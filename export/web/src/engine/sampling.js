/** The random numbers of `gm_vae.model.sampling`: the same seed, the same tokens. */

import {PRIOR} from '../generated/tables.js';
import {NEVER} from './grammar.js';

/** A number in (0, 1), hashed from (seed, measure, track, position), integers each. */
export function uniform(seed, measure, track, position) {
  let state = mix(seed >>> 0);
  state = mix(state ^ measure);
  state = mix(state ^ track);
  state = mix(state ^ position);
  // 23 bits, moved to the middle of their interval: never 0, never 1
  return ((state >>> 9) + 0.5) * 2 ** -23;
}

function mix(x) {
  x = (x + 0x9e3779b9) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * A token from logits.
 *
 * `margin`, if given, is told how near the choice was to another one: the lead in logits of the
 * likeliest token, or the distance of the draw from a neighbour's share.
 *
 * @param {Float64Array} logits [V], `NEVER` where a token cannot come
 * @param {number} temperature 0 takes the likeliest token
 * @param {number} draw in (0, 1)
 * @param {?{least: number}} margin
 */
export function choose(logits, temperature, draw, margin = null) {
  const size = logits.length;
  let best = 0;
  for (let i = 1; i < size; i++) if (logits[i] > logits[best]) best = i;
  const highest = logits[best];
  if (!(temperature > 0)) {
    if (margin) {
      let second = -Infinity;
      for (let i = 0; i < size; i++) if (i !== best && logits[i] > second) second = logits[i];
      margin.least = Math.min(margin.least, highest - second);
    }
    return best;
  }
  const sharpness = 1 / Math.max(temperature, 1e-6);
  const weights = shares(size);
  let total = 0;
  for (let i = 0; i < size; i++) {
    if (logits[i] > NEVER / 2) total += Math.exp((logits[i] - highest) * sharpness);
    weights[i] = total;
  }
  // a hair below the whole sum, so that rounding never points past the last possible token
  const goal = draw * total * (1 - 1e-6);
  let chosen = 0;
  while (weights[chosen] <= goal) chosen++;
  if (margin) {
    const below = chosen ? goal - weights[chosen - 1] : Infinity;
    margin.least = Math.min(margin.least, below / total, (weights[chosen] - goal) / total);
  }
  return chosen;
}

let scratch = new Float64Array(0);

function shares(size) {
  if (scratch.length < size) scratch = new Float64Array(size);
  return scratch;
}

/**
 * A point of the prior: `prior_points` of the package, the same numbers for the same seed.
 * @param {number} draw which point of the seed
 * @returns {Float32Array} [size]
 */
export function priorPoint(seed, draw, size) {
  return Float32Array.from({length: size}, (_, coordinate) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(seed, draw, coordinate, PRIOR.radius)));
    return radius * Math.cos(2 * Math.PI * uniform(seed, draw, coordinate, PRIOR.angle));
  });
}

/** The point that a seed meant to earlier pages, for the links that they made. */
export function earlyPoint(seed, size) {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform(seed, 0x5eed, i, 0)));
    const angle = 2 * Math.PI * uniform(seed, 0x5eed, i, 1);
    values[i] = radius * Math.cos(angle);
    if (i + 1 < size) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
