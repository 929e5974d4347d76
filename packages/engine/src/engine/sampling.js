/** The random numbers of `gm_vae.model.sampling`: the same seed gives the same tokens. */

import {NEVER} from './grammar.js';

/**
 * Returns a number in (0, 1), hashed from integers.
 * @param {number} seed
 * @param {number} measure
 * @param {number} track
 * @param {number} position
 */
export function uniform(seed, measure, track, position) {
  let state = mix(seed >>> 0);
  state = mix(state ^ measure);
  state = mix(state ^ track);
  state = mix(state ^ position);
  // 23 bits plus half a unit, so that the result is never 0 or 1
  return ((state >>> 9) + 0.5) * 2 ** -23;
}

/** @param {number} x */
function mix(x) {
  x = (x + 0x9e3779b9) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * Chooses a token from logits.
 *
 * `margin.least`, if given, is lowered to the margin of the choice: at temperature 0 the difference
 * of the two greatest logits, else the distance of the draw from the bounds of the token's
 * interval.
 *
 * @param {Float64Array} logits [V], `NEVER` for forbidden tokens
 * @param {number} temperature 0 takes the likeliest token
 * @param {number} draw in (0, 1)
 * @param {?{least: number}} margin
 */
export function choose(logits, temperature, draw, margin = null) {
  const best = likeliest(logits);
  if (!(temperature > 0)) {
    if (margin) margin.least = Math.min(margin.least, logits[best] - secondBest(logits, best));
    return best;
  }
  const sums = cumulativeShares(logits, logits[best], temperature);
  const total = sums[logits.length - 1];
  // slightly less than the total, so that rounding cannot select a token after the last allowed one
  const goal = draw * total * (1 - 1e-6);
  let chosen = 0;
  while (sums[chosen] <= goal) chosen++;
  if (margin) {
    const below = chosen ? goal - sums[chosen - 1] : Infinity;
    margin.least = Math.min(margin.least, below / total, (sums[chosen] - goal) / total);
  }
  return chosen;
}

/** @param {Float64Array} logits */
function likeliest(logits) {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

/** @param {Float64Array} logits @param {number} best */
function secondBest(logits, best) {
  let second = -Infinity;
  for (let i = 0; i < logits.length; i++) if (i !== best && logits[i] > second) second = logits[i];
  return second;
}

let scratch = new Float64Array(0);

/**
 * Returns cumulative sums of the tokens' unnormalised probabilities.
 * @param {Float64Array} logits
 * @param {number} highest
 * @param {number} temperature
 */
function cumulativeShares(logits, highest, temperature) {
  const size = logits.length;
  if (scratch.length < size) scratch = new Float64Array(size);
  const sharpness = 1 / Math.max(temperature, 1e-6);
  let total = 0;
  for (let i = 0; i < size; i++) {
    if (logits[i] > NEVER / 2) total += Math.exp((logits[i] - highest) * sharpness);
    scratch[i] = total;
  }
  return scratch;
}
