/** Validates the config.json of a checkpoint: whether the engine supports the model. */

/** @import {ClientConfig} from '../music/format.js' */

/**
 * A validated config.json.
 * @typedef {ClientConfig & {type: string, chordEncoder?: string,
 *   dataConverter: {type: string}}} Spec
 *
 * A config.json before validation, as magenta.js declares it.
 * @typedef {{type: string, dataConverter: {type: string, args?: object}, chordEncoder?: string}} MusicVAESpec
 */

const SIZES = ['numSteps', 'numSegments', 'stepsPerQuarter', 'totalSteps', 'numVelocityBins'];
const OPTIONS = ['conditionOnKey', 'extraControls', 'useBooleanDecoder'];

/**
 * @param {unknown} given
 * @returns {Spec}
 * @throws {Error}
 */
export function readSpec(given) {
  const spec = /** @type {?Record<string, any>} */ (given);
  if (spec?.type !== 'MusicVAE') {
    throw new Error(`Attempted to instantiate MusicVAE model with incorrect type: ${spec?.type}`);
  }
  const {dataConverter, chordEncoder} = spec;
  const unknown = dataConverter?.type !== 'MultitrackConverter' ? dataConverter?.type
    : (chordEncoder ?? 'TriadChordEncoder') !== 'TriadChordEncoder' ? chordEncoder
      : OPTIONS.find((name) => spec[name]);
  if (unknown || !dataConverter) {
    throw new Error(
      `This checkpoint has a ${unknown}; this engine plays multitrack models, with a MultitrackConverter ` +
      'and a TriadChordEncoder or no chords. Use @magenta/music for others.');
  }
  const {args = {}} = dataConverter;
  const missing = SIZES.find((name) => !(Number.isInteger(args[name]) && args[name] > 0));
  if (missing || args.numSteps % args.numSegments) {
    throw new Error(`config.json has a wrong ${missing ?? 'numSteps'}; copy the checkpoint again.`);
  }
  if ((args.minPitch ?? 0) !== 0 || (args.maxPitch ?? 127) !== 127) {
    throw new Error('config.json narrows the range of pitches, which this engine does not know.');
  }
  return /** @type {Spec} */ (spec);
}
