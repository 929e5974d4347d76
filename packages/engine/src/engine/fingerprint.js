/** A short name for a model, by which a link knows whether it was made with the same one. */

const [OFFSET, PRIME] = [0x811c9dc5, 0x01000193]; // of FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/

/**
 * Eight hexadecimal digits that follow from numbers of a model, such as its biases, as they are after
 * any quantisation: models that play alike have the same.
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
