/** The config.json of a checkpoint: whether it is a model that this engine knows. */

/** @import {ClientConfig} from '../music/format.js' */

/**
 * @typedef {ClientConfig & {type: string, chordEncoder?: string,
 *   dataConverter: {type: string}}} Spec
 */

/**
 * @param {unknown} given
 * @returns {Spec}
 * @throws {Error}
 */
export function readSpec(given) {
  const spec = /** @type {Partial<Spec> | null} */ (given);
  if (spec?.type !== 'MusicVAE') {
    throw new Error(`Attempted to instantiate MusicVAE model with incorrect type: ${spec?.type}`);
  }
  const {dataConverter, chordEncoder} = spec;
  if (dataConverter?.type !== 'MultitrackConverter') {
    throw new Error(
      `This checkpoint has a ${dataConverter?.type}; this engine plays multitrack models, with a ` +
      'MultitrackConverter. Use @magenta/music for others.');
  }
  if (chordEncoder !== undefined && chordEncoder !== 'TriadChordEncoder') {
    throw new Error(
      `This checkpoint has a ${chordEncoder}; this engine knows the TriadChordEncoder. Use ` +
      '@magenta/music for others.');
  }
  return /** @type {Spec} */ (spec);
}
