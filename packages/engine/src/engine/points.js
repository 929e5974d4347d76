/** Ways through the latent space (`gm_vae.generate.points`). */

/**
 * The point at `t` (0 at a, 1 at b): directions turn evenly, lengths change linearly.
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
  if (!(angle > 1e-6 && angle < Math.PI - 1e-6)) return straight(); // no plane to turn in
  const length = (1 - t) * lengthA + t * lengthB;
  const [shareA, shareB] = [1 - t, t].map((part) => Math.sin(part * angle) / Math.sin(angle));
  return a.map((x, i) => length * ((shareA * x) / lengthA + (shareB * b[i]) / lengthB));
}

/**
 * The point of a place in the square between four, as `grid` of the package has it: down its left and
 * right edges, then across.
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
