/** Draws points of the prior from seeds. */

import {PRIOR} from '../generated/tables.js';
import {uniform} from './sampling.js';

/** @import {TensorFolder} from './tensors.js' */

/**
 * A mixture of K normals, fitted to the points of real measures (`gm_vae.model.prior`).
 * @typedef {object} Prior
 * @property {Float32Array} share [K] weights of the components
 * @property {Float32Array} mean [K * Z]
 * @property {Float32Array} scale [K * Z] standard deviations
 */

const NAMES = ['share', 'mean', 'scale'].map((kind) => `decoder/prior/${kind}`);

/**
 * Loads the prior of a checkpoint; null for a standard normal.
 * @param {TensorFolder} tensors
 * @returns {Promise<Prior | null>}
 */
export async function loadPrior(tensors) {
  if (!tensors.shapes.has(NAMES[0])) return null;
  const [share, mean, scale] = await tensors.load(NAMES);
  return {share, mean, scale};
}

/**
 * Draws a point of the prior, with the same numbers as `prior_points` of the package.
 * @param {number} seed
 * @param {number} draw index of the point among the seed's points
 * @param {number} size
 * @param {Prior | null} [prior] of the model; null for a standard normal
 * @returns {Float32Array} [size]
 */
export function priorPoint(seed, draw, size, prior = null) {
  const start = prior ? size * component(seed, draw, prior.share) : 0;
  return Float32Array.from({length: size}, (_, coordinate) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(seed, draw, coordinate, PRIOR.radius)));
    const value = radius * Math.cos(2 * Math.PI * uniform(seed, draw, coordinate, PRIOR.angle));
    return prior ? prior.mean[start + coordinate] + prior.scale[start + coordinate] * value : value;
  });
}

/**
 * Draws the component of a point.
 * @param {number} seed
 * @param {number} draw
 * @param {Float32Array} share
 */
function component(seed, draw, share) {
  const total = share.reduce((sum, each) => sum + each, 0);
  const choice = uniform(seed, draw, 0, PRIOR.component);
  let [chosen, sum] = [0, share[0]];
  while (chosen < share.length - 1 && choice >= sum / total) {
    chosen++;
    sum += share[chosen];
  }
  return chosen;
}

/**
 * Returns the point of a seed as computed by earlier versions of the page, for their links.
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
