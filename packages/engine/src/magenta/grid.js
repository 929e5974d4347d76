/** Linear interpolation between points, in the layout of magenta.js. */

import {number} from './checks.js';

const MOST = 10000;

/**
 * Interpolates between two points (`counts[0]` results) or four (top left, bottom left, top right,
 * bottom right: `counts[0]` columns and `counts[1]` rows, row by row; rows default to columns).
 * @param {Float32Array[]} points
 * @param {number | number[]} counts
 * @returns {Float32Array[]}
 */
export function pointsBetween(points, counts) {
  const [width, height = width, ...more] = [counts].flat();
  if (points.length !== 2 && points.length !== 4) {
    throw new Error('Invalid number of input sequences. Requires length 2, or 4');
  }
  if (more.length || (Array.isArray(counts) && !counts.length)) {
    throw new Error('Invalid number of dimensions. Requires length 1, or 2.');
  }
  for (const count of [width, height]) number('numInterps', count, {least: 1, most: MOST, isWhole: true});
  const across = shares(width);
  if (points.length === 2) return across.map((x) => mixed(points, [1 - x, x]));
  return shares(height).flatMap((y) => across.map((x) =>
    mixed(points, [(1 - y) * (1 - x), y * (1 - x), (1 - y) * x, y * x])));
}

/** Numbers from 0 to 1, evenly spaced. @param {number} count */
const shares = (count) => Array.from({length: count}, (_, i) => (count > 1 ? i / (count - 1) : 0));

/** @param {Float32Array[]} points @param {number[]} weights */
function mixed(points, weights) {
  return points[0].map((_, i) =>
    weights.reduce((sum, weight, point) => sum + weight * points[point][i], 0));
}
