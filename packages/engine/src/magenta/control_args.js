/** The `controlArgs` of magenta.js, and what can be asked for beyond them. */

import {nearestChordId} from '../music/chords.js';
import {DRUMS, NO_CHORD} from '../music/format.js';
import {list, number} from './checks.js';

/** @import {Format} from '../music/format.js' */
/** @import {Progress} from '../engine/fetching.js' */

/**
 * @typedef {object} ControlArgs
 * @property {string[]} [chordProgression] the chords of every measure, evenly spaced; a model with
 *   chords needs them, and "N.C." means no chord
 * @property {(string | string[])[]} [chordProgressions] instead, those of each measure
 * @property {number} [seed] the same seed gives the same music; any if absent
 * @property {boolean} [grammar] whether measures are well-formed: every note ends, the bar is full. By
 *   default what is drawn at a temperature is, and the likeliest tokens (temperature 0) are taken as
 *   they are, as magenta.js takes them
 * @property {number} [repeatPenalty] how much less a track repeats its last onset, in nats; 0 if
 *   absent, 1 does music good
 * @property {number} [drumTemperature] of drum tracks; that of all if absent
 * @property {number[]} [instruments] the programs 0..127 that play, 128 for drums, and no other
 * @property {(done: Progress) => void} [onProgress] called with measures done and their total
 * @property {AbortSignal} [signal] ends the work between measures
 */

/**
 * Control arguments as an object; older apps give the chord progression alone.
 * @param {ControlArgs | string[] | null} [given]
 * @returns {ControlArgs}
 */
export const asObject = (given) => (Array.isArray(given) ? {chordProgression: given} : given ?? {});

/**
 * The same with a seed, which is random if none is given.
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
 * The chord ids of each measure.
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
 * The chord symbols of each measure.
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
 * The programs of the tracks, sorted as models have them.
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
