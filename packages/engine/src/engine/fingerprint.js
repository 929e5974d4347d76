/** A short name for a model, by which a link knows whether it was made with the same one. */

/** @import {Layer} from './layers.js' */

const [OFFSET, PRIME] = [0x811c9dc5, 0x01000193]; // of FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/

/**
 * Eight hexadecimal digits that follow from the biases of layers, as they are after any
 * quantisation: models that play alike have the same.
 * @param {Layer[]} layers
 */
export function fingerprint(layers) {
  let hash = OFFSET;
  for (const {bias} of layers) {
    const view = new DataView(bias.buffer, bias.byteOffset, bias.byteLength);
    for (let i = 0; i < bias.byteLength; i++) {
      hash = Math.imul(hash ^ view.getUint8(i), PRIME) >>> 0;
    }
  }
  return hash.toString(16).padStart(8, '0');
}
