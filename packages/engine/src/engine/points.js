/** Interpolation and neighbours in the latent space (`gm_vae.generate.points`). */

import {priorPoint} from './prior.js';

/**
 * Interpolates between a (`t` = 0) and b (`t` = 1): directions spherically, lengths linearly.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} t
 * @returns {Float32Array}
 */
export function between(a, b, t) {
  if (t <= 0) return a;
  if (t >= 1) return b;
  const [lengthA, lengthB] = [a, b].map((x) => Math.sqrt(dot(x, x)));
  const straight = () => a.map((x, i) => (1 - t) * x + t * b[i]);
  if (!(Math.min(lengthA, lengthB) > 0)) return straight();
  const cosine = dot(a, b) / lengthA / lengthB;
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  if (!(angle > 1e-6 && angle < Math.PI - 1e-6)) return straight(); // no plane of rotation
  const length = (1 - t) * lengthA + t * lengthB;
  const [shareA, shareB] = [1 - t, t].map((part) => Math.sin(part * angle) / Math.sin(angle));
  return a.map((x, i) => length * ((shareA * x) / lengthA + (shareB * b[i]) / lengthB));
}

/**
 * Returns random points near a point: similarity 1 gives the point itself, 0 independent points.
 * @param {Float32Array} point
 * @param {number} similarity 0..1
 * @param {number} count
 * @param {number} seed
 */
export function near(point, similarity, count, seed) {
  const own = Math.fround(similarity);
  const other = Math.fround(Math.sqrt(Math.fround(1 - similarity ** 2)));
  return Array.from({length: count}, (_, i) => {
    const noise = priorPoint(seed, -1 - i, point.length); // negative draws are used only here
    return point.map((x, k) => Math.fround(own * x) + Math.fround(other * noise[k]));
  });
}

/**
 * Interpolates between the corners of a square, like `grid` of the package: along the left and
 * right edges, then horizontally.
 * @param {Float32Array[]} corners upper left, upper right, lower left, lower right
 * @param {number} x 0 (left) to 1
 * @param {number} y 0 (top) to 1
 * @returns {Float32Array}
 */
export const inSquare = ([a, b, c, d], x, y) => between(between(a, c, y), between(b, d, y), x);

/** @param {Float32Array} a @param {Float32Array} b */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
