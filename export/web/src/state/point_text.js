/** Points as text for links: a byte a number. */

const STEP = 1 / 24; // bytes reach to 5.3 standard deviations of the prior

/** @param {ArrayLike<number>} point @returns {string} in the URL's base 64 */
export function packPoint(point) {
  const bytes = Uint8Array.from(point, (x) =>
    Math.max(-127, Math.min(127, Math.round(x / STEP))) & 255);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The numbers of `packPoint`, to half of 1/24.
 * @param {string} text
 * @returns {Float32Array}
 */
export function unpackPoint(text) {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Float32Array.from(bytes, (byte) => ((byte.charCodeAt(0) << 24) >> 24) * STEP);
}
