/** Points as text for links: one byte per number. */

const STEP = 1 / 24; // the range of a byte is 5.3 standard deviations of the prior

/** @param {ArrayLike<number>} point @returns {string} in the URL's base 64 */
export function packPoint(point) {
  const bytes = Uint8Array.from(point, (x) =>
    Math.max(-127, Math.min(127, Math.round(x / STEP))) & 255);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Returns the numbers of `packPoint`, with an error of at most 1/48 within its range.
 * @param {string} text
 * @returns {Float32Array}
 */
export function unpackPoint(text) {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Float32Array.from(bytes, (byte) => ((byte.charCodeAt(0) << 24) >> 24) * STEP);
}
