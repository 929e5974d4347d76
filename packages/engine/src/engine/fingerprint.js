/** A short hash of a model. Links contain it, to detect that they were made with another model. */

const [OFFSET, PRIME] = [0x811c9dc5, 0x01000193]; // of FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/

/**
 * Returns a hash of eight hexadecimal digits of a model's parameters, such as its biases, after any
 * quantisation. Models with equal parameters have equal hashes.
 * @param {Float32Array[]} arrays
 */
export function fingerprint(arrays) {
  let hash = OFFSET;
  for (const array of arrays) {
    const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < array.byteLength; i++) {
      hash = Math.imul(hash ^ view.getUint8(i), PRIME) >>> 0;
    }
  }
  return hash.toString(16).padStart(8, '0');
}
