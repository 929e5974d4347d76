/** The `controlArgs` of magenta.js, and additional options. */

import {nearestChordId} from '../music/chords.js';
import {DRUMS, NO_CHORD} from '../music/format.js';
import {list, number} from './checks.js';

/** @import {Format} from '../music/format.js' */
/** @import {Progress} from '../engine/fetching.js' */

/**
 * @typedef {object} ControlArgs
 * @property {string[]} [chordProgression] chords of every measure, evenly spaced; required by
 *   models with chords; "N.C." means no chord
 * @property {(string | string[])[]} [chordProgressions] separate chords for each measure, instead
 *   of `chordProgression`
 * @property {number} [seed] the same seed gives the same music; random if absent
 * @property {boolean} [grammar] whether to force well-formed measures: every note ends, and the bar
 *   is full. Default: true above temperature 0 or with `instruments`; otherwise false, as in
 *   magenta.js
 * @property {number} [repeatPenalty] penalty in nats for repeating a track's last onset; 0 if
 *   absent; 1 usually improves the music
 * @property {number} [drumTemperature] temperature of drum tracks; `temperature` if absent
 * @property {number[]} [instruments] the programs that play, one track each: 0..127, or 128 for
 *   drums
 * @property {(done: Progress) => void} [onProgress] called with the number of finished measures and
 *   the total
 * @property {AbortSignal} [signal] aborts the work between batches of measures
 */

/**
 * Returns control arguments as an object; older apps pass only the chord progression.
 * @param {ControlArgs | string[] | null} [given]
 * @returns {ControlArgs}
 */
export const asObject = (given) => (Array.isArray(given) ? {chordProgression: given} : given ?? {});

/**
 * Checks control arguments and adds a random seed if they have none.
 * @template {Pick<ControlArgs, 'seed' | 'repeatPenalty' | 'drumTemperature'>} [Args=ControlArgs]
 * @param {Args | string[] | null} [given]
 * @returns {Args & {seed: number}}
 * @throws {Error}
 */
export function withSeed(given) {
  const args = /** @type {Args} */ (asObject(/** @type {ControlArgs} */ (given)));
  const {seed = Math.floor(Math.random() * 2 ** 32), repeatPenalty = 0, drumTemperature = 0} = args;
  const {MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most} = Number;
  number('seed', seed, {least, most, isWhole: true});
  number('repeatPenalty', repeatPenalty, {most: 100});
  number('drumTemperature', drumTemperature);
  return {...args, seed};
}

/**
 * Returns the chord ids of each measure.
 * @param {ControlArgs} args
 * @param {number} count of measures
 * @param {boolean} hasChords
 * @returns {number[][]}
 * @throws {Error}
 * @throws {import('../music/chord_spelling.js').ChordError}
 */
export function chordsOf(args, count, hasChords) {
  if (hasChords) return symbolsOf(args, count).map((symbols) => symbols.map(nearestChordId));
  if (args.chordProgressions ?? args.chordProgression) {
    throw new Error('Unexpected chord progression provided; this model knows no chords.');
  }
  return Array.from({length: count}, () => [NO_CHORD]);
}

/**
 * Returns the chord symbols of each measure.
 * @param {ControlArgs} args
 * @param {number} count of measures
 * @returns {string[][]}
 * @throws {Error}
 */
export function symbolsOf({chordProgression, chordProgressions}, count) {
  const given = chordProgressions ?? chordProgression;
  if (!given?.length) {
    throw new Error(
      'Chord progression expected but not provided. Give one such as ' +
      '{chordProgression: ["C"]}; "N.C." is no chord.');
  }
  if (!chordProgressions) {
    const symbols = [given].flat(2).map(String);
    return Array.from({length: count}, () => symbols);
  }
  if (chordProgressions.length !== count) {
    throw new Error(
      `There are ${chordProgressions.length} chord progressions for ${count} measures; give one each.`);
  }
  if (list('chordProgressions', chordProgressions).some((chords) => !chords?.length)) {
    throw new Error('A measure has no chord; "N.C." is none.');
  }
  return chordProgressions.map((chords) => [chords].flat().map(String));
}

/**
 * Returns the requested programs in the order of a model's tracks; undefined if none are requested.
 * @param {ControlArgs} args
 * @param {Format} format
 * @throws {Error}
 */
export function programsOf({instruments}, format) {
  if (!instruments) return undefined;
  const isProgram = (/** @type {number} */ program) =>
    Number.isInteger(program) && program >= 0 && program <= DRUMS;
  if (!instruments.length || instruments.length > format.maxTracks || !instruments.every(isProgram)) {
    throw new Error(
      `instruments are 1 to ${format.maxTracks} programs from 0 to 127, or ${DRUMS} for drums; ` +
      `got ${JSON.stringify(instruments)}.`);
  }
  return [...instruments].sort((a, b) => a - b);
}
