/** Points of the prior, from seeds. */

import {PRIOR} from '../generated/tables.js';
import {uniform} from './sampling.js';

/**
 * A point of the prior: `prior_points` of the package, the same numbers for the same seed.
 * @param {number} seed
 * @param {number} draw which point of the seed
 * @param {number} size
 * @returns {Float32Array} [size]
 */
export function priorPoint(seed, draw, size) {
  return Float32Array.from({length: size}, (_, coordinate) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(seed, draw, coordinate, PRIOR.radius)));
    return radius * Math.cos(2 * Math.PI * uniform(seed, draw, coordinate, PRIOR.angle));
  });
}

/**
 * The point that a seed meant to earlier pages, for the links that they made.
 * @param {number} seed
 * @param {number} size
 */
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
