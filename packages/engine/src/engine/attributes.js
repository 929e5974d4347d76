/** Named directions of the latent space (`gm_vae.generate.attributes`). */

/**
 * Name -> the vector of one step.
 * @typedef {Map<string, Float32Array>} Attributes
 */

/**
 * Returns the attributes in an attributes.json, and skips vectors of another latent size.
 * @param {unknown} json
 * @param {number} latentSize
 * @returns {Attributes}
 */
export function readAttributes(json, latentSize) {
  const {attributes = {}} = /** @type {{attributes?: Record<string, {vector: number[]}>}} */ (json);
  return new Map(Object.entries(attributes)
    .filter(([, {vector}]) => vector.length === latentSize)
    .map(([name, {vector}]) => [name, Float32Array.from(vector)]));
}

/**
 * Returns a point moved by steps along each named vector, bit for bit as in `Attributes.move`;
 * unknown names are ignored.
 * @param {Float32Array} point
 * @param {Iterable<[name: string, steps: number]>} steps
 * @param {Attributes} attributes
 */
export function moved(point, steps, attributes) {
  const z = Float32Array.from(point);
  for (const [name, step] of steps) {
    const single = Math.fround(step);
    attributes.get(name)?.forEach((x, i) => {
      z[i] += Math.fround(single * x);
    });
  }
  return z;
}
